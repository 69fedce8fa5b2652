"""Signals to one score, by which candidates are ordered."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence

    Floats = npt.NDArray[np.float32]
    Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Candidates:
    """The signals of several passages, arrays of the same length; see `Signals`."""

    passage: Floats
    sentence: Floats
    lexical: Floats
    same_language: Flags
    tokens: Floats
    tokens_mean: Floats

    def as_signals(self) -> dict[str, npt.NDArray[Any]]:
        """The arrays by the names of the fields of `Signals`."""
        own = {field.name: getattr(self, field.name) for field in fields(self)}
        return own | {"shared_words": self.lexical * self.same_language}

    def some(self, which: npt.NDArray[np.intp]) -> Candidates:
        """Those with these numbers, from 0, in this order."""
        return Candidates(*(getattr(self, field.name)[which] for field in fields(self)))


def chosen(several: Sequence[Candidates], which: npt.NDArray[np.intp]) -> Candidates:
    """Of several candidates for each passage, the one with this number; numbers from 0."""
    rows = np.arange(len(which))
    return Candidates(
        **{
            field.name: np.stack([getattr(one, field.name) for one in several])[which, rows]
            for field in fields(Candidates)
        }
    )


@dataclass(frozen=True, slots=True)
class Weighed:
    """What was made of the signals of several passages; arrays of the same length.

    Attributes:
        ids: The passages'.
        scores: Higher is better.
        confidences: The probability, in [0, 1], that the passage answers.
        signals: By the names of the fields of `Signals`.
        best: Which of the passage's sentences is nearest to the question.
    """

    ids: npt.NDArray[np.int64]
    scores: Floats
    confidences: Floats
    signals: dict[str, npt.NDArray[Any]]
    best: npt.NDArray[np.intp]


def support_of(scores: Floats, documents: Sequence[str], count: int) -> Floats:
    """How much else in the passage's document fits the query.

    Where several passages of a document are near, it is about what was asked, and any of them
    rather answers than a passage that stands alone.

    Args:
        scores: Of several passages.
        documents: The id of each one's document.
        count: Of so many passages the lowest score is the level above which a passage fits, as
            a corpus holds any number that do not.

    Returns:
        How far the best other passage of the same document is above that level, 0 or more.
    """
    level = np.sort(scores)[-count:][:1]
    best: dict[str, list[int]] = {}
    for number in np.argsort(-scores, kind="stable").tolist():
        best.setdefault(documents[number], []).append(number)
    found = np.zeros(len(scores), np.float32)
    for first, *others in best.values():
        if others:
            found[first] = scores[others[0]]
            found[others] = scores[first]
            together = [first, *others]
            found[together] = np.maximum(found[together] - level, 0)
    return found


@dataclass(frozen=True, slots=True)
class Ranking:
    """What each signal adds to a passage's score.

    The defaults are for the bundled model, measured on XQuAD-R, the sample questions and a
    real guide; see `docs/retrieval.md`.

    Attributes:
        passage: Weight of the passage's cosine.
        sentence: Weight of its best sentence's cosine.
        lexical: Weight of the lexical score.
        same_language: Added where the passage is in the query's language. Negative: the model
            puts texts of one language nearer to each other, whatever they say.
        tokens: Weight of how near the tokens are.
        support: Weight of how much else in the passage's document fits; see `support_of`.
    """

    passage: float = 0.5
    sentence: float = 0.5
    lexical: float = 0.04
    same_language: float = -0.03
    tokens: float = 0.4
    support: float = 0.2

    def scores(self, candidates: Candidates) -> Floats:
        """A score for each candidate, without support; higher is better."""
        scores: Floats = (
            self.passage * candidates.passage
            + self.sentence * candidates.sentence
            + self.lexical * candidates.lexical
            + self.same_language * candidates.same_language
            + self.tokens * candidates.tokens
        )
        return scores
