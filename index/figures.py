"""What became of judged questions, summed up: recall, ranks, honesty, time. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from corpus.judged import JudgedQuestion
    from index.models import StageTimes

Relation = Literal["same", "cross"]

# A reader looks at the first hit, and by a press of a button at each of the next two. So a
# question counts as answered where one of so many hits is right, and the confidence says how
# sure that is.
LOOKED_AT = 3

BINS = 10
THRESHOLDS = 101


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question.

    Attributes:
        question: As it was judged.
        ranks: Of the hits that are right, ascending, from 1.
        confidence: The first hit's; 0 without hits.
        answered: True where the first hit was given as an answer.
        relation: "same" where one of the documents that answer is in the question's language,
            else "cross". Where the question names no documents, the first right hit's counts;
            None where there is none, as for a question that is not answerable.
        took_ms: How long the search took; None where that is not what it takes in use.
        relevant: How many right hits there are to be found, where that is known.
        core_right: Whether the first hit is right and its core sentence holds the answer, where
            that is known.
        first: Where the first hit stands: its source and headings; "" without hits.
    """

    question: JudgedQuestion
    ranks: tuple[int, ...]
    confidence: float
    answered: bool
    relation: Relation | None
    took_ms: StageTimes | None = None
    relevant: int | None = None
    core_right: bool | None = None
    first: str = ""

    @property
    def first_right(self) -> bool:
        """Whether the first hit is right."""
        return self.ranks[:1] == (1,)

    @property
    def right(self) -> bool:
        """Whether one of the hits is right that a reader looks at."""
        return any(rank <= LOOKED_AT for rank in self.ranks)


@dataclass(frozen=True, slots=True)
class Figures:
    """What a set of questions comes to; None where there is no question to tell it from.

    Attributes:
        questions: How many there are.
        answerable: How many of them the corpus answers.
        r_at_1: Share of the answerable whose first hit is right.
        r_at_3: Share of the answerable with a right hit among the first 3.
        r_at_10: Share of the answerable with a right hit among the first 10.
        mrr_at_10: Mean over the answerable of 1 / rank of the first right hit; 0 past rank 10.
        mean_average_precision: Over the answerable of which all right hits are known; those
            past the depth of the search count as not found.
        sentence_r_at_1: Share of the answerable whose first hit is right and marks the sentence
            that holds the answer, where that is known.
        abstention_auc: The probability that an answerable question has a higher confidence
            than one that is not; equal ones count as half.
        false_answer_rate: Share of the unanswerable that were answered.
        missed_answer_rate: Share of the answerable that were not answered.
        right_when_answered: Share of the answered, answerable or not, whose first hit is right.
        latency_ms: The median and the 95th percentile, where the times are known.
    """

    questions: int
    answerable: int
    r_at_1: float | None
    r_at_3: float | None
    r_at_10: float | None
    mrr_at_10: float | None
    mean_average_precision: float | None
    sentence_r_at_1: float | None
    abstention_auc: float | None
    false_answer_rate: float | None
    missed_answer_rate: float | None
    right_when_answered: float | None
    latency_ms: dict[str, float] | None


@dataclass(frozen=True, slots=True)
class Bin:
    """Questions of about the same confidence.

    Attributes:
        low: Their confidence is at least this,
        high: and less than this, or equal where this is 1.
        questions: How many there are.
        confidence: The mean; None without questions.
        right: Share of those that one of the first `LOOKED_AT` hits answers; None without
            questions.
    """

    low: float
    high: float
    questions: int
    confidence: float | None
    right: float | None


@dataclass(frozen=True, slots=True)
class AtThreshold:
    """What would be, were this the threshold.

    Attributes:
        threshold: The confidence from which on a question is answered.
        answered: Share of all questions that would be answered.
        wrong: Share of those answered whose first hit is not right; None without any.
        false_answer_rate: As in `Figures`.
        missed_answer_rate: As in `Figures`.
    """

    threshold: float
    answered: float
    wrong: float | None
    false_answer_rate: float | None
    missed_answer_rate: float | None


