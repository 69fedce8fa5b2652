"""What lists of documents, and of what was done to them, have in common.

What a list is of stands in the message itself, in italics, so that its buttons work after a
restart and for as long as the message lasts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from telegram import InlineKeyboardButton, MessageEntity

from bot.composing import shorten

if TYPE_CHECKING:
    from datetime import date
    from gettext import NullTranslations

    from telegram import Message

    from bot.composing import Composer
    from bot.voices import Voice
    from corpus.models import Document

# All lengths are in UTF-16 units, as Telegram counts.
LINE_TITLE_LENGTH: Final = 150
NAME_LENGTH: Final = 60
FILTER_LENGTH: Final = 200

# Documents, or changes, on a page: as many as there are buttons in a row.
PAGE_LENGTH: Final = 8


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks at a card, and when.

    Attributes:
        voice: How they are spoken to, for dates.
        words: The catalogue of that voice.
        today: Decides which documents are due.
    """

    voice: Voice
    words: NullTranslations
    today: date


def list_text(text: str) -> str:
    """What a moderator wants a list of, short enough to stand in the message."""
    return shorten(text, FILTER_LENGTH)


def list_text_of(message: Message) -> str:
    """What the list or history in a message is of, and the list that a card was opened from."""
    if message.text is None:
        return ""
    return next(iter(message.parse_entities([MessageEntity.ITALIC]).values()), "")


def write_list_text(message: Composer, text: str, words: NullTranslations) -> None:
    """Append a line that tells what the list is of; none where it is of everything."""
    if text:
        message.new_line()
        message.write(words.gettext("Filter:") + " ")
        message.write(text, MessageEntity.ITALIC)


def marks(document: Document, words: NullTranslations) -> list[str]:
    """The state of a document, unless it is live."""
    if document.state == "hidden":
        return ["🙈 " + words.gettext("hidden")]
    return ["🗑 " + words.gettext("removed")] if document.state == "removed" else []


def arrows(prefix: str, page: int, label: str, *, more: bool) -> list[InlineKeyboardButton]:
    """Buttons to the pages around one; that between them shows it anew."""
    row = [button(label, f"{prefix}:{page}")]
    if page > 0:
        row.insert(0, button("◀", f"{prefix}:{page - 1}"))
    if more:
        row.append(button("▶", f"{prefix}:{page + 1}"))
    return row


def button(label: str, callback_data: str) -> InlineKeyboardButton:
    """A button that the bot is told of."""
    return InlineKeyboardButton(label, callback_data=callback_data)
