"""Feeds of a real site on loopback, asked for news."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.context import Context
from bot.feeds import LONGEST_PAUSE, TAKEN_AT_FIRST, TOLD_AFTER, Poller
from bot.handlers import adding
from corpus.errors import FetchingError
from tests.support.moderated import MODERATOR
from tests.support.site import serving_site
from tests.support.updates import labels, press

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.records.feeds import FeedMode, StoredFeed
    from corpus.models import Document
    from tests.support.moderated import Moderated
    from tests.support.site import Site

FIRST = "The library on Lime Street is open from nine to eight, on Saturdays until four."
SECOND = "A reader's card costs nothing and is made on the spot, without any papers at all."
LONG = " ".join([FIRST, SECOND])
CHAT = MODERATOR["id"]
NOON = datetime(2025, 9, 20, 12, tzinfo=UTC)


@dataclass
class Clock:
    """A clock that stands still."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True, slots=True)
class Polled:
    """A bot, a site, and the one that polls it."""

    bot: Moderated
    site: Site
    poller: Poller
    clock: Clock
    context: Context

    def follow(self, mode: FeedMode = "publish") -> StoredFeed:
        feeds = self.bot.records.feeds
        feed = feeds.propose(self.site.feed, "Site", f"telegram:{MODERATOR['id']}", CHAT)
        feeds.start(feed.id, mode)
        return self.known()

    def known(self) -> StoredFeed:
        (feed,) = self.bot.records.feeds.polled()
        return feed

    async def poll(self) -> StoredFeed:
        await self.poller.poll(self.context, self.known().id)
        return self.known()

    def documents(self) -> list[Document]:
        return self.bot.store.documents()

    def titles(self) -> list[str]:
        return [document.title for document in self.documents()]

    def told(self) -> list[str]:
        return [message["text"] for message in self.bot.telegram.messages(CHAT)]


@pytest.fixture
def site() -> Iterator[Site]:
    with serving_site() as site:
        yield site


@pytest.fixture
def polled(moderated: Moderated, site: Site) -> Polled:
    clock = Clock()
    poller = Poller(adding.send_draft_card, allow_private=True, clock=clock)
    context = Context(moderated.application)
    moderated.records.moderators.remember(CHAT, "Maryna", "en")
    return Polled(moderated, site, poller, clock, context)


async def test_article_goes_in_with_its_full_text_and_the_feeds_title_and_day(
    polled: Polled,
) -> None:
    address = polled.site.publish(3, FIRST, SECOND, summary="<p>The library is open.</p>")
    feed = polled.follow()

    await polled.poll()

    (document,) = polled.documents()
    assert (document.title, document.source, document.url) == ("Article 3", address, address)
    assert (document.published, document.added_by) == (date(2025, 9, 3), feed.identity)
    assert polled.bot.store.text(document.id) == f"{FIRST}\n\n{SECOND}"
    assert polled.bot.records.feeds.documents(feed) == {document.id}
    # Found from now on: the index is up to date.
    assert polled.bot.backing.index.sync().encoded == 0


async def test_longer_text_of_the_feed_itself_is_taken(polled: Polled) -> None:
    polled.site.publish(1, "Read on after you log in.", summary=f"<p>{FIRST}</p><p>{SECOND}</p>")
    polled.follow()
    await polled.poll()
    assert polled.bot.store.text(polled.documents()[0].id) == f"{FIRST}\n\n{SECOND}"


async def test_text_of_the_feed_serves_where_its_page_cannot_be_fetched(polled: Polled) -> None:
    polled.site.publish(1, summary=f"<p>{LONG}</p>")
    polled.follow()
    await polled.poll()
    assert polled.bot.store.text(polled.documents()[0].id) == LONG


async def test_article_that_cannot_be_fetched_is_tried_again_when_the_feed_changes(
    polled: Polled,
) -> None:
    polled.site.publish(1, summary="Only a teaser.")
    polled.follow()
    feed = await polled.poll()
    assert (polled.titles(), feed.failures) == ([], 0)

    polled.site.publish(1, FIRST, SECOND, summary="Only a teaser.")
    await polled.poll()
    assert polled.titles() == []  # the feed has not changed
    polled.site.publish(2, SECOND, FIRST)
    await polled.poll()
    assert polled.titles() == ["Article 1", "Article 2"]


