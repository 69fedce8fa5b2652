"""Telegram messages put together: plain text with entities, so nothing can break the markup."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from telegram import MessageEntity
from telegram.constants import MessageLimit

if TYPE_CHECKING:
    from telegram import InlineKeyboardMarkup

# All lengths are in UTF-16 units, as Telegram counts.
TEXT_LIMIT: Final = int(MessageLimit.MAX_TEXT_LENGTH)
TITLE_LENGTH: Final = 200

ELLIPSIS: Final = "…"
SEPARATOR: Final = " · "


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message, ready to be sent; its entities count UTF-16 units."""

    text: str
    entities: tuple[MessageEntity, ...]
    keyboard: InlineKeyboardMarkup | None = None


class Composer:
    """A message in the making; entities count characters until it is finished."""

    def __init__(self) -> None:
        self._text = ""
        self._entities: list[MessageEntity] = []

    def write(self, text: str, entity_type: str | None = None) -> int:
        """Append a text and return where it begins."""
        offset = len(self._text)
        self._text += text
        if entity_type is not None:
            self.mark(entity_type, offset, len(text))
        return offset

    def write_title(self, title: str, address: str | None) -> None:
        """Append a document's title, as a link where there is an address."""
        offset = self.write(title)
        if address is None:
            self.mark(MessageEntity.BOLD, offset, len(title))
        else:
            self.mark(MessageEntity.TEXT_LINK, offset, len(title), address)

    def mark(self, entity_type: str, offset: int, length: int, url: str | None = None) -> None:
        """Put an entity over what was written; offset and length count characters."""
        self._entities.append(MessageEntity(entity_type, offset, length, url=url))

    def new_line(self) -> None:
        """Begin a new line, but for the first one."""
        if self._text:
            self._text += "\n"

    def finish(self, keyboard: InlineKeyboardMarkup | None = None) -> Rendered:
        """The message as it is to be sent."""
        entities = MessageEntity.adjust_message_entities_to_utf_16(self._text, self._entities)
        return Rendered(self._text, tuple(entities), keyboard)


def utf16_length(text: str) -> int:
    """The length of a text in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def cut(text: str, limit: int) -> int:
    """How many characters of a text to keep: a word's end within a limit of UTF-16 units.

    Where the first word alone is longer, it is cut, though never inside a character.
    """
    fitting = text.encode("utf-16-le")[: 2 * limit].decode("utf-16-le", errors="ignore")
    if len(fitting) < len(text) and not text[len(fitting)].isspace():
        return len(fitting.rsplit(None, 1)[0])
    return len(fitting.rstrip())


def shorten(text: str, limit: int) -> str:
    """One line of at most `limit` UTF-16 units."""
    line = " ".join(text.split())
    if utf16_length(line) <= limit:
        return line
    return line[: cut(line, limit - 1)] + ELLIPSIS
