"""Which messages a handler gets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from telegram.ext import filters

if TYPE_CHECKING:
    from telegram import Message


class _FromPerson(filters.MessageFilter):
    """Messages that a person wrote: no bot's, and nothing sent through a bot.

    The latter matters in the private chat: an inline result that is sent there is a quote,
    not a question.
    """

    def filter(self, message: Message) -> bool:
        sender = message.from_user
        return sender is not None and not sender.is_bot and message.via_bot is None


BY_PERSON: Final = _FromPerson()
FROM_PERSON: Final = filters.UpdateType.MESSAGE & BY_PERSON
PRIVATE: Final = FROM_PERSON & filters.ChatType.PRIVATE
GROUP: Final = FROM_PERSON & filters.ChatType.GROUPS
