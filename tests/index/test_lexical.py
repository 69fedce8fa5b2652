"""tantivy against ten lines of BM25."""

from __future__ import annotations

from collections import Counter
from math import log
from typing import TYPE_CHECKING

import pytest

from index.errors import SnapshotError
from index.folding import grams
from index.lexical import LexicalIndex, LexicalQuery

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = {
    1: "Пашпарт можна атрымаць у Мінску",
    2: "Paszport wydaje urząd w Warszawie",
    3: "The weather is fine today",
    4: "пашпарт пашпарт пашпарт",
    5: "",
}


def bm25(query: str, texts: dict[int, str]) -> dict[int, float]:
    """The formula, straight from the books; divided by the number of the query's grams."""
    counted = {number: Counter(grams(text)) for number, text in texts.items()}
    average = sum(sum(counts.values()) for counts in counted.values()) / len(texts)
    scores: dict[int, float] = {}
    wanted = set(grams(query))
    for number, counts in counted.items():
        norm = 1.2 * (0.25 + 0.75 * sum(counts.values()) / average)
        for gram in wanted & counts.keys():
            having = sum(gram in other for other in counted.values())
            idf = log(1 + (len(texts) - having + 0.5) / (having + 0.5))
            gain = idf * 2.2 * counts[gram] / (counts[gram] + norm)
            scores[number] = scores.get(number, 0.0) + gain / len(wanted)
    return scores


@pytest.fixture
def lexical(tmp_path: Path) -> LexicalIndex:
    index = LexicalIndex.open(tmp_path / "lexical")
    index.change(removed=[], added=TEXTS.items())
    return index


@pytest.mark.parametrize("query", ["пашпарт", "pašpart u Minsku", "weather today?"])
def test_score_is_bm25(lexical: LexicalIndex, query: str) -> None:
    ids, scores = lexical.searcher().search(LexicalQuery.of(query), 10)

    expected = bm25(query, TEXTS)
    assert dict(zip(ids.tolist(), scores.tolist(), strict=True)) == pytest.approx(
        expected, rel=1e-4
    )
    assert scores.tolist() == sorted(scores.tolist(), reverse=True)


def test_score_of_named_passages_is_the_same(lexical: LexicalIndex) -> None:
    query = LexicalQuery.of("пашпарт у Мінску")
    expected = bm25("пашпарт у Мінску", TEXTS)

    found = lexical.searcher().scores(query, [4, 3, 1])

    assert found == pytest.approx(
        {4: expected[4], 3: expected.get(3, 0.0), 1: expected[1]}, rel=1e-4
    )


@pytest.mark.parametrize("query", ["", "?! 🙂", "zzzzzzzz"])
def test_query_that_shares_nothing_finds_nothing(lexical: LexicalIndex, query: str) -> None:
    ids, scores = lexical.searcher().search(LexicalQuery.of(query), 10)

    assert (len(ids), len(scores)) == (0, 0)
    assert lexical.searcher().scores(LexicalQuery.of(query), [1, 2]) == {1: 0.0, 2: 0.0}


def test_passage_may_be_named_that_is_not_there(lexical: LexicalIndex) -> None:
    query = LexicalQuery.of("пашпарт")

    assert lexical.searcher().scores(query, [77]) == {77: 0.0}
    assert lexical.searcher().scores(query, []) == {}


def test_removed_passage_is_never_found_again(lexical: LexicalIndex) -> None:
    lexical.change(removed=[4, 99], added=[])

    assert 4 not in lexical.searcher().search(LexicalQuery.of("пашпарт"), 10)[0]
    assert sorted(lexical.searcher().ids().tolist()) == [1, 2, 3, 5]


def test_same_change_twice_leaves_the_same_index(lexical: LexicalIndex) -> None:
    for _ in range(2):
        lexical.change(removed=[2], added=[(1, "Новы тэкст"), (6, "Шэсць")])

    assert sorted(lexical.searcher().ids().tolist()) == [1, 3, 4, 5, 6]
    assert len(lexical.searcher()) == 5


def test_searcher_sees_one_state(lexical: LexicalIndex) -> None:
    before = lexical.searcher()
    lexical.change(removed=[1, 4], added=[])

    ids, _ = before.search(LexicalQuery.of("пашпарт"), 10)

    assert {1, 4} <= set(ids.tolist())


def test_empty_index_finds_nothing(tmp_path: Path) -> None:
    searcher = LexicalIndex.open(tmp_path / "lexical").searcher()

    assert len(searcher) == 0
    assert searcher.ids().tolist() == []
    assert len(searcher.search(LexicalQuery.of("пашпарт"), 10)[0]) == 0


def test_index_is_there_after_opening_again(lexical: LexicalIndex, tmp_path: Path) -> None:
    again = LexicalIndex.open(tmp_path / "lexical").searcher()

    assert sorted(again.ids().tolist()) == [1, 2, 3, 4, 5]


def test_damaged_index_is_refused(tmp_path: Path) -> None:
    directory = tmp_path / "lexical"
    LexicalIndex.open(directory).change(removed=[], added=TEXTS.items())
    (directory / "meta.json").write_text("{", encoding="utf-8")

    with pytest.raises(SnapshotError, match="damaged"):
        LexicalIndex.open(directory)
