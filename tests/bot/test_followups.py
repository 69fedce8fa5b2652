from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.followups import (
    Form,
    asked_about,
    choose,
    form_of,
    lag,
    leaning,
    without_thanks,
)
from corpus.sample import sample_questions
from index.models import Signals
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


@given(st.text(st.characters(codec="utf-8")))
@settings(deadline=None)
def test_more_words_of_its_own_never_make_a_follow_up_likelier(text: str) -> None:
    assert leaning(f"{text} Беларусі") <= max(leaning(text), leaning("Беларусі"))


def test_form_tells_how_much_a_question_leans_on_the_one_before() -> None:
    assert leaning("а калі?") > leaning("калі?") > leaning("калі прымаюць заявы?") > 0
    assert leaning("а калі яе?") > leaning("а калі там?")
    assert leaning("Як атрымаць дазвол на жыхарства ў Польшчы грамадзяніну Беларусі?") < 0
    assert leaning("???") == -float("inf")


def test_question_is_a_new_one_where_something_fits_it_far_better() -> None:
    following = make_answer([make_hit("Не.", signals=fitting(0.7))])
    close = make_answer([make_hit("Так.", signals=fitting(0.72))])
    clear = make_answer([make_hit("Так.", signals=fitting(0.9))])
    assert lag(clear, following) == pytest.approx(0.2)
    assert choose(1.0, close, following) is following
    assert choose(1.0, clear, following) is clear


def test_without_hits_the_question_is_read_alone() -> None:
    alone, following = make_answer(), make_answer([make_hit("Так.")])
    assert choose(5.0, following, make_answer()) is following
    assert choose(5.0, alone, following) is alone


def test_word_that_goes_on_is_left_out_of_what_is_asked() -> None:
    assert asked_about("А  калі?") == "калі?"
    assert asked_about("А?") == "А?"
    assert asked_about("колькі?", "тры гады") == "тры гады колькі?"


def fitting(cosine: float) -> Signals:
    return Signals(passage=cosine, sentence=cosine, lexical=0.0, same_language=True)


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("дзякуй! а калі?", "а калі?"),
        ("ok thanks, and for children?", "and for children?"),
        ("дзякуй вялікі! ясна. і колькі?", "і колькі?"),
        ("спасибо а когда?", "а когда?"),
        ("Дзякуй", "Дзякуй"),
        ("good doctors in Vilnius?", "good doctors in Vilnius?"),
        ("а дзякуй каму?", "а дзякуй каму?"),
        ("", ""),
    ],
)
def test_thanks_are_left_out_before_a_question(typed: str, asked: str) -> None:
    assert without_thanks(typed) == asked
