from __future__ import annotations

import asyncio
import logging
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from bot.freshness import today
from bot.limits import INLINE_QUERIES_PER_QUESTION, Limits
from bot.newest import INLINE_TURNS, PATIENCE, Newest
from corpus.models import DetectedLanguage
from tests.support.answers import WordSearch, make_document
from tests.support.telegram import Json, inline_update, person
from tests.support.updates import chosen_update

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.context import App
    from index.models import Answer
    from tests.support.moderated import Backing
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
    assert first["description"] == "example.org · PESEL — гэта нумар з адзінаццаці лічбаў."
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
async def test_empty_query_shows_the_latest_documents_to_everybody_alike(
    telegram: TelegramServer, search: WordSearch, deliver: Deliver, query: str
) -> None:
    new = make_document(
        "new", title="Nowe", language="pl", added_at=datetime(2026, 1, 1, tzinfo=UTC)
    )
    search.add(new, "Pierwsze zdanie. Drugie.\n\nDalszy akapit.")
    await deliver(inline_update(query, sender=person(language_code="lt")))
    await deliver(inline_update(query, sender=person(78, "de")))
    call, same = telegram.calls("answerInlineQuery")
    assert call["results"] == same["results"]
    assert (call["cache_time"], call["is_personal"]) == (30, False)
    assert "button" not in call
    assert [result["title"] for result in call["results"]] == [
        "Nowe",
        "Як атрымаць PESEL",
        "Школы",
        "Wizy",
    ]
    first = call["results"][0]
    assert first["description"] == "example.org · Pierwsze zdanie."
    assert first["input_message_content"]["message_text"].splitlines() == [
        "Pierwsze zdanie. Drugie.",
        "Nowe",
        "example.org · 11 września 2025",
    ]


async def test_latest_documents_have_pages(
    telegram: TelegramServer, search: WordSearch, deliver: Deliver
) -> None:
    for number in range(60):
        search.add(make_document(f"more{number}"), f"Тэкст нумар {number}.")
    offset, ids = "", []
    for _ in range(5):
        await deliver(inline_update("", offset))
        call = telegram.calls("answerInlineQuery")[-1]
        ids += [result["id"] for result in call["results"]]
        offset = call.get("next_offset", "")
    assert ids == [str(number) for number in range(1, 51)]
    assert offset == ""


async def test_empty_corpus_invites_to_the_private_chat_in_the_users_language(
    telegram: TelegramServer, search: WordSearch, deliver: Deliver
) -> None:
    for document_id in ("pesel", "school", "visa"):
        search.remove(document_id)
    await deliver(inline_update("", sender=person(language_code="lt")))
    call = answered(telegram)
    assert (call["results"], call["is_personal"]) == ([], True)
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


@pytest.mark.parametrize(("confidence", "everybodys"), [(0.9, True), (0.2, False)])
async def test_answer_is_everybodys_where_the_query_tells_its_language(
    telegram: TelegramServer,
    search: WordSearch,
    deliver: Deliver,
    *,
    confidence: float,
    everybodys: bool,
) -> None:
    search.language = DetectedLanguage("be", "Cyrl", confidence)
    await deliver(inline_update("PESEL"))
    assert answered(telegram)["is_personal"] is not everybodys


async def test_answer_in_a_chosen_language_is_the_askers_own(
    telegram: TelegramServer, application: App, deliver: Deliver
) -> None:
    application.bot_data.voices = {77: "lt", 78: "be"}
    await deliver(inline_update("PESEL", sender=person(77)))
    await deliver(inline_update("PESEL", sender=person(78)))
    calls = telegram.calls("answerInlineQuery")
    assert [call["is_personal"] for call in calls] == [True, False]
    assert "baltarusiškai" in calls[0]["results"][0]["input_message_content"]["message_text"]


async def test_after_too_many_queries_the_answer_is_empty_and_soon_forgotten(
    telegram: TelegramServer, application: App, deliver: Deliver
) -> None:
    application.bot_data.limits = Limits(1, 30, clock=lambda: 0.0)
    for _ in range(INLINE_QUERIES_PER_QUESTION + 1):
        await deliver(inline_update("PESEL"))
    await deliver(inline_update("PESEL", sender=person(78)))
    *before, last, other = telegram.calls("answerInlineQuery")
    assert all(call["results"] for call in [*before, other])
    assert last["results"] == []
    assert (last["cache_time"], last["is_personal"]) == (1, True)
    assert "button" not in last