async def test_feed_is_asked_only_whether_it_has_changed(polled: Polled) -> None:
    polled.site.publish(1, FIRST, SECOND)
    polled.follow()
    for _ in range(3):
        await polled.poll()
    visits = [visit for visit in polled.site.visits if visit.path == "/feed"]
    assert [visit.conditional for visit in visits] == [False, True, True]
    assert {visit.user_agent for visit in polled.site.visits} == {"daviedka"}
    assert polled.site.asked("/1") == 1


async def test_only_the_latest_articles_are_taken_at_first(polled: Polled) -> None:
    for number in range(1, 15):
        polled.site.publish(number, f"{FIRST} It is day {number}.")
    polled.follow()

    await polled.poll()

    expected = [f"Article {number}" for number in range(15 - TAKEN_AT_FIRST, 15)]
    assert polled.titles() == expected
    polled.site.publish(15, SECOND)
    await polled.poll()
    assert polled.titles() == [*expected, "Article 15"]


async def test_same_article_is_never_taken_twice(polled: Polled) -> None:
    polled.site.publish(1, FIRST, SECOND)
    polled.follow()
    for number in range(2, 5):
        await polled.poll()
        polled.site.publish(number, f"{SECOND} It is day {number}.")
    await polled.poll()
    assert polled.titles() == [f"Article {number}" for number in range(1, 5)]
    assert polled.bot.store.revision() == 4
    assert [polled.site.asked(f"/{number}") for number in range(1, 5)] == [1, 1, 1, 1]


async def test_changed_article_replaces_what_it_was(polled: Polled) -> None:
    polled.site.publish(1, FIRST, SECOND, summary="Old.")
    polled.follow()
    await polled.poll()
    (first,) = polled.documents()

    polled.site.publish(1, FIRST.replace("four", "five"), SECOND, summary="New.")
    await polled.poll()

    (second,) = polled.documents()
    assert second.id == first.id
    assert "until five" in polled.bot.store.text(second.id)


async def test_article_that_a_moderator_removed_does_not_come_back(polled: Polled) -> None:
    polled.site.publish(1, FIRST, SECOND, summary="Old.")
    polled.follow()
    await polled.poll()
    polled.bot.keeping.remove(polled.documents()[0].id, "telegram:901")

    polled.site.publish(1, FIRST.replace("four", "five"), SECOND, summary="New.")
    polled.site.publish(2, FIRST, SECOND)  # the removed text under another address
    await polled.poll()

    assert polled.documents() == []


async def test_article_without_anything_to_quote_is_left_out(polled: Polled) -> None:
    polled.site.publish(1, "Photo.", summary="<img src='a.png'>")
    polled.site.publish(2, FIRST, SECOND)
    polled.follow()
    feed = await polled.poll()
    assert "Article 2" in polled.titles()
    assert feed.error is None


async def test_cards_are_sent_oldest_first_and_nothing_is_found_before_publish(
    polled: Polled,
) -> None:
    polled.site.publish(2, SECOND, FIRST)
    polled.site.publish(1, FIRST, SECOND)
    polled.follow("cards")

    await polled.poll()
    await polled.poll()

    assert polled.documents() == []
    cards = polled.bot.telegram.messages(CHAT)
    assert [card["text"].splitlines()[0] for card in cards] == ["Article 1", "Article 2"]
    assert all("Publish" in labels(card) for card in cards)


async def test_published_card_counts_for_the_feed(polled: Polled) -> None:
    polled.site.publish(1, FIRST, SECOND)
    feed = polled.follow("cards")
    await polled.poll()
    (card,) = polled.bot.telegram.messages(CHAT)

    await polled.bot.deliver(press(card, "Publish", sender=MODERATOR))

    (document,) = polled.documents()
    assert polled.bot.records.feeds.documents(feed) == {document.id}


