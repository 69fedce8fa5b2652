"""The buttons that lead through the hits of an answer."""

from __future__ import annotations

import base64
import struct
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from telegram import InlineKeyboardButton

from bot.voices import VOICES, Voice

if TYPE_CHECKING:
    from index.models import Answer

# A bit beside the position.
_WIDE: Final = 0x80


@dataclass(frozen=True, slots=True)
class Pager:
    """The hits that the buttons under an answer lead through.

    It travels in the buttons themselves, so the bot remembers nothing of who asked what.

    Attributes:
        hits: One to `MAX_HITS` passages: id and position of the best sentence.
        position: Which of the hits is shown, from 0.
        reader: How the asker is spoken to.
        wide: Whether the passages next to it are shown, too.
    """

    MAX_HITS = 8
    PREFIX = "h1"

    hits: tuple[tuple[int, int], ...]
    position: int
    reader: Voice
    wide: bool = False

    @classmethod
    def of(cls, answer: Answer, reader: Voice) -> Pager:
        """The first hits of an answer, at the best of them."""
        hits = tuple((hit.passage_id, min(hit.best, 255)) for hit in answer.hits[: cls.MAX_HITS])
        return cls(hits, 0, reader)

    def encode(self) -> str:
        """Callback data: at most 58 of the 64 bytes that Telegram allows.

        Raises:
            ValueError: A passage's id has more than 32 bits.
        """
        try:
            place = self.position | (_WIDE if self.wide else 0)
            packed = struct.pack(">BB", place, VOICES.index(self.reader)) + b"".join(
                struct.pack(">IB", passage_id, best) for passage_id, best in self.hits
            )
        except struct.error as error:
            raise ValueError(f"{self.hits} do not fit into a button: {error}") from error
        return self.PREFIX + base64.urlsafe_b64encode(packed).decode("ascii").rstrip("=")

    @classmethod
    def decode(cls, callback_data: str) -> Pager:
        """The pager that a button carries; anyone can forge what arrives here.

        Raises:
            ValueError: It is not what `encode` gives.
        """
        if not callback_data.startswith(cls.PREFIX):
            raise ValueError(f"callback data without the prefix {cls.PREFIX}")
        encoded = callback_data.removeprefix(cls.PREFIX)
        packed = base64.b64decode(
            encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True
        )
        if len(packed) < 2 or (len(packed) - 2) % 5:
            raise ValueError(f"callback data of {len(packed)} bytes")
        position, wide, voice = packed[0] & ~_WIDE, bool(packed[0] & _WIDE), packed[1]
        hits = tuple(struct.iter_unpack(">IB", packed[2:]))
        if not position < len(hits) <= cls.MAX_HITS or voice >= len(VOICES):
            raise ValueError(f"callback data with position {position} of {len(hits)}")
        return cls(hits, position, VOICES[voice], wide)

    def widened(self) -> Pager:
        """The same place, with what stands next to the passage, or without it again."""
        return replace(self, wide=not self.wide)

    def instead(self, passage_id: int, best: int) -> Pager:
        """The same place with another passage in it."""
        hits = list(self.hits)
        hits[self.position] = (passage_id, min(best, 255))
        return replace(self, hits=tuple(hits), wide=False)

    def buttons(self) -> list[InlineKeyboardButton]:
        """◀ n/m ▶, going round at both ends; none where there is nothing to turn to."""
        count = len(self.hits)
        if count < 2:
            return []
        before = replace(self, position=(self.position - 1) % count, wide=False)
        after = replace(self, position=(self.position + 1) % count, wide=False)
        return [
            InlineKeyboardButton("◀", callback_data=before.encode()),
            InlineKeyboardButton(f"{self.position + 1}/{count}", callback_data="-"),
            InlineKeyboardButton("▶", callback_data=after.encode()),
        ]
