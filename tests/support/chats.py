"""The chats that Telegram knows, who is in them, and which commands it shows there."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from tests.support.requests import RefusalError
from tests.support.updates import chat, person

if TYPE_CHECKING:
    from tests.support.bot_api import BotApi
    from tests.support.requests import Request
    from tests.support.updates import Json


class Chats:
    """Chats by their ids, with their members."""

    def __init__(self, api: BotApi) -> None:
        self._api = api
        self._chats: dict[int, Json] = {}
        self._members: dict[int, dict[int, Json]] = {}

    def add(self, known: Json) -> None:
        self._chats[known["id"]] = known
        self._members.setdefault(known["id"], {})

    def set_member(self, chat_id: int, user_id: int, status: str) -> None:
        member = self._api.complete("ChatMember", {"status": status, "user": person(user_id)})
        self._members.setdefault(chat_id, {})[user_id] = member

    def find(self, chat_id: int | str) -> Json:
        """A chat by its id or @name; by its id it need not have been added."""
        if isinstance(chat_id, int):
            return self._chats.get(chat_id) or chat(chat_id)
        for known in self._chats.values():
            if f"@{known.get('username')}".lower() == chat_id.lower():
                return known
        raise RefusalError(400, "Bad Request: chat not found")

    def describe(self, request: Request) -> Json:
        """The answer to getChat."""
        self._members_of(request)
        found = self.find(request.parameters["chat_id"])
        gifts = self._api.complete("AcceptedGiftTypes", {})
        return self._api.complete("ChatFullInfo", {**found, "accepted_gift_types": gifts})

    def member(self, request: Request) -> Json:
        """The answer to getChatMember."""
        user_id = request.parameters["user_id"]
        stranger = {"status": "left", "user": person(user_id)}
        return self._members_of(request).get(user_id, stranger)

    def administrators(self, request: Request) -> list[Json]:
        """The answer to getChatAdministrators."""
        return [
            member
            for member in self._members_of(request).values()
            if member["status"] in {"creator", "administrator"}
        ]

    def _members_of(self, request: Request) -> dict[int, Json]:
        members = self._members.get(self.find(request.parameters["chat_id"])["id"])
        if members is None:
            raise RefusalError(400, "Bad Request: chat not found")
        return members


class Commands(dict[tuple[str, str], list["Json"]]):
    """The commands that a bot set, by scope and language.

    A scope is "default", "chat:5", "chat_member:-1:5" and so on; a language is "" where none was
    named.
    """

    def set(self, request: Request) -> bool:
        """The answer to setMyCommands."""
        self[_key(request)] = request.parameters["commands"]
        return True

    def delete(self, request: Request) -> bool:
        """The answer to deleteMyCommands."""
        self.pop(_key(request), None)
        return True

    def current(self, request: Request) -> list[Json]:
        """The answer to getMyCommands."""
        return self.get(_key(request), [])

    def shown_to(self, user_id: int, language: str) -> list[str]:
        """The commands that a user's client shows in the chat with the bot.

        Source: the Bot API, "Determining list of commands".
        """
        scopes = (f"chat:{user_id}", "all_private_chats", "default")
        for key in itertools.product(scopes, (language, "")):
            if key in self:
                return [command["command"] for command in self[key]]
        return []


def _key(request: Request) -> tuple[str, str]:
    scope = request.parameters.get("scope", {"type": "default"})
    names = [str(scope[name]) for name in ("type", "chat_id", "user_id") if name in scope]
    return ":".join(names), request.parameters.get("language_code", "")
