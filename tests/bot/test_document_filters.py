from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.document_filters import parse_filter
from corpus.models import STATES, State
from tests.support.answers import make_document

TODAY = date(2026, 5, 1)


def fits(text: str, name: str = "tests", **fields: Any) -> bool:
    document = make_document(**fields)
    return parse_filter(text).fits(document, lambda _: name, TODAY)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("pasport", "Пашпарт"),
        ("passport", "Пашпарт"),
        ("пашпарт", "Pašpart"),
        ("ПАШПАРТ", "як падоўжыць пашпарт?"),
        ("pasport", "Пашпартныя пытанні"),
        ("лукашенко", "Łukašenka"),
        ("школа", "Школы"),
        ("padoŭžyć pašpart", "Пашпарт: як падоўжыць"),
        ("🛂", "Пашпарт 🛂"),
    ],
)
def test_words_are_found_in_any_script(text: str, title: str) -> None:
    assert fits(text, title=title)


@pytest.mark.parametrize(
    ("text", "title"),
    [("pasta", "Пашпарт"), ("visa", "Пашпарт"), ("пашпарт візы", "Пашпарт"), ("🛂", "Пашпарт")],
)
def test_other_words_are_not(text: str, title: str) -> None:
    assert not fits(text, title=title)


def test_words_stand_in_the_source_the_link_and_the_id_too() -> None:
    document = {"document_id": "1f2e3d4c", "source": "upload/ab/guide_pesel.pdf"}
    for text in ("pesel", "guide", "1f2e3d4c", "1f2e3d", "example.org"):
        assert fits(text, **document)


@pytest.mark.parametrize(
    ("text", "states"),
    [
        ("", {"live", "hidden"}),
        ("hidden", {"hidden"}),
        ("Removed", {"removed"}),
        ("hidden removed", {"hidden", "removed"}),
        ("all", set(STATES)),
    ],
)
def test_states_are_chosen(text: str, states: set[State]) -> None:
    assert {state for state in STATES if fits(text, state=state)} == states


def test_due_is_past_the_day() -> None:
    assert fits("due", check_by=date(2026, 4, 30))
    assert not fits("due", check_by=TODAY)
    assert not fits("due", check_by=None)


def test_who_added_it_is_known_by_name_and_by_identity() -> None:
    assert fits("by:maryna", name="Марына Ш.")
    assert fits("by:tests", added_by="tests", name="Марына")
    assert not fits("by:Volha", name="Марына")


@given(st.text(), st.text(min_size=1))
@settings(deadline=None)
def test_any_text_is_a_filter(text: str, title: str) -> None:
    fits(text, title=title)


@given(st.lists(st.from_regex(r"[a-zа-я]{1,12}", fullmatch=True), min_size=1))
@settings(deadline=None)
def test_title_has_all_of_its_own_words(words: list[str]) -> None:
    terms = {"due", "hidden", "removed", "all"}
    title = " ".join(word for word in words if word not in terms) or "слова"
    assert fits(title, title=title)
