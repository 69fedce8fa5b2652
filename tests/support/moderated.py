"""The whole bot over a real corpus, and the people who keep it."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from telegram import Update

from bot.app import Backend, build_application
from index.calibration import Calibration
from tests.support.drafts import make_draft
from tests.support.telegram import TOKEN, person
from tests.support.updates import DATE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.bridge import Search
    from bot.context import App
    from bot.keeping import Keeping
    from bot.records.database import Records
    from bot.settings import Settings
    from corpus.models import Document
    from corpus.store import Store
    from index.sync import PassageIndex
    from tests.support.telegram import TelegramServer

OWNER: Final = person(900, "en", first_name="Olga")
MODERATOR: Final = person(901, "en", first_name="Maryna")
SECOND: Final = person(902, "en", first_name="Siarhei")
MEMBER: Final = person(77, "en", first_name="Alesia")
CHANNEL: Final = "@daviedka_news"

# The fake encoder counts words; whether a passage shares words with the question decides here.
CALIBRATION: Final = Calibration("fake-64", -2.0, {"lexical": 4.0}, 0.5)


@dataclass(frozen=True, slots=True)
class Backing:
    """What stands behind the chat, opened in a directory of its own."""

    settings: Settings
    store: Store
    index: PassageIndex
    keeping: Keeping
    records: Records

    def add(self, *paragraphs: str, title: str = "Title", **fields: Any) -> Document:
        """Store and index a document, as the operator would from the command line."""
        document = self.store.save(make_draft(*paragraphs, title=title, **fields), "tests")
        self.index.sync()
        return document


@dataclass(frozen=True, slots=True)
class Moderated:
    """A running bot over a corpus that can be changed."""

    application: App
    telegram: TelegramServer
    backing: Backing

    @property
    def store(self) -> Store:
        """The documents."""
        return self.backing.store

    @property
    def records(self) -> Records:
        """What the bot remembers besides."""
        return self.backing.records

    @property
    def keeping(self) -> Keeping:
        """Changes the documents."""
        return self.backing.keeping

    async def deliver(self, update: dict[str, Any]) -> None:
        """Hand the application one update and wait until it is dealt with."""
        await self.application.process_update(Update.de_json(update, self.application.bot))


def make_application(
    telegram: TelegramServer, backing: Backing, search: Search, token: str = TOKEN
) -> App:
    """The bot over a search and a corpus."""
    application = build_application(
        token,
        Backend(backing.settings, search, backing.keeping, backing.records),
        base_url=telegram.url,
    )
    # What people write in tests is as old as that.
    application.bot_data.presence.started = datetime.fromtimestamp(DATE, UTC)
    return application


@asynccontextmanager
async def running(telegram: TelegramServer, backing: Backing, search: Search) -> AsyncIterator[App]:
    """The bot over a search and a corpus, initialised but not polling."""
    application = make_application(telegram, backing, search)
    async with application:
        yield application
    assert application.post_shutdown is not None
    await application.post_shutdown(application)
