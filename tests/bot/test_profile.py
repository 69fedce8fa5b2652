from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest
from telegram import Bot

from bot.messages import Messages
from bot.profile import bring_up_to_date, schedule, update_profile
from corpus.models import LANGUAGES
from tests.support.telegram import TOKEN

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.context import App
    from tests.support.telegram import TelegramServer

MESSAGES = Messages()
SCOPES = ("default", "all_group_chats", "all_chat_administrators")


@pytest.fixture
async def bot(telegram: TelegramServer) -> AsyncIterator[Bot]:
    async with Bot(TOKEN, base_url=telegram.base_url) as bot:
        yield bot


def changes(telegram: TelegramServer) -> list[str]:
    return [request.method for request in telegram.requests if request.method.startswith("set")]


async def test_commands_are_set_in_every_language_for_each_kind_of_chat(
    bot: Bot, telegram: TelegramServer
) -> None:
    await bring_up_to_date(bot, MESSAGES)
    assert set(telegram.commands) == {
        (scope, language) for scope in SCOPES for language in ("", *LANGUAGES)
    }
    named = {
        scope: [command["command"] for command in telegram.commands[scope, "en"]]
        for scope in SCOPES
    }
    assert named == {
        "default": ["help", "language", "latest", "sources", "privacy", "forget"],
        "all_group_chats": ["ask", "help"],
        "all_chat_administrators": ["ask", "help", "settings"],
    }


async def test_second_start_sets_nothing(bot: Bot, telegram: TelegramServer) -> None:
    await bring_up_to_date(bot, MESSAGES)
    assert changes(telegram)
    telegram.requests.clear()
    await bring_up_to_date(bot, MESSAGES)
    assert changes(telegram) == []


async def test_only_what_differs_is_set(bot: Bot, telegram: TelegramServer) -> None:
    await bring_up_to_date(bot, MESSAGES)
    telegram.requests.clear()
    telegram.profile["description", "pl"] = "Dawny opis"
    del telegram.commands["all_group_chats", "lt"]
    await bring_up_to_date(bot, MESSAGES)
    assert changes(telegram) == ["setMyCommands", "setMyDescription"]
    assert telegram.profile["description", "pl"] != "Dawny opis"


async def test_what_telegram_refuses_is_given_up_and_the_rest_is_set(
    bot: Bot, telegram: TelegramServer, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.refuse_next("setMyShortDescription", "Too Many Requests: retry after 9000", 429)
    await bring_up_to_date(bot, MESSAGES)
    assert "cannot set the bot's short description" in caplog.text
    assert ("description", "") in telegram.profile
    assert ("short_description", "") not in telegram.profile
    # The next start tries again.
    await bring_up_to_date(bot, MESSAGES)
    assert ("short_description", "") in telegram.profile


async def test_it_is_done_once_when_the_bot_starts(
    application: App, telegram: TelegramServer
) -> None:
    queue = application.job_queue
    assert queue is not None
    before = len(queue.jobs())
    schedule(application)
    job = queue.jobs()[-1]
    assert (len(queue.jobs()), job.callback) == (before + 1, update_profile)
    await job.run(application)
    assert ("name", "") in telegram.profile


async def test_unreachable_telegram_is_no_failure(
    application: App, telegram: TelegramServer, caplog: pytest.LogCaptureFixture
) -> None:
    schedule(application)
    assert application.job_queue is not None
    telegram.refuse_next("getMe", "Bad Gateway", 502)
    with caplog.at_level(logging.WARNING):
        await application.job_queue.jobs()[-1].run(application)
    assert "cannot look at the bot's profile" in caplog.text
    assert changes(telegram) == []
