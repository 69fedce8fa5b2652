from __future__ import annotations

import asyncio
import logging
import threading
from typing import TYPE_CHECKING, Any

import pytest

from bot.app import ALLOWED_UPDATES
from bot.asking import QUESTION_LENGTH
from bot.messages import Messages
from corpus.models import DetectedLanguage
from tests.support.answers import WordSearch, make_document
from tests.support.moderated import make_application
from tests.support.telegram import buttons, message_update, person, press_update, quotes
from tests.support.updates import reply_update

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from index.models import Answer
    from tests.support.moderated import Backing
    from tests.support.telegram import TelegramServer

    Deliver = Callable[[dict[str, Any]], Awaitable[None]]


async def test_question_is_answered_with_a_quote_and_its_source(
    telegram: TelegramServer, search: WordSearch, deliver: Deliver
) -> None:
    question = message_update("  дзе атрымліваюць PESEL?\n")
    await deliver(question)
    assert [request.method for request in telegram.requests] == [
        "getMe",
        "sendChatAction",
        "sendMessage",
    ]
    message = telegram.last_message()
    assert quotes(message) == [search.document_text("pesel")]
    assert message["text"].endswith("\nЯк атрымаць PESEL\nexample.org · 11 верасня 2025\u202fг.")
    bold = [entity for entity in message["entities"] if entity["type"] == "bold"]
    assert len(bold) == 1
    words = Messages().for_language("be")
    assert [button["text"] for button in buttons(message)] == [
        *("◀", "1/3", "▶"),
        *(words.gettext("More context"), words.gettext("Open")),
        *(words.gettext("Share"), "👍", "👎"),
    ]
    (sent,) = telegram.calls("sendMessage")
    assert sent["reply_parameters"] == {
        "message_id": question["message"]["message_id"],
        "allow_sending_without_reply": True,
    }
    assert sent["link_preview_options"] == {"is_disabled": True}


async def test_answer_speaks_the_questions_language(
    telegram: TelegramServer, search: WordSearch, deliver: Deliver
) -> None:
    search.language = DetectedLanguage("de", "Latn", 0.99)
    await deliver(message_update("PESEL", sender=person(language_code="pl")))
    assert telegram.last_message()["text"].endswith(" · 11. September 2025 · auf Belarussisch")


async def test_answer_speaks_the_users_language_where_the_questions_is_a_guess(
    telegram: TelegramServer, search: WordSearch, deliver: Deliver
) -> None:
    search.language = DetectedLanguage("de", "Latn", 0.2)
    await deliver(message_update("PESEL", sender=person(language_code="pl")))
    assert telegram.last_message()["text"].endswith(" · 11 września 2025 · po białorusku")


async def test_unanswered_question_gets_the_nearest_titles_and_no_quote(
    telegram: TelegramServer, deliver: Deliver
) -> None:
    await deliver(message_update("бульбяны пірог"))
    message = telegram.last_message()
    assert quotes(message) == []
    assert message["text"].splitlines()[-3:] == ["• Як атрымаць PESEL", "• Школы", "• Wizy"]
    assert [button["callback_data"][:6] for button in buttons(message)] == ["te:on:", "te:ask"]


async def test_empty_corpus_is_honest(
    telegram: TelegramServer, search: WordSearch, deliver: Deliver
) -> None:
    for document_id in ("pesel", "school", "visa"):
        search.remove(document_id)
    await deliver(message_update("PESEL"))
    assert telegram.last_message()["text"].startswith("Не ўдалося знайсці адказ")


@pytest.mark.parametrize("text", ["???", "🤔", "…", "👩‍👩‍👧"])
async def test_question_without_words_gets_a_word(
    telegram: TelegramServer, deliver: Deliver, text: str
) -> None:
    await deliver(message_update(text))
    assert telegram.last_message()["text"] == "Калі ласка, напішыце пытанне словамі."


@pytest.mark.parametrize("length", [QUESTION_LENGTH + 1, 4096])
async def test_question_that_is_too_long_gets_a_word(
    telegram: TelegramServer, deliver: Deliver, length: int
) -> None:
    await deliver(message_update("я" * length))
    assert telegram.last_message()["text"].endswith("укладзіцеся ў 1000 сімвалаў.")
    assert telegram.calls("sendChatAction") == []


