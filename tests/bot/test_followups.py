from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.followups import (
    asked_about,
    choose,
    lag,
    leaning,
    stands_alone,
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
def test_question_that_names_nothing_does_not_stand_alone(question: str) -> None:
    assert not stands_alone(question)


@pytest.mark.parametrize(
    "question",
    [
        *("а для дзяцей?", "a dzieciam?", "А в Литве?", "a minijob?", "o ginekologas?"),
        *("and for children?", "what about Poland?", "und meine Frau?", "а якщо звільнили?"),
        *("can I joke with them?", "што наконт Літвы?", "Gibt es auch etwas für Kinder?"),
    ],
)
def test_question_that_goes_on_or_points_back_does_not(question: str) -> None:
    assert not stands_alone(question)


@pytest.mark.parametrize(
    "question",
    [
        *("PESEL", "PESEL?", "кірмаш кнігі", "", "???", "курсы польскай мовы"),
        "And what papers do I need to convert a Belarusian licence in Germany?",
        "А як атрымаць дазвол на жыхарства ў Польшчы грамадзяніну Беларусі?",
    ],
)
def test_question_that_says_what_it_is_about_does(question: str) -> None:
    assert stands_alone(question)


def test_none_of_the_samples_questions_looks_like_a_follow_up() -> None:
    found = [
        question.question for question in sample_questions() if not stands_alone(question.question)
    ]
    assert found == []


@given(st.text(st.characters(codec="utf-8")))
@settings(deadline=None)  # the first call reads the tables of folding
def test_white_space_and_marks_around_a_question_tell_nothing(text: str) -> None:
    assert stands_alone(f" \n{text} ?!") == stands_alone(text)
    assert leaning(f" \n{text} ?!") == leaning(text)


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
