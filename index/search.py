"""A question in, ranked passages out."""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from corpus.errors import MissingError
from corpus.language import detect_language
from corpus.transliteration import belarusian_query_to_cyrillic
from index import following
from index.arranging import TRANSLATION, arrange
from index.calibration import SIGNAL_NAMES, Calibration, calibrated_name, load_calibration
from index.candidates import (
    CANDIDATES,
    Matched,
    Reading,
    lexical_scores,
    likely,
    match,
    nearest,
    read,
)
from index.embedding import unpack
from index.errors import SnapshotError
from index.models import Answer, Hit, Signals, StageTimes
from index.ranking import Ranking, Weighed, chosen, support_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    import numpy.typing as npt

    from corpus.models import DetectedLanguage
    from corpus.passages import PassageVectors, StoredPassage
    from corpus.store import Store
    from index.encoder import Encoder
    from index.reranker import Reranker
    from index.sync import PassageIndex

    SecondReading = Callable[[str, DetectedLanguage], str | None]
    """Puts a question into words that the model knows better; None where it has no others."""

# How many of the best a reranker reads.
RERANKED = 20

# How many of the candidates are read from the store, four for each hit asked for at the least. The
# first three hits of XQuAD-R, the sample and the guide are the same with 64 as with all of about
# 95; with 48 the guide has another first hit for one question in twenty.
LIKELY = 64

# How many of the candidates have their tokens looked at, the best by the other signals, and how
# many tell whether more of a document fits. With 24 the sample's and the guide's figures are the
# same, and a tenth fewer questions are answered at once.
READ = 16

# So many more hits than asked for are looked at, as some of them say the same.
SPARE = 6

# Where nothing was fitted to a model: what suits the bundled one and those made like it.
UNCALIBRATED = Calibration(
    model="any",
    intercept=-37.9,
    coefficients={"passage": 16.7, "sentence": 29.6, "same_language": -1.5},
    threshold=0.42,
)

# What is longer is no question; its beginning is taken.
MAX_QUERY_LENGTH = 2000


