"""Three signals, one score, one confidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    Floats = npt.NDArray[np.float32]
    Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Candidates:
    """The signals of several passages, arrays of the same length; see `Signals`."""

    passage: Floats
    sentence: Floats
    lexical: Floats
    same_language: Flags


@dataclass(frozen=True, slots=True)
class Ranking:
    """How the signals of a passage become its score and its confidence.

    The defaults are for the bundled model. Weights: measured on XQuAD-R, the sample questions
    and a real guide. Confidence: a logistic model fitted to the first hits of XQuAD-R's and the
    sample corpus's questions, with and without the passage that answers; the coefficient of
    "same language" was softened by hand. The lexical score has no say in it: a question that
    lies beside what a text answers shares as many words with it. See `docs/retrieval.md`.

    Attributes:
        passage: Weight of the passage's cosine in the score.
        sentence: Weight of its best sentence's cosine.
        lexical: Weight of the lexical score.
        same_language: Added where the passage is in the query's language. Negative: the model
            puts texts of one language nearer to each other, whatever they say.
        intercept: Of the logistic model that gives the confidence.
        coefficients: Of the passage's cosine, the best sentence's, the lexical score and
            "same language", in the same model.
        threshold: The confidence from which on a passage is said to answer.
    """

    passage: float = 0.5
    sentence: float = 0.5
    lexical: float = 0.04
    same_language: float = -0.02
    intercept: float = -37.9
    coefficients: tuple[float, float, float, float] = (16.7, 29.6, 0.0, -1.5)
    threshold: float = 0.42

    def scores(self, candidates: Candidates) -> Floats:
        """A score for each candidate; higher is better."""
        scores: Floats = (
            self.passage * candidates.passage
            + self.sentence * candidates.sentence
            + self.lexical * candidates.lexical
            + self.same_language * candidates.same_language
        )
        return scores

    def confidences(self, candidates: Candidates) -> Floats:
        """The probability that each candidate answers, in [0, 1]."""
        passage, sentence, lexical, same = self.coefficients
        logit = (
            self.intercept
            + passage * candidates.passage
            + sentence * candidates.sentence
            + lexical * candidates.lexical
            + same * candidates.same_language
        )
        return np.asarray(1 / (1 + np.exp(-logit)), dtype=np.float32)
