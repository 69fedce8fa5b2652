"""Questions are counted by day, and nothing else is known of them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.records.counts import DayCount
from bot.records.database import Records

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MONDAY = date(2026, 11, 23)


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    records = Records.open(tmp_path / "bot.db")
    yield records
    records.close()


def test_every_day_is_there_even_without_a_question(records: Records) -> None:
    usage = records.counts.usage(MONDAY - timedelta(2), MONDAY)
    assert usage.days == tuple(DayCount(MONDAY - timedelta(ago), 0, 0) for ago in (2, 1, 0))
    assert (usage.asked, usage.languages, usage.quoted) == (0, {}, {})


def test_questions_are_counted_by_day_language_and_document(records: Records) -> None:
    counts = records.counts
    counts.count_question(MONDAY, "private", "be", answered=True, quoted="1f2e3d4c")
    counts.count_question(MONDAY, "private", "be", answered=True, quoted="1f2e3d4c")
    counts.count_question(MONDAY, "group", "ru", answered=True, quoted="00000000")
    counts.count_question(MONDAY, "private", "ru", answered=False)
    counts.count_question(MONDAY - timedelta(1), "private", "pl", answered=False)
    counts.count_question(MONDAY - timedelta(2), "private", "lt", answered=False)

    usage = counts.usage(MONDAY - timedelta(1), MONDAY)

    assert usage.days == (DayCount(MONDAY - timedelta(1), 0, 1), DayCount(MONDAY, 3, 1))
    assert list(usage.languages.items()) == [("be", 2), ("ru", 2), ("pl", 1)]
    assert list(usage.quoted.items()) == [("1f2e3d4c", 2), ("00000000", 1)]
    assert (usage.asked, usage.answered, usage.unanswered) == (5, 3, 2)


def test_inline_queries_are_counted_apart(records: Records) -> None:
    records.counts.count_question(MONDAY, "inline", "be", answered=True)
    records.counts.count_question(MONDAY, "inline", "be", answered=False)
    records.counts.count_question(MONDAY, "inline", "ru", answered=False)
    usage = records.counts.usage(MONDAY, MONDAY)
    assert (usage.inline_answered, usage.inline_unanswered) == (1, 2)
    assert (usage.asked, usage.languages) == (0, {})