async def test_changed_article_sends_no_second_card(polled: Polled) -> None:
    polled.site.publish(1, FIRST, SECOND, summary="Old.")
    polled.follow("cards")
    await polled.poll()
    polled.site.publish(1, SECOND, FIRST, summary="New.")
    await polled.poll()
    assert len(polled.told()) == 1
    assert polled.site.asked("/1") == 1


async def test_article_that_is_there_already_or_was_removed_makes_no_card(polled: Polled) -> None:
    address = polled.site.publish(1, FIRST, SECOND)
    polled.site.publish(2, SECOND, FIRST)
    polled.follow()
    await polled.poll()
    removed = next(document for document in polled.documents() if document.source == address)
    polled.bot.keeping.remove(removed.id, "telegram:901")
    feeds = polled.bot.records.feeds
    feeds.set_mode(polled.known().id, "off")
    other = feeds.propose(f"{polled.site.address}/again", "Site", "telegram:901", CHAT)
    feeds.start(other.id, "cards")
    polled.site.put("/again", polled.site.rss, "application/rss+xml")

    await polled.poll()

    assert polled.known().succeeded_at is not None
    assert polled.told() == []


async def test_card_that_cannot_be_sent_is_sent_the_next_time(polled: Polled) -> None:
    polled.site.publish(1, FIRST, SECOND)
    polled.follow("cards")
    polled.bot.telegram.refuse_next("sendMessage", "Forbidden: bot was blocked by the user", 403)

    feed = await polled.poll()
    assert (polled.told(), feed.succeeded_at) == ([], None)
    await polled.poll()

    assert len(polled.told()) == 1


