"""The nearest passages by embedding: FAISS.

Vectors are kept as 16-bit floats, as the store keeps them: nothing is lost on the way, the
index takes half the memory, and a search of 100,000 passages takes 7 ms on one core instead
of 15 (measured with AVX-512; `benchmarks/search.py`).

A large index looks first at one bit of each number (RaBitQ), then at the vectors of the best
only. Cells (IVF with 8-bit vectors) were measured beside it and are no good here: a question
is no passage, often not even in its language, and has its nearest passages in many cells. Of
100,000 passages 40 % of the cells gave .945 of the exact 100 best in 3.2 ms; this gives .991 of
200,000 and .987 of 300,000 in 3.8 (docs/retrieval.md).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import faiss
import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from index.errors import SnapshotError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from index.encoder import Embeddings

# One query is searched by one thread anyway. More would wait for cores that the model's threads
# still hold: 15 ms instead of 0.2 at 1,300 passages (measured on 2 cores).
faiss.omp_set_num_threads(1)

# NumPy's products are small here, and its threads spin for a while after each. Where a question is
# read in two ways, that cost as much processor time as all the rest: at 100,000 passages 64 askers
# at once got 54 answers a second on 2 cores, and get 72.
threadpool_limits(1, user_api="blas")

Ids = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float32]

# From here on an exact search (3.5 ms of one core) costs more than its share of the encoder (4.4 ms
# a question where many ask, on both cores together) leaves room for.
APPROXIMATE_FROM = 50_000

# How much of the exact first fifty, which is what a search asks for, a large index must find of the
# sentences that stand for questions. Real questions find less: of 1,000,000 passages .971 where
# these find .996; at least .98 must remain (`benchmarks/search.py`).
RECALL = 0.998
RECALL_AT = 50

# How many times as many passages as are wanted have their vectors looked at: the first of these
# that reaches RECALL. Real questions: of 100,000 passages .989 with 64, .999 with 128; of
# 1,000,000 .930 with 64, .971 with 128, .984 with 192, .991 with 256.
_FACTORS = (64, 96, 128, 192, 256, 384, 512)

# What has changed is searched exactly, beside the rest. Beyond this share the rest is made anew.
_WORN = 0.05

_AT_ONCE = 8192
_TRAINED_ON = 50_000
_NO_IDS = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class _Part:
    """A FAISS index with the ids of what is in it, in their order, and the place of each."""

    index: Any
    ids: Ids
    places: Ids

    @classmethod
    def of(cls, index: Any) -> _Part:  # noqa: ANN401  # FAISS ships no types
        ids = faiss.vector_to_array(index.id_map)
        places = np.argsort(ids)
        return cls(index, ids[places], places)

    @property
    def exact(self) -> Any:  # noqa: ANN401  # FAISS ships no types
        """The vectors themselves, by position."""
        inner = faiss.downcast_index(self.index.index)
        if isinstance(inner, faiss.IndexRefine):
            return faiss.downcast_index(inner.refine_index)
        return inner

    def holds(self, ids: Ids) -> npt.NDArray[np.bool_]:
        """Which of these passages are in here."""
        if not len(self.ids):
            return np.zeros(len(ids), bool)
        places = np.searchsorted(self.ids, ids).clip(max=len(self.ids) - 1)
        found: npt.NDArray[np.bool_] = self.ids[places] == ids
        return found

    def reconstruct(self, ids: Ids) -> Embeddings:
        """The embeddings of passages that are in here."""
        places = self.places[np.searchsorted(self.ids, ids)]
        found: Embeddings = self.exact.reconstruct_batch(places)
        return found

    def search(self, query: Embeddings, k: int, hidden: Ids) -> tuple[Ids, Scores]:
        """The k nearest that are not hidden, best first; `hidden` is in order."""
        there = int(self.index.ntotal)
        wanted = k + (k // 8 if len(hidden) else 0)
        while True:
            wanted = min(wanted, there)
            if not wanted:
                return _NO_IDS, np.empty(0, np.float32)
            found, ids = self.index.search(query.reshape(1, -1), wanted)
            seen = ids[0] >= 0
            if len(hidden):
                nearest = np.minimum(np.searchsorted(hidden, ids[0]), len(hidden) - 1)
                seen &= hidden[nearest] != ids[0]
            if wanted == there or np.count_nonzero(seen) >= k:
                return ids[0][seen][:k], found[0][seen][:k]
            wanted *= 2


class VectorIndex:
    """Passage ids by embedding. It never changes: a change makes another one.

    So a search needs no lock, and whoever holds an index sees one state of the corpus. Indexes
    share their base; what came and went since it was made is kept beside it, so that a change
    costs as much as is changed. `compacted` makes a new base, and only the base is saved.

    Attributes:
        recall: How much of the exact first 100 the base finds; 1.0 where it is exact.
    """

    def __init__(
        self, base: _Part, *, recall: float = 1.0, hidden: Ids = _NO_IDS, fresh: _Part | None = None
    ) -> None:
        self.recall = recall
        self._base = base
        self._hidden = hidden
        self._fresh = fresh or _Part.of(_exact(self.dim))

    @classmethod
    def empty(cls, dim: int) -> VectorIndex:
        """An index of no passages, for embeddings of this dimension."""
        return cls(_Part.of(_exact(dim)))

    @property
    def dim(self) -> int:
        """The dimension of the embeddings."""
        return int(self._base.index.d)

    @property
    def ids(self) -> Ids:
        """The ids of all passages, in their order."""
        kept = np.setdiff1d(self._base.ids, self._hidden, assume_unique=True)
        return np.union1d(kept, self._fresh.ids)

    @property
    def is_worn(self) -> bool:
        """Whether so much has changed that a new base is worth its while."""
        changes = len(self._hidden) + self._fresh.index.ntotal
        return bool(changes > _WORN * len(self._base.ids))

    @property
    def is_large(self) -> bool:
        """Whether a new base would be approximate, and take more than a second to make."""
        return len(self) >= APPROXIMATE_FROM

    def __len__(self) -> int:
        return len(self._base.ids) - len(self._hidden) + int(self._fresh.index.ntotal)

    def changed(self, *, removed: Ids, added: Iterable[tuple[Ids, Embeddings]]) -> VectorIndex:
        """This index without some passages and with others.

        Args:
            removed: Ids to take out; those that are not there do not matter.
            added: Some ids at a time, none of which may be there already, and their
                embeddings, shape (ids, dim), unit norm. A passage that was taken out and
                comes back must have the embedding that it had.

        Raises:
            ValueError: The shape does not fit, or an id is there already.
        """
        hidden = np.union1d(self._hidden, np.intersect1d(removed, self._base.ids))
        fresh: Any = faiss.clone_index(self._fresh.index)
        if len(removed):
            fresh.remove_ids(removed)
        there = np.setdiff1d(self.ids, removed)
        for ids, embeddings in added:
            if embeddings.shape != (len(ids), self.dim):
                raise ValueError(
                    f"{len(ids)} ids need embeddings of shape ({len(ids)}, {self.dim}), "
                    f"not {embeddings.shape}"
                )
            if len(double := np.intersect1d(ids, there)):
                raise ValueError(f"already in the index: {double[:5].tolist()}")
            back = np.isin(ids, hidden)
            hidden = np.setdiff1d(hidden, ids[back])
            new = np.ascontiguousarray(embeddings[~back], dtype=np.float32)
            fresh.add_with_ids(new, ids[~back])
        return VectorIndex(self._base, recall=self.recall, hidden=hidden, fresh=_Part.of(fresh))

    def compacted(self, questions: Embeddings) -> VectorIndex:
        """The same passages in a base of their own; approximate where there are many.

        Where the approximate base cannot be brought to find what it must, it is exact. At
        1,000,000 passages this took 258 s on a busy machine, and holds both bases in memory.

        Args:
            questions: What recall is measured with, shape (n, dim), unit norm: not passages,
                but embedded as questions are. Not looked at where the base is exact.
        """
        if not self.is_large:
            return VectorIndex(self._copied_into(_exact(self.dim)))
        first_bits = faiss.IndexRaBitQFastScan(self.dim, faiss.METRIC_INNER_PRODUCT)
        ids = self.ids
        step = max(1, len(ids) // _TRAINED_ON)
        first_bits.train(self.reconstruct(ids[::step]))
        refined = faiss.IndexRefine(first_bits, _flat(self.dim))
        base = self._copied_into(faiss.IndexIDMap(refined))
        exact = [base.exact.search(query[None], RECALL_AT)[1][0] for query in questions]
        for factor in _FACTORS:
            refined.k_factor = factor
            found = [refined.search(query[None], RECALL_AT)[1][0] for query in questions]
            recall = np.mean([np.isin(*pair).mean() for pair in zip(exact, found, strict=True)])
            if recall >= RECALL:
                return VectorIndex(base, recall=float(recall))
        return VectorIndex(self._copied_into(_exact(self.dim)))

    def _copied_into(self, index: Any) -> _Part:  # noqa: ANN401  # FAISS ships no types
        for ids in _slices(self.ids):
            index.add_with_ids(self.reconstruct(ids), ids)
        return _Part.of(index)

    def search(self, query: Embeddings, k: int) -> tuple[Ids, Scores]:
        """The passages nearest to one query, best first.

        Args:
            query: Shape (dim,), unit norm.
            k: How many; there are fewer where the index is smaller.

        Returns:
            Ids and exact cosines in [-1, 1], both of shape (min(k, len(self)),). Where
            `recall` is below 1, a nearer passage may be missing.
        """
        ids, scores = self._base.search(query, k, self._hidden)
        if self._fresh.index.ntotal:
            fresh_ids, fresh_scores = self._fresh.search(query, k, _NO_IDS)
            ids, scores = np.append(ids, fresh_ids), np.append(scores, fresh_scores)
            best = np.argsort(-scores, kind="stable")[:k]
            ids, scores = ids[best], scores[best]
        return ids, scores

    def reconstruct(self, ids: Ids) -> Embeddings:
        """The embeddings of passages that are in the index, shape (len(ids), dim)."""
        found = np.empty((len(ids), self.dim), np.float32)
        in_base = self._base.holds(ids)
        for part, these in ((self._base, in_base), (self._fresh, ~in_base)):
            if these.any():
                found[these] = part.reconstruct(ids[these])
        return found

    def save(self, path: Path) -> None:
        """Write the base to a file, durably."""
        try:
            faiss.write_index(self._base.index, str(path))
            with path.open("rb") as file:
                os.fsync(file.fileno())
        except (RuntimeError, OSError) as error:
            raise SnapshotError(f"cannot write the index {path}: {error}") from error

    @classmethod
    def load(cls, path: Path, *, recall: float = 1.0) -> VectorIndex:
        """Read a base that `save` wrote.

        Raises:
            SnapshotError: The file is missing or damaged.
        """
        try:
            return cls(_Part.of(faiss.read_index(str(path))), recall=recall)
        except RuntimeError as error:
            raise SnapshotError(f"cannot read the index {path}: it is damaged") from error


def _flat(dim: int) -> Any:  # noqa: ANN401  # FAISS ships no types
    return faiss.IndexScalarQuantizer(
        dim, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
    )


def _exact(dim: int) -> Any:  # noqa: ANN401  # FAISS ships no types
    return faiss.IndexIDMap(_flat(dim))


def _slices(ids: Ids) -> Iterator[Ids]:
    for first in range(0, len(ids), _AT_ONCE):
        yield ids[first : first + _AT_ONCE]
