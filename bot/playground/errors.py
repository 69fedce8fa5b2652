"""How the playground says no: to the operator, to a person, to the bot."""

from __future__ import annotations

from typing import Any, Final

from bot.errors import BotError

EXPIRED: Final = "query is too old and response timeout expired or query ID is invalid"


class PlaygroundError(BotError):
    """The playground cannot be opened."""


class ActionError(Exception):
    """A person cannot do what the page asks for; the message is one line for them."""


class RefusalError(Exception):
    """What Telegram answers in place of a result.

    Args:
        code: As HTTP's.
        description: What is wrong, as Telegram words it: "Bad Request: chat not found".
        **parameters: What to do about it: `retry_after` in seconds, `migrate_to_chat_id`.
    """

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    @property
    def body(self) -> dict[str, Any]:
        """The answer itself."""
        told = {"ok": False, "error_code": self.code, "description": self.description}
        return {**told, "parameters": self.parameters} if self.parameters else told


def bad_request(reason: str) -> RefusalError:
    """The refusal of a request that cannot be carried out."""
    return RefusalError(400, f"Bad Request: {reason}")


def forbidden(reason: str) -> RefusalError:
    """The refusal of what the bot may not do in a chat."""
    return RefusalError(403, f"Forbidden: {reason}")
