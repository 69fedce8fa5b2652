from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.answers import WordSearch, make_document
from tests.support.telegram import Json, inline_update, person

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.support.telegram import TelegramServer

    Deliver = Callable[[dict[str, Any]], Awaitable[None]]


@pytest.fixture
def many(search: WordSearch) -> WordSearch:
    """Sixty passages with the word "адказ", after those of the three documents."""
    search.add(make_document("many"), "\n\n".join(f"Адказ нумар {number}." for number in range(60)))
    return search


def answered(telegram: TelegramServer) -> Json:
    (call,) = telegram.calls("answerInlineQuery")
    return call


async def test_results_have_title_core_and_the_quote_with_its_source(
    telegram: TelegramServer, search: WordSearch, deliver: Deliver
) -> None:
    await deliver(inline_update("дзе атрымліваюць PESEL"))
    call = answered(telegram)
    assert (call["cache_time"], call["is_personal"]) == (30, False)
    assert "next_offset" not in call
    assert "button" not in call
    first = call["results"][0]
    assert (first["type"], first["id"], first["title"]) == ("article", "1", "Як атрымаць PESEL")
    assert first["description"] == "PESEL — гэта нумар з адзінаццаці лічбаў."
    content = first["input_message_content"]
    assert search.document_text("pesel") in content["message_text"]
    assert {entity["type"] for entity in content["entities"]} == {
        "blockquote",
        "bold",
        "text_link",
    }
    assert content["link_preview_options"] == {"is_disabled": True}


async def test_first_page_has_ten_results_and_names_the_next(
    telegram: TelegramServer, many: WordSearch, deliver: Deliver
) -> None:
    await deliver(inline_update("адказ"))
    call = answered(telegram)
    assert [result["id"] for result in call["results"]] == [str(n) for n in range(4, 14)]
    assert call["next_offset"] == "10"


async def test_pages_follow_one_another_up_to_fifty_results(
    telegram: TelegramServer, many: WordSearch, deliver: Deliver
) -> None:
    offset, ids = "", []
    for _ in range(5):
        await deliver(inline_update("адказ", offset))
        call = telegram.calls("answerInlineQuery")[-1]
        ids += [result["id"] for result in call["results"]]
        offset = call.get("next_offset", "")
    assert ids == [str(number) for number in range(4, 54)]
    assert offset == ""


async def test_last_page_of_few_results_has_no_next(
    telegram: TelegramServer, search: WordSearch, deliver: Deliver
) -> None:
    search.add(make_document("many"), "\n\n".join(f"Адказ нумар {number}." for number in range(17)))
    await deliver(inline_update("адказ", "10"))
    assert len(answered(telegram)["results"]) == 10
    assert "next_offset" not in answered(telegram)


@pytest.mark.parametrize(
    "offset", ["-10", "50", "1000", "9" * 64, "ten", "１０", "1.5", " 10", "²", "[]"]
)
async def test_hostile_offset_is_the_first_page(
    telegram: TelegramServer, many: WordSearch, deliver: Deliver, offset: str
) -> None:
    await deliver(inline_update("адказ", offset))
    assert answered(telegram)["results"][0]["id"] == "4"


async def test_page_beyond_the_results_is_empty(
    telegram: TelegramServer, search: WordSearch, deliver: Deliver
) -> None:
    await deliver(inline_update("PESEL", "40"))
    assert answered(telegram)["results"] == []
    assert "button" not in answered(telegram)


@pytest.mark.parametrize("query", ["PESEL " + "я" * 250, "PESEL" + "🎓" * 125, "PESEL שלום 𝔟"])
async def test_unusual_query_is_answered(
    telegram: TelegramServer, deliver: Deliver, query: str
) -> None:
    await deliver(inline_update(query))
    assert len(telegram.calls("answerInlineQuery")) == 1


async def test_nothing_found_leads_to_the_private_chat(
    telegram: TelegramServer, deliver: Deliver
) -> None:
    await deliver(inline_update("бульбяны пірог"))
    call = answered(telegram)
    assert call["results"] == []
    assert call["button"] == {
        "text": "Нічога не знойдзена — спытаць асабіста",
        "start_parameter": "inline",
    }


@pytest.mark.parametrize("query", ["", "   ", "?"])
async def test_empty_query_is_answered_with_a_button_in_the_users_language(
    telegram: TelegramServer, deliver: Deliver, query: str
) -> None:
    await deliver(inline_update(query, sender=person(language_code="lt")))
    call = answered(telegram)
    assert call["results"] == []
    assert call["button"]["text"] == "Parašykite klausimą arba klauskite asmeniškai"


async def test_result_that_is_not_verbatim_any_more_is_left_out(
    telegram: TelegramServer,
    search: WordSearch,
    deliver: Deliver,
    caplog: pytest.LogCaptureFixture,
) -> None:
    search.change("pesel", "Цяпер тут іншае.")
    await deliver(inline_update("PESEL"))
    assert [result["id"] for result in answered(telegram)["results"]] == ["2", "3"]
    assert [record.getMessage() for record in caplog.records] == [
        "passage 1 is not verbatim in document pesel: it is not sent"
    ]


async def test_stale_query_is_swallowed(
    telegram: TelegramServer, deliver: Deliver, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.refuse_next(
        "answerInlineQuery",
        "Bad Request: query is too old and response timeout expired or query ID is invalid",
    )
    await deliver(inline_update("PESEL"))
    assert caplog.records == []


async def test_other_refusals_are_reported(
    telegram: TelegramServer, deliver: Deliver, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.refuse_next("answerInlineQuery", "Bad Request: RESULT_ID_DUPLICATE")
    await deliver(inline_update("PESEL"))
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert "RESULT_ID_DUPLICATE" in record.getMessage().upper()
    assert "PESEL" not in record.getMessage()


async def test_small_talk_finds_nothing_and_offers_to_ask(
    telegram: TelegramServer, search: WordSearch, deliver: Deliver
) -> None:
    search.add(make_document("talk"), "Прывітанне.")
    await deliver(inline_update("прывітанне"))
    call = answered(telegram)
    assert call["results"] == []
    assert call["button"]["text"] == "Напішыце пытанне або спытайце асабіста"