async def test_failing_feed_is_told_once_and_asked_less_and_less(polled: Polled) -> None:
    polled.follow()
    polled.site.broken = True
    pauses = []
    for _ in range(TOLD_AFTER + 5):
        polled.clock.now = polled.known().next_poll
        feed = await polled.poll()
        pauses.append(feed.next_poll - polled.clock.now)
        assert len(polled.told()) == (feed.failures >= TOLD_AFTER)

    assert pauses[:3] == [timedelta(minutes=minutes) for minutes in (30, 60, 120)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE
    (told,) = polled.told()
    assert told.startswith("The feed «Site» could not be read: answers with status 500;")
    assert told.endswith("I have tried 5 times, and go on less and less often.")
    assert polled.known().failures == TOLD_AFTER + 5


async def test_feed_that_works_again_says_so_once_and_is_asked_as_before(polled: Polled) -> None:
    polled.follow()
    polled.site.broken = True
    for _ in range(TOLD_AFTER):
        await polled.poll()
    polled.site.broken = False
    polled.site.publish(1, FIRST, SECOND)

    for _ in range(2):
        feed = await polled.poll()

    assert polled.told()[1:] == ["The feed «Site» can be read again."]
    assert (feed.failures, feed.error) == (0, None)
    assert feed.next_poll == polled.clock.now + timedelta(minutes=30)
    assert polled.titles() == ["Article 1"]


async def test_short_trouble_is_not_told(polled: Polled) -> None:
    polled.follow()
    for _ in range(3):
        polled.site.broken = True
        for _ in range(TOLD_AFTER - 1):
            await polled.poll()
        polled.site.broken = False
        await polled.poll()
    assert polled.told() == []


async def test_keepers_who_cannot_be_reached_are_told_the_next_time(polled: Polled) -> None:
    polled.follow()
    polled.site.broken = True
    for _ in range(TOLD_AFTER - 1):
        await polled.poll()
    polled.bot.telegram.refuse_next("sendMessage", "Forbidden: bot was blocked by the user", 403)
    assert not (await polled.poll()).told
    assert (await polled.poll()).told
    assert len(polled.told()) == 1


async def test_what_is_no_feed_any_more_is_a_failure(polled: Polled) -> None:
    polled.follow()
    polled.site.put("/feed", "<html><body><p>Moved.</p></body></html>")
    feed = await polled.poll()
    assert (
        feed.error == "is a page and no feed, and names none: look on it for a link to RSS or Atom"
    )


async def test_private_addresses_are_refused(polled: Polled) -> None:
    polled.site.publish(1, FIRST, SECOND)
    polled.follow()
    poller = Poller(adding.send_draft_card)

    await poller.poll(polled.context, polled.known().id)

    assert str(polled.known().error).startswith("points into a private network")
    assert polled.site.visits == []
    with pytest.raises(FetchingError, match="points into a private network"):
        await poller.preview(polled.context, polled.site.feed)


async def test_title_follows_that_of_the_feed(polled: Polled) -> None:
    polled.follow()
    polled.site.title = "New & better"
    assert (await polled.poll()).title == "New & better"


async def test_feed_that_is_off_is_not_asked(polled: Polled) -> None:
    feed = polled.follow()
    polled.bot.records.feeds.set_mode(feed.id, "off")
    await polled.poller.poll(polled.context, feed.id)
    await polled.poller.poll(polled.context, feed.id + 1)
    assert polled.site.visits == []


async def test_only_feeds_that_are_due_are_asked(polled: Polled) -> None:
    feed = polled.follow()
    polled.bot.records.feeds.postpone(feed.id, NOON + timedelta(minutes=1))
    await polled.poller.poll_due(polled.context, lambda: False)
    assert polled.site.visits == []

    polled.clock.now = NOON + timedelta(minutes=1)
    await polled.poller.poll_due(polled.context, lambda: False)
    assert polled.site.asked("/feed") == 1


async def test_one_request_goes_on_at_a_time(polled: Polled) -> None:
    feeds = polled.bot.records.feeds
    for number in range(1, 4):
        polled.site.publish(number, f"{FIRST} It is day {number}.")
        feed = feeds.propose(f"{polled.site.feed}?{number}", "Site", "telegram:901", CHAT)
        polled.site.put(f"/feed?{number}", "<rss version='2.0'><channel/></rss>", "text/xml")
        feeds.start(feed.id, "publish")
    polled.clock.now = datetime.now(UTC)

    await asyncio.gather(
        polled.poller.poll_due(polled.context, lambda: False),
        polled.poller.poll_due(polled.context, lambda: False),
        *(polled.poller.poll(polled.context, feed.id) for feed in feeds.polled()),
    )

    assert polled.site.most_at_once == 1
    assert len(polled.site.visits) == 6


async def test_one_broken_feed_does_not_keep_the_others_waiting(polled: Polled) -> None:
    feeds = polled.bot.records.feeds
    broken = feeds.propose(f"{polled.site.address}/none", "Broken", "telegram:901", CHAT)
    feeds.start(broken.id, "publish")
    polled.site.publish(1, FIRST, SECOND)
    whole = feeds.propose(polled.site.feed, "Whole", "telegram:901", CHAT)
    feeds.start(whole.id, "publish")
    polled.clock.now = datetime.now(UTC)

    await polled.poller.poll_due(polled.context, lambda: False)

    assert polled.titles() == ["Article 1"]


async def test_what_is_left_when_the_bot_stops_is_taken_the_next_time(polled: Polled) -> None:
    for number in range(1, 4):
        polled.site.publish(number, f"{FIRST} It is day {number}.")
    polled.follow()
    stops = iter([False, True])

    await polled.poller.poll(polled.context, polled.known().id, lambda: next(stops))
    assert polled.titles() == ["Article 1"]
    assert polled.known().succeeded_at is None

    await polled.poll()
    assert polled.titles() == ["Article 1", "Article 2", "Article 3"]


async def test_feed_that_is_removed_while_it_is_read_takes_nothing_more(polled: Polled) -> None:
    for number in range(1, 4):
        polled.site.publish(number, f"{FIRST} It is day {number}.")
    feed = polled.follow()

    def remove_after_one() -> bool:
        if polled.titles():
            polled.bot.records.feeds.set_mode(feed.id, "off")
        return False

    await polled.poller.poll(polled.context, feed.id, remove_after_one)

    assert polled.titles() == ["Article 1"]
