from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.messages import Messages
from bot.pager import Pager
from corpus.models import DetectedLanguage
from tests.support.answers import make_document
from tests.support.telegram import Json, buttons, message_update, person, press_update, quotes

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.support.answers import WordSearch
    from tests.support.telegram import TelegramServer

    Deliver = Callable[[dict[str, Any]], Awaitable[None]]

BELARUSIAN = Messages().for_language("be")
MORE, LESS = BELARUSIAN.gettext("More context"), BELARUSIAN.gettext("Less")


@pytest.fixture
async def answer(telegram: TelegramServer, deliver: Deliver) -> Json:
    """An answer with buttons to three hits: pesel, school, visa."""
    await deliver(message_update("PESEL"))
    return telegram.last_message()


def button(message: Json, label: str) -> str:
    (found,) = (button["callback_data"] for button in buttons(message) if button["text"] == label)
    return str(found)


async def test_pressing_the_arrow_shows_the_next_hit(
    telegram: TelegramServer, search: WordSearch, deliver: Deliver, answer: Json
) -> None:
    await deliver(press_update(answer, button(answer, "▶")))
    shown = telegram.last_message()
    assert quotes(shown) == [search.document_text("school")]
    assert [button["text"] for button in buttons(shown)][:3] == ["◀", "2/3", "▶"]
    (edit,) = telegram.calls("editMessageText")
    assert (edit["chat_id"], edit["message_id"]) == (answer["chat"]["id"], answer["message_id"])
    assert edit["link_preview_options"] == {"is_disabled": True}
    assert len(telegram.calls("answerCallbackQuery")) == 1
    assert "text" not in telegram.calls("answerCallbackQuery")[0]


async def test_arrows_lead_round_and_back_to_the_same_message(
    telegram: TelegramServer, deliver: Deliver, answer: Json
) -> None:
    for label in ("▶", "▶", "▶", "◀", "▶"):
        shown = telegram.last_message()
        await deliver(press_update(shown, button(shown, label)))
    assert telegram.last_message() == answer
    assert len(telegram.calls("answerCallbackQuery")) == 5


async def test_page_keeps_the_askers_language(
    telegram: TelegramServer, search: WordSearch, deliver: Deliver
) -> None:
    await deliver(message_update("PESEL", sender=person(language_code="en")))
    answer = telegram.last_message()
    await deliver(press_update(answer, button(answer, "◀"), sender=person(language_code="en")))
    assert telegram.last_message()["text"].endswith("\nWizy\nexample.org · па-польску")


async def test_same_passage_is_offered_and_shown_in_the_askers_language(
    telegram: TelegramServer, search: WordSearch, deliver: Deliver
) -> None:
    search.add(make_document("visas", title="Visas", language="en"), "A visa is free.")
    search.translations[3] = 4
    search.language = DetectedLanguage("en", "Latn", 0.9)
    await deliver(message_update("Візу", sender=person(language_code="en")))
    answer = telegram.last_message()
    assert quotes(answer) == [search.document_text("visa")]
    await deliver(
        press_update(answer, button(answer, "In English"), sender=person(language_code="en"))
    )
    shown = telegram.last_message()
    assert quotes(shown) == ["A visa is free."]
    assert "In English" not in [button["text"] for button in buttons(shown)]
    assert len(telegram.calls("answerCallbackQuery")) == 1


async def test_document_in_the_askers_language_is_offered_in_no_other(
    telegram: TelegramServer, search: WordSearch, deliver: Deliver
) -> None:
    search.add(make_document("visas", title="Visas", language="en"), "A visa is free.")
    search.translations = {3: 4, 1: 3}
    await deliver(message_update("PESEL"))
    labels = [button["text"] for button in buttons(telegram.last_message())]
    assert not any("Па-" in label for label in labels)


async def test_double_press_is_answered_twice_and_harmless(
    telegram: TelegramServer, deliver: Deliver, answer: Json, caplog: pytest.LogCaptureFixture
) -> None:
    data = button(answer, "▶")
    await deliver(press_update(answer, data))
    await deliver(press_update(answer, data))
    assert len(telegram.calls("editMessageText")) == 2
    assert len(telegram.calls("answerCallbackQuery")) == 2
    assert len(telegram.calls("sendMessage")) == 1
    assert caplog.records == []


async def test_passage_that_is_gone_is_told_and_the_message_stays(
    telegram: TelegramServer, search: WordSearch, deliver: Deliver, answer: Json
) -> None:
    search.remove("school")
    await deliver(press_update(answer, button(answer, "▶")))
    (told,) = telegram.calls("answerCallbackQuery")
    assert told["text"] == "Гэтага ўрыўка больш няма. Калі ласка, спытайце яшчэ раз."
    assert telegram.last_message() == answer
    # The other way round there is still something to read.
    await deliver(press_update(answer, button(answer, "◀")))
    assert quotes(telegram.last_message()) == [search.document_text("visa")]


