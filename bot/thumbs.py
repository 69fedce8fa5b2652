"""The buttons by which people judge an answer: pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.records.judgements import Receipt

if TYPE_CHECKING:
    from typing import Self

    from bot.records.judgements import Verdict

PREFIX: Final = "fb"
_MARK: Final = " ✓"
_SIGNS: Final[dict[Verdict, str]] = {1: "+", -1: "-"}
# Ids of passages have 32 bits, and of judgements as many as SQLite has.
_FORM: Final = re.compile(
    PREFIX + r":([+-]):([0-9]{1,10}):([0-9]{1,3})(?::([1-9][0-9]{0,17}):([0-9a-f]{16}))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Thumb:
    """What a thumb under an answer is for.

    Attributes:
        verdict: 1 for 👍, -1 for 👎.
        passage_id: What is judged.
        best: The position of its core sentence.
        receipt: Of the judgement that was given with one of the two thumbs; None before.
    """

    verdict: Verdict
    passage_id: int
    best: int
    receipt: Receipt | None = None

    def encode(self) -> str:
        """Callback data: at most 55 of the 64 bytes that Telegram allows."""
        fresh = f"{PREFIX}:{_SIGNS[self.verdict]}:{self.passage_id}:{self.best}"
        return f"{fresh}:{self.receipt.id}:{self.receipt.secret}" if self.receipt else fresh

    @classmethod
    def decode(cls, callback_data: str) -> Self:
        """What a button is for; anyone can forge what arrives here.

        Raises:
            ValueError: It is not what `encode` gives.
        """
        found = _FORM.fullmatch(callback_data)
        if found is None:
            raise ValueError("callback data that no thumb has")
        sign, passage_id, best, number, secret = found.groups()
        receipt = Receipt(int(number), secret) if number else None
        return cls(1 if sign == "+" else -1, int(passage_id), int(best), receipt)


def thumb_of(button: InlineKeyboardButton) -> Thumb | None:
    """What a button under an answer is for, where it is a thumb."""
    try:
        return Thumb.decode(str(button.callback_data))
    except ValueError:
        return None


def judged_passages(keyboard: InlineKeyboardMarkup | None) -> set[tuple[int, int]]:
    """Which passages the thumbs under a message are for, each with its core's position."""
    buttons = [button for row in keyboard.inline_keyboard for button in row] if keyboard else []
    return {(thumb.passage_id, thumb.best) for thumb in map(thumb_of, buttons) if thumb}


def mark(
    keyboard: InlineKeyboardMarkup, receipt: Receipt | None, verdict: Verdict | None
) -> InlineKeyboardMarkup:
    """The same buttons, with a sign at the thumb that was pressed.

    Args:
        keyboard: All buttons under the answer.
        receipt: Of the judgement that stands; None where there is none.
        verdict: What was judged; None where there is no judgement.
    """
    return InlineKeyboardMarkup(
        [[_marked(button, receipt, verdict) for button in row] for row in keyboard.inline_keyboard]
    )


def _marked(
    button: InlineKeyboardButton, receipt: Receipt | None, verdict: Verdict | None
) -> InlineKeyboardButton:
    if (thumb := thumb_of(button)) is None:
        return button
    label = button.text.removesuffix(_MARK)
    return InlineKeyboardButton(
        label + _MARK if thumb.verdict == verdict else label,
        callback_data=replace(thumb, receipt=receipt).encode(),
    )
