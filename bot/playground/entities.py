"""What Telegram marks in a text by itself: commands, mentions, links, hashtags."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bot.playground.rules import utf16_length

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.playground.requests import Json

MESSAGE_LENGTH: Final = 4096

_TOP_LEVEL: Final = "by|com|de|eu|info|io|lt|me|net|org|pl|ru|ua"
_KINDS: Final = (
    ("url", re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)),
    ("email", re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]*\w")),
    (
        "url",
        re.compile(rf"(?<![\w@./-])(?:[\w-]+\.)+(?:{_TOP_LEVEL})\b(?:/[^\s<>\"]*)?", re.IGNORECASE),
    ),
    ("bot_command", re.compile(r"(?<![\w/])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/])")),
    ("mention", re.compile(r"(?<!\w)@[A-Za-z][A-Za-z0-9_]{3,31}(?!\w)")),
    ("hashtag", re.compile(r"(?<!\w)#(?!\d+\b)\w+")),
)
_NOT_AT_AN_END: Final = ".,:;!?)]}»\"'…"


def find_entities(text: str) -> list[Json]:
    """The entities of a text that somebody types, in their order; none overlaps another."""
    found: list[tuple[int, int, str]] = []
    for kind, pattern in _KINDS:
        for match in pattern.finditer(text):
            marked = match[0].rstrip(_NOT_AT_AN_END) if kind == "url" else match[0]
            start, end = match.start(), match.start() + len(marked)
            if marked and all(end <= left or right <= start for left, right, _ in found):
                found.append((start, end, kind))
    return [
        {
            "type": kind,
            "offset": utf16_length(text[:start]),
            "length": utf16_length(text[start:end]),
        }
        for start, end, kind in sorted(found)
    ]


def marked_text(text: str, entity: Json) -> str:
    """What an entity marks."""
    units = text.encode("utf-16-le")
    start = 2 * entity["offset"]
    return units[start : start + 2 * entity["length"]].decode("utf-16-le")


def split_text(text: str) -> Iterator[str]:
    """A text as clients send it that is too long for one message; nothing where it is blank."""
    while utf16_length(text := text.strip()) > MESSAGE_LENGTH:
        head = text.encode("utf-16-le")[: 2 * MESSAGE_LENGTH].decode("utf-16-le", errors="ignore")
        end = max(head.rfind("\n"), head.rfind(" "))
        end = end if end > 0 else len(head)
        yield text[:end].rstrip()
        text = text[end:]
    if text:
        yield text