@pytest.mark.parametrize("text", ["PESEL" + "я " * 497, "𝔟𝔢𝔩 🇧🇾 PESEL", "שלום PESEL"])
async def test_unusual_question_is_answered(
    telegram: TelegramServer, deliver: Deliver, text: str
) -> None:
    await deliver(message_update(text))
    assert len(telegram.calls("sendMessage")) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"photo": [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]},
        {
            "photo": [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}],
            "caption": "дзе атрымліваюць PESEL?",
        },
        {"voice": {"file_id": "a", "file_unique_id": "b", "duration": 1}},
        {"location": {"longitude": 1.0, "latitude": 1.0}},
    ],
)
async def test_what_is_no_text_gets_one_friendly_line(
    telegram: TelegramServer, deliver: Deliver, fields: dict[str, Any]
) -> None:
    await deliver(message_update(**fields))
    (sent,) = telegram.calls("sendMessage")
    assert sent["text"].startswith("Пакуль што я чытаю толькі тэкст.")


@pytest.mark.parametrize(
    "update",
    [
        message_update("PESEL", chat_id=-100, kind="edited_message"),
        message_update("/start", kind="edited_message"),
        message_update("PESEL", chat_id=-100),
        message_update("PESEL", sender=person(is_bot=True)),
        message_update("PESEL", via_bot=person(5, is_bot=True)),
        message_update("PESEL", chat_id=-100, kind="channel_post"),
        message_update(new_chat_title="PESEL"),
        message_update(
            chat_id=-100,
            photo=[{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}],
        ),
    ],
)
async def test_what_is_not_asked_in_private_by_a_person_is_ignored(
    telegram: TelegramServer, deliver: Deliver, update: dict[str, Any]
) -> None:
    await deliver(update)
    assert [request.method for request in telegram.requests] == ["getMe"]


async def test_quote_that_is_not_verbatim_any_more_is_not_sent(
    telegram: TelegramServer,
    search: WordSearch,
    deliver: Deliver,
    caplog: pytest.LogCaptureFixture,
) -> None:
    search.change("pesel", "Цяпер тут іншае.")
    await deliver(message_update("дзе атрымліваюць PESEL?"))
    (sent,) = telegram.calls("sendMessage")
    assert sent["text"] == "Гэты дакумент толькі што змяніўся. Калі ласка, спытайце яшчэ раз."
    (record,) = (record for record in caplog.records if record.levelno == logging.ERROR)
    assert record.getMessage() == "passage 1 is not verbatim in document pesel: it is not sent"


async def test_quote_of_a_document_that_is_gone_is_not_sent(
    telegram: TelegramServer, deliver: Deliver, monkeypatch: pytest.MonkeyPatch, search: WordSearch
) -> None:
    # It is removed between the search and the check.
    monkeypatch.setattr(search, "document_text", lambda _: None)
    await deliver(message_update("PESEL"))
    assert "змяніўся" in telegram.last_message()["text"]


async def test_answer_comes_even_where_typing_cannot_be_shown(
    telegram: TelegramServer, deliver: Deliver
) -> None:
    telegram.refuse_next("sendChatAction", "Internal Server Error", 500)
    await deliver(message_update("PESEL"))
    assert len(quotes(telegram.last_message())) == 1


@pytest.mark.parametrize(
    ("text", "beginning"),
    [
        ("Прывітанне! 👋", "Вітаю! Я — Даведка."),
        ("👋", "Вітаю! Я — Даведка."),
        ("wer bist du?", "Ich bin Daviedka, ein Programm"),
        ("dzięki", "Proszę bardzo!"),
    ],
)
async def test_small_talk_is_answered_and_not_searched(
    telegram: TelegramServer, deliver: Deliver, text: str, beginning: str
) -> None:
    await deliver(message_update(text))
    (sent,) = telegram.calls("sendMessage")
    assert sent["text"].startswith(beginning)
    assert telegram.calls("sendChatAction") == []


async def test_greeting_before_a_question_is_not_searched(
    telegram: TelegramServer, search: WordSearch, deliver: Deliver
) -> None:
    search.add(make_document("talk", title="Размовы"), "Добры дзень, шаноўныя, вітаю вас.")
    await deliver(message_update("Добры дзень, шаноўныя, дзе PESEL?"))
    assert quotes(telegram.last_message()) == [search.document_text("pesel")]


class MeetingSearch(WordSearch):
    """A search that ends only once two of them run at the same time."""

    def __init__(self) -> None:
        super().__init__([(make_document(), "Адказ на пытанне.")])
        self._meeting = threading.Barrier(2, timeout=20)

    def search(self, query: str, k: int = 8) -> Answer:
        self._meeting.wait()
        return super().search(query, k)


async def test_two_slow_questions_are_answered_at_the_same_time(
    telegram: TelegramServer, backing: Backing
) -> None:
    application = make_application(telegram, backing, MeetingSearch())
    telegram.send(
        message_update("пытанне", sender=person(1)), message_update("пытанне", sender=person(2))
    )
    async with application:
        assert application.updater is not None
        await application.start()
        await application.updater.start_polling(allowed_updates=ALLOWED_UPDATES)
        sent = await asyncio.to_thread(telegram.wait_for, "sendMessage", 2)
        await application.updater.stop()
        await application.stop()
    assert application.post_shutdown is not None
    await application.post_shutdown(application)
    assert {parameters["chat_id"] for parameters in sent} == {1, 2}
    assert all("Адказ на пытанне." in parameters["text"] for parameters in sent)


