"""What is remembered of feeds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.records.database import Records
from bot.records.feeds import entry_key
from tests.support.drafts import make_draft

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.records.feeds import Feeds, StoredFeed

URL = "https://site.example/feed"
LATER = timedelta(hours=1)


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    records = Records.open(tmp_path / "bot.db")
    yield records
    records.close()


@pytest.fixture
def feeds(records: Records) -> Feeds:
    return records.feeds


def now() -> datetime:
    return datetime.now(UTC)


def found(feeds: Feeds, feed: StoredFeed) -> StoredFeed:
    known = feeds.find(feed.id)
    assert known is not None
    return known


def test_proposed_feed_is_off_until_it_is_started(feeds: Feeds) -> None:
    feed = feeds.propose(URL, "Site", "telegram:1", 5)
    assert (feed.url, feed.title, feed.mode, feed.added_by) == (URL, "Site", "off", "telegram:1")
    assert (feed.chat_id, feed.failures, feed.error, feed.told) == (5, 0, None, False)
    assert feeds.polled() == []
    assert feeds.due(now() + LATER) == []

    assert feeds.start(feed.id, "publish")

    assert [known.id for known in feeds.polled()] == [feed.id]
    assert [known.id for known in feeds.due(now())] == [feed.id]


def test_feed_that_is_off_can_be_proposed_again_and_one_that_is_on_stays(feeds: Feeds) -> None:
    first = feeds.propose(URL, "Site", "telegram:1", 5)
    again = feeds.propose(URL, "New title", "telegram:2", 6)
    assert (again.id, again.title, again.added_by, again.chat_id) == (
        first.id,
        "New title",
        "telegram:2",
        6,
    )
    feeds.start(first.id, "cards")
    assert feeds.propose(URL, "Other", "telegram:3", 7) == found(feeds, first)
    assert found(feeds, first).title == "New title"


def test_start_and_change_of_mode_say_whether_they_did_anything(feeds: Feeds) -> None:
    feed = feeds.propose(URL, "Site", "telegram:1", 5)
    assert not feeds.set_mode(feed.id, "cards")
    assert feeds.start(feed.id, "cards")
    assert not feeds.start(feed.id, "publish")
    assert feeds.set_mode(feed.id, "publish")
    assert feeds.set_mode(feed.id, "off")
    assert not feeds.set_mode(feed.id, "off")
    assert not feeds.start(feed.id + 1, "cards")
    assert not feeds.set_mode(feed.id + 1, "cards")
    assert feeds.find(feed.id + 1) is None
    assert found(feeds, feed).mode == "off"


def test_failures_are_counted_until_a_success(feeds: Feeds) -> None:
    feed = feeds.propose(URL, "Site", "telegram:1", 5)
    feeds.start(feed.id, "publish")
    for _ in range(3):
        feeds.fail(feed.id, now() + LATER, "is not there")
    feeds.mark_told(feed.id)
    failed = found(feeds, feed)
    assert (failed.failures, failed.error, failed.told) == (3, "is not there", True)
    assert failed.succeeded_at is None
    assert feeds.due(now()) == []

    feeds.succeed(feed.id, now() + LATER, title="Other", etag='"1"', modified="today")

    read = found(feeds, feed)
    assert (read.failures, read.error, read.told) == (0, None, False)
    assert (read.title, read.etag, read.modified) == ("Other", '"1"', "today")
    assert read.succeeded_at is not None
    assert read.succeeded_at.tzinfo is not None


def test_feed_that_is_started_again_is_due_and_has_no_failures(feeds: Feeds) -> None:
    feed = feeds.propose(URL, "Site", "telegram:1", 5)
    feeds.start(feed.id, "publish")
    feeds.fail(feed.id, now() + LATER, "is not there")
    feeds.mark_told(feed.id)
    feeds.set_mode(feed.id, "off")

    feeds.start(feed.id, "publish")

    assert feeds.due(now()) == [found(feeds, feed)]
    assert (found(feeds, feed).failures, found(feeds, feed).told) == (0, False)


def test_longest_overdue_comes_first(feeds: Feeds) -> None:
    ids = []
    for number in range(3):
        feed = feeds.propose(f"{URL}/{number}", "Site", "telegram:1", 5)
        feeds.start(feed.id, "publish")
        feeds.postpone(feed.id, now() - number * LATER)
        ids.append(feed.id)
    assert [feed.id for feed in feeds.due(now())] == ids[::-1]
    assert [feed.id for feed in feeds.due(now() - LATER / 2)] == ids[:0:-1]


def test_entries_are_kept_by_feed(feeds: Feeds) -> None:
    first = feeds.propose(URL, "Site", "telegram:1", 5)
    second = feeds.propose(f"{URL}/2", "Site", "telegram:1", 5)
    key = entry_key("tag:🎉" * 1000)
    assert feeds.entries(first.id) == {}

    feeds.keep_entry(first.id, key, "", None)
    feeds.keep_entry(first.id, key, "aa", "1f2e3d4c")
    feeds.keep_entry(first.id, key, "bb")
    feeds.keep_entries(first.id, {key: "cc", entry_key("2"): "dd"})
    feeds.keep_entries(first.id, {})

    assert feeds.entries(first.id) == {key: "bb", entry_key("2"): "dd"}
    assert feeds.entries(second.id) == {}
    assert feeds.documents(first) == {"1f2e3d4c"}
    assert feeds.documents(second) == set()


def test_documents_that_came_by_cards_count_once_they_are_published(records: Records) -> None:
    feeds, drafts = records.feeds, records.drafts
    feed = feeds.propose(URL, "Site", "telegram:1", 5)
    of_feed = [drafts.open(make_draft("One sentence."), feed.identity) for _ in range(3)]
    other = drafts.open(make_draft("One sentence."), "telegram:1")
    drafts.close(of_feed[0].id, "published", "telegram:1", document_id="11111111")
    drafts.close(of_feed[1].id, "discarded", "telegram:1")
    drafts.close(other.id, "published", "telegram:1", document_id="22222222")
    assert feeds.documents(feed) == {"11111111"}


def test_key_of_an_entry_is_short_whatever_its_id() -> None:
    assert {len(entry_key(entry)) for entry in ("", "a", "\ud800", "🎉" * 10_000)} == {64}
