"""What the page asks the server for, apart from HTTP."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError, validate_call

from bot.playground.errors import ActionError
from bot.playground.views import world_view
from bot.playground.world import ADMINISTRATORS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from threading import Condition

    from bot.playground.actions import Actions
    from bot.playground.events import Events, Journal
    from bot.playground.faults import Faults
    from bot.playground.requests import Json, Upload
    from bot.playground.world import World

_POSTS: Final = (
    "send",
    "edit",
    "delete",
    "press",
    "inline",
    "choose",
    "react",
    "forward",
    "member",
    "migrate",
    "topic",
    "block",
    "person",
    "fault",
)


class PageApi:
    """Answers under /api/.

    Args:
        changed: Held while anything is looked at or done.
    """

    def __init__(
        self,
        world: World,
        actions: Actions,
        *,
        journal: Journal,
        faults: Faults,
        events: Events,
        changed: Condition,
    ) -> None:
        self._world = world
        self._actions = actions
        self._journal = journal
        self._faults = faults
        self._events = events
        self._changed = changed
        self._posts: dict[str, Callable[..., Json]] = {
            name: validate_call(getattr(actions, name)) for name in _POSTS
        }

    def get(self, path: str, query: dict[str, str]) -> Json | list[Json]:
        """What is asked for with GET.

        Args:
            path: After /api/.
            query: The address's query.

        Raises:
            ActionError: There is no such thing.
        """
        with self._changed:
            if path == "world":
                rest = {"journal": list(self._journal), "faults": self._faults.view}
                return world_view(self._world) | rest | {"last_event": self._events.last}
            if path == "commands":
                return self._commands(query)
        raise ActionError(f"there is no /api/{path}")

    def post(self, path: str, body: bytes) -> Json:
        """Do what a person asks for with POST.

        Args:
            path: After /api/.
            body: A JSON object with the action's arguments.

        Raises:
            ActionError: It cannot be done.
        """
        if path not in self._posts:
            raise ActionError(f"there is no /api/{path}")
        try:
            given = json.loads(body or b"{}")
        except ValueError as error:
            raise ActionError("the body must be JSON") from error
        if not isinstance(given, dict):
            raise ActionError("the body must be a JSON object")
        with self._changed:
            try:
                result = self._posts[path](**given)
            except ValidationError as error:
                first = error.errors(include_url=False)[0]
                where = ".".join(str(part) for part in first["loc"])
                raise ActionError(f"{where}: {first['msg']}") from error
        return result

    def upload(self, form: dict[str, str], files: Sequence[Upload]) -> Json:
        """Let a person send files.

        Args:
            form: person, chat, and perhaps topic, reply_to, caption, and as=photo.
            files: In their order.

        Raises:
            ActionError: They cannot be sent.
        """
        try:
            person, chat = int(form["person"]), int(form["chat"])
            topic, reply_to = (
                int(form[name]) if form.get(name) else None for name in ("topic", "reply_to")
            )
        except (KeyError, ValueError) as error:
            raise ActionError("an upload needs person and chat, both ids") from error
        with self._changed:
            return self._actions.upload(
                person,
                chat,
                files,
                topic=topic,
                reply_to=reply_to,
                caption=form.get("caption", ""),
                as_photo=form.get("as") == "photo",
            )

    def file(self, file_id: str) -> tuple[bytes, str] | None:
        """A file and its name, which may be empty; None where there is none."""
        with self._changed:
            return self._world.files.kept(file_id)

    def _commands(self, query: dict[str, str]) -> list[Json]:
        try:
            chat_id, person_id = int(query["chat"]), int(query["person"])
            chat, person = self._world.chats[chat_id], self._world.people[person_id]
        except (KeyError, ValueError) as error:
            raise ActionError("commands need a chat and a person that there are") from error
        return self._world.commands.shown(
            chat_id,
            person_id,
            person.user.get("language_code", ""),
            administrator=chat.status(person_id) in ADMINISTRATORS,
        )
