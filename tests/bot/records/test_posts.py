"""What is remembered of channels' albums."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.records.database import Records
from bot.records.posts import Post

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

AT = datetime(2025, 9, 11, 10, tzinfo=UTC)


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    records = Records.open(tmp_path / "bot.db")
    yield records
    records.close()


def test_parts_of_an_album_come_in_their_order(records: Records) -> None:
    parts = [Post(-1001, number, "a", f"Part {number} 🎉", AT) for number in (3, 1, 2)]
    for part in parts:
        records.posts.keep(part)
    records.posts.keep(Post(-1001, 4, "b", "Other album", AT))
    records.posts.keep(Post(-1002, 1, "a", "Other channel", AT))
    assert records.posts.album(-1001, "a") == [parts[1], parts[2], parts[0]]
    assert records.posts.album(-1001, "c") == []


def test_edited_part_takes_the_place_of_the_old_one(records: Records) -> None:
    records.posts.keep(Post(-1001, 1, "a", "Old", AT))
    records.posts.keep(Post(-1001, 1, "a", "", AT))
    assert records.posts.album(-1001, "a") == [Post(-1001, 1, "a", "", AT)]


def test_albums_since_a_moment_are_each_named_once(records: Records) -> None:
    day = timedelta(days=1)
    for number, (album, at) in enumerate([("a", AT), ("a", AT), ("b", AT - day), ("c", AT + day)]):
        records.posts.keep(Post(-1001, number, album, "", at))
    assert records.posts.albums_since(AT) == [(-1001, "a"), (-1001, "c")]
