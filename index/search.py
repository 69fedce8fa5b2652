"""A question in, ranked passages out."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from corpus.errors import MissingError
from corpus.language import detect_language
from index.embedding import unpack
from index.lexical import LexicalQuery
from index.models import Answer, Hit, Signals, StageTimes
from index.ranking import Candidates, Ranking

if TYPE_CHECKING:
    from corpus.passages import PassageVectors, StoredPassage
    from corpus.store import Store
    from index.encoder import Embeddings
    from index.sync import PassageIndex, Snapshot

# How many passages each way of searching puts forward.
CANDIDATES = 100

# What is longer is no question; its beginning is taken.
MAX_QUERY_LENGTH = 2000


class Searcher:
    """Finds the passages that answer. Safe to use from several threads."""

    def __init__(
        self,
        store: Store,
        passage_index: PassageIndex,
        ranking: Ranking | None = None,
    ) -> None:
        self._store = store
        self._passages = passage_index.passages
        self._encoder = passage_index.encoder
        self._index = passage_index
        self._ranking = ranking or Ranking()

    def warm_up(self) -> None:
        """Load what is loaded at the first question, so that nobody waits for it: 1 s."""
        for query in ("дзе", "kur"):  # each script has a language model of its own
            self.search(query)

    def search(self, query: str, k: int = 8) -> Answer:
        """Find the passages that answer a question.

        Args:
            query: As it was typed, in any of the languages served.
            k: How many hits at most.

        Raises:
            ValueError: k is less than 1.
            EncodingError: The model fails.
            StoreError: The database fails.
        """
        if k < 1:
            raise ValueError(f"k must be at least 1, not {k}")
        start = perf_counter()
        query = query.strip()[:MAX_QUERY_LENGTH]
        language = detect_language(query)
        snapshot = self._index.snapshot
        if not query or not len(snapshot.vectors):
            return Answer(
                query,
                language,
                answered=False,
                confidence=0.0,
                hits=(),
                took_ms=StageTimes(total=_ms(start, perf_counter())),
            )
        embedding = self._encoder.encode_queries([query])[0]
        encoded = perf_counter()
        dense_ids, _ = snapshot.vectors.search(embedding, max(CANDIDATES, k))
        found = perf_counter()
        lexical_query = LexicalQuery.of(query)
        lexical = self._lexical_scores(snapshot, lexical_query, dense_ids.tolist(), k)
        matched = perf_counter()
        rows = self._passages.vectors(self._encoder.name, list(lexical))
        hits = self._rank(rows, embedding, lexical, language.language, k)
        end = perf_counter()
        confidence = hits[0].confidence if hits else 0.0
        return Answer(
            query,
            language,
            answered=bool(hits) and confidence >= self._ranking.threshold,
            confidence=confidence,
            hits=hits,
            took_ms=StageTimes(
                encode=_ms(start, encoded),
                dense=_ms(encoded, found),
                lexical=_ms(found, matched),
                rank=_ms(matched, end),
                total=_ms(start, end),
            ),
        )

    def hit(self, passage_id: int, best: int = 0) -> Hit | None:
        """One passage as a hit of its own, without score; None when it is gone.

        Args:
            passage_id: From an earlier hit.
            best: Which of its sentences to mark; the first where there is no such.
        """
        passage = self._passages.passages([passage_id]).get(passage_id)
        if passage is None:
            return None
        if not 0 <= best < len(passage.sentences):
            best = 0
        return _hit(passage, best, rank=1, score=0.0, confidence=0.0, signals=NO_SIGNALS)

    def document_text(self, document_id: str) -> str | None:
        """The whole text of a document; None when it is gone or removed."""
        try:
            if self._store.document(document_id).removed:
                return None
            return self._store.text(document_id)
        except MissingError:
            return None

    def _lexical_scores(
        self, snapshot: Snapshot, query: LexicalQuery, dense_ids: list[int], k: int
    ) -> dict[int, float]:
        """The lexical score of every candidate: the best by grams, and those by embedding."""
        ids, scores = snapshot.lexical.search(query, max(CANDIDATES, k))
        found: dict[int, float] = dict(zip(ids.tolist(), scores.tolist(), strict=True))
        others = [passage_id for passage_id in dense_ids if passage_id not in found]
        return found | snapshot.lexical.scores(query, others)

    def _rank(
        self,
        rows: list[PassageVectors],
        query: Embeddings,
        lexical: dict[int, float],
        language: str,
        k: int,
    ) -> tuple[Hit, ...]:
        """Weigh the signals of all candidates, and fetch the k best."""
        if not rows:
            return ()
        passage_cosines = unpack(b"".join(row.passage for row in rows), len(query)) @ query
        sentence_cosines = unpack(b"".join(row.sentences for row in rows), len(query)) @ query
        counts = np.array([len(row.sentences) // (2 * len(query)) for row in rows])
        firsts = np.concatenate(([0], np.cumsum(counts)[:-1]))
        candidates = Candidates(
            passage=passage_cosines,
            sentence=np.maximum.reduceat(sentence_cosines, firsts),
            lexical=np.array([lexical[row.id] for row in rows], dtype=np.float32),
            same_language=np.array([row.language == language for row in rows]),
        )
        scores = self._ranking.scores(candidates)
        confidences = self._ranking.confidences(candidates)
        # Equal scores in the order of their ids, so that an answer is always the same.
        order = np.lexsort((np.array([row.id for row in rows]), -scores))
        passages = self._passages.passages([rows[number].id for number in order[:k]])
        hits: list[Hit] = []
        for number in order[:k]:
            passage = passages.get(rows[number].id)
            if passage is None:  # removed since
                continue
            first = firsts[number]
            hits.append(
                _hit(
                    passage,
                    int(np.argmax(sentence_cosines[first : first + counts[number]])),
                    rank=len(hits) + 1,
                    score=float(scores[number]),
                    confidence=float(confidences[number]),
                    signals=Signals(
                        passage=float(candidates.passage[number]),
                        sentence=float(candidates.sentence[number]),
                        lexical=float(candidates.lexical[number]),
                        same_language=bool(candidates.same_language[number]),
                    ),
                )
            )
        return tuple(hits)


NO_SIGNALS = Signals(passage=0.0, sentence=0.0, lexical=0.0, same_language=False)


def _hit(
    passage: StoredPassage,
    best: int,
    *,
    rank: int,
    score: float,
    confidence: float,
    signals: Signals,
) -> Hit:
    return Hit(
        rank=rank,
        score=score,
        confidence=confidence,
        passage_id=passage.id,
        document=passage.document,
        heading=passage.heading,
        text=passage.text,
        start=passage.start,
        end=passage.end,
        sentences=passage.sentences,
        best=best,
        signals=signals,
    )


def _ms(start: float, end: float) -> float:
    return (end - start) * 1000
