"""Questions that mean the same come together, and stay together."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.grouping import encode_missing, group_questions, least_likeness
from bot.records.gaps import Question
from tests.support.encoder import FakeEncoder

if TYPE_CHECKING:
    from index.encoder import Encoder, SentenceEncoder

MONDAY = date(2026, 11, 23)


def make_question(number: int, text: str = "", **fields: Any) -> Question:
    values: dict[str, Any] = {
        "language": "be",
        "day": MONDAY,
        "count": 1,
        "state": "open",
        "model": None,
        "embedding": None,
    }
    return Question(id=number, text=text or f"пытанне {number}", **values | fields)


def embedded(number: int, angle: float, **fields: Any) -> Question:
    """A question whose embedding points in a direction of the plane."""
    embedding = np.array([np.cos(angle), np.sin(angle)], np.float16).tobytes()
    return make_question(number, embedding=embedding, **fields)


def encoded(encoder: Encoder, *texts: str) -> list[Question]:
    questions = [make_question(number, text) for number, text in enumerate(texts)]
    embeddings = encode_missing(questions, encoder)
    return [
        make_question(known.id, known.text, embedding=embeddings[known.id]) for known in questions
    ]


def test_no_question_gives_no_group() -> None:
    assert group_questions([], 0.9) == []


def test_alike_questions_are_one_gap_with_its_numbers() -> None:
    (gap,) = group_questions(
        [
            embedded(1, 0.0, day=date(2026, 11, 3)),
            embedded(2, 0.1, count=3, language="ru", text="тыповае"),
            embedded(3, 0.2, day=date(2026, 11, 12)),
        ],
        0.9,
    )
    assert (gap.id, gap.ids, gap.all_ids) == (1, (1, 2, 3), (1, 2, 3))
    assert (gap.asked, gap.languages) == (5, ("ru", "be"))
    assert (gap.first, gap.last) == (date(2026, 11, 3), MONDAY)
    assert gap.typical == "тыповае"
    assert gap.wordings == {"тыповае": 3, "пытанне 1": 1, "пытанне 3": 1}


def test_different_questions_are_different_gaps() -> None:
    gaps = group_questions([embedded(1, 0.0), embedded(2, 1.5), embedded(3, 0.1)], 0.9)
    assert [gap.ids for gap in gaps] == [(1, 3), (2,)]


def test_later_question_joins_what_is_out_of_scope() -> None:
    (gap,) = group_questions(
        [embedded(1, 0.0, state="done"), embedded(2, 0.0, state="out of scope"), embedded(3, 0.0)],
        0.9,
    )
    assert (gap.state, gap.ids, gap.all_ids) == ("out of scope", (2, 3), (1, 2, 3))


def test_question_asked_after_done_opens_its_gap_again() -> None:
    (gap,) = group_questions([embedded(1, 0.0, state="done"), embedded(2, 0.0)], 0.9)
    assert (gap.state, gap.asked_again, gap.ids) == ("open", True, (2,))


@given(st.lists(st.floats(0, 6.3), max_size=30), st.floats(0, 1), st.integers(0, 30))
def test_later_questions_never_move_earlier_ones(
    angles: list[float], least: float, cut: int
) -> None:
    questions = [embedded(number, angle) for number, angle in enumerate(angles)]
    before = [gap.all_ids for gap in group_questions(questions[:cut], least)]
    after = [gap.all_ids for gap in group_questions(questions, least)]
    assert sorted(number for ids in after for number in ids) == list(range(len(questions)))
    kept = [tuple(number for number in ids if number < cut) for ids in after]
    assert [ids for ids in kept if ids] == before


def test_only_questions_without_this_models_embedding_are_encoded() -> None:
    known = make_question(1, model=FakeEncoder.name, embedding=b"")
    other = make_question(2, model="another", embedding=b"")
    encoded = encode_missing([known, other], FakeEncoder())
    assert list(encoded) == [2]
    assert len(encoded[2]) == 2 * FakeEncoder.dim
    assert encode_missing([], FakeEncoder()) == {}


# What people asked twice, in their own words and in other languages.
SAME = [
    [
        "як атрымаць апостыль на дыплом у польшчы",
        "как получить апостиль на диплом в польше",
        "jak uzyskać apostille na dyplom w polsce",
        "how do I get an apostille for my diploma in poland",
    ],
    [
        "ці можна працаваць у польшчы са студэнцкай візай",
        "можно ли работать в польше по студенческой визе",
        "чи можна працювати в польщі зі студентською візою",
        "can I work in poland on a student visa",
    ],
    [
        "колькі каштуе страхоўка на машыну ў літве",
        "сколько стоит страховка на машину в литве",
        "kiek kainuoja automobilio draudimas lietuvoje",
    ],
    [
        "дзе знайсці беларускамоўнага псіхолага",
        "dzie znajsci bielaruskamounaha psicholaha",
        "где найти белорусскоязычного психолога",
    ],
]


@pytest.mark.model
def test_same_question_in_several_languages_comes_together(
    bundled_encoder: SentenceEncoder,
) -> None:
    texts = [text for same in SAME for text in same]
    of = [number for number, same in enumerate(SAME) for _ in same]
    gaps = group_questions(encoded(bundled_encoder, *texts), least_likeness(bundled_encoder))
    mixed = [gap.ids for gap in gaps if len({of[number] for number in gap.ids}) > 1]
    assert mixed == []
    assert len(gaps) <= 2 * len(SAME)
