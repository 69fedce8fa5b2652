"""What is shown first, among hits that answer equally well."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from index.arranging import BEHIND, CLOSE, OF_ONE_DOCUMENT, TRANSLATION, arrange
from tests.support.answers import make_document, make_hit

if TYPE_CHECKING:
    from index.models import Hit

NEAR = CLOSE / 2
FAR = CLOSE * 2


def hit(number: int, score: float, *, text: str = "", document: str = "", **fields: object) -> Hit:
    document = document or f"d{number}"
    return make_hit(
        text or f"Слова нумар {number} толькі {number * 7}.",
        passage_id=number,
        score=score,
        document=make_document(document, **fields),
    )


def shown(hits: list[Hit], language: str = "be", k: int = 10) -> list[int]:
    """The passages shown, of which none is a translation of another."""
    return ids(arrange(hits, np.eye(len(hits), dtype=np.float32), language, k))


def ids(hits: tuple[Hit, ...]) -> list[int]:
    return [one.passage_id for one in hits]


def test_nothing_gives_nothing() -> None:
    assert shown([]) == []


def test_of_equal_hits_the_one_in_the_askers_language_comes_first() -> None:
    hits = [hit(1, 0.9, language="en"), hit(2, 0.9 - NEAR, language="be")]

    assert shown(hits, "be", 5) == [2, 1]
    assert shown(hits, "en", 5) == [1, 2]


def test_a_clearly_better_hit_stays_first_in_whatever_language() -> None:
    hits = [hit(1, 0.9, language="en"), hit(2, 0.9 - FAR, language="be")]

    assert shown(hits, "be", 5) == [1, 2]


def test_translation_in_the_askers_language_comes_before_what_is_like_it() -> None:
    hits = [
        hit(1, 0.9, language="en"),
        hit(2, 0.89, language="be"),
        hit(3, 0.88, language="be"),
        hit(4, 0.9 - 2 * BEHIND, language="be"),
    ]
    likeness = np.eye(4, dtype=np.float32)

    for like, order in ((2, [3, 1, 2, 4]), (3, [1, 2, 3, 4])):
        likeness[0] = [1, TRANSLATION - 0.01, 0, 0]
        likeness[0, like] = TRANSLATION

        found = arrange(hits, likeness, "be", 5)

        assert ids(found) == order
        assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
        assert ids(arrange(hits, likeness, "en", 5)) == [1, 2, 3, 4]


def test_of_equal_hits_the_newer_comes_first_and_the_undated_last() -> None:
    hits = [
        hit(1, 0.9, published=None),
        hit(2, 0.9, published=date(2020, 1, 1)),
        hit(3, 0.9, published=date(2025, 1, 1)),
    ]

    assert shown(hits, "be", 5) == [3, 2, 1]


def test_language_matters_more_than_age() -> None:
    hits = [
        hit(1, 0.9, language="en", published=date(2025, 1, 1)),
        hit(2, 0.9, language="be", published=date(2020, 1, 1)),
    ]

    assert shown(hits, "be", 5) == [2, 1]


def test_many_close_hits_do_not_carry_a_worse_one_up() -> None:
    scores = [0.9 - number * NEAR * 1.5 for number in range(5)]
    hits = [hit(number, score, language="en") for number, score in enumerate(scores)]
    hits.append(hit(9, scores[-1] - NEAR / 2, language="be"))

    assert shown(hits)[0] == 0


def test_of_passages_that_say_the_same_the_newest_stands_where_the_first_stood() -> None:
    text = "Падаць заяву можна праз партал, пошлина складае {} злотых, чакаць тры месяцы."
    hits = [
        hit(1, 0.9, text=text.format("дзвесце"), published=date(2020, 1, 1)),
        hit(2, 0.8),
        hit(3, 0.7, text=text.format("трыста"), published=date(2025, 1, 1)),
        hit(4, 0.6, text=text.format("сто"), published=None),
    ]

    assert shown(hits, "be", 5) == [3, 2]


def test_passages_without_words_are_not_alike() -> None:
    hits = [hit(1, 0.9, text="🙂 !"), hit(2, 0.8, text="🙃 ?")]

    assert shown(hits, "be", 5) == [1, 2]


def test_one_document_does_not_fill_the_list() -> None:
    many = [hit(number, 0.9 - number * FAR, document="long") for number in range(6)]
    other = hit(9, 0.1)

    found = shown([*many, other], "be", 10)

    assert found == [0, 1, 2, 9, 3, 4, 5]
    assert found.index(9) == OF_ONE_DOCUMENT


def test_one_document_fills_the_list_where_there_is_no_other() -> None:
    many = [hit(number, 0.9 - number * FAR, document="long") for number in range(6)]

    assert shown(many, "be", 5) == [0, 1, 2, 3, 4]


@given(
    st.lists(st.floats(0, 1), max_size=12),
    st.integers(1, 12),
    st.sampled_from(["be", "en"]),
)
def test_ranks_count_up_and_nothing_is_shown_twice(
    scores: list[float], k: int, language: str
) -> None:
    hits = [
        hit(number, score, language="be" if number % 2 else "en")
        for number, score in enumerate(sorted(scores, reverse=True))
    ]

    found = arrange(hits, np.eye(len(hits), dtype=np.float32), language, k)

    assert [one.rank for one in found] == list(range(1, min(k, len(hits)) + 1))
    assert len({one.passage_id for one in found}) == len(found)
