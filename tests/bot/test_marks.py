from __future__ import annotations

from typing import TYPE_CHECKING

from bot import marks
from bot.marks import Mark, Marks
from bot.memory import SECONDS
from bot.records.judgements import Receipt

if TYPE_CHECKING:
    import pytest

PLACE = (77, 1, 7)
MARK = Mark(Receipt(1, "0" * 16), None)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_mark_is_found_until_it_is_taken_away() -> None:
    known = Marks()
    assert known.find(PLACE) is None
    known.set(PLACE, MARK)
    assert known.find(PLACE) == MARK
    assert known.find((77, 1, 8)) is None
    known.set(PLACE, None)
    known.set(PLACE, None)
    assert known.find(PLACE) is None


def test_mark_is_forgotten_after_ten_minutes() -> None:
    clock = Clock()
    known = Marks(clock)
    known.set(PLACE, MARK)
    clock.now = SECONDS - 1
    assert known.find(PLACE) == MARK
    clock.now = SECONDS
    assert known.find(PLACE) is None


def test_mark_that_is_set_again_stays_longer() -> None:
    clock = Clock()
    known = Marks(clock)
    known.set(PLACE, MARK)
    clock.now = SECONDS - 1
    known.set(PLACE, MARK)
    clock.now = SECONDS + 1
    assert known.find(PLACE) == MARK


def test_oldest_marks_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marks, "MOST", 2)
    known = Marks()
    for message in range(3):
        known.set((77, message, 7), MARK)
    assert [known.find((77, message, 7)) for message in range(3)] == [None, MARK, MARK]