def figures(outcomes: Sequence[Outcome]) -> Figures:
    """Sum up what became of a set of questions."""
    answerable = [outcome for outcome in outcomes if outcome.question.answerable]
    others = [outcome for outcome in outcomes if not outcome.question.answerable]
    return Figures(
        questions=len(outcomes),
        answerable=len(answerable),
        r_at_1=recall(answerable, 1),
        r_at_3=recall(answerable, 3),
        r_at_10=recall(answerable, 10),
        mrr_at_10=mean(reciprocal_rank(outcome.ranks) for outcome in answerable),
        mean_average_precision=mean(
            average_precision(outcome.ranks, outcome.relevant)
            for outcome in answerable
            if outcome.relevant
        ),
        sentence_r_at_1=mean(outcome.core_right for outcome in answerable),
        abstention_auc=area_under_curve(
            [outcome.confidence for outcome in answerable],
            [outcome.confidence for outcome in others],
        ),
        false_answer_rate=mean(outcome.answered for outcome in others),
        missed_answer_rate=mean(not outcome.answered for outcome in answerable),
        right_when_answered=mean(outcome.first_right for outcome in outcomes if outcome.answered),
        latency_ms=percentiles(
            [outcome.took_ms.total for outcome in outcomes if outcome.took_ms is not None]
        ),
    )


def by_language(outcomes: Iterable[Outcome]) -> dict[str, list[Outcome]]:
    """The outcomes by the language that they were asked in, in the order of its code."""
    found: defaultdict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        found[outcome.question.lang].append(outcome)
    return dict(sorted(found.items()))


def recall(answerable: Sequence[Outcome], k: int) -> float | None:
    """Share of the questions with a right hit among the first k."""
    return mean(bool(outcome.ranks) and outcome.ranks[0] <= k for outcome in answerable)


def reciprocal_rank(ranks: Sequence[int]) -> float:
    """1 / rank of the first right hit; 0 where there is none among the first 10."""
    return 1 / ranks[0] if ranks and ranks[0] <= 10 else 0.0


def average_precision(ranks: Sequence[int], relevant: int) -> float:
    """The mean precision at the rank of each right hit; one that is not found counts as 0.

    Args:
        ranks: Of the right hits, ascending, from 1.
        relevant: How many right hits there are to be found, at least 1.
    """
    return sum(found / rank for found, rank in enumerate(ranks, start=1)) / relevant


def area_under_curve(positive: Sequence[float], negative: Sequence[float]) -> float | None:
    """The probability that a positive is greater than a negative; None where one kind is none.

    Equal ones count as half. This is the area under the ROC curve.

    Source: Mann and Whitney, 1947; Hanley and McNeil, 1982.
    """
    if not positive or not negative:
        return None
    ordered = np.sort(negative)
    below = np.searchsorted(ordered, positive, side="left")
    not_above = np.searchsorted(ordered, positive, side="right")
    return float(np.mean(below + not_above) / 2 / len(negative))


def percentiles(values: Sequence[float]) -> dict[str, float] | None:
    """The median and the 95th percentile; None of nothing."""
    if not values:
        return None
    p50, p95 = np.percentile(values, [50, 95])
    return {"p50": float(p50), "p95": float(p95)}


def latency_by_stage(times: Sequence[StageTimes]) -> dict[str, dict[str, float] | None]:
    """The median and the 95th percentile of every stage, in milliseconds."""
    rows = [asdict(time) for time in times]
    return {stage: percentiles([row[stage] for row in rows]) for stage in (rows or [{}])[0]}


def reliability(outcomes: Sequence[Outcome]) -> list[Bin]:
    """How often one of the first hits is right, by confidence, in bins of equal width."""
    edges = np.arange(BINS + 1) / BINS
    places = np.digitize([outcome.confidence for outcome in outcomes], edges[1:-1])
    bins: list[Bin] = []
    for number in range(BINS):
        inside = [
            outcome for place, outcome in zip(places, outcomes, strict=True) if place == number
        ]
        bins.append(
            Bin(
                low=float(edges[number]),
                high=float(edges[number + 1]),
                questions=len(inside),
                confidence=mean(outcome.confidence for outcome in inside),
                right=mean(outcome.right for outcome in inside),
            )
        )
    return bins


def by_threshold(outcomes: Sequence[Outcome]) -> list[AtThreshold]:
    """What would be answered, and what of it wrongly, by threshold from 0 to 1."""
    confidence = np.array([outcome.confidence for outcome in outcomes])
    answerable = np.array([outcome.question.answerable for outcome in outcomes], dtype=bool)
    right = np.array([outcome.first_right for outcome in outcomes], dtype=bool)
    points: list[AtThreshold] = []
    for threshold in np.arange(THRESHOLDS) / (THRESHOLDS - 1):
        answered = confidence >= threshold
        points.append(
            AtThreshold(
                threshold=float(threshold),
                answered=mean(answered) or 0.0,
                wrong=mean(~right[answered]),
                false_answer_rate=mean(answered[~answerable]),
                missed_answer_rate=mean(~answered[answerable]),
            )
        )
    return points


def mean(values: Iterable[float | None]) -> float | None:
    """The mean of those that are not None, where true counts as 1; None of nothing."""
    numbers = [float(value) for value in values if value is not None]
    return fmean(numbers) if numbers else None
