from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram import Chat, Message

from bot.document_cards import Card, check_by_keyboard, render_card, render_list, render_reminder
from bot.history_cards import render_change, render_history
from bot.lists import PAGE_LENGTH, Reader, list_text, list_text_of
from bot.messages import Messages
from corpus.models import LANGUAGES, STATES, Document, Language
from corpus.revisions import CONTENT, Action, Change
from tests.support.answers import make_document

if TYPE_CHECKING:
    from bot.composing import Rendered
    from bot.playground.problems import Problem
    from bot.playground.schema import BotApi

MESSAGES = Messages()
TODAY = date(2026, 5, 1)
ENGLISH = Reader("en", MESSAGES.for_language("en"), TODAY)
# What the store can hold: everything but lone surrogates, which UTF-8 has no bytes for.
TEXTS = st.text(st.characters(codec="utf-8"))
LONG = st.builds(lambda text, times: text * times, TEXTS, st.integers(0, 700))
ANY_TEXT = st.one_of(TEXTS, LONG)
IDS = st.text("0123456789abcdef", min_size=16, max_size=16)
READERS = st.builds(
    lambda language: Reader(language, MESSAGES.for_language(language), TODAY),
    st.sampled_from(LANGUAGES),
)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    return make_document(
        draw(IDS),
        title=draw(ANY_TEXT),
        source=draw(ANY_TEXT),
        url=draw(st.none() | ANY_TEXT | TEXTS.map("https://example.org/{}".format)),
        language=draw(st.sampled_from(LANGUAGES)),
        script=draw(st.sampled_from(["Cyrl", "Latn"])),
        published=draw(st.none() | st.dates()),
        words=draw(st.integers(0, 10**9)),
        state=draw(st.sampled_from(STATES)),
        check_by=draw(st.none() | st.dates()),
    )


@st.composite
def changes(draw: st.DrawFn) -> Change:
    action: Action = draw(st.sampled_from(get_args(Action)))
    revision = draw(st.integers(1, 10**9 - 1))
    return Change(
        at=draw(st.datetimes(timezones=st.just(UTC))),
        by=draw(TEXTS),
        action=action,
        document_id=draw(IDS),
        revision=revision,
        title=draw(ANY_TEXT),
        undoes=revision - 1 if action == "undo" else None,
        undone=draw(st.booleans()),
        changed=tuple(draw(st.sets(st.sampled_from(CONTENT)))),
    )


@st.composite
def cards(draw: st.DrawFn) -> Card:
    name, other = draw(ANY_TEXT), draw(TEXTS)
    return Card(draw(documents()), draw(ANY_TEXT), 5, name, draw(changes()), other)


def problems(bot_api: BotApi, rendered: Rendered) -> list[Problem]:
    request: dict[str, Any] = {
        "chat_id": 1,
        "text": rendered.text,
        "entities": [entity.to_dict() for entity in rendered.entities],
    }
    if rendered.keyboard:
        request["reply_markup"] = rendered.keyboard.to_dict()
    return bot_api.problems("sendMessage", json.loads(json.dumps(request)))


def as_message(rendered: Rendered) -> Message:
    return Message(
        1, datetime.now(UTC), Chat(1, "private"), text=rendered.text, entities=rendered.entities
    )


class TestAnythingFits:
    @given(st.lists(documents(), max_size=20), st.integers(0, 10**6), ANY_TEXT, READERS)
    @settings(deadline=None)
    def test_list(
        self, bot_api: BotApi, found: list[Document], page: int, text: str, reader: Reader
    ) -> None:
        text = list_text(text)
        rendered = render_list(found, page, text, reader)
        assert problems(bot_api, rendered) == []
        assert list_text_of(as_message(rendered)) == text

    @given(cards(), ANY_TEXT, st.sampled_from(["", "Done: so it is."]), READERS)
    @settings(deadline=None)
    def test_card(self, bot_api: BotApi, card: Card, text: str, done: str, reader: Reader) -> None:
        text = list_text(text)
        rendered = render_card(card, text, reader, done=done)
        assert problems(bot_api, rendered) == []
        assert list_text_of(as_message(rendered)) == text

    @given(st.lists(changes(), max_size=PAGE_LENGTH), st.integers(0, 10**6), ANY_TEXT, READERS)
    @settings(deadline=None)
    def test_history(
        self, bot_api: BotApi, made: list[Change], page: int, text: str, reader: Reader
    ) -> None:
        text = list_text(text)
        names = {change.by: change.by * 30 for change in made}
        rendered = render_history(made, names, page, text, reader, more=page % 2 == 0)
        assert problems(bot_api, rendered) == []
        assert list_text_of(as_message(rendered)) == text

    @given(documents(), changes(), READERS)
    @settings(deadline=None)
    def test_change(
        self, bot_api: BotApi, document: Document, change: Change, reader: Reader
    ) -> None:
        assert problems(bot_api, render_change(document, change, reader.words)) == []

    @given(st.lists(documents(), min_size=1, max_size=PAGE_LENGTH), READERS)
    @settings(deadline=None)
    def test_reminder(self, bot_api: BotApi, due: list[Document], reader: Reader) -> None:
        assert problems(bot_api, render_reminder(due, reader)) == []

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_menu_of_days(self, language: Language) -> None:
        keyboard = check_by_keyboard("f" * 16, MESSAGES.for_language(language))
        for row in keyboard.inline_keyboard:
            for button in row:
                assert len(str(button.callback_data).encode()) <= 64
                assert len(button.text) <= 30


@given(st.integers(0, 30), st.integers(0, 6))
@settings(deadline=None)
def test_every_document_is_on_one_page(count: int, page: int) -> None:
    found = [make_document(f"{number:08x}") for number in range(count)]
    shown = []
    for number in range(max(1, -(-count // PAGE_LENGTH))):
        keyboard = render_list(found, number, "", ENGLISH).keyboard
        assert keyboard is not None
        data = [str(button.callback_data) for row in keyboard.inline_keyboard for button in row]
        shown += [name for name in data if name.startswith("do:open:")]
    assert shown == [f"do:open:{document.id}" for document in found]


def test_italics_of_a_title_are_no_filter() -> None:
    rendered = render_list([make_document(title="_so_ <i>so</i>")], 0, "", ENGLISH)
    assert list_text_of(as_message(rendered)) == ""


def test_long_text_is_cut_in_its_card_at_a_word() -> None:
    change = Change(datetime.now(UTC), "tests", "add", "d1", 1, "t")
    card = Card(make_document(), "слова " * 1000, 9, "tests", change, "tests")
    text = render_card(card, "", ENGLISH).text
    assert text.endswith("слова\n…")
    assert len(text) < 700


def test_day_after_its_day_a_document_is_due() -> None:
    for days, mark in ((-1, "⚠ Due to be checked since April 30, 2026"), (0, "To be checked by")):
        document = make_document(check_by=TODAY + timedelta(days=days))
        change = Change(datetime.now(UTC), "tests", "add", "d1", 1, "t")
        card = Card(document, "Так.", 1, "tests", change, "tests")
        assert mark in render_card(card, "", ENGLISH).text
