"""The playground as a whole."""

from __future__ import annotations

import secrets
import threading
import time
from typing import TYPE_CHECKING, Final

from bot.playground import people
from bot.playground.actions import Actions
from bot.playground.delivery import Delivery
from bot.playground.errors import PlaygroundError
from bot.playground.events import Events, Journal
from bot.playground.faults import Faults
from bot.playground.flood import Flood
from bot.playground.gateway import Gateway
from bot.playground.methods import Methods
from bot.playground.page_api import PageApi
from bot.playground.queries import Queries
from bot.playground.schema import BotApi
from bot.playground.web import WebServer
from bot.playground.world import World

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from bot.playground.requests import Json

PORT: Final = 8321
# A moment of 2023, in seconds since 1970: more time passes than messages are written.
_EPOCH: Final = 1_700_000_000
BOT: Final[Json] = {
    "is_bot": True,
    "first_name": "Daviedka",
    "username": "daviedka_bot",
    "can_join_groups": True,
    "can_read_all_group_messages": False,
    "supports_inline_queries": True,
}


class Playground:
    """A Bot API server for one bot, with people to talk to it; use it as a context manager.

    It listens on loopback only. All that happens is in memory, and gone at the end.

    Args:
        port: 0 takes any that is free.
        token: What the bot is to come with; a new one where it is None.
        cast: Whether there are people and chats from the start.
        flood: Whether too much is refused, as Telegram does.

    Raises:
        PlaygroundError: The port is taken.

    Attributes:
        token: What the bot has to come with.
        changed: Held while anything is looked at or done; notified when something changes.
    """

    def __init__(
        self,
        port: int = PORT,
        *,
        token: str | None = None,
        cast: bool = True,
        flood: bool = True,
    ) -> None:
        self.token = token or f"{secrets.randbelow(9 * 10**8) + 10**8}:{secrets.token_urlsafe(26)}"
        self._cast = cast
        self.changed = threading.Condition()
        api = BotApi.load()
        self.events = Events(self.changed)
        self.journal = Journal(self.events)
        self.faults = Faults(self.events)
        self.world = self._make_world(api)
        self.delivery = Delivery(self.changed, self.journal, self.faults)
        self.queries = self._make_queries()
        self.actions = Actions(self.world, self.delivery, self.queries, self.faults)
        methods = Methods(api, self.world, self.delivery, self.queries, self.events)
        self.gateway = Gateway(
            api,
            self.token,
            methods,
            faults=self.faults,
            flood=Flood() if flood else None,
            journal=self.journal,
            changed=self.changed,
        )
        page_api = PageApi(
            self.world,
            self.actions,
            journal=self.journal,
            faults=self.faults,
            events=self.events,
            changed=self.changed,
        )
        if cast:
            with self.changed:
                people.gather(self.world)
                # The bot remembers messages of earlier runs, which are no more: none of this one
                # may be taken for them. Topics keep their ids.
                self.world.number_from(int(time.time()) - _EPOCH)
        try:
            self._http = WebServer(
                port,
                gateway=self.gateway,
                page_api=page_api,
                world=self.world,
                events=self.events,
                changed=self.changed,
            )
        except OSError as error:
            raise PlaygroundError(
                f"the playground cannot listen on port {port} ({error.strerror}): stop what does, "
                "or set DAVIEDKA_PLAYGROUND_PORT to another (0 takes any that is free)"
            ) from error
        self._thread = threading.Thread(
            target=self._http.serve_forever, args=(0.01,), name="playground", daemon=True
        )

    def _make_world(self, api: BotApi) -> World:
        return World(api, self.events, {"id": int(self.token.partition(":")[0]), **BOT})

    def _make_queries(self) -> Queries:
        return Queries(self.events, self.faults)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self.changed:
            self.faults.closed = True
            self.delivery.close()
            self.events.close()
        self.delivery.join()
        self._http.shutdown()
        self._thread.join()
        self._http.hang_up()
        self._http.server_close()

    @property
    def url(self) -> str:
        """The page's address, and what the bot takes for https://api.telegram.org."""
        return f"http://127.0.0.1:{self._http.server_port}"

    @property
    def owner_ids(self) -> tuple[int, ...]:
        """Who names moderators; nobody where there is no cast."""
        return (people.OWNER,) if self._cast else ()

    @property
    def moderator_chat(self) -> int | None:
        """The chat whose administrators are moderators."""
        return people.MODERATOR_CHAT if self._cast else None

    @property
    def channel_ids(self) -> tuple[int, ...]:
        """The channels whose posts are to go into the corpus."""
        return (people.CHANNEL,) if self._cast else ()
