from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from bot.records.database import Records

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MONDAY, TUESDAY = date(2026, 5, 4), date(2026, 5, 5)


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    records = Records.open(tmp_path / "bot.db")
    yield records
    records.close()


def test_nobody_was_reminded_at_first(records: Records) -> None:
    assert records.reminders.reminded() == set()
    records.reminders.remember([], MONDAY)
    assert records.reminders.reminded() == set()


def test_last_reminder_counts(records: Records) -> None:
    records.reminders.remember(["a", "b"], MONDAY)
    records.reminders.remember(["a"], TUESDAY)
    records.reminders.forget_before(TUESDAY)
    assert records.reminders.reminded() == {"a"}


def test_reminders_outlive_a_restart(tmp_path: Path, records: Records) -> None:
    records.reminders.remember(["a"], MONDAY)
    again = Records.open(tmp_path / "bot.db")
    assert again.reminders.reminded() == {"a"}
    again.close()
