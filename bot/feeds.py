"""Feeds are asked for news, one at a time, and their articles taken."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, TypeAlias

from telegram.error import TelegramError

from bot.composing import TITLE_LENGTH, shorten
from bot.context import Context
from bot.records.drafts import StoredDraft
from bot.records.feeds import StoredFeed, entry_key
from bot.records.moderators import user_id_of
from bot.unattended import ingest_unattended
from bot.voices import Voice
from corpus.errors import FetchingError, ReadingError
from corpus.fetching import fetch, fetch_feed
from corpus.ingest import make_draft
from corpus.readers.feed import Feed, FeedEntry, parse_feed, read_entry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.keeping import Keeping
    from corpus.fetching import Fetched
    from corpus.models import RawDocument
    from corpus.store import Draft

logger = logging.getLogger(__name__)

# Of a new feed so many of the latest articles are taken, and no older ones.
TAKEN_AT_FIRST: Final = 10
# After so many failures in a row a feed's keepers are told.
TOLD_AFTER: Final = 5
LONGEST_PAUSE: Final = timedelta(days=1)

SendCard: TypeAlias = Callable[[Context, StoredDraft, int, Voice], Awaitable[object]]


class Poller:
    """Asks feeds for news. At most one is asked at a time."""

    def __init__(
        self,
        send_card: SendCard,
        *,
        allow_private: bool = False,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._send_card = send_card
        self._allow_private = allow_private
        self._clock = clock
        self._round = asyncio.Lock()
        self._turn = asyncio.Lock()

    async def preview(self, context: Context, url: str) -> Feed:
        """What a feed offers now.

        Raises:
            FetchingError: There is nothing at this address.
            ReadingError: It is no feed.
        """
        news = await context.in_reading(self._read, url, None, None)
        if news is None:  # a server that claims "not changed" without having been asked
            raise FetchingError(url, "answers with status 304; try again later")
        return news[1]

    async def poll_due(self, context: Context, stopping: Callable[[], bool]) -> None:
        """Ask all feeds whose time has come, unless this goes on already.

        Args:
            context: Any.
            stopping: Asked between articles; what is left waits for the next time.
        """
        if self._round.locked():
            return
        async with self._round:
            for feed in await context.in_records(context.records.feeds.due, self._clock()):
                if not stopping():
                    await self.poll(context, feed.id, stopping)

    async def poll(
        self, context: Context, feed_id: int, stopping: Callable[[], bool] = lambda: False
    ) -> None:
        """Ask one feed now and take what is new; nothing where it is off."""
        feeds = context.records.feeds
        async with self._turn:
            feed: StoredFeed | None = await context.in_records(feeds.find, feed_id)
            if feed is None or feed.mode == "off":
                return
            pause = timedelta(minutes=context.settings.feed_minutes)
            # Whatever happens, the other feeds come first then.
            await context.in_records(feeds.postpone, feed.id, self._clock() + pause)
            try:
                news = await context.in_reading(self._read, feed.url, feed.etag, feed.modified)
            except (FetchingError, ReadingError) as error:
                await self._fail(context, feed, pause, error.reason)
                return
            if news is not None and not await self._take_news(context, feed, news[1], stopping):
                return
            await context.in_records(
                feeds.succeed,
                feed.id,
                self._clock() + pause,
                title=feed.title if news is None else news[1].title,
                etag=feed.etag if news is None else news[0].etag,
                modified=feed.modified if news is None else news[0].modified,
            )
            if feed.told:
                words = context.words(await _voice_of_keeper(context, feed))
                recovered = words.gettext("The feed «{title}» can be read again.")
                await _tell(context, feed, recovered.format(title=_short_title(feed)))

    def _read(
        self, url: str, etag: str | None, modified: str | None
    ) -> tuple[Fetched, Feed] | None:
        """A feed as it was fetched and as it was read; None where it has not changed."""
        fetched = fetch_feed(url, etag=etag, modified=modified, allow_private=self._allow_private)
        if fetched is None:
            return None
        return fetched, parse_feed(fetched.content, fetched.url, media_type=fetched.media_type)

    async def _fail(
        self, context: Context, feed: StoredFeed, pause: timedelta, reason: str
    ) -> None:
        feeds = context.records.feeds
        # Doubled each time: 30 minutes are a day after the seventh.
        pause = min(pause * 2 ** min(feed.failures, 16), max(pause, LONGEST_PAUSE))
        await context.in_records(feeds.fail, feed.id, self._clock() + pause, reason)
        failures = feed.failures + 1
        logger.info("feed %d failed %d times: %s", feed.id, failures, reason)
        if failures < TOLD_AFTER or feed.told:
            return

        words = context.words(await _voice_of_keeper(context, feed))
        failing = words.ngettext(
            "The feed «{title}» could not be read: {reason}. I have tried {count} time, and go on "
            "less and less often.",
            "The feed «{title}» could not be read: {reason}. I have tried {count} times, and go "
            "on less and less often.",
            failures,
        ).format(title=_short_title(feed), reason=reason, count=failures)
        if await _tell(context, feed, failing):
            await context.in_records(feeds.mark_told, feed.id)

    async def _take_news(
        self, context: Context, feed: StoredFeed, news: Feed, stopping: Callable[[], bool]
    ) -> bool:
        """Take what is new or changed, the oldest first; False where something is left."""
        feeds = context.records.feeds
        known: dict[str, str] = await context.in_records(feeds.entries, feed.id)
        entries = [
            entry
            for entry in news.entries
            if known.get(entry_key(entry.id)) != _content_hash(entry)
        ]
        if not known:
            await context.in_records(feeds.keep_entries, feed.id, _hashes(entries[TAKEN_AT_FIRST:]))
            entries = entries[:TAKEN_AT_FIRST]
        for entry in reversed(entries):
            if stopping():
                return False
            current: StoredFeed | None = await context.in_records(feeds.find, feed.id)
            if current is None or current.mode == "off":
                return False
            # "" stands for what could not be taken the last time: it is as good as new.
            is_new = not known.get(entry_key(entry.id))
            try:
                await self._take(context, current, entry, is_new=is_new)
            except TelegramError as error:
                logger.warning("cannot send a card of feed %d: %s", feed.id, error.message)
                return False
        return True

    async def _take(
        self, context: Context, feed: StoredFeed, entry: FeedEntry, *, is_new: bool
    ) -> None:
        """Take one article, in the way that its feed's mode says.

        Raises:
            TelegramError: The card could not be sent. The article counts as not seen.
        """
        content_hash, document_id = _content_hash(entry), None
        # A card that was published or discarded is not sent again.
        if is_new or feed.mode == "publish":
            raw = await context.in_reading(self._read_article, entry, context.settings.post_words)
            source = entry.url or f"{feed.url}#{entry.id}"
            if raw is None:
                content_hash = ""
            elif feed.mode == "publish":
                document_id = await context.in_keeping(
                    _publish, context.keeping, raw, source, feed.identity
                )
            else:
                await self._offer(context, feed, raw, source)
        await context.in_records(
            context.records.feeds.keep_entry,
            feed.id,
            entry_key(entry.id),
            content_hash,
            document_id,
        )

    def _read_article(self, entry: FeedEntry, least_words: int) -> RawDocument | None:
        """The page or the feed's own text, whichever is longer; None where there is neither."""
        own = read_entry(entry)
        page = None
        if entry.url is not None:
            try:
                page = fetch(entry.url, allow_private=self._allow_private)
            except FetchingError as error:
                logger.info("an article cannot be fetched: %s", error)
        if page is None and len(own.text.split()) < least_words:
            return None
        longer = page if page and len(page.text.split()) >= len(own.text.split()) else own
        return replace(
            longer,
            title=own.title or longer.title,
            published=own.published or longer.published,
            url=longer.url or own.url,
        )

    async def _offer(
        self, context: Context, feed: StoredFeed, raw: RawDocument, source: str
    ) -> None:
        draft = await context.in_keeping(_draft_of_news, context.keeping, raw, source)
        if draft is None:
            return
        drafts = context.records.drafts
        stored: StoredDraft = await context.in_records(drafts.open, draft, feed.identity, raw.notes)
        voice = await _voice_of_keeper(context, feed)
        try:
            await self._send_card(context, stored, feed.chat_id, voice)
        except Exception:  # without its card a draft can only be forgotten
            await context.in_records(drafts.close, stored.id, "discarded", feed.identity)
            raise


