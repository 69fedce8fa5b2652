"""How feeds are shown, whatever they are called."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.composing import TEXT_LIMIT, Rendered, utf16_length
from bot.feed_cards import (
    PAGE_LENGTH,
    render_feed,
    render_list,
    render_proposal,
    render_removed,
)
from bot.messages import Messages
from bot.records.feeds import StoredFeed
from corpus.readers.feed import Feed, FeedEntry

NOW = datetime(2025, 9, 11, 10, tzinfo=UTC)
WORDS = Messages().for_language("en")


def make_feed(number: int = 1, title: str = "Site", **fields: Any) -> StoredFeed:
    values: dict[str, Any] = {
        "url": "https://site.example/feed",
        "mode": "publish",
        "added_by": "telegram:901",
        "added_at": NOW,
        "chat_id": 5,
        "etag": None,
        "modified": None,
        "next_poll": NOW,
        "succeeded_at": NOW,
        "failures": 0,
        "error": None,
        "told": False,
    }
    return StoredFeed(id=number, title=title, **values | fields)


def labels(rendered: Rendered) -> list[str]:
    assert rendered.keyboard is not None
    return [button.text for row in rendered.keyboard.inline_keyboard for button in row]


def test_list_names_each_feed_with_how_it_goes() -> None:
    feeds = [
        make_feed(1, "One"),
        make_feed(2, "Two", mode="cards", succeeded_at=None),
        make_feed(3, "Three", error="is not there (status 404)"),
    ]
    rendered = render_list(feeds, [12, 0, 1], 0, "en", WORDS)
    assert rendered.text.replace("\u202f", " ").splitlines() == [
        "Feeds (3):",
        "1. One",
        "published by itself · 12 documents · last read 9/11/25, 10:00 AM UTC",
        "2. Two",
        "comes as cards · 0 documents · not read yet",
        "3. Three",
        "published by itself · 1 document · ⚠ cannot be read: is not there (status 404)",
    ]
    assert labels(rendered) == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("page", "numbers", "turns"),
    [
        (0, range(1, 11), ["▶"]),
        (1, range(11, 21), ["◀", "▶"]),
        (2, range(21, 24), ["◀"]),
        (99, range(21, 24), ["◀"]),
    ],
)
def test_list_has_pages(page: int, numbers: range, turns: list[str]) -> None:
    feeds = [make_feed(number) for number in range(1, 24)]
    rendered = render_list(feeds, [0] * 23, page, "en", WORDS)
    assert labels(rendered) == [*map(str, numbers), *turns]


def test_empty_list_says_how_to_begin() -> None:
    rendered = render_list([], [], 0, "en", WORDS)
    assert "/feeds add https://example.org/feed" in rendered.text
    assert rendered.keyboard is None


TITLES = st.text(max_size=3000) | st.sampled_from(["🎉" * 2000, "word " * 900, "x" * 5000, "<b>"])


@given(TITLES, TITLES, TITLES)
def test_no_message_is_longer_than_telegram_takes(title: str, url: str, error: str) -> None:
    feed = make_feed(2**62, title, url=f"https://x.example/{url}", error=error)
    entry = FeedEntry(title or "1", None, title, NOW, "")
    for rendered in (
        render_list([feed] * PAGE_LENGTH, [10**6] * PAGE_LENGTH, 0, "be", WORDS),
        render_feed(feed, 10**6, title, "be", WORDS),
        render_removed(feed, WORDS),
        render_proposal(feed, Feed(title, (entry,) * 20), "be", WORDS),
    ):
        length = utf16_length(rendered.text)
        assert 1 <= length <= TEXT_LIMIT
        assert all(entity.offset + entity.length <= length for entity in rendered.entities)
        assert rendered.keyboard is not None
        for row in rendered.keyboard.inline_keyboard:
            assert all(len(str(button.callback_data).encode()) <= 64 for button in row)
