from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.telegram import message_update, person, quotes
from tests.support.updates import edited, reply_update

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.context import App
    from tests.support.answers import WordSearch
    from tests.support.telegram import TelegramServer

    Deliver = Callable[[dict[str, Any]], Awaitable[None]]


async def test_edited_question_edits_its_answer(
    telegram: TelegramServer, search: WordSearch, deliver: Deliver
) -> None:
    question = message_update("PESEL")
    await deliver(question)
    answer = telegram.last_message()
    await deliver(edited(question, text="школа суботах"))
    changed = telegram.last_message()
    assert changed["message_id"] == answer["message_id"]
    assert quotes(changed) == [search.document_text("school")]
    # And once more.
    await deliver(edited(question, text="візу"))
    assert quotes(telegram.last_message()) == [search.document_text("visa")]
    assert len(telegram.calls("sendMessage")) == 1


async def test_edit_that_changes_no_word_changes_nothing(
    telegram: TelegramServer, deliver: Deliver
) -> None:
    question = message_update("PESEL")
    await deliver(question)
    await deliver(edited(question))
    assert telegram.calls("editMessageText") == []
    assert len(telegram.calls("sendMessage")) == 1


async def test_question_that_is_not_remembered_is_answered_anew(
    telegram: TelegramServer, application: App, deliver: Deliver, search: WordSearch
) -> None:
    question = message_update("PESEL")
    await deliver(question)
    application.bot_data.memory.clear()
    await deliver(edited(question, text="школа суботах"))
    assert len(telegram.calls("sendMessage")) == 2
    sent = telegram.calls("sendMessage")[1]
    assert sent["reply_parameters"]["message_id"] == question["message"]["message_id"]
    assert quotes(telegram.last_message()) == [search.document_text("school")]


async def test_answer_that_was_deleted_is_sent_again(
    telegram: TelegramServer, deliver: Deliver
) -> None:
    question = message_update("PESEL")
    await deliver(question)
    telegram.refuse_next("editMessageText", "Bad Request: message to edit not found")
    await deliver(edited(question, text="школа суботах"))
    assert len(telegram.calls("sendMessage")) == 2


async def test_question_edited_to_thanks_is_answered_with_a_word(
    telegram: TelegramServer, deliver: Deliver
) -> None:
    question = message_update("PESEL")
    await deliver(question)
    await deliver(edited(question, text="дзякуй"))
    assert quotes(telegram.last_message()) == []
    assert len(telegram.calls("editMessageText")) == 1


async def test_edited_follow_up_still_follows_what_it_followed(
    telegram: TelegramServer, search: WordSearch, deliver: Deliver
) -> None:
    await deliver(message_update("беларуская школа"))
    question = message_update("а бясплатна")
    await deliver(question)
    await deliver(edited(question, text="а бясплатна?"))
    assert quotes(telegram.last_message()) == [search.document_text("school")]


@pytest.mark.parametrize(
    "fields",
    [
        {"text": "/help", "entities": [{"type": "bot_command", "offset": 0, "length": 5}]},
        {"via_bot": person(5, is_bot=True)},
        {"text": None},
    ],
)
async def test_what_is_no_question_is_passed_over(
    telegram: TelegramServer, deliver: Deliver, fields: dict[str, Any]
) -> None:
    await deliver(edited(message_update("PESEL"), **fields))
    assert [request.method for request in telegram.requests] == ["getMe"]


async def test_edited_reply_that_was_no_question_is_passed_over(
    telegram: TelegramServer, deliver: Deliver
) -> None:
    await deliver(message_update("PESEL"))
    answer = telegram.last_message()
    await deliver(edited(reply_update(answer, "школа")))
    assert len(telegram.calls("sendMessage")) == 1
