"""FAISS against a NumPy product."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_info

from index.errors import SnapshotError
from index.vectors import RECALL_AT, VectorIndex

if TYPE_CHECKING:
    from pathlib import Path

    from index.encoder import Embeddings

DIM = 16
NONE = np.empty(0, np.int64)


LEAST_RECALL = 0.9


def make_embeddings(count: int, seed: int = 0) -> Embeddings:
    """Random unit vectors that 16 bits hold exactly."""
    random = np.random.default_rng(seed).standard_normal((count, DIM))
    unit = random / np.linalg.norm(random, axis=1, keepdims=True)
    rounded: Embeddings = unit.astype(np.float16).astype(np.float32)
    return rounded


def make_index(embeddings: Embeddings, first_id: int = 100) -> VectorIndex:
    ids = np.arange(first_id, first_id + len(embeddings))
    return VectorIndex.empty(DIM).changed(removed=ids[:0], added=[(ids, embeddings)])


def make_compacted(embeddings: Embeddings, first_id: int = 100) -> VectorIndex:
    return make_index(embeddings, first_id).compacted(embeddings[:5])


def test_search_is_the_exact_inner_product() -> None:
    embeddings = make_embeddings(500)
    query = make_embeddings(1, seed=1)[0]
    products = embeddings @ query

    ids, scores = make_index(embeddings).search(query, 10)

    assert ids.tolist() == (100 + np.argsort(-products)[:10]).tolist()
    np.testing.assert_allclose(scores, np.sort(products)[::-1][:10], rtol=1e-5)


def test_k_beyond_the_number_of_passages_gives_all() -> None:
    ids, scores = make_index(make_embeddings(3)).search(make_embeddings(1)[0], 10)

    assert sorted(ids.tolist()) == [100, 101, 102]
    assert scores.shape == (3,)


def test_empty_index_finds_nothing() -> None:
    ids, scores = VectorIndex.empty(DIM).search(make_embeddings(1)[0], 10)

    assert (ids.shape, scores.shape) == ((0,), (0,))


def test_changed_index_is_another_one() -> None:
    embeddings = make_embeddings(4)
    before = make_index(embeddings[:3])

    after = before.changed(removed=np.array([100, 999]), added=[(np.array([7]), embeddings[3:])])

    assert sorted(before.ids.tolist()) == [100, 101, 102]
    assert sorted(after.ids.tolist()) == [7, 101, 102]
    assert after.search(embeddings[3], 1)[0].tolist() == [7]
    assert before.search(embeddings[0], 1)[0].tolist() == [100]


def test_removed_passage_is_never_found_again() -> None:
    embeddings = make_embeddings(50)
    index = make_index(embeddings).changed(removed=np.array([120]), added=[])

    for state in (
        index,
        index.compacted(embeddings),
        make_compacted(embeddings).changed(removed=np.array([120]), added=[]),
    ):
        ids, _ = state.search(embeddings[20], 50)
        assert len(ids) == len(state) == 49
        assert 120 not in ids


def test_same_id_twice_is_refused() -> None:
    embeddings = make_embeddings(3)

    with pytest.raises(ValueError, match="already in the index"):
        make_index(embeddings).changed(removed=NONE, added=[(np.array([101]), embeddings[:1])])


def test_embeddings_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match=r"shape \(1, 16\)"):
        VectorIndex.empty(DIM).changed(
            removed=NONE, added=[(np.array([1]), np.zeros((1, 3), np.float32))]
        )


def test_reconstructed_embeddings_are_those_put_in() -> None:
    embeddings = make_embeddings(5)

    found = make_index(embeddings).reconstruct(np.array([103, 100]))

    np.testing.assert_array_equal(found, embeddings[[3, 0]])


def test_saved_index_is_the_same_after_loading(tmp_path: Path) -> None:
    embeddings = make_embeddings(20)
    make_compacted(embeddings).save(tmp_path / "index.faiss")

    loaded = VectorIndex.load(tmp_path / "index.faiss")

    assert sorted(loaded.ids.tolist()) == list(range(100, 120))
    assert loaded.search(embeddings[5], 1)[0].tolist() == [105]
    np.testing.assert_array_equal(loaded.reconstruct(np.array([105]))[0], embeddings[5])


@pytest.mark.parametrize("content", [b"", b"no index", b"IxMp" + bytes(100)])
def test_damaged_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "index.faiss"
    path.write_bytes(content)

    with pytest.raises(SnapshotError, match="damaged"):
        VectorIndex.load(path)


def test_passage_that_was_taken_out_comes_back() -> None:
    embeddings = make_embeddings(30)
    before = make_compacted(embeddings)
    without = before.changed(removed=np.array([105, 107]), added=[])

    back = without.changed(removed=NONE, added=[(np.array([107]), embeddings[7:8])])

    assert set(back.ids.tolist()) == set(range(100, 130)) - {105}
    assert len(back) == 29
    assert back.search(embeddings[7], 1)[0].tolist() == [107]


def test_index_is_worn_when_more_than_a_twentieth_has_changed() -> None:
    embeddings = make_embeddings(102)
    index = make_compacted(embeddings[:100])

    one = index.changed(removed=np.array([100, 101, 102]), added=[])
    two = one.changed(removed=NONE, added=[(np.array([1, 2, 3]), embeddings[[100, 101, 0]])])

    assert (index.is_worn, one.is_worn, two.is_worn) == (False, False, True)
    assert not two.compacted(embeddings).is_worn


CHANGES = st.lists(
    st.tuples(st.sets(st.integers(0, 40)), st.sets(st.integers(0, 40)), st.booleans()), max_size=8
)


@settings(deadline=None, max_examples=50)
@given(changes=CHANGES)
def test_any_changes_give_what_the_last_passages_give_at_once(
    changes: list[tuple[set[int], set[int], bool]],
) -> None:
    embeddings = make_embeddings(41)
    index, there = VectorIndex.empty(DIM), set[int]()
    for removed, wanted, compact in changes:
        added = np.array(sorted(wanted - (there - removed)), np.int64)
        index = index.changed(
            removed=np.array(sorted(removed), np.int64), added=[(added, embeddings[added])]
        )
        there = there - removed | wanted
        if compact:
            index = index.compacted(embeddings)

    expected = np.array(sorted(there), np.int64)
    scores = embeddings[expected] @ embeddings[0]
    assert index.ids.tolist() == expected.tolist()
    assert len(index) == len(expected)
    np.testing.assert_array_equal(index.reconstruct(expected), embeddings[expected])
    np.testing.assert_allclose(
        index.search(embeddings[0], 7)[1], np.sort(scores)[::-1][:7], rtol=1e-5, atol=1e-6
    )


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> Embeddings:
    """Embeddings that are many, for once."""
    monkeypatch.setattr("index.vectors.APPROXIMATE_FROM", 1000)
    # So few that the factors of a really large index would look at all of them.
    monkeypatch.setattr("index.vectors._FACTORS", (16, 32))
    monkeypatch.setattr("index.vectors.RECALL", LEAST_RECALL)
    return make_embeddings(3000)


def test_large_index_finds_nearly_what_an_exact_one_does(large: Embeddings) -> None:
    questions = make_embeddings(50, seed=2)

    index = make_index(large).compacted(questions)

    exact = make_index(large)
    found = [
        np.isin(exact.search(query, RECALL_AT)[0], index.search(query, RECALL_AT)[0]).mean()
        for query in questions
    ]
    assert LEAST_RECALL <= index.recall < 1
    assert np.mean(found) == pytest.approx(index.recall)
    ids, scores = index.search(large[7], 10)
    np.testing.assert_allclose(scores, large[ids - 100] @ large[7], rtol=1e-5)


def test_large_index_is_the_same_after_loading(large: Embeddings, tmp_path: Path) -> None:
    index = make_compacted(large)
    index.save(tmp_path / "index.faiss")

    loaded = VectorIndex.load(tmp_path / "index.faiss", recall=index.recall)

    for query in make_embeddings(20, seed=2):
        np.testing.assert_array_equal(loaded.search(query, 20)[0], index.search(query, 20)[0])
    np.testing.assert_array_equal(loaded.reconstruct(np.array([3099, 105])), large[[2999, 5]])


def test_large_index_finds_at_once_what_is_added(large: Embeddings) -> None:
    index = make_compacted(large[:-1]).changed(
        removed=np.array([100]), added=[(np.array([7]), large[-1:])]
    )

    assert index.search(large[-1], 1)[0].tolist() == [7]
    assert 100 not in index.search(large[0], 100)[0]
    assert len(index) == 2999


def test_large_index_that_would_find_too_little_stays_exact(
    large: Embeddings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.vectors.RECALL", 1.1)

    assert make_compacted(large).recall == 1


def test_products_of_numpy_take_no_second_core() -> None:
    pools = [pool for pool in threadpool_info() if "numpy.libs" in pool["filepath"]]
    assert [pool["num_threads"] for pool in pools] == [1]
