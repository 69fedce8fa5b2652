"""Which commands a bot shows, to whom and where."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.playground.requests import Json, Request


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

    def shown(
        self, chat_id: int, user_id: int, language: str, *, administrator: bool = False
    ) -> list[Json]:
        """What a user's client shows in a chat: of the narrowest scope, in the user's language.

        Args:
            chat_id: A private chat has its user's id.
            user_id: Who looks.
            language: Two letters.
            administrator: Whether the user is one of the group's.

        Source: the Bot API, "Determining list of commands".
        """
        if chat_id == user_id:
            scopes = [f"chat:{chat_id}", "all_private_chats", "default"]
        else:
            scopes = [f"chat_member:{chat_id}:{user_id}"]
            if administrator:
                scopes.append(f"chat_administrators:{chat_id}")
            scopes.append(f"chat:{chat_id}")
            if administrator:
                scopes.append("all_chat_administrators")
            scopes += ["all_group_chats", "default"]
        for key in itertools.product(scopes, (language, "")):
            if key in self:
                return self[key]
        return []


def _key(request: Request) -> tuple[str, str]:
    scope = request.parameters.get("scope", {"type": "default"})
    names = [str(scope[name]) for name in ("type", "chat_id", "user_id") if name in scope]
    return ":".join(names), request.parameters.get("language_code", "")
