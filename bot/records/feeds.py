"""Feeds that are polled, and what of them has been taken."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Literal

from sqlalchemy import ColumnElement, Row, select, update
from sqlalchemy.dialects.sqlite import insert

from bot.records import schema

if TYPE_CHECKING:
    from collections.abc import Mapping

    from corpus.database import Database

FeedMode = Literal["publish", "cards", "off"]

PREFIX: Final = "feed:"


@dataclass(frozen=True, slots=True)
class StoredFeed:
    """A feed with how it goes.

    Attributes:
        mode: Whether what is new goes in by itself, goes to the moderators as cards, or the
            feed is not (yet, or any more) polled.
        added_by: The identity of the moderator.
        chat_id: Where cards and troubles are told.
        etag: Of what was read last.
        modified: Of what was read last.
        next_poll: Not before this.
        succeeded_at: When it was read, or found unchanged, last; None where never.
        failures: How often in a row it could not be read.
        error: Why not; None where it could.
        told: Whether its keepers know that it keeps failing.
    """

    id: int
    url: str
    title: str
    mode: FeedMode
    added_by: str
    added_at: datetime
    chat_id: int
    etag: str | None
    modified: str | None
    next_poll: datetime
    succeeded_at: datetime | None
    failures: int
    error: str | None
    told: bool

    @property
    def identity(self) -> str:
        """How the corpus's audit trail knows it."""
        return f"{PREFIX}{self.id}"


