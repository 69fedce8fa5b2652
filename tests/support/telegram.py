"""Telegram's side of the conversation: the playground, as the tests of the bot use it.

Every request that reaches it is held to the Bot API. What is wrong with one is kept in `faults`,
so that a test fails even where the bot takes the refusal calmly. What people do is made with
tests/support/updates.py, and may be about chats and messages that the server has never seen: it
takes them on trust.
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Final

from bot.playground.errors import EXPIRED, RefusalError, bad_request
from bot.playground.queries import ANSWERS, Queries, Query
from bot.playground.requests import Request
from bot.playground.server import Playground
from bot.playground.world import Chat, World
from tests.support.updates import (
    BOT,
    DATE,
    Json,
    buttons,
    chat,
    inline_update,
    message_update,
    person,
    press_update,
    quotes,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import TracebackType
    from typing import Self

    from bot.playground.commands import Commands
    from bot.playground.events import Events
    from bot.playground.faults import Faults
    from bot.playground.profile import Profile
    from bot.playground.requests import Upload
    from bot.playground.schema import BotApi

__all__ = [
    "BOT",
    "TOKEN",
    "Json",
    "Request",
    "TelegramServer",
    "buttons",
    "chat",
    "inline_update",
    "message_update",
    "person",
    "press_update",
    "quotes",
]

TOKEN: Final = "123456:for-tests-only-and-worth-nothing-else"  # noqa: S105 - opens nothing
# How long a test waits for the bot before it fails: far beyond what any test needs.
_PATIENCE: Final = 20.0
# Far above the ids of what people send in a whole run of the tests.
_FIRST_ID: Final = 1_000_000


class _TrustingWorld(World):
    """Takes chats, users and messages on trust that only the updates of a test tell of."""

    def __init__(self, api: BotApi, events: Events) -> None:
        super().__init__(api, events, BOT, _FIRST_ID)
        self.blocked_by: set[int] = set()
        self._strangers: dict[int, Chat] = {}

    def now(self) -> int:
        return DATE

    def user(self, user_id: int) -> Json:
        return self.bot if user_id == self.bot["id"] else person(user_id)

    def add_chat(self, described: Json) -> Chat:
        added = super().add_chat(described)
        if described["id"] in self._strangers:
            added.messages = self._strangers.pop(described["id"]).messages
        return added

    def entered(self, chat_id: int | str) -> Chat:
        if isinstance(chat_id, int) and chat_id not in self.chats:
            return self._strangers.setdefault(chat_id, Chat(chat(chat_id)))
        return self.find(chat_id)

    def check_inside(self, chat: Chat) -> None:
        """The bot is everywhere."""

    def destination(self, chat_id: int | str, what: str = "") -> Chat:
        found = self.entered(chat_id)
        if found.id in self.blocked_by:
            raise RefusalError(403, "Forbidden: bot was blocked by the user")
        return found

    def check_topic(self, chat: Chat, topic: int | None) -> None:
        """There are all topics."""

    def message(self, chat: Chat, message_id: int, purpose: str) -> Json:
        if message_id < _FIRST_ID and purpose in {"to delete", "to react", "to be replied"}:
            told = {"message_id": message_id, "date": DATE, "chat": chat.described}
            return {**told, "from": self.bot}
        return super().message(chat, message_id, purpose)

    def inline_message(self, inline_id: str) -> tuple[Chat, Json]:
        unseen = Chat(chat(1))
        return unseen, {"message_id": 1, "date": DATE, "chat": unseen.described, "text": ""}

    def sent(self) -> Iterator[Json]:
        """All messages of the bot, by chat and in order."""
        for place in (*self.chats.values(), *self._strangers.values()):
            yield from place.messages.values()


class _TrustingQueries(Queries):
    """Lets every query be answered once, whoever has seen it."""

    def __init__(self, events: Events, disarmed: Faults, faults: list[str]) -> None:
        super().__init__(events, disarmed)
        self._answered: set[str] = set()
        self._problems = faults

    def close(self, query_id: str, kind: str, answer: Json) -> Query:
        if query_id in self._answered:
            self._problems.append(f"{ANSWERS[kind]}: {query_id} is answered twice")
            raise bad_request(EXPIRED)
        self._answered.add(query_id)
        return Query(query_id, kind, 0, answer=answer)


class _Trusting(Playground):
    """The playground with nobody in it."""

    world: _TrustingWorld

    def __init__(self, token: str, problems: list[str]) -> None:
        self._problems = problems
        super().__init__(0, token=token, cast=False, flood=False)

    def _make_world(self, api: BotApi) -> World:
        return _TrustingWorld(api, self.events)

    def _make_queries(self) -> Queries:
        return _TrustingQueries(self.events, self.faults, self._problems)


class TelegramServer:
    """Serves one bot; use it as a context manager.

    Attributes:
        requests: Everything that was asked, getUpdates left out, in order of arrival.
        faults: What was wrong with it.
        commands: What the bot set with setMyCommands.
        profile: The name and descriptions that the bot set.
    """

    def __init__(self, token: str = TOKEN) -> None:
        self.requests: list[Request] = []
        self.faults: list[str] = []
        self._playground = _Trusting(token, self.faults)
        self._world = self._playground.world
        self.commands: Commands = self._world.commands
        self.profile: Profile = self._world.profile
        self._changed = self._playground.changed
        self._playground.gateway.watch = self._watch

    def __enter__(self) -> Self:
        self._playground.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._playground.__exit__(kind, error, trace)

    @property
    def url(self) -> str:
        """What the bot takes for https://api.telegram.org."""
        return self._playground.url

    @property
    def base_url(self) -> str:
        """What the bot takes for https://api.telegram.org/bot."""
        return f"{self.url}/bot"

    @property
    def base_file_url(self) -> str:
        """What the bot takes for https://api.telegram.org/file/bot."""
        return f"{self.url}/file/bot"

    def send(self, *updates: Json) -> None:
        """Let the bot's next getUpdates deliver these, where it asks for such."""
        with self._changed:
            self._playground.delivery.put(*updates)

    def add_file(self, content: bytes, file_id: str | None = None) -> str:
        """Let the bot download a file; give the id by which it is asked for."""
        return self._world.files.add(content, file_id)

    def add_chat(self, known: Json) -> None:
        """Let the bot know a chat, by its id and by its user name where it has one."""
        with self._changed:
            self._world.add_chat(known)

    def set_member(self, chat_id: int, user_id: int, status: str) -> None:
        """Make a user "creator", "administrator", "member", "restricted", "left" or "kicked".

        Nobody else has ever been in that chat, which the bot knows from now on.
        """
        with self._changed:
            if chat_id not in self._world.chats:
                self._world.add_chat(chat(chat_id))
            self._world.set_member(self._world.find(chat_id), user_id, status)

    def block(self, user_id: int) -> None:
        """Let a user block the bot."""
        self._world.blocked_by.add(user_id)

    def refuse_next(
        self, method: str, description: str, code: int = 400, **parameters: int
    ) -> None:
        """Refuse the next request of this method, though nothing is wrong with it.

        Parameters tell what to do about it, such as `migrate_to_chat_id`.
        """
        refusal = RefusalError(code, description, **parameters)
        self._playground.faults.refuse_next(method, refusal)

    def calls(self, method: str) -> list[Json]:
        """The parameters of all requests of one method so far."""
        with self._changed:
            return [request.parameters for request in self.requests if request.method == method]

    def wait_for(self, method: str, count: int = 1) -> list[Json]:
        """Block until there were so many requests of one method; give their parameters."""
        with self._changed:
            came = self._changed.wait_for(
                lambda: sum(request.method == method for request in self.requests) >= count,
                _PATIENCE,
            )
            assert came, f"fewer than {count} requests of {method}"
        return self.calls(method)

    @property
    def uploads(self) -> list[Upload]:
        """All files that the bot sent, in order of arrival."""
        with self._changed:
            return [upload for request in self.requests for upload in request.uploads]

    def message(self, chat_id: int, message_id: int) -> Json:
        """A message that the bot sent, as it looks after all edits."""
        return _shown(self._world.entered(chat_id).messages[message_id])

    def messages(self, chat_id: int) -> list[Json]:
        """What the bot sent to a chat and did not delete, as it looks after all edits."""
        with self._changed:
            return [*map(_shown, self._world.entered(chat_id).messages.values())]

    def last_message(self) -> Json:
        """The message that the bot sent last, as it looks after all edits."""
        with self._changed:
            return _shown(max(self._world.sent(), key=itemgetter("message_id")))

    def answer(
        self, token: str, method: str, form: dict[str, str], uploads: Sequence[Upload] = ()
    ) -> tuple[int, Json]:
        """The HTTP status and body for one request."""
        return self._playground.gateway.answer(token, method, form, uploads)

    def file(self, token: str, path: str) -> bytes | None:
        """The file to be downloaded from a path; None where there is none."""
        opens = self._playground.gateway.opens(token)
        return self._world.files.at(path) if opens else None

    def _watch(self, request: Request, problems: list[str]) -> None:
        self.faults.extend(problems)
        if request.method != "getUpdates":
            self.requests.append(request)


def _shown(message: Json) -> Json:
    """A message as people see it, who are not told when a bot changed it."""
    return {name: value for name, value in message.items() if name != "edit_date"}