class BusySearch(WordSearch):
    """A search whose threads are busy until they are let go.

    Attributes:
        begun: Counts what was begun.
        asked: Every query that was searched for.
    """

    def __init__(self) -> None:
        super().__init__([(make_document(), "Адказ на пытанне.")])
        self.begun = threading.Semaphore(0)
        self.go = threading.Event()
        self.asked: list[str] = []

    def search(self, query: str, k: int = 8) -> Answer:
        self.asked.append(query)
        self.begun.release()
        assert self.go.wait(20)
        return super().search(query, k)


@pytest.fixture
def busy() -> BusySearch:
    return BusySearch()


class TestTyping:
    """What comes of queries that come faster than they are answered."""

    @pytest.fixture
    def search(self, busy: BusySearch) -> WordSearch:
        return busy

    def begin(self, deliver: Deliver, *updates: Json) -> asyncio.Future[list[None]]:
        """Deliver updates one after the other, without waiting for their answers."""
        return asyncio.gather(*map(deliver, updates))

    async def occupy(self, busy: BusySearch, deliver: Deliver) -> asyncio.Future[list[None]]:
        """Let others ask until it is nobody else's turn."""
        others = self.begin(
            deliver,
            *(inline_update("адказ", sender=person(user)) for user in range(1, INLINE_TURNS + 1)),
        )
        for _ in range(INLINE_TURNS):
            assert await asyncio.to_thread(busy.begun.acquire, timeout=20)
        return others

    async def test_only_the_newest_of_the_queries_that_wait_is_searched_for_and_answered(
        self, telegram: TelegramServer, busy: BusySearch, deliver: Deliver
    ) -> None:
        others = await self.occupy(busy, deliver)
        typed = [inline_update("адказ на пытанне"[:length]) for length in range(5, 17)]
        typing = self.begin(deliver, *typed)
        await asyncio.sleep(0)
        busy.go.set()
        await asyncio.gather(others, typing)
        assert busy.asked == ["адказ"] * INLINE_TURNS + ["адказ на пытанне"]
        ids = [call["inline_query_id"] for call in telegram.calls("answerInlineQuery")]
        assert len(ids) == INLINE_TURNS + 1
        assert typed[-1]["inline_query"]["id"] in ids

    async def test_query_that_is_overtaken_while_it_is_searched_for_is_not_answered(
        self, telegram: TelegramServer, busy: BusySearch, deliver: Deliver
    ) -> None:
        older, newer = inline_update("адказ"), inline_update("адказ на")
        first = self.begin(deliver, older)
        assert await asyncio.to_thread(busy.begun.acquire, timeout=20)
        second = self.begin(deliver, newer)
        assert await asyncio.to_thread(busy.begun.acquire, timeout=20)
        busy.go.set()
        await asyncio.gather(first, second)
        (call,) = telegram.calls("answerInlineQuery")
        assert call["inline_query_id"] == newer["inline_query"]["id"]

    async def test_query_that_waited_too_long_is_not_worked_on(
        self,
        telegram: TelegramServer,
        application: App,
        busy: BusySearch,
        deliver: Deliver,
    ) -> None:
        now = [0.0]
        application.bot_data.inline_queries = Newest(INLINE_TURNS, clock=lambda: now[0])
        others = await self.occupy(busy, deliver)
        waiting = self.begin(deliver, inline_update("пытанне"))
        await asyncio.sleep(0)
        now[0] += PATIENCE + 0.1
        busy.go.set()
        await asyncio.gather(others, waiting)
        assert "пытанне" not in busy.asked
        assert len(telegram.calls("answerInlineQuery")) == INLINE_TURNS

    async def test_nothing_is_remembered_once_all_are_answered(
        self, application: App, busy: BusySearch, deliver: Deliver
    ) -> None:
        busy.go.set()
        await deliver(inline_update("адказ"))
        await deliver(inline_update("зусім іншае"))
        assert len(application.bot_data.inline_queries) == 0


async def test_chosen_result_is_counted_by_its_document(
    backing: Backing, application: App, deliver: Deliver
) -> None:
    await deliver(chosen_update("2", "школа"))
    await deliver(chosen_update("3", "віза"))
    assert backing.records.counts.usage(today(), today()).chosen == 2


@pytest.mark.parametrize("result_id", ["999", "-1", "x", "", "9" * 64, "１"])
async def test_chosen_result_that_is_gone_or_forged_is_not_counted(
    backing: Backing, deliver: Deliver, result_id: str
) -> None:
    await deliver(chosen_update(result_id, "школа"))
    assert backing.records.counts.usage(today(), today()).chosen == 0
