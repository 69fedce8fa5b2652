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

    def as_signals(self) -> dict[str, npt.NDArray[Any]]:
        """The arrays by the names of the fields of `Signals`."""
        own = {field.name: getattr(self, field.name) for field in fields(self)}
        return own | {"shared_words": self.lexical * self.same_language}


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
    """

    passage: float = 0.5
    sentence: float = 0.5
    lexical: float = 0.04
    same_language: float = -0.03
    tokens: float = 0.4

    def scores(self, candidates: Candidates) -> Floats:
        """A score for each candidate; higher is better."""
        scores: Floats = (
            self.passage * candidates.passage
            + self.sentence * candidates.sentence
            + self.lexical * candidates.lexical
            + self.same_language * candidates.same_language
            + self.tokens * candidates.tokens
        )
        return scores
