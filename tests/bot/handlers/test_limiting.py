from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from telegram import Update

from bot.context import Context
from bot.handlers.limiting import admit
from bot.limits import Limits
from tests.support.telegram import chat, message_update, person

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.context import App
    from tests.support.telegram import Json, TelegramServer

    Deliver = Callable[[dict[str, Any]], Awaitable[None]]


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(application: App) -> Clock:
    """Three questions a minute for everyone, and five for a group."""
    clock = Clock()
    application.bot_data.limits = Limits(3, 5, clock=clock)
    return clock


def told(telegram: TelegramServer) -> list[str]:
    return [call["text"] for call in telegram.calls("sendMessage")]


async def test_first_excess_gets_one_friendly_word_and_then_there_is_silence(
    telegram: TelegramServer, clock: Clock, deliver: Deliver
) -> None:
    for _ in range(6):
        await deliver(message_update("PESEL", sender=person(language_code="en")))
    texts = told(telegram)
    assert len(texts) == 4
    assert texts[3] == "So many questions at once! Please wait 20 seconds, then ask again."


async def test_word_replies_to_the_question_and_stays_in_its_topic(
    telegram: TelegramServer, application: App, clock: Clock
) -> None:
    application.bot_data.limits = Limits(1, 5, clock=clock)
    topic: Json = {"is_topic_message": True, "message_thread_id": 5}
    updates = [message_update("PESEL", chat_id=-100, **topic) for _ in range(2)]
    admitted = []
    for update in updates:
        parsed = Update.de_json(update, application.bot)
        admitted.append(await admit(parsed, Context.from_update(parsed, application)))
    assert admitted == [True, False]
    (call,) = telegram.calls("sendMessage")
    assert call["message_thread_id"] == 5
    assert call["reply_parameters"]["message_id"] == updates[1]["message"]["message_id"]


async def test_question_is_answered_again_once_there_was_a_pause(
    telegram: TelegramServer, clock: Clock, deliver: Deliver
) -> None:
    for _ in range(4):
        await deliver(message_update("PESEL"))
    clock.now += 20
    await deliver(message_update("PESEL"))
    texts = told(telegram)
    assert texts[4] == texts[0]


async def test_one_persons_excess_is_no_one_elses(
    telegram: TelegramServer, clock: Clock, deliver: Deliver
) -> None:
    for _ in range(5):
        await deliver(message_update("PESEL"))
    await deliver(message_update("PESEL", sender=person(78)))
    texts = told(telegram)
    assert texts[-1] == texts[0]


async def test_word_that_cannot_be_said_is_left_unsaid(
    telegram: TelegramServer,
    clock: Clock,
    deliver: Deliver,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for _ in range(3):
        await deliver(message_update("PESEL"))
    telegram.block(77)
    await deliver(message_update("PESEL"))
    assert caplog.records == []


async def test_who_writes_in_the_name_of_a_chat_is_that_chat(
    telegram: TelegramServer, application: App, clock: Clock
) -> None:
    application.bot_data.limits = Limits(1, 5, clock=clock)
    anonymous = person(1087968824, is_bot=True)
    admitted = []
    for group in (-100, -200, -100):
        update = message_update("PESEL", sender=anonymous, chat_id=group, sender_chat=chat(group))
        parsed = Update.de_json(update, application.bot)
        admitted.append(await admit(parsed, Context.from_update(parsed, application)))
    assert admitted == [True, True, False]
