"""A real application that talks over HTTP to a Bot API server on loopback."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest
from telegram import Update

from bot.keeping import Keeping
from bot.playground.schema import BotApi
from bot.records.database import Records
from bot.settings import Settings
from corpus.database import Database
from corpus.passages import PassageStore
from corpus.store import Store
from index.search import Searcher
from index.sync import PassageIndex
from tests.support.answers import WordSearch, make_document
from tests.support.encoder import FakeEncoder
from tests.support.moderated import (
    CALIBRATION,
    CHANNEL,
    MODERATOR,
    OWNER,
    SECOND,
    Backing,
    Moderated,
    running,
)
from tests.support.telegram import TelegramServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
    from pathlib import Path

    from bot.context import App

PESEL = (
    "PESEL — гэта нумар з адзінаццаці лічбаў. Яго атрымліваюць ва ўрадзе гміны. "
    "Заява бясплатная. Мельдунак для гэтага не патрэбны."
)
SCHOOL = "Беларуская школа працуе па суботах. Навучанне бясплатнае."
VISA = "Візу падаўжаюць у ваяводскай управе. Заяву падаюць да заканчэння візы."


@pytest.fixture(scope="session")
def bot_api() -> BotApi:
    """The Bot API that every request is held to."""
    return BotApi.load()


@pytest.fixture
def telegram(bot_api: BotApi, monkeypatch: pytest.MonkeyPatch) -> Iterator[TelegramServer]:
    """Telegram's side; a test fails where the bot asked anything wrong of it."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with TelegramServer() as server:
        yield server
    assert server.faults == []


@pytest.fixture
def search() -> WordSearch:
    """Three short documents."""
    return WordSearch(
        [
            (make_document("pesel", title="Як атрымаць PESEL"), PESEL),
            (make_document("school", title="Школы", url=None), SCHOOL),
            (make_document("visa", title="Wizy", language="pl", published=None), VISA),
        ]
    )


@pytest.fixture(scope="session")
def empty_databases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with both databases, migrated once for all tests."""
    directory = tmp_path_factory.mktemp("databases")
    Database.open(directory / "corpus.db").close()
    Records.open(directory / "bot.db").close()
    return directory


@pytest.fixture
def backing(tmp_path: Path, empty_databases: Path) -> Iterator[Backing]:
    """An empty corpus with its index, and what the bot remembers."""
    for name in ("corpus.db", "bot.db"):
        shutil.copy(empty_databases / name, tmp_path / name)
    database = Database.open(tmp_path / "corpus.db")
    records = Records.open(tmp_path / "bot.db")
    store = Store(database)
    index = PassageIndex(PassageStore(database), FakeEncoder(), tmp_path / "index")
    keeping = Keeping(store, index, records.drafts)
    settings = Settings(
        data_dir=tmp_path, owners=(OWNER["id"],), moderator_chat=None, channels=(CHANNEL,)
    )
    for moderator in (MODERATOR, SECOND):
        records.moderators.name_moderator(moderator["id"], moderator["first_name"], OWNER["id"])
    yield Backing(settings, store, index, keeping, records)
    index.close()
    records.close()
    database.close()


@pytest.fixture
async def application(
    telegram: TelegramServer, search: WordSearch, backing: Backing
) -> AsyncIterator[App]:
    """The bot over `search`, initialised but not polling."""
    async with running(telegram, backing, search) as application:
        yield application


@pytest.fixture
async def moderated(telegram: TelegramServer, backing: Backing) -> AsyncIterator[Moderated]:
    """The bot over a corpus that can be changed, initialised but not polling."""
    # Where a corpus is this small and the encoder counts words, little tells that an answer is one.
    search = Searcher(backing.store, backing.index, calibration=CALIBRATION)
    async with running(telegram, backing, search) as application:
        yield Moderated(application, telegram, backing)


@pytest.fixture
def deliver(application: App) -> Callable[[dict[str, Any]], Awaitable[None]]:
    """Hands the application one update and waits until it is dealt with."""

    async def process(update: dict[str, Any]) -> None:
        await application.process_update(Update.de_json(update, application.bot))

    return process