class Feeds:
    """All feeds, those that are off included."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def propose(self, url: str, title: str, by: str, chat_id: int) -> StoredFeed:
        """Keep a feed that is not polled yet; one that is polled already stays as it is."""
        now = datetime.now(UTC)
        values = {"title": title, "added_by": by, "added_at": now, "chat_id": chat_id}
        with self._database.writing() as connection:
            connection.execute(
                insert(schema.feeds)
                .values(url=url, mode="off", next_poll=now, failures=0, told=False, **values)
                .on_conflict_do_update(
                    index_elements=["url"], set_=values, where=schema.feeds.c.mode == "off"
                )
            )
            row = connection.execute(select(schema.feeds).where(schema.feeds.c.url == url)).one()
            return _feed_of(row)

    def find(self, feed_id: int) -> StoredFeed | None:
        """The feed with this id, on or off; None where there is none."""
        with self._database.reading() as connection:
            row = connection.execute(
                select(schema.feeds).where(schema.feeds.c.id == feed_id)
            ).first()
        return None if row is None else _feed_of(row)

    def polled(self) -> list[StoredFeed]:
        """All feeds that are not off, in the order in which they were added."""
        with self._database.reading() as connection:
            rows = connection.execute(
                select(schema.feeds).where(schema.feeds.c.mode != "off").order_by(schema.feeds.c.id)
            )
            return [_feed_of(row) for row in rows]

    def due(self, now: datetime) -> list[StoredFeed]:
        """The feeds to be polled now, the longest overdue first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                select(schema.feeds)
                .where(schema.feeds.c.mode != "off", schema.feeds.c.next_poll <= now)
                .order_by(schema.feeds.c.next_poll, schema.feeds.c.id)
            )
            return [_feed_of(row) for row in rows]

    def start(self, feed_id: int, mode: FeedMode) -> bool:
        """Poll a feed that is off, at once.

        Returns:
            False, with nothing changed, where it is not off, or there is none.
        """
        return self._set_mode(
            schema.feeds.c.mode == "off",
            feed_id,
            mode=mode,
            next_poll=datetime.now(UTC),
            failures=0,
            error=None,
            told=False,
        )

    def set_mode(self, feed_id: int, mode: FeedMode) -> bool:
        """Say what becomes of the articles of a feed that is not off, or put it off.

        Returns:
            False, with nothing changed, where it is off, or there is none.
        """
        return self._set_mode(schema.feeds.c.mode != "off", feed_id, mode=mode)

    def _set_mode(
        self,
        condition: ColumnElement[bool],
        feed_id: int,
        **values: Any,  # noqa: ANN401  # columns
    ) -> bool:
        with self._database.writing() as connection:
            changed = connection.execute(
                update(schema.feeds).where(schema.feeds.c.id == feed_id, condition).values(**values)
            )
            return changed.rowcount > 0

    def postpone(self, feed_id: int, next_poll: datetime) -> None:
        """Poll a feed again not before a moment, though nothing is known of it yet."""
        self._update(feed_id, next_poll=next_poll)

    def succeed(
        self,
        feed_id: int,
        next_poll: datetime,
        *,
        title: str,
        etag: str | None,
        modified: str | None,
    ) -> None:
        """Write down that a feed was read to its end, or has not changed."""
        self._update(
            feed_id,
            title=title,
            etag=etag,
            modified=modified,
            next_poll=next_poll,
            succeeded_at=datetime.now(UTC),
            failures=0,
            error=None,
            told=False,
        )

    def fail(self, feed_id: int, next_poll: datetime, error: str) -> None:
        """Write down that a feed could not be read once more."""
        self._update(
            feed_id, next_poll=next_poll, failures=schema.feeds.c.failures + 1, error=error
        )

    def mark_told(self, feed_id: int) -> None:
        """Write down that a feed's keepers know that it keeps failing."""
        self._update(feed_id, told=True)

    def entries(self, feed_id: int) -> dict[str, str]:
        """The content hash of every entry that was seen, by `entry_key`; "" to try it again."""
        with self._database.reading() as connection:
            rows = connection.execute(
                select(schema.feed_entries.c.entry, schema.feed_entries.c.content_hash).where(
                    schema.feed_entries.c.feed_id == feed_id
                )
            )
            return {row.entry: row.content_hash for row in rows}

    def keep_entry(
        self, feed_id: int, entry: str, content_hash: str, document_id: str | None = None
    ) -> None:
        """Write down that an entry was seen, and which document it became, if any.

        Args:
            feed_id: The feed.
            entry: As `entry_key` gives it.
            content_hash: To see a change; "" where it is to be tried again.
            document_id: None keeps the one that is known.
        """
        values = {"content_hash": content_hash}
        if document_id is not None:
            values["document_id"] = document_id
        with self._database.writing() as connection:
            connection.execute(
                insert(schema.feed_entries)
                .values(feed_id=feed_id, entry=entry, **values)
                .on_conflict_do_update(index_elements=["feed_id", "entry"], set_=values)
            )

    def keep_entries(self, feed_id: int, hashes: Mapping[str, str]) -> None:
        """Write down that entries were seen of which nothing shall become; by `entry_key`."""
        if hashes:
            with self._database.writing() as connection:
                connection.execute(
                    insert(schema.feed_entries).on_conflict_do_nothing(),
                    [
                        {"feed_id": feed_id, "entry": entry, "content_hash": content_hash}
                        for entry, content_hash in hashes.items()
                    ],
                )

    def documents(self, feed: StoredFeed) -> set[str]:
        """The ids of the documents that came of a feed, by themselves or by cards.

        They may have been removed since.
        """
        with self._database.reading() as connection:
            direct = select(schema.feed_entries.c.document_id).where(
                schema.feed_entries.c.feed_id == feed.id
            )
            by_cards = select(schema.drafts.c.document_id).where(
                schema.drafts.c.by == feed.identity, schema.drafts.c.state == "published"
            )
            found = connection.execute(direct.union(by_cards)).scalars()
            return {document_id for document_id in found if document_id is not None}

    def _update(self, feed_id: int, **values: Any) -> None:  # noqa: ANN401  # columns
        with self._database.writing() as connection:
            connection.execute(
                update(schema.feeds).where(schema.feeds.c.id == feed_id).values(**values)
            )


def entry_key(entry_id: str) -> str:
    """An entry's own id, which may be of any length, hashed."""
    return hashlib.sha256(entry_id.encode("utf-8", "surrogatepass")).hexdigest()


def _feed_of(row: Row[Any]) -> StoredFeed:
    return StoredFeed(**row._mapping)  # noqa: SLF001  # SQLAlchemy's public name