class Searcher:
    """Finds the passages that answer. Safe to use from several threads.

    Args:
        store: The documents.
        passage_index: What is searched.
        ranking: How signals are weighed.
        calibration: How sure the signals make; by default what is shipped for the model.
        successors: Calibrations, by their models' names, for when the index has gone over to
            another model; by default what is shipped.
        reranker: Reads the best hits again, together with the question.
        second_reading: Other words for a question, which is then searched in both.

    Attributes:
        index: What is searched.
    """

    def __init__(
        self,
        store: Store,
        passage_index: PassageIndex,
        ranking: Ranking | None = None,
        *,
        calibration: Calibration | None = None,
        successors: Mapping[str, Calibration | None] | None = None,
        reranker: Reranker | None = None,
        second_reading: SecondReading | None = None,
    ) -> None:
        self._store = store
        self._passages = passage_index.passages
        self.index = passage_index
        self._ranking = ranking or Ranking()
        # What else fits in a document is weighed by `following` itself.
        self._following = replace(self._ranking, support=0.0)
        self._reranker = reranker
        self._second_reading = second_reading
        self._calibrations = {
            model: fitted
            or load_calibration(calibrated_name(model, reranker.name if reranker else None), None)
            for model, fitted in {
                **(successors or {}),
                passage_index.encoder.name: calibration,
            }.items()
        }

    @property
    def calibrated(self) -> bool:
        """False where the confidence is a guess, as nothing was fitted to the model."""
        return self._calibrations.get(self.index.snapshot.encoder.name) is not None

    @property
    def threshold(self) -> float:
        """The confidence from which on a question counts as answered."""
        return self._calibration(self.index.snapshot.encoder).threshold

    def _calibration(self, encoder: Encoder) -> Calibration:
        return self._calibrations.get(encoder.name) or UNCALIBRATED

    def warm_up(self) -> None:
        """Load what is loaded at the first questions, so that nobody waits for it: 3 s."""
        # Each script has a language model of its own, and one word alone is told by another.
        for query in ("дзе шукаць працу", "kur ieškoti darbo"):
            self.search(query)

    def search(self, query: str, k: int = 8, *, without: Collection[str] = ()) -> Answer:
        """Find the passages that answer a question.

        Args:
            query: As it was typed, in any of the languages served.
            k: How many hits at most.
            without: Ids of documents to search as if they were not there.

        Raises:
            ValueError: k is less than 1.
            EncodingError: The model fails.
            ModelError: The reranker fails.
            SnapshotError: The process that keeps the index has gone over to another model.
            StoreError: The database fails.
        """
        if k < 1:
            raise ValueError(f"k must be at least 1, not {k}")
        start = perf_counter()
        query = query.strip()[:MAX_QUERY_LENGTH]
        language = detect_language(query)
        snapshot = self.index.snapshot
        if not query or not len(snapshot.vectors):
            return Answer(
                query,
                language,
                answered=False,
                confidence=0.0,
                hits=(),
                took_ms=StageTimes(total=_ms(start, perf_counter())),
            )
        encoder, calibration = snapshot.encoder, self._calibration(snapshot.encoder)
        asked = read(encoder, self._readings(query, language))
        encoded = perf_counter()
        dense = nearest(snapshot, asked.embeddings, k)
        found = perf_counter()
        lexical = lexical_scores(snapshot, asked.readings, dense, k)
        compared = perf_counter()
        rows = self._vectors(
            encoder, likely(snapshot, asked, lexical, self._ranking, max(LIKELY, 4 * k))
        )
        if rows is None:
            return self.search(query, k, without=without)
        if without:
            rows = [row for row in rows if row.document_id not in without]
        wanted = max(k + SPARE, RERANKED if self._reranker is not None else 0)
        matched = match(rows, asked, lexical)
        if encoder.token_dim:
            matched = matched.promising(self._ranking, max(READ, wanted))
        rows = matched.rows
        matched = matched.with_tokens(asked.tokens, self._tokens(encoder, rows))
        best = self._best(_weigh(matched, calibration, self._ranking), wanted)
        if self._reranker is not None:
            best = _reranked(self._reranker, query, best, calibration)
        hits = arrange(best, _likeness(best, rows, encoder.dim), language.language, k)
        end = perf_counter()
        confidence = hits[0].confidence if hits else 0.0
        return Answer(
            query,
            language,
            answered=bool(hits) and confidence >= calibration.threshold,
            confidence=confidence,
            hits=hits,
            took_ms=StageTimes(
                encode=_ms(start, encoded),
                dense=_ms(encoded, found),
                lexical=_ms(found, compared),
                rank=_ms(compared, end),
                total=_ms(start, end),
            ),
        )

    def follow_up(
        self,
        query: str,
        before: str,
        document_id: str | None = None,
        passage_id: int | None = None,
        k: int = 8,
    ) -> Answer:
        """Find the passages that answer a question which goes on with the one before it.

        What is asked is in its own words, what it is about in those of the question before, and
        in the document that was found then: see `index/following.py`.

        Args:
            query: As it was typed.
            before: The question that it follows.
            document_id: The document that was quoted or was nearest, if it is still there.
            passage_id: The passage that was quoted.
            k: How many hits at most.

        Returns:
            Its query is both questions. The language is that of both, as a question of two words
            tells little of it.

        Raises:
            ValueError: k is less than 1.
            EncodingError: The model fails.
            SnapshotError: See `search`.
            StoreError: The database fails.
        """
        if k < 1:
            raise ValueError(f"k must be at least 1, not {k}")
        start = perf_counter()
        joined = f"{before.strip()} {query.strip()}"[:MAX_QUERY_LENGTH]
        language = detect_language(joined)
        snapshot = self.index.snapshot
        if not len(snapshot.vectors):
            return Answer(joined, language, False, 0.0, (), StageTimes())  # noqa: FBT003  # answered
        encoder, calibration = snapshot.encoder, self._calibration(snapshot.encoder)
        readings = [self._readings(text, language) for text in (query, before, joined)]
        asked = read(encoder, [reading for own in readings for reading in own])
        encoded = perf_counter()
        known = set(self._passages.ids_in(document_id)) if document_id is not None else set()
        dense = nearest(snapshot, asked.embeddings, k) | known
        found = perf_counter()
        lexical = lexical_scores(snapshot, asked.readings, dense, k)
        compared = perf_counter()
        rows = self._vectors(encoder, list(lexical[0]))
        if rows is None:
            return self.follow_up(query, before, document_id, passage_id, k)
        hits: tuple[Hit, ...] = ()
        if rows:
            ends = np.cumsum([len(own) for own in readings])
            tokens = self._tokens(encoder, rows)
            matched = match(rows, asked, lexical).with_tokens(asked.tokens, tokens)
            own, earlier, both = (
                _weigh(matched.by(end - len(part), end), calibration, self._following)
                for part, end in zip(readings, ends.tolist(), strict=True)
            )
            followed = following.weigh(
                own, earlier, both, rows=rows, document_id=document_id, passage_id=passage_id
            )
            best = self._best(followed, k + SPARE)
            hits = arrange(best, _likeness(best, rows, encoder.dim), language.language, k)
        end = perf_counter()
        confidence = hits[0].confidence if hits else 0.0
        return Answer(
            joined,
            language,
            answered=confidence >= calibration.threshold,
            confidence=confidence,
            hits=hits,
            took_ms=StageTimes(
                encode=_ms(start, encoded),
                dense=_ms(encoded, found),
                lexical=_ms(found, compared),
                rank=_ms(compared, end),
                total=_ms(start, end),
            ),
        )

    def _readings(self, query: str, language: DetectedLanguage) -> list[Reading]:
        encoded = query
        if (language.language, language.script) == ("be", "Latn"):
            # The model has seen next to no Belarusian in Latin letters; folding reads them.
            encoded = belarusian_query_to_cyrillic(query)
        readings = [Reading(encoded, query, language.language)]
        if self._second_reading is not None:
            other = self._second_reading(query, language)
            if other is not None:
                readings.append(Reading(other, other, detect_language(other).language))
        return readings

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

    def around(self, passage_id: int, count: int = 1) -> tuple[Hit, ...]:
        """A passage with those before and after it in its document, in the document's order.

        Args:
            passage_id: From an earlier hit.
            count: How many to each side at most.

        Returns:
            Hits without score; none where the passage is gone.
        """
        passage = self._passages.passages([passage_id]).get(passage_id)
        if passage is None:
            return ()
        ids = self._passages.ids_in(passage.document.id)
        place = ids.index(passage_id)
        near = ids[max(0, place - count) : place + count + 1]
        found = self._passages.passages(near)
        return tuple(
            _hit(found[number], 0, rank=rank, score=0.0, confidence=0.0, signals=NO_SIGNALS)
            for rank, number in enumerate(near, 1)
            if number in found
        )

    def translation(self, hit: Hit, language: str) -> Hit | None:
        """The passage that says the same as a hit, in a document of another language.

        Args:
            hit: What was found.
            language: That of the translation.

        Returns:
            A hit without score, whose best sentence is the nearest to that of the one given;
            None where there is none, and where the hit is gone.
        """
        snapshot = self.index.snapshot
        name, dim = snapshot.encoder.name, snapshot.encoder.dim
        own = next(iter(self._passages.vectors(name, [hit.passage_id])), None)
        if own is None:
            return None
        embedding = unpack(own.passage, dim)[0]
        near = snapshot.vectors.search(embedding, CANDIDATES)[0].tolist()
        rows = [row for row in self._passages.vectors(name, near) if row.language == language]
        likeness = unpack(b"".join(row.passage for row in rows), dim) @ embedding
        if not rows or likeness.max() < TRANSLATION:
            return None
        row = rows[int(likeness.argmax())]
        passage = self._passages.passages([row.id]).get(row.id)
        if passage is None:
            return None
        sentences = unpack(row.sentences, dim) @ unpack(own.sentences, dim)[hit.best]
        return _hit(
            passage,
            int(sentences.argmax()),
            rank=1,
            score=0.0,
            confidence=0.0,
            signals=NO_SIGNALS,
        )

    def latest(self, k: int, skip: int = 0) -> tuple[Hit, ...]:
        """The first passages of the documents that were added last, the newest first.

        Args:
            k: How many at most.
            skip: How many to leave out.

        Returns:
            Hits without score, ranked from `skip` + 1 on.
        """
        ids = self._passages.latest_ids(k, skip)
        passages = self._passages.passages(ids)
        return tuple(
            _hit(passages[number], 0, rank=rank, score=0.0, confidence=0.0, signals=NO_SIGNALS)
            for rank, number in enumerate(ids, skip + 1)
            if number in passages
        )

    def document_text(self, document_id: str) -> str | None:
        """The whole text of a document; None when it is not live."""
        try:
            if self._store.document(document_id).state != "live":
                return None
            return self._store.text(document_id)
        except MissingError:
            return None

    def _vectors(self, encoder: Encoder, ids: list[int]) -> list[PassageVectors] | None:
        """The embeddings of what was found; None where the index has another model by now.

        Raises:
            SnapshotError: They were deleted by another process, whose index has another model.
        """
        rows = self._passages.vectors(encoder.name, ids)
        if self.index.snapshot.encoder is not encoder:  # whose embeddings are being deleted
            return None
        if not rows and self._passages.unembedded_ids(encoder.name, ids):
            raise SnapshotError(
                f"the corpus is not embedded by {encoder.name} any more: start again"
            )
        return rows

    def _tokens(self, encoder: Encoder, rows: Sequence[PassageVectors]) -> list[bytes]:
        """The tokens of each passage, packed; none of those that were removed since."""
        if not encoder.token_dim:
            return [b""] * len(rows)
        packed = self._passages.tokens(encoder.name, [row.id for row in rows])
        return [packed.get(row.id, b"") for row in rows]

    def _best(self, weighed: Weighed, k: int) -> list[Hit]:
        """Fetch the k best passages."""
        # Equal scores in the order of their ids, so that an answer is always the same.
        order = np.lexsort((weighed.ids, -weighed.scores))[:k]
        passages = self._passages.passages(weighed.ids[order].tolist())
        hits: list[Hit] = []
        for number in order:
            passage = passages.get(int(weighed.ids[number]))
            if passage is None:  # removed since
                continue
            hits.append(
                _hit(
                    passage,
                    int(weighed.best[number]),
                    rank=len(hits) + 1,
                    score=float(weighed.scores[number]),
                    confidence=float(weighed.confidences[number]),
                    signals=Signals(
                        **{name: own[number].item() for name, own in weighed.signals.items()}
                    ),
                )
            )
        return hits


