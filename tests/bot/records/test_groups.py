from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from bot.group_settings import GroupSettings, Topics
from bot.records.database import Records
from bot.voices import VOICES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OLD, NEW = -5, -1001234567890
STRICT = GroupSettings(strictness="strict")
SETTINGS = st.builds(
    GroupSettings,
    language=st.sampled_from([None, *VOICES]),
    mentions=st.booleans(),
    not_found=st.sampled_from(["reaction", "line", "silence"]),
    topics=st.builds(
        Topics, st.frozensets(st.integers(0, 2**31), max_size=3), others=st.booleans()
    ),
    strictness=st.sampled_from(["normal", "strict", "very strict"]),
)


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    records = Records.open(tmp_path / "bot.db")
    yield records
    records.close()


def test_group_where_nothing_was_set_has_the_usual_settings(records: Records) -> None:
    assert records.groups.find(OLD) == GroupSettings()


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(SETTINGS)
def test_settings_are_found_as_they_were_set(records: Records, settings: GroupSettings) -> None:
    assert records.groups.change(OLD, lambda _: settings) == settings
    assert records.groups.find(OLD) == settings
    assert records.groups.find(NEW) == GroupSettings()


def test_change_gets_what_was_set_before(records: Records) -> None:
    records.groups.change(OLD, lambda _: STRICT)
    changed = records.groups.change(OLD, lambda before: replace(before, mentions=False))
    assert changed == GroupSettings(strictness="strict", mentions=False)


def test_group_with_the_usual_settings_again_is_not_known_any_more(
    tmp_path: Path, records: Records
) -> None:
    records.groups.change(OLD, lambda _: STRICT)
    records.groups.change(OLD, lambda _: GroupSettings())
    assert str(OLD).encode() not in (tmp_path / "bot.db").read_bytes()
    records.groups.migrate(OLD, NEW)
    assert records.groups.find(NEW) == GroupSettings()


def test_settings_move_once(records: Records) -> None:
    records.groups.change(OLD, lambda _: STRICT)
    records.groups.migrate(OLD, NEW)
    records.groups.migrate(OLD, NEW)
    assert records.groups.find(OLD) == GroupSettings()
    assert records.groups.find(NEW) == STRICT


def test_moved_settings_do_not_replace_those_that_are_there(records: Records) -> None:
    records.groups.change(OLD, lambda _: GroupSettings(mentions=False))
    records.groups.change(NEW, lambda _: STRICT)
    records.groups.migrate(OLD, NEW)
    assert records.groups.find(NEW) == STRICT


def test_settings_outlive_a_restart(tmp_path: Path, records: Records) -> None:
    records.groups.change(OLD, lambda _: STRICT)
    again = Records.open(tmp_path / "bot.db")
    assert again.groups.find(OLD) == STRICT
    again.close()
