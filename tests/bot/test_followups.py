from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.followups import MARGIN, Form, choose, form_of
from corpus.sample import sample_questions
from tests.support.answers import make_answer, make_hit


@pytest.mark.parametrize(
    "question",
    [
        *("а колькі каштуе?", "a kolki kaštuje?", "і почім?", "ile to kosztuje?", "is it free?"),
        *("o kiek kainuoja?", "und wie lange?", "А когда?", "when should I apply?", "dzie heta?"),
    ],
)
def test_question_that_names_nothing_can_only_be_a_follow_up(question: str) -> None:
    assert form_of(question) is Form.EMPTY


@pytest.mark.parametrize(
    "question",
    [
        *("а для дзяцей?", "a dzieciam?", "А в Литве?", "a minijob?", "o ginekologas?"),
        *("and for children?", "what about Poland?", "und meine Frau?", "а якщо звільнили?"),
        *("can I joke with them?", "што наконт Літвы?", "Gibt es auch etwas für Kinder?"),
    ],
)
def test_question_that_goes_on_or_points_back_may_be_one(question: str) -> None:
    assert form_of(question) is Form.GOING_ON


@pytest.mark.parametrize(
    "question",
    [
        *("PESEL", "PESEL?", "кірмаш кнігі", "", "???", "курсы польскай мовы"),
        "And what papers do I need to convert a Belarusian licence in Germany?",
        "А як атрымаць дазвол на жыхарства ў Польшчы грамадзяніну Беларусі?",
    ],
)
def test_question_that_says_what_it_is_about_is_none(question: str) -> None:
    assert form_of(question) is Form.WHOLE


def test_none_of_the_samples_questions_looks_like_a_follow_up() -> None:
    found = [
        question.question
        for question in sample_questions()
        if form_of(question.question) is not Form.WHOLE
    ]
    assert found == []


@given(st.text(st.characters(codec="utf-8")))
@settings(deadline=None)  # the first call reads the tables of folding
def test_any_text_has_a_form(text: str) -> None:
    assert form_of(text) in Form


def test_what_names_nothing_is_read_after_the_question_before() -> None:
    alone = make_answer([make_hit("Так.", confidence=1.0)])
    following = make_answer([make_hit("Не.", confidence=0.1)])
    assert choose(Form.EMPTY, alone, following) is following


@pytest.mark.parametrize("form", [Form.WHOLE, Form.GOING_ON])
def test_new_question_is_one_where_it_is_clearly_surer(form: Form) -> None:
    following = make_answer([make_hit("Не.", confidence=0.5)])
    close = make_answer([make_hit("Так.", confidence=0.5 + MARGIN / 2)])
    clear = make_answer([make_hit("Так.", confidence=0.5 + 2 * MARGIN)])
    assert choose(form, close, following) is following
    assert choose(form, clear, following) is clear


def test_without_hits_the_question_is_read_alone() -> None:
    alone = make_answer()
    assert choose(Form.EMPTY, alone, make_answer()) is alone
