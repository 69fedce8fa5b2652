"""The nearest passages by embedding, exactly: FAISS.

Vectors are kept as 16-bit floats, as the store keeps them: nothing is lost on the way, the
index takes half the memory, and a search of 100,000 passages takes 7 ms on one core instead
of 15 (measured with AVX-512; `benchmarks/search.py`).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import faiss
import numpy as np
import numpy.typing as npt

from index.errors import SnapshotError

if TYPE_CHECKING:
    from pathlib import Path

    from index.encoder import Embeddings

# One query is searched by one thread anyway. More would wait for cores that the model's threads
# still hold: 15 ms instead of 0.2 at 1,300 passages (measured on 2 cores).
faiss.omp_set_num_threads(1)

Ids = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float32]


class VectorIndex:
    """Passage ids by embedding. It never changes: a change makes another one.

    So a search needs no lock, and whoever holds an index sees one state of the corpus.
    """

    def __init__(self, faiss_index: Any) -> None:  # noqa: ANN401  # FAISS ships no types
        self._faiss = faiss_index

    @classmethod
    def empty(cls, dim: int) -> VectorIndex:
        """An index of no passages, for embeddings of this dimension."""
        flat = faiss.IndexScalarQuantizer(
            dim, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
        )
        return cls(faiss.IndexIDMap2(flat))

    @property
    def dim(self) -> int:
        """The dimension of the embeddings."""
        return int(self._faiss.d)

    @property
    def ids(self) -> Ids:
        """The ids of all passages, in no order."""
        return np.array(faiss.vector_to_array(self._faiss.id_map), dtype=np.int64)

    def __len__(self) -> int:
        return int(self._faiss.ntotal)

    def changed(self, *, removed: Ids, added: Ids, embeddings: Embeddings) -> VectorIndex:
        """This index without some passages and with others.

        Args:
            removed: Ids to take out; those that are not there do not matter.
            added: Ids to put in; none may be there already.
            embeddings: Theirs, shape (len(added), dim), unit norm.

        Raises:
            ValueError: The shape does not fit, or an id is there already.
        """
        if embeddings.shape != (len(added), self.dim):
            raise ValueError(
                f"{len(added)} ids need embeddings of shape ({len(added)}, {self.dim}), "
                f"not {embeddings.shape}"
            )
        copy: Any = faiss.clone_index(self._faiss)
        if len(removed):
            copy.remove_ids(removed)
        if len(added):
            double = np.intersect1d(added, faiss.vector_to_array(copy.id_map))
            if len(double):
                raise ValueError(f"already in the index: {double[:5].tolist()}")
            copy.add_with_ids(np.ascontiguousarray(embeddings, dtype=np.float32), added)
        return VectorIndex(copy)

    def search(self, query: Embeddings, k: int) -> tuple[Ids, Scores]:
        """The passages nearest to one query, best first.

        Args:
            query: Shape (dim,), unit norm.
            k: How many; there are fewer where the index is smaller.

        Returns:
            Ids and cosines in [-1, 1], both of shape (min(k, len(self)),).
        """
        k = min(k, len(self))
        if k <= 0:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        scores, ids = self._faiss.search(query.reshape(1, -1), k)
        return ids[0], scores[0]

    def reconstruct(self, ids: Ids) -> Embeddings:
        """The embeddings of passages that are in the index, shape (len(ids), dim)."""
        if not len(ids):
            return np.empty((0, self.dim), np.float32)
        found: Embeddings = self._faiss.reconstruct_batch(ids)
        return found

    def save(self, path: Path) -> None:
        """Write the index to a file, durably."""
        try:
            faiss.write_index(self._faiss, str(path))
            with path.open("rb") as file:
                os.fsync(file.fileno())
        except (RuntimeError, OSError) as error:
            raise SnapshotError(f"cannot write the index {path}: {error}") from error

    @classmethod
    def load(cls, path: Path) -> VectorIndex:
        """Read an index that `save` wrote.

        Raises:
            SnapshotError: The file is missing or damaged.
        """
        try:
            return cls(faiss.read_index(str(path)))
        except RuntimeError as error:
            raise SnapshotError(f"cannot read the index {path}: it is damaged") from error
