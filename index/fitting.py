"""Fits the confidence: judged questions in, a calibration out, and what it is worth.

An example is a question: the signals of its first hit, and whether that or one of the next two
answers. Answerable questions are asked twice, the second time with the documents on their subject
left out. Whatever comes first then is wrong, so what can be answered and what cannot differ in
nothing else.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold

from index.calibration import SIGNAL_NAMES, Calibration
from index.errors import ModelError
from index.figures import LOOKED_AT, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from corpus.judged import JudgedQuestion
    from index.material import Material
    from index.models import Hit

Values = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

# The share of the questions that nothing answers that may be answered all the same.
MOST_FALSE_ANSWERS: Final = 0.05

# Of questions that a hit answers, and of those that cannot be answered: below it, 5 % is none.
FEWEST_EXAMPLES: Final = 20

FOLDS: Final = 5

# Inverse strengths of the penalty, where all examples together weigh 1. With the sample and a
# third of XQuAD-R, on subjects that were left out, 8, 16, 32, 64 and 200 tell the sample's
# questions apart alike or worse (area under the curve .960, .963, .963, .959, .953), XQuAD-R's
# alike (.993), and miss .57, .53, .48, .44 and .40 of the sample's answers at the threshold; 1,000
# and 100,000 miss .39. What is gained by 200 lies in what answers in another language. All that
# was of a confidence in the first hit alone; of that in the first three, 20 and 5 are no better.
DIRECTION_C: Final = 200.0
# As good as none; it keeps the curve finite where right and wrong can be told apart perfectly.
CURVE_C: Final = 1e4


@dataclass(frozen=True, slots=True)
class Example:
    """A question and what was found.

    Attributes:
        question: As it was judged; not answerable where the documents were left out.
        signals: The first hit's, in the order of `SIGNAL_NAMES`.
        ranks: Of the hits that answer, among the first `LOOKED_AT`, from 1.
        left_out: True where the documents on its subject were left out.
        material: Which material the question is of.
        group: The subject of the question. What a calibration is worth is told from other
            subjects than those that it was fitted to.
    """

    question: JudgedQuestion
    signals: tuple[float, ...]
    ranks: tuple[int, ...]
    left_out: bool
    material: str
    group: str

    @property
    def right(self) -> bool:
        """Whether one of the hits answers that a reader looks at."""
        return bool(self.ranks)


def gather_examples(
    material: Material,
    *,
    group: Callable[[JudgedQuestion], str] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Example]:
    """Ask the questions of a material.

    Args:
        material: Open for searching.
        group: Tells the subject of a question. Without it that is the first of its documents,
            or the question itself where it names none. The documents on a subject are those
            that its questions name.
        progress: Called with how many questions are done, and how many there are.

    Returns:
        In the order of the questions. Nothing where there is no hit, and only one example of a
        question that names no document.
    """
    groups = [
        group(question) if group else (*question.docs, question.id)[0]
        for question in material.questions
    ]
    answering: defaultdict[str, set[str]] = defaultdict(set)
    for about, question in zip(groups, material.questions, strict=True):
        answering[about].update(question.docs)
    examples: list[Example] = []
    for done, (about, question) in enumerate(zip(groups, material.questions, strict=True), start=1):
        examples += [
            Example(
                question=asked,
                signals=tuple(map(float, asdict(hits[0].signals).values())),
                ranks=tuple(
                    hit.rank for hit in hits if asked.is_right(hit.document.source, hit.text)
                ),
                left_out=asked.answerable != question.answerable,
                material=material.name,
                group=about,
            )
            for asked, hits in _first_hits(material, question, tuple(answering[about]))
            if hits
        ]
        if progress:
            progress(done, len(material.questions))
    return examples


def fit(examples: Sequence[Example], model: str) -> tuple[Calibration, Values]:
    """Fit a logistic model to whether questions are answered, and choose its threshold.

    Every material counts the same, and within it the questions that can be answered as much as
    those that cannot, so that the confidence is that of a question of which one knows nothing.
    The threshold is the smallest at which no more than `MOST_FALSE_ANSWERS` of the latter are
    answered in any material, neither by the model that is fitted nor by those that have not seen
    the question's subject.

    Args:
        examples: Of one or several materials.
        model: What the calibration is for.

    Returns:
        The calibration, fitted to all examples, and the confidence of each example by a model
        fitted to other groups only: what it is worth on questions that it has not seen.

    Raises:
        ModelError: There are too few examples, or of one kind only.
    """
    _ensure_enough(examples)
    signals = np.array([example.signals for example in examples])
    right = np.array([example.right for example in examples])
    weights = _weights(examples)
    groups = [f"{example.material} {example.group}" for example in examples]
    confidences = np.empty(len(examples))
    for seen, unseen in StratifiedGroupKFold(FOLDS).split(signals, right, groups):
        part = _fit(signals[seen], right[seen], weights[seen], model)
        confidences[unseen] = part.confidences(_by_name(signals[unseen]))
    fitted = _fit(signals, right, weights, model)
    # What is shipped is the model fitted to all, so it keeps to the share as well.
    own = fitted.confidences(_by_name(signals)).astype(np.float64)
    threshold = max(_threshold(examples, confidences), _threshold(examples, own))
    return replace(fitted, threshold=threshold), confidences


def confidences_of(examples: Sequence[Example], calibration: Calibration) -> Values:
    """The confidence that a calibration gives each example."""
    signals = np.array([example.signals for example in examples])
    return calibration.confidences(_by_name(signals)).astype(np.float64)


def outcomes(examples: Sequence[Example], confidences: Values, threshold: float) -> list[Outcome]:
    """What becomes of the examples' questions with these confidences; see `index.figures`."""
    return [
        Outcome(
            question=example.question,
            ranks=example.ranks,
            confidence=float(confidence),
            answered=bool(confidence >= threshold),
            relation=None,
        )
        for example, confidence in zip(examples, confidences, strict=True)
    ]


