"""FAISS against a NumPy product."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from index.errors import SnapshotError
from index.vectors import VectorIndex

if TYPE_CHECKING:
    from pathlib import Path

    from index.encoder import Embeddings

DIM = 16


def make_embeddings(count: int, seed: int = 0) -> Embeddings:
    """Random unit vectors that 16 bits hold exactly."""
    random = np.random.default_rng(seed).standard_normal((count, DIM))
    unit = random / np.linalg.norm(random, axis=1, keepdims=True)
    rounded: Embeddings = unit.astype(np.float16).astype(np.float32)
    return rounded


def make_index(embeddings: Embeddings, first_id: int = 100) -> VectorIndex:
    ids = np.arange(first_id, first_id + len(embeddings))
    return VectorIndex.empty(DIM).changed(removed=ids[:0], added=ids, embeddings=embeddings)


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

    after = before.changed(
        removed=np.array([100, 999]), added=np.array([7]), embeddings=embeddings[3:]
    )

    assert sorted(before.ids.tolist()) == [100, 101, 102]
    assert sorted(after.ids.tolist()) == [7, 101, 102]
    assert after.search(embeddings[3], 1)[0].tolist() == [7]
    assert before.search(embeddings[0], 1)[0].tolist() == [100]


def test_removed_passage_is_never_found_again() -> None:
    embeddings = make_embeddings(50)
    none = np.empty(0, np.int64)
    index = make_index(embeddings).changed(
        removed=np.array([120]), added=none, embeddings=embeddings[:0]
    )

    assert 120 not in index.search(embeddings[20], 50)[0]


def test_same_id_twice_is_refused() -> None:
    embeddings = make_embeddings(3)

    with pytest.raises(ValueError, match="already in the index"):
        make_index(embeddings).changed(
            removed=np.empty(0, np.int64), added=np.array([101]), embeddings=embeddings[:1]
        )


def test_embeddings_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match=r"shape \(1, 16\)"):
        VectorIndex.empty(DIM).changed(
            removed=np.empty(0, np.int64),
            added=np.array([1]),
            embeddings=np.zeros((1, 3), np.float32),
        )


def test_reconstructed_embeddings_are_those_put_in() -> None:
    embeddings = make_embeddings(5)

    found = make_index(embeddings).reconstruct(np.array([103, 100]))

    np.testing.assert_array_equal(found, embeddings[[3, 0]])


def test_saved_index_is_the_same_after_loading(tmp_path: Path) -> None:
    embeddings = make_embeddings(20)
    make_index(embeddings).save(tmp_path / "index.faiss")

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