async def test_page_that_is_not_verbatim_any_more_is_not_shown(
    telegram: TelegramServer, search: WordSearch, deliver: Deliver, answer: Json
) -> None:
    search.change("school", "Школа зачыненая.")
    await deliver(press_update(answer, button(answer, "▶")))
    (told,) = telegram.calls("answerCallbackQuery")
    assert told["text"].startswith("Гэты дакумент толькі што змяніўся.")
    assert telegram.calls("editMessageText") == []


@pytest.mark.parametrize("forged", ["-", "h1", "h1//", "x" * 64, "h9AAAAAAABAA"])
async def test_other_presses_are_answered_and_do_nothing(
    telegram: TelegramServer, deliver: Deliver, answer: Json, forged: str
) -> None:
    await deliver(press_update(answer, forged))
    assert len(telegram.calls("answerCallbackQuery")) == 1
    assert telegram.calls("editMessageText") == []


async def test_forged_sentence_number_is_answered(
    telegram: TelegramServer, search: WordSearch, deliver: Deliver, answer: Json
) -> None:
    await deliver(press_update(answer, Pager(((2, 255),), 0, "be").encode()))
    assert quotes(telegram.last_message()) == [search.document_text("school")]


async def test_press_under_a_message_whose_content_telegram_withholds_is_answered_once(
    telegram: TelegramServer, deliver: Deliver, answer: Json
) -> None:
    gone = {"chat": answer["chat"], "message_id": answer["message_id"], "date": 0}
    await deliver(press_update(gone, button(answer, "▶")))
    assert len(telegram.calls("answerCallbackQuery")) == 1


async def test_press_under_a_deleted_message_is_harmless(
    telegram: TelegramServer, deliver: Deliver, answer: Json, caplog: pytest.LogCaptureFixture
) -> None:
    deleted = {**answer, "message_id": 1}
    await deliver(press_update(deleted, button(answer, "▶")))
    assert len(telegram.calls("answerCallbackQuery")) == 1
    assert caplog.records == []


async def test_stale_press_is_harmless(
    telegram: TelegramServer, deliver: Deliver, answer: Json, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.refuse_next(
        "answerCallbackQuery",
        "Bad Request: query is too old and response timeout expired or query ID is invalid",
    )
    await deliver(press_update(answer, button(answer, "▶")))
    assert len(telegram.calls("editMessageText")) == 1
    assert caplog.records == []


async def test_press_that_fails_is_answered_once_and_reported(
    telegram: TelegramServer, deliver: Deliver, answer: Json, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.refuse_next("editMessageText", "Bad Request: chat not found")
    await deliver(press_update(answer, button(answer, "▶")))
    (told,) = telegram.calls("answerCallbackQuery")
    assert told["text"].startswith("З майго боку нешта пайшло не так.")
    assert len(telegram.calls("sendMessage")) == 1  # the answer itself, and no more
    assert "BadRequest: Chat not found" in caplog.text


LONG = "Першы абзац.\n\nДругі абзац пра ліпу.\n\nТрэці абзац."


async def test_more_context_shows_the_passages_around_and_less_goes_back(
    telegram: TelegramServer, search: WordSearch, deliver: Deliver
) -> None:
    search.add(make_document("linden", title="Ліпа"), LONG)
    sender = person(language_code="en")
    await deliver(message_update("ліпу", sender=sender))
    answer = telegram.last_message()
    assert quotes(answer) == ["Другі абзац пра ліпу."]
    await deliver(press_update(answer, button(answer, MORE), sender=sender))
    wide = telegram.last_message()
    assert quotes(wide) == ["Першы абзац.", "Другі абзац пра ліпу.", "Трэці абзац."]
    await deliver(press_update(wide, button(wide, LESS), sender=sender))
    assert telegram.last_message() == answer
    assert len(telegram.calls("answerCallbackQuery")) == 2


async def test_context_that_is_not_verbatim_any_more_is_not_shown(
    telegram: TelegramServer, search: WordSearch, deliver: Deliver
) -> None:
    search.add(make_document("linden", title="Ліпа"), LONG)
    await deliver(message_update("ліпу"))
    answer = telegram.last_message()
    search.change("linden", LONG.replace("Трэці", "Чацвёрты"))
    await deliver(press_update(answer, button(answer, MORE)))
    assert telegram.last_message() == answer
    (told,) = telegram.calls("answerCallbackQuery")
    assert told["text"].startswith("Гэты дакумент толькі што змяніўся.")


async def test_passage_without_neighbours_says_so(
    telegram: TelegramServer, deliver: Deliver, answer: Json
) -> None:
    await deliver(press_update(answer, button(answer, MORE)))
    (told,) = telegram.calls("answerCallbackQuery")
    assert told["text"] == BELARUSIAN.gettext("There is nothing else in this document.")
    assert telegram.calls("editMessageText") == []


async def test_turned_page_still_shares_the_question(
    telegram: TelegramServer, deliver: Deliver, answer: Json
) -> None:
    await deliver(press_update(answer, button(answer, "▶")))
    shared = [found.get("switch_inline_query") for found in buttons(telegram.last_message())]
    assert "PESEL" in shared