async def test_follow_up_is_about_what_was_asked_before(
    telegram: TelegramServer, search: WordSearch, deliver: Deliver
) -> None:
    await deliver(message_update("беларуская школа"))
    await deliver(message_update("а бясплатна?"))
    assert quotes(telegram.last_message()) == [search.document_text("school")]
    # Without anything before it, the first document with the word would be found.
    await deliver(message_update("бясплатна?", sender=person(78)))
    assert quotes(telegram.last_message()) == []


async def test_new_question_is_not_read_after_the_one_before(
    telegram: TelegramServer, search: WordSearch, deliver: Deliver
) -> None:
    await deliver(message_update("беларуская школа"))
    await deliver(message_update("PESEL"))
    assert quotes(telegram.last_message()) == [search.document_text("pesel")]


async def test_same_question_again_does_not_follow_itself(
    telegram: TelegramServer, deliver: Deliver
) -> None:
    await deliver(message_update("а школа?"))
    first = telegram.last_message()
    await deliver(message_update("а школа?"))
    assert buttons(telegram.last_message()) == buttons(first)


async def test_reply_to_an_older_answer_is_about_that_one(
    telegram: TelegramServer, search: WordSearch, deliver: Deliver
) -> None:
    await deliver(message_update("беларуская школа"))
    school = telegram.last_message()
    await deliver(message_update("PESEL"))
    await deliver(reply_update(school, "а калі?"))
    assert quotes(telegram.last_message()) == [search.document_text("school")]


async def test_what_is_quoted_is_searched_for_too(
    telegram: TelegramServer, search: WordSearch, deliver: Deliver
) -> None:
    search.add(make_document("club", title="Клуб"), "Клуб па суботах.\n\nПаэты чытаюць вершы.")
    await deliver(message_update("клуб"))
    quote = {"text": "вершы", "position": 0}
    await deliver(reply_update(telegram.last_message(), "а хто?", quote=quote))
    assert quotes(telegram.last_message()) == ["Паэты чытаюць вершы."]


async def test_follow_up_that_finds_nothing_is_kept_with_what_it_follows(
    telegram: TelegramServer, search: WordSearch, deliver: Deliver, backing: Backing
) -> None:
    await deliver(message_update("бульбяны пірог"))
    await deliver(message_update("а колькі пячы?"))
    kept = [question.text for question in backing.records.gaps.questions()]
    assert kept == ["бульбяны пірог", "бульбяны пірог колькі пячы?"]


async def test_telling_the_moderators_counts_once_and_leaves_the_other_button(
    telegram: TelegramServer, deliver: Deliver, backing: Backing
) -> None:
    await deliver(message_update("бульбяны пірог"))
    message = telegram.last_message()
    ask = buttons(message)[1]["callback_data"]
    for _ in range(2):
        await deliver(press_update(telegram.last_message(), ask))
    (question,) = backing.records.gaps.questions()
    assert question.count == 2
    assert [found["callback_data"][:6] for found in buttons(telegram.last_message())] == ["te:on:"]
    wish = buttons(telegram.last_message())[0]["callback_data"]
    await deliver(press_update(telegram.last_message(), wish))
    assert [found["callback_data"][:6] for found in buttons(telegram.last_message())] == ["te:off"]
    assert {"text" in told for told in telegram.calls("answerCallbackQuery")} == {True}


async def test_others_cannot_tell_the_moderators_of_a_question(
    telegram: TelegramServer, deliver: Deliver, backing: Backing
) -> None:
    await deliver(message_update("бульбяны пірог"))
    message = telegram.last_message()
    ask = buttons(message)[1]["callback_data"]
    await deliver(press_update(message, ask, sender=person(78)))
    (question,) = backing.records.gaps.questions()
    assert question.count == 1


@pytest.mark.parametrize("command", ["/ask", "/ask@daviedka_bot"])
async def test_command_of_groups_asks_in_private_too(
    telegram: TelegramServer, search: WordSearch, deliver: Deliver, command: str
) -> None:
    await deliver(message_update(f"{command} дзе атрымліваюць PESEL?"))
    assert quotes(telegram.last_message()) == [search.document_text("pesel")]


async def test_command_without_a_question_gets_a_word(
    telegram: TelegramServer, deliver: Deliver
) -> None:
    await deliver(message_update("/ask"))
    assert telegram.last_message()["text"] == "Калі ласка, напішыце пытанне словамі."
