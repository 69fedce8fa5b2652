"""A real application that talks over HTTP to a Bot API server on loopback."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from telegram import Update

from bot.app import build_application
from tests.support.answers import WordSearch, make_document
from tests.support.bot_api import BotApi
from tests.support.telegram import TOKEN, TelegramServer

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
def bot_api(shared: Path) -> BotApi:
    """The Bot API that every request is held to."""
    return BotApi.load(shared / "bot-api" / "api.json")


@pytest.fixture
def telegram(bot_api: BotApi, monkeypatch: pytest.MonkeyPatch) -> Iterator[TelegramServer]:
    """Telegram's side; a test fails where the bot asked anything wrong of it."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with TelegramServer(bot_api) as server:
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


@pytest.fixture
async def application(telegram: TelegramServer, search: WordSearch) -> AsyncIterator[App]:
    """The bot, initialised but not polling."""
    application = build_application(TOKEN, search, base_url=telegram.base_url)
    async with application:
        yield application
    assert application.post_shutdown is not None
    await application.post_shutdown(application)


@pytest.fixture
def deliver(application: App) -> Callable[[dict[str, Any]], Awaitable[None]]:
    """Hands the application one update and waits until it is dealt with."""

    async def process(update: dict[str, Any]) -> None:
        await application.process_update(Update.de_json(update, application.bot))

    return process