def _weigh(matched: Matched, calibration: Calibration, ranking: Ranking) -> Weighed:
    """Weigh the signals of all candidates.

    Of several readings of the question, each passage has the signals of the one that gives it
    the higher score.
    """
    scores_by_reading = np.stack([ranking.scores(own) for own in matched.by_reading])
    better = scores_by_reading.argmax(axis=0)
    scores = scores_by_reading.max(axis=0)
    support = support_of(scores, [row.document_id for row in matched.rows], READ)
    signals = chosen(matched.by_reading, better).as_signals()
    signals |= {"reranker": np.zeros(len(matched.rows), np.float32)}
    return Weighed(
        ids=np.array([row.id for row in matched.rows], dtype=np.int64),
        scores=scores + ranking.support * support,
        confidences=calibration.confidences(signals),
        signals=signals,
        best=np.array(
            [
                int(np.argmax(cosines[:, number]))
                for cosines, number in zip(matched.sentence_cosines, better, strict=True)
            ],
            dtype=np.intp,
        ),
    )


def _reranked(
    reranker: Reranker, query: str, hits: list[Hit], calibration: Calibration
) -> list[Hit]:
    """The first hits in the order that the reranker gives them, the others behind."""
    first = hits[:RERANKED]
    texts = [f"{hit.document.title} › {hit.heading}\n{hit.text}" for hit in first]
    signals = [
        replace(hit.signals, reranker=float(score))
        for hit, score in zip(first, reranker.scores(query, texts), strict=True)
    ]
    confidences = calibration.confidences(
        {name: [getattr(one, name) for one in signals] for name in SIGNAL_NAMES}
    )
    read = [
        replace(hit, signals=own, score=own.reranker, confidence=float(confidence))
        for hit, own, confidence in zip(first, signals, confidences, strict=True)
    ]
    read.sort(key=lambda hit: -hit.score)
    least = read[-1].score if read else 0.0
    # Those that it did not read keep their order, below all that it did.
    return read + [replace(hit, score=least - 1 + hit.score / 2) for hit in hits[RERANKED:]]


def _likeness(
    hits: Sequence[Hit], rows: Sequence[PassageVectors], dim: int
) -> npt.NDArray[np.float32]:
    """The cosines between the embeddings of the hits' passages."""
    packed = {row.id: row.passage for row in rows}
    embeddings = unpack(b"".join(packed[hit.passage_id] for hit in hits), dim)
    likeness: npt.NDArray[np.float32] = embeddings @ embeddings.T
    return likeness


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
