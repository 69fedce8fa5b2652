"""Which passages may answer a question, and what is known of them before their tokens are read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from index.embedding import unpack
from index.lexical import LexicalQuery
from index.ranking import Candidates
from index.tokens import nearness

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from corpus.passages import PassageVectors
    from index.encoder import Embeddings, Encoder, Tokens
    from index.ranking import Ranking
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


def likely(
    snapshot: Snapshot,
    asked: Asked,
    lexical: Sequence[dict[int, float]],
    ranking: Ranking,
    count: int,
) -> list[int]:
    """As many of the candidates as that, the best by what is known without the store."""
    ids = list(lexical[0])
    if len(ids) <= count:
        return ids
    cosines = asked.embeddings @ snapshot.vectors.reconstruct(np.array(ids, np.int64)).T
    words = np.array([[own[number] for number in ids] for own in lexical], np.float32)
    scores = (cosines + ranking.lexical * words).max(axis=0)
    return [ids[place] for place in np.lexsort((ids, -scores))[:count]]


@dataclass(frozen=True, slots=True)
class Matched:
    """Candidates, and what is known of them for each reading of the question.

    Attributes:
        rows: The passages.
        by_reading: Their signals, for each reading.
        sentence_cosines: For each passage those of its sentences, shape (sentences, readings).
    """

    rows: list[PassageVectors]
    by_reading: list[Candidates]
    sentence_cosines: list[Embeddings]

    def by(self, start: int, end: int) -> Matched:
        """What is known of them by some of the readings."""
        cosines = [own[:, start:end] for own in self.sentence_cosines]
        return Matched(self.rows, self.by_reading[start:end], cosines)

    def promising(self, ranking: Ranking, count: int) -> Matched:
        """As many as that, the best by any reading; all where there are no more."""
        if len(self.rows) <= count:
            return self
        scores = np.max([ranking.scores(own) for own in self.by_reading], axis=0)
        order = np.lexsort(([row.id for row in self.rows], -scores))[:count]
        return Matched(
            [self.rows[number] for number in order],
            [own.some(order) for own in self.by_reading],
            [self.sentence_cosines[number] for number in order],
        )

    def with_tokens(self, queries: Sequence[Tokens], packed: Sequence[bytes]) -> Matched:
        """The same with what is told by tokens.

        Args:
            queries: Of each reading.
            packed: Of each passage.
        """
        by_reading = []
        for own, query in zip(self.by_reading, queries, strict=True):
            found = nearness(query, packed)
            by_reading.append(replace(own, tokens=found.nearest, tokens_mean=found.mean))
        return replace(self, by_reading=by_reading)


def match(rows: list[PassageVectors], asked: Asked, lexical: Sequence[dict[int, float]]) -> Matched:
    """What is known of passages without their tokens."""
    queries = asked.embeddings
    dim = queries.shape[1]
    passage_cosines = unpack(b"".join(row.passage for row in rows), dim) @ queries.T
    sentence_cosines = unpack(b"".join(row.sentences for row in rows), dim) @ queries.T
    counts = np.array([len(row.sentences) // (2 * dim) for row in rows], dtype=np.intp)
    firsts = np.cumsum(counts) - counts
    none = np.zeros(len(rows), np.float32)
    by_reading = [
        Candidates(
            passage=passage_cosines[:, number],
            sentence=np.maximum.reduceat(sentence_cosines[:, number], firsts)
            if rows
            else sentence_cosines[:, number],
            lexical=np.array([found[row.id] for row in rows], dtype=np.float32),
            same_language=np.array([row.language == reading.language for row in rows], bool),
            tokens=none,
            tokens_mean=none,
        )
        for number, (reading, found) in enumerate(zip(asked.readings, lexical, strict=True))
    ]
    return Matched(
        rows,
        by_reading,
        [
            sentence_cosines[first : first + count]
            for first, count in zip(firsts, counts, strict=True)
        ],
    )
