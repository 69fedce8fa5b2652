"""What may tell who asked is not kept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.anonymity import KEPT_LENGTH, is_anonymous
from corpus.sample import sample_questions

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "question",
    [
        "мой тэлефон +48 600 123 456, патэлефануйце",
        "call me at 600-123-456 please",
        "патэлефануйце (8017) 222.33.44 калі ласка",
        "call 6\u200b0\u200b0\u200b1\u200b2\u200b3\u200b4 now please",
        "мой нумар ６００１２３４５６ і імя",
        "PESEL 44051401359, ці правільны ён",
        "страціла пашпарт MP1234567 у цягніку",
        "страціла пашпарт MP 1234567 у цягніку",
        "zgubiłem dowód ABC 123456 w pociągu",
        "mein Ausweis L01X00T47 ist weg",
        "асабісты нумар 4150493A023PB4 няправільны",
        "konto PL61 1090 1014 0000 nie działa",
        "born 11.09.1985 in Minsk, which documents",
        "напішыце мне на a.b@example.org калі ласка",
        "ask @masha_k about this",
        "ask ＠masha about this",
        "what about https://example.org/x please",
        "look at t.me/something and tell me",
        "look at example.org and tell me",
        "PESEL",
        "пашпарт?",
        "12 34",
        "🤔 🇧🇾",
        "",
        f"слова {'я' * KEPT_LENGTH}",
    ],
)
def test_question_that_may_tell_who_asked_is_not_kept(question: str) -> None:
    assert not is_anonymous(question)


@pytest.mark.parametrize(
    "question",
    [
        "дзе атрымліваюць PESEL? І што далей",
        "колькі каштавала віза ў 2024-2025 годзе",
        "jak złożyć PIT-37 za 2024/25 rok",
        "limit 60 000 zł for ZUS, what then",
        "кошт 45 300 еўра для Blue Card",
        "паштовы код 00-950 для ліста",
        "e.g. how do i get it",
    ],
)
def test_question_with_other_numbers_and_signs_is_kept(question: str) -> None:
    assert is_anonymous(question)


def test_questions_as_people_ask_them_are_kept(shared: Path) -> None:
    lines = (shared / "eval/guide/questions.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines]
    questions += [judged.question for judged in sample_questions()]
    assert [question for question in questions if not is_anonymous(question)] == []


@given(st.text(), st.integers(10**6, 10**15), st.text())
def test_number_of_seven_digits_is_found_in_any_text(before: str, number: int, after: str) -> None:
    assert not is_anonymous(f"дзе мой пашпарт {before} {number} {after}")
