"""Lists, cards and messages about gaps are valid, whatever was asked."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram import MessageEntity

from bot.composing import TEXT_LIMIT, Composer, Rendered, utf16_length
from bot.gap_cards import (
    GapCard,
    render_card,
    render_list,
    render_matches,
    render_told,
    wish_keyboard,
)
from bot.grouping import Gap
from bot.lists import PAGE_LENGTH
from bot.messages import Messages
from bot.records.gaps import GapState, Question
from corpus.models import LANGUAGES, Language
from tests.support.answers import make_answer, make_document, make_hit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.playground.problems import Problem
    from bot.playground.schema import BotApi

MESSAGES = Messages()
WORDS = MESSAGES.for_language("en")
# What a person can type: at most 1,000 characters reach the records.
QUESTIONS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40).flatmap(
    lambda text: st.integers(1, 25).map(lambda times: text * times)
)
STATES: tuple[GapState, ...] = ("open", "done", "out of scope")
HUGE = 10**18 - 1


def make_gap(texts: Sequence[str], state: GapState = "open", **fields: Any) -> Gap:
    questions = tuple(
        Question(HUGE - number, text, "be", date(2026, 11, 3 + number % 20), 1, state, None, None)
        for number, text in enumerate(texts)
    )
    values: dict[str, Any] = {
        "id": HUGE,
        "state": state,
        "asked_again": False,
        "questions": questions,
        "typical": texts[0],
        "all_ids": tuple(question.id for question in questions),
    }
    return Gap(**values | fields)


def problems(api: BotApi, rendered: Rendered) -> list[Problem]:
    request: dict[str, Any] = {
        "chat_id": 1,
        "text": rendered.text,
        "entities": [entity.to_dict() for entity in rendered.entities],
    }
    if rendered.keyboard is not None:
        request["reply_markup"] = rendered.keyboard.to_dict()
    return api.problems("sendMessage", request)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(QUESTIONS, min_size=1, max_size=20),
    st.sampled_from(LANGUAGES),
    st.sampled_from(STATES),
    st.integers(0, 5),
)
def test_list_and_card_are_valid_whatever_was_asked(
    bot_api: BotApi, texts: list[str], reader: Language, state: GapState, page: int
) -> None:
    words = MESSAGES.for_language(reader)
    gaps = [make_gap([text], state) for text in texts]
    listed = render_list(gaps, state, page, reader, words, answered={HUGE: True})
    assert problems(bot_api, listed) == []
    title = texts[0] * 50
    hits = [
        make_hit("Адказ.", document=make_document(f"d{number}", title=title), rank=number + 1)
        for number in range(4)
    ]
    card = GapCard(make_gap(texts, state, asked_again=True), make_answer(hits), 10**9, 999_999)
    assert problems(bot_api, render_card(card, reader, words)) == []
    documents = [make_document("0123456789abcdef", title=title)] * 5
    assert problems(bot_api, render_matches(HUGE, documents, words)) == []


@settings(max_examples=60, deadline=None)
@given(
    QUESTIONS,
    st.sampled_from(LANGUAGES),
    st.sampled_from(["done", "out of scope"]),
    st.one_of(st.none(), st.integers(1, TEXT_LIMIT)),
)
def test_what_people_are_told_is_valid_whatever_they_asked(
    bot_api: BotApi, question: str, reader: Language, state: GapState, length: int | None
) -> None:
    words = MESSAGES.for_language(reader)
    answer = None
    if length is not None:
        message = Composer()
        message.write("а" * length, MessageEntity.BLOCKQUOTE)
        answer = message.finish()
    document = make_document(title=question * 100)
    told = render_told(question, state, answer, document, words)
    assert problems(bot_api, told) == []


def test_entities_of_an_answer_move_with_the_line_above_it() -> None:
    message = Composer()
    message.write("🇧🇾 ")
    message.write("цытата", MessageEntity.BLOCKQUOTE)
    told = render_told("пытанне 🤔?", "done", message.finish(), None, WORDS)
    (quote,) = told.entities
    units = told.text.encode("utf-16-le")[2 * quote.offset : 2 * (quote.offset + quote.length)]
    assert units.decode("utf-16-le") == "цытата"
    assert "«пытанне 🤔?»" in told.text


def test_answer_without_room_for_a_line_above_it_stays_as_it_is() -> None:
    message = Composer()
    message.write("а" * TEXT_LIMIT, MessageEntity.BLOCKQUOTE)
    answer = message.finish()
    assert render_told("пытанне", "done", answer, None, WORDS) == answer


def test_who_is_told_without_answer_or_document_is_asked_to_ask_again() -> None:
    told = render_told("пытанне", "done", None, None, WORDS)
    assert "Please ask it again." in told.text
    assert utf16_length(told.text) < TEXT_LIMIT


@pytest.mark.parametrize("count", [0, 1, PAGE_LENGTH, PAGE_LENGTH + 1])
def test_list_has_arrows_only_where_there_are_further_pages(count: int) -> None:
    gaps = [make_gap([f"пытанне {number}"]) for number in range(count)]
    listed = render_list(gaps, "open", 7, "en", WORDS, answered={})
    assert listed.keyboard is not None
    labels = [button.text for row in listed.keyboard.inline_keyboard for button in row]
    assert ("◀" in labels) == (count > PAGE_LENGTH)
    assert "▶" not in labels


def test_wish_has_one_button() -> None:
    labels = [
        wish_keyboard("1:be:0123456789abcdef", WORDS, wished=wished).inline_keyboard[0][0].text
        for wished in (False, True)
    ]
    assert labels == ["Tell me when there is an answer", "Don't tell me"]
