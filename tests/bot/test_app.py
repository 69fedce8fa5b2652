from __future__ import annotations

import asyncio
import logging
import threading
from typing import TYPE_CHECKING

import pytest
from telegram.error import InvalidToken

from bot.app import ALLOWED_UPDATES
from bot.bridge import AsyncSearch
from tests.support.answers import WordSearch, make_document
from tests.support.moderated import make_application
from tests.support.telegram import (
    TOKEN,
    buttons,
    inline_update,
    message_update,
    person,
    press_update,
)

if TYPE_CHECKING:
    from index.models import Answer
    from tests.support.moderated import Backing
    from tests.support.telegram import TelegramServer


@pytest.fixture
def own_loop() -> None:
    """`run_polling` takes the thread's loop and closes it."""
    asyncio.set_event_loop(asyncio.new_event_loop())


def test_polling_serves_questions_presses_and_inline_queries(
    telegram: TelegramServer, backing: Backing, search: WordSearch, own_loop: None
) -> None:
    application = make_application(telegram, backing, search)
    loop = asyncio.get_event_loop()
    told: list[BaseException] = []

    def talk() -> None:
        try:
            telegram.send(message_update("PESEL"), inline_update("PESEL"))
            telegram.wait_for("sendMessage")
            telegram.wait_for("answerInlineQuery")
            answer = telegram.last_message()
            telegram.send(press_update(answer, buttons(answer)[2]["callback_data"]))
            telegram.wait_for("editMessageText")
            telegram.wait_for("answerCallbackQuery")
        except AssertionError as error:
            told.append(error)
        finally:
            loop.call_soon_threadsafe(application.stop_running)

    asker = threading.Thread(target=talk)
    asker.start()
    application.run_polling(allowed_updates=ALLOWED_UPDATES, stop_signals=None)
    asker.join()
    assert told == []
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("search")]


def test_wrong_token_is_raised_from_run_polling(
    telegram: TelegramServer, backing: Backing, search: WordSearch, own_loop: None
) -> None:
    application = make_application(telegram, backing, search, "1:wrong")
    loop = asyncio.get_event_loop()
    with pytest.raises(InvalidToken):
        application.run_polling(
            allowed_updates=ALLOWED_UPDATES, stop_signals=None, close_loop=False
        )
    # The library leaves its HTTP client open where it cannot start; a process ends here.
    loop.run_until_complete(application.bot.shutdown())
    loop.close()


def test_empty_token_is_raised_at_once(
    telegram: TelegramServer, backing: Backing, search: WordSearch
) -> None:
    with pytest.raises(InvalidToken):
        make_application(telegram, backing, search, "")


async def test_questions_leave_no_trace_in_memory_or_log(
    telegram: TelegramServer,
    backing: Backing,
    search: WordSearch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.WARNING, logger="httpx")
    application = make_application(telegram, backing, search)
    telegram.send(message_update("мая тайна пра PESEL", sender=person(4321)))
    async with application:
        assert application.updater is not None
        await application.start()
        await application.updater.start_polling(allowed_updates=ALLOWED_UPDATES)
        await asyncio.to_thread(telegram.wait_for, "sendMessage")
        await application.updater.stop()
        await application.stop()
    assert application.post_shutdown is not None
    await application.post_shutdown(application)
    assert (dict(application.user_data), dict(application.chat_data)) == ({}, {})
    for told in ("тайна", "4321", "Алеся", TOKEN):
        assert told not in caplog.text


class HeldSearch(WordSearch):
    """A search that is held up until it is let go."""

    def __init__(self) -> None:
        super().__init__([(make_document(), "Адказ.")])
        self.go = threading.Event()

    def search(self, query: str, k: int = 8) -> Answer:
        assert self.go.wait(20)
        return super().search(query, k)


async def test_loop_goes_on_while_a_search_is_held_up() -> None:
    held = HeldSearch()
    bridge = AsyncSearch(held, threads=2)
    asked = asyncio.create_task(bridge.search("адказ"))
    # Another thread is free for what is quick, and the loop for everything.
    assert await bridge.document_text("d1") == "Адказ."
    assert not asked.done()
    held.go.set()
    assert (await asked).answered
    found = await bridge.hit(1, 0)
    assert found is not None
    assert found.text == "Адказ."
    assert await bridge.hit(99) is None
    bridge.close()


async def test_closed_bridge_refuses_to_search(search: WordSearch) -> None:
    bridge = AsyncSearch(search)
    bridge.close()
    with pytest.raises(RuntimeError):
        await bridge.search("PESEL")
