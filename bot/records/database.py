"""The bot's own database, opened and migrated."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bot.records.counts import Counts
from bot.records.drafts import Drafts
from bot.records.feeds import Feeds
from bot.records.gaps import Gaps
from bot.records.groups import Groups
from bot.records.judgements import Judgements
from bot.records.languages import Languages
from bot.records.moderators import Moderators
from bot.records.posts import Posts
from bot.records.prompts import Prompts
from bot.records.reminders import Reminders
from corpus.database import Database

if TYPE_CHECKING:
    from typing import Self

MIGRATIONS = Path(__file__).parent / "migrations"


class Records:
    """Everything that the bot remembers, by subject. Safe to use from several threads.

    Its methods are synchronous: handlers call them by `Context.in_records`.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.moderators = Moderators(database)
        self.drafts = Drafts(database)
        self.prompts = Prompts(database)
        self.feeds = Feeds(database)
        self.posts = Posts(database)
        self.gaps = Gaps(database)
        self.counts = Counts(database)
        self.reminders = Reminders(database)
        self.languages = Languages(database)
        self.groups = Groups(database)
        self.judgements = Judgements(database)

    @classmethod
    def open(cls, location: Path | str) -> Self:
        """Open the database, making it where it is missing.

        Raises:
            StoreError: It cannot be opened or written, is damaged, or was made by a newer
                version.
        """
        return cls(Database.open(location, MIGRATIONS))

    def name(self, by: str) -> str:
        """The name to show for who is in the audit trail: a moderator, a feed, or as it is."""
        kind, _, number = by.partition(":")
        if kind == "feed" and number.isdecimal():
            feed = self.feeds.find(int(number))
            return by if feed is None else feed.title
        return self.moderators.name(by)

    def close(self) -> None:
        """Give the connections back."""
        self._database.close()
