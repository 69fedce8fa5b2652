from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest
from telegram.error import Forbidden, InvalidToken, NetworkError

from bot.handlers.failures import outline
from tests.support.telegram import inline_update, message_update, person

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.context import App
    from index.models import Answer
    from tests.support.answers import WordSearch
    from tests.support.telegram import TelegramServer

    Deliver = Callable[[dict[str, Any]], Awaitable[None]]

QUESTION = "мая тайна"


def fail(query: str, k: int = 8) -> Answer:
    raise RuntimeError(f"cannot search {query}") from KeyError(query)


def fail_with_nothing_but_the_last() -> None:
    try:
        int(QUESTION)
    except ValueError:
        raise KeyError(QUESTION) from None


@pytest.fixture
def broken(search: WordSearch, monkeypatch: pytest.MonkeyPatch) -> None:
    """A search that fails with the question in its message."""
    monkeypatch.setattr(search, "search", fail)


async def test_failure_is_told_to_the_asker_and_logged_without_the_question(
    telegram: TelegramServer, deliver: Deliver, broken: None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await deliver(message_update(QUESTION, sender=person(4321, language_code="en")))
    assert telegram.last_message()["text"] == (
        "Something went wrong on my side. Please try again in a moment."
    )
    (record,) = (record for record in caplog.records if record.levelno == logging.ERROR)
    assert "RuntimeError" in record.getMessage()
    assert "caused by KeyError" in record.getMessage()
    assert "in fail" in record.getMessage()
    for told in (QUESTION, "4321", "Алеся"):
        assert told not in caplog.text


async def test_failed_inline_query_is_logged_and_nothing_is_sent(
    telegram: TelegramServer, deliver: Deliver, broken: None, caplog: pytest.LogCaptureFixture
) -> None:
    await deliver(inline_update(QUESTION))
    assert [request.method for request in telegram.requests] == ["getMe"]
    assert "RuntimeError" in caplog.text
    assert QUESTION not in caplog.text


async def test_one_who_blocked_the_bot_is_left_alone(
    telegram: TelegramServer, deliver: Deliver, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.refuse_next("sendMessage", "Forbidden: bot was blocked by the user", 403)
    await deliver(message_update("PESEL"))
    assert len(telegram.calls("sendMessage")) == 1
    assert "Forbidden: bot was blocked by the user" in caplog.text


async def test_failure_to_tell_of_a_failure_is_not_another_one(
    telegram: TelegramServer, deliver: Deliver, broken: None, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.refuse_next("sendMessage", "Bad Request: chat not found")
    await deliver(message_update(QUESTION))
    assert len([record for record in caplog.records if record.levelno == logging.ERROR]) == 1


async def test_failures_in_groups_are_logged_only(
    telegram: TelegramServer, deliver: Deliver, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.refuse_next("sendMessage", "Bad Request: not enough rights to send text messages")
    await deliver(message_update("/start", chat_id=-100))
    assert len(telegram.calls("sendMessage")) == 1
    assert len(caplog.records) == 1


async def test_trouble_on_the_way_to_telegram_is_one_warning_without_a_traceback(
    application: App, caplog: pytest.LogCaptureFixture
) -> None:
    await application.process_error(update=None, error=NetworkError("https://api/bot1:secret/"))
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("WARNING", "Telegram cannot be reached: NetworkError")
    ]


def test_outline_has_no_message_that_may_hold_a_secret() -> None:
    assert outline(InvalidToken("1:secret")) == "InvalidToken"
    assert outline(Forbidden("bot was blocked")) == "Forbidden: bot was blocked"


def test_outline_ends_where_the_context_is_suppressed() -> None:
    with pytest.raises(KeyError, match=QUESTION) as raised:
        fail_with_nothing_but_the_last()
    told = outline(raised.value)
    assert told.startswith("KeyError\n")
    assert "ValueError\n" not in told