def _first_hits(
    material: Material, question: JudgedQuestion, answering: tuple[str, ...]
) -> Iterator[tuple[JudgedQuestion, Sequence[Hit]]]:
    """The first hits of a question, and of the same without the documents on its subject."""
    search = partial(material.searcher.search, question.question, LOOKED_AT)
    yield question, search().hits
    if question.answerable and question.docs:
        left_out = {
            document.id for document in material.documents if document.source.endswith(answering)
        }
        yield replace(question, answerable=False), search(without=left_out).hits


def _ensure_enough(examples: Sequence[Example]) -> None:
    right = [example for example in examples if example.right]
    unanswerable = [example for example in examples if not example.question.answerable]
    for count, least, what in (
        (len(right), FEWEST_EXAMPLES, "questions that one of the first hits answers"),
        (len(unanswerable), FEWEST_EXAMPLES, "questions that cannot be answered"),
        (len({(example.material, example.group) for example in right}), FOLDS, "subjects"),
    ):
        if count < least:
            raise ModelError(
                f"the confidence cannot be fitted to {count} {what}: it takes {least}; "
                "give more judged questions"
            )


def _weights(examples: Sequence[Example]) -> Values:
    """What each example counts, one all together.

    The questions that cannot be answered are of two kinds, those left out and those that never
    could; where there are both, each counts for half.
    """
    kinds = [
        (example.material, example.question.answerable, example.left_out) for example in examples
    ]
    sizes = Counter(kinds)
    halves = Counter((material, answerable) for material, answerable, _ in sizes)
    weights = np.array([1 / sizes[kind] / halves[kind[:2]] for kind in kinds])
    return np.asarray(weights / weights.sum())


def _fit(signals: Values, right: Flags, weights: Values, model: str) -> Calibration:
    """Fit the direction with a penalty, and then how steep the curve is along it without.

    The penalty keeps signals that say the same from being played off against each other, which
    would not hold elsewhere, but it also makes all confidences too timid. It is laid on
    standardised signals, so that it is alike for all of them.
    """
    mean = np.average(signals, axis=0, weights=weights)
    # scikit-learn's scaler fails on weighted signals that are always the same.
    scale = np.sqrt(np.average((signals - mean) ** 2, axis=0, weights=weights))
    scale[scale < 1e-9] = 1.0
    direction = LogisticRegression(C=DIRECTION_C).fit(
        (signals - mean) / scale, right, sample_weight=weights
    )
    coefficients = direction.coef_[0] / scale
    along = ((signals - mean) @ coefficients)[:, np.newaxis]
    curve = LogisticRegression(C=CURVE_C).fit(along, right, sample_weight=weights)
    coefficients *= curve.coef_[0, 0]
    return Calibration(
        model=model,
        intercept=round(float(curve.intercept_[0] - coefficients @ mean), 4),
        coefficients={
            name: round(float(coefficient), 4)
            for name, coefficient in zip(SIGNAL_NAMES, coefficients, strict=True)
        },
        threshold=0.5,
    )


def _threshold(examples: Sequence[Example], confidences: Values) -> float:
    """The smallest threshold at which no material has too many false answers.

    Questions that never could be answered tell, where a material has enough of them: those
    whose documents were left out still have the nearest to them there, and are harder than what
    people ask.
    """
    threshold = 0.0
    for material in {example.material for example in examples}:
        found = [
            (confidence, example.left_out)
            for example, confidence in zip(examples, confidences, strict=True)
            if example.material == material and not example.question.answerable
        ]
        real = [confidence for confidence, left_out in found if not left_out]
        told = real if len(real) >= FEWEST_EXAMPLES else [confidence for confidence, _ in found]
        may_be_answered = int(MOST_FALSE_ANSWERS * len(told))
        threshold = max([threshold, *sorted(told, reverse=True)[may_be_answered:][:1]])
    # Just above the one that must not be answered.
    return min(1.0, math.floor(threshold * 1e4 + 1) / 1e4)


def _by_name(signals: Values) -> dict[str, Values]:
    return dict(zip(SIGNAL_NAMES, signals.T, strict=True))
