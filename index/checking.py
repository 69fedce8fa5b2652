"""Compares an index with the store, passage by passage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from index.embedding import unpack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpus.passages import PassageStore
    from index.snapshot import Snapshot

# How many passages' embeddings are compared at a time.
PASSAGES_AT_ONCE = 2048


def find_problems(passages: PassageStore, snapshot: Snapshot) -> list[str]:
    """What is wrong with an index, a line each; empty when it holds what the store holds.

    Every passage and every embedding is compared with the store.

    Raises:
        StoreError: The database fails.
    """
    found: list[str] = []
    revision, live = passages.passage_ids()
    if snapshot.revision != revision:
        found.append(
            f"the index is at revision {snapshot.revision}, the corpus at {revision}: "
            "run `daviedka sync`"
        )
    wanted = np.array(live, dtype=np.int64)
    for name, ids in (
        ("vectors", snapshot.vectors.ids),
        ("lexical index", snapshot.lexical.ids()),
    ):
        if not np.array_equal(np.sort(ids), wanted):
            missing = len(np.setdiff1d(wanted, ids))
            stray = len(ids) - (len(wanted) - missing)
            found.append(
                f"the {name}: {missing} passages missing, {stray} too many: run `daviedka rebuild`"
            )
    for first in range(0, len(live), PASSAGES_AT_ONCE):
        found += _wrong_embeddings(passages, live[first : first + PASSAGES_AT_ONCE], snapshot)
    return found


def _wrong_embeddings(passages: PassageStore, ids: Sequence[int], snapshot: Snapshot) -> list[str]:
    dim, token_dim = snapshot.encoder.dim, snapshot.encoder.token_dim
    indexed = np.intersect1d(ids, snapshot.vectors.ids)
    in_index = dict(zip(indexed.tolist(), snapshot.vectors.reconstruct(indexed), strict=True))
    sentences = {passage.id: len(passage.sentences) for passage in passages.contents(ids)}
    stored = {row.id: row for row in passages.vectors(snapshot.encoder.name, ids)}
    tokens = passages.tokens(snapshot.encoder.name, ids)
    found: list[str] = []
    for passage_id in ids:
        row = stored.get(passage_id)
        if row is None:
            found.append(f"passage {passage_id} has no embedding: run `daviedka rebuild`")
        elif len(row.sentences) != sentences.get(passage_id, 0) * dim * 2:
            found.append(f"passage {passage_id}: its sentences' embeddings do not fit")
        elif not _tokens_fit(tokens.get(passage_id, b""), token_dim):
            found.append(f"passage {passage_id}: its tokens' embeddings do not fit")
        elif passage_id in in_index and not np.array_equal(
            unpack(row.passage, dim)[0], in_index[passage_id]
        ):
            found.append(
                f"passage {passage_id}: the index has another embedding than the store: "
                "run `daviedka rebuild`"
            )
    return found


def _tokens_fit(packed: bytes, token_dim: int) -> bool:
    """Whether these are whole tokens, and some; none where the model gives none."""
    if not token_dim:
        return not packed
    return bool(packed) and len(packed) % (token_dim // 2) == 0
