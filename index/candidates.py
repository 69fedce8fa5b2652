"""Which passages may answer a question, and what is known of them before their tokens are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from index.embedding import unpack
from index.lexical import LexicalQuery
from index.ranking import Candidates

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from corpus.passages import PassageVectors
    from index.encoder import Embeddings, Encoder, Tokens
    from index.snapshot import Snapshot

# How many passages each way of searching puts forward. With 100 a question takes half as long
# again at 100,000 passages, and R@1, R@3 and R@10 on the guide and on XQuAD-R are the same.
CANDIDATES = 50


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a question.

    Attributes:
        encoded: What the model is given.
        folded: What words are looked for.
        language: Of both.
    """

    encoded: str
    folded: str
    language: str


@dataclass(frozen=True, slots=True)
class Asked:
    """The readings of a question, as the model has read them.

    Attributes:
        readings: At least one.
        embeddings: Of each, shape (readings, dim).
        tokens: Of each; see `SentenceEncoder.read_queries`.
    """

    readings: list[Reading]
    embeddings: Embeddings
    tokens: list[Tokens]

    def part(self, start: int, end: int) -> Asked:
        """Some of the readings."""
        return Asked(self.readings[start:end], self.embeddings[start:end], self.tokens[start:end])


def read(encoder: Encoder, readings: list[Reading]) -> Asked:
    """Let the model read a question."""
    return Asked(readings, *encoder.read_queries([reading.encoded for reading in readings]))


def nearest(snapshot: Snapshot, embeddings: Embeddings, k: int) -> set[int]:
    """The passages whose embeddings are nearest to any of these."""
    return {
        passage_id
        for embedding in embeddings
        for passage_id in snapshot.vectors.search(embedding, max(CANDIDATES, k))[0].tolist()
    }


def lexical_scores(
    snapshot: Snapshot, readings: Sequence[Reading], dense: Collection[int], k: int
) -> list[dict[int, float]]:
    """The lexical score of every candidate, for each reading of the question.

    Candidates are the best by grams, of all readings, and those by embedding.
    """
    queries = [LexicalQuery.of(reading.folded) for reading in readings]
    best = [snapshot.lexical.search(query, max(CANDIDATES, k)) for query in queries]
    candidates = set(dense).union(*(ids.tolist() for ids, _ in best))
    scores: list[dict[int, float]] = []
    for query, (ids, found) in zip(queries, best, strict=True):
        known: dict[int, float] = dict(zip(ids.tolist(), found.tolist(), strict=True))
        others = [passage_id for passage_id in candidates if passage_id not in known]
        scores.append(known | snapshot.lexical.scores(query, others))
    return scores


def signals_of(
    rows: list[PassageVectors], asked: Asked, lexical: Sequence[dict[int, float]]
) -> tuple[list[Candidates], list[Embeddings]]:
    """What is known of candidates without their tokens.

    Returns:
        For each reading of the question their signals, and for each of them the cosines of its
        sentences, shape (sentences, readings).
    """
    queries = asked.embeddings
    dim = queries.shape[1]
    passage_cosines = unpack(b"".join(row.passage for row in rows), dim) @ queries.T
    sentence_cosines = unpack(b"".join(row.sentences for row in rows), dim) @ queries.T
    counts = np.array([len(row.sentences) // (2 * dim) for row in rows], dtype=np.intp)
    firsts = np.cumsum(counts) - counts
    by_reading = [
        Candidates(
            passage=passage_cosines[:, number],
            sentence=np.maximum.reduceat(sentence_cosines[:, number], firsts)
            if rows
            else sentence_cosines[:, number],
            lexical=np.array([found[row.id] for row in rows], dtype=np.float32),
            same_language=np.array([row.language == reading.language for row in rows], bool),
            tokens=np.zeros(len(rows), np.float32),
        )
        for number, (reading, found) in enumerate(zip(asked.readings, lexical, strict=True))
    ]
    return by_reading, [
        sentence_cosines[first : first + count] for first, count in zip(firsts, counts, strict=True)
    ]