def _publish(keeping: Keeping, raw: RawDocument, source: str, by: str) -> str | None:
    """The id of the document that an article is now; None where nothing can be quoted of it."""
    try:
        document = ingest_unattended(keeping, raw, source, by).document
    except ReadingError as error:
        logger.info("an article is left out: %s", error)
        return None
    return None if document is None else document.id


def _draft_of_news(keeping: Keeping, raw: RawDocument, source: str) -> Draft | None:
    """A draft, unless nothing can be quoted of it, or moderators have decided on it before."""
    try:
        draft = make_draft(raw, source)
    except ReadingError as error:
        logger.info("an article is left out: %s", error)
        return None
    known = keeping.store.find(draft.source) or keeping.store.find_content(draft.content_hash)
    decided = known is not None and (
        known.state != "live" or known.content_hash == draft.content_hash
    )
    return None if decided else draft


def _hashes(entries: Sequence[FeedEntry]) -> dict[str, str]:
    return {entry_key(entry.id): _content_hash(entry) for entry in entries}


def _content_hash(entry: FeedEntry) -> str:
    content = "\0".join((entry.title, entry.url or "", entry.html))
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


async def _voice_of_keeper(context: Context, feed: StoredFeed) -> Voice:
    """How to speak to who added a feed."""
    user_id = user_id_of(feed.added_by)
    if user_id is None:
        return context.voice_of(None)
    keeper = await context.in_records(context.records.moderators.find, user_id)
    return context.voice_by(user_id, keeper.language_code if keeper else None)


async def _tell(context: Context, feed: StoredFeed, text: str) -> bool:
    """Tell a feed's keepers something; False where they cannot be reached."""
    try:
        await context.bot.send_message(feed.chat_id, text)
    except TelegramError as error:
        logger.warning("cannot tell of feed %d: %s", feed.id, error.message)
        return False
    return True


def _short_title(feed: StoredFeed) -> str:
    return shorten(feed.title, TITLE_LENGTH)
