"""Figures, against ones that were worked out by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.figures import (
    area_under_curve,
    average_precision,
    by_language,
    by_threshold,
    figures,
    latency_by_stage,
    mean,
    percentiles,
    reciprocal_rank,
    reliability,
)
from index.models import StageTimes
from tests.support.outcomes import make_outcome

confidences = st.floats(0, 1, width=16)

OUTCOMES = (
    make_outcome(ranks=(1, 4), confidence=0.9, answered=True),
    make_outcome(ranks=(3,), confidence=0.6, answered=True),
    make_outcome(ranks=(10,), confidence=0.3, answered=False),
    make_outcome(ranks=(), confidence=0.2, answered=False),
    make_outcome(answerable=False, confidence=0.6, answered=True),
    make_outcome(answerable=False, confidence=0.1, answered=False),
)


def test_figures_are_those_worked_out_by_hand() -> None:
    found = figures(OUTCOMES)

    assert (found.questions, found.answerable) == (6, 4)
    assert (found.r_at_1, found.r_at_3, found.r_at_10) == (1 / 4, 2 / 4, 3 / 4)
    assert found.mrr_at_10 == pytest.approx((1 + 1 / 3 + 1 / 10) / 4)
    # Against .6: .9 is above, .6 equal, .3 and .2 below; against .1 all are above.
    assert found.abstention_auc == pytest.approx((1 + 0.5 + 4) / 8)
    assert (found.false_answer_rate, found.missed_answer_rate) == (1 / 2, 2 / 4)
    assert found.right_when_answered == pytest.approx(1 / 3)
    assert (found.mean_average_precision, found.sentence_r_at_1) == (None, None)
    assert found.latency_ms is None


def test_nothing_is_told_of_no_questions() -> None:
    found = figures([])

    assert (found.questions, found.answerable) == (0, 0)
    assert (found.r_at_1, found.abstention_auc, found.false_answer_rate) == (None, None, None)


def test_parallel_hits_and_core_sentences_count_where_they_are_known() -> None:
    found = figures(
        [
            make_outcome(ranks=(1, 2, 5), relevant=3, core_right=True),
            make_outcome(ranks=(2,), relevant=3, core_right=False),
            make_outcome(answerable=False, relevant=3, core_right=False),
        ]
    )

    assert found.mean_average_precision == pytest.approx(((1 + 1 + 3 / 5) / 3 + (1 / 2) / 3) / 2)
    assert found.sentence_r_at_1 == 1 / 2


@pytest.mark.parametrize(
    ("ranks", "relevant", "expected"),
    [
        ((), 1, 0),
        ((1,), 1, 1),
        ((2,), 1, 1 / 2),
        ((1, 2, 3), 3, 1),
        ((3, 4), 4, (1 / 3 + 1 / 2) / 4),
    ],
)
def test_average_precision(ranks: tuple[int, ...], relevant: int, expected: float) -> None:
    assert average_precision(ranks, relevant) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("ranks", "expected"), [((), 0), ((1, 2), 1), ((4,), 1 / 4), ((10,), 1 / 10), ((11,), 0)]
)
def test_reciprocal_rank_ends_at_10(ranks: tuple[int, ...], expected: float) -> None:
    assert reciprocal_rank(ranks) == expected


@given(st.lists(confidences, min_size=1), st.lists(confidences, min_size=1))
def test_area_under_curve_is_the_share_of_pairs_in_order(
    positive: list[float], negative: list[float]
) -> None:
    wins = [(p > n) + (p == n) / 2 for p in positive for n in negative]

    assert area_under_curve(positive, negative) == pytest.approx(sum(wins) / len(wins))


@given(st.lists(confidences, min_size=1), st.lists(confidences, min_size=1))
def test_area_under_curve_of_the_reverse_is_the_rest(
    positive: list[float], negative: list[float]
) -> None:
    forth, back = area_under_curve(positive, negative), area_under_curve(negative, positive)

    assert forth is not None
    assert back is not None
    assert forth + back == pytest.approx(1)


@pytest.mark.parametrize(("positive", "negative"), [([], [0.5]), ([0.5], []), ([], [])])
def test_area_under_curve_needs_both_kinds(positive: list[float], negative: list[float]) -> None:
    assert area_under_curve(positive, negative) is None


@given(st.lists(confidences))
def test_every_question_is_in_the_bin_of_its_confidence(values: list[float]) -> None:
    bins = reliability([make_outcome(confidence=value) for value in values])

    assert sum(each.questions for each in bins) == len(values)
    assert [each.low for each in bins[1:]] == [each.high for each in bins[:-1]]
    for each in bins:
        if each.confidence is not None:
            assert each.low - 1e-9 <= each.confidence <= each.high + 1e-9


def test_bin_tells_how_often_one_of_the_first_hits_is_right() -> None:
    bins = reliability(OUTCOMES)

    # .6 on the edge belongs to the upper bin: a third hit that is right, and no answer.
    assert (bins[6].questions, bins[6].right, bins[9].right) == (2, 1 / 2, 1)
    # The tenth hit is right, which nobody looks at.
    assert (bins[3].questions, bins[3].right) == (1, 0)
    assert (bins[5].questions, bins[5].confidence, bins[5].right) == (0, None, None)


def test_threshold_0_answers_all_and_1_only_the_certain() -> None:
    points = by_threshold(OUTCOMES)

    first, last = points[0], points[-1]
    assert (first.threshold, first.answered, first.wrong) == (0, 1, 5 / 6)
    assert (first.false_answer_rate, first.missed_answer_rate) == (1, 0)
    assert (last.threshold, last.answered, last.wrong) == (1, 0, None)
    assert (last.false_answer_rate, last.missed_answer_rate) == (0, 1)


@given(st.lists(st.tuples(confidences, st.booleans()), min_size=1))
def test_higher_threshold_never_answers_more(outcomes: list[tuple[float, bool]]) -> None:
    points = by_threshold(
        [make_outcome(confidence=value, answerable=answerable) for value, answerable in outcomes]
    )

    answered = [point.answered for point in points]
    assert answered == sorted(answered, reverse=True)


def test_languages_are_in_the_order_of_their_codes() -> None:
    outcomes = [make_outcome(lang=lang) for lang in ("uk", "be-latn", "be", "uk")]

    found = by_language(outcomes)

    assert {lang: len(part) for lang, part in found.items()} == {"be": 1, "be-latn": 1, "uk": 2}
    assert list(found) == ["be", "be-latn", "uk"]


def test_latency_is_told_for_every_stage() -> None:
    found = latency_by_stage([StageTimes(encode=1, total=2), StageTimes(encode=3, total=4)])

    assert found["encode"] == {"p50": 2, "p95": pytest.approx(2.9)}
    assert found["rank"] == {"p50": 0, "p95": 0}
    assert latency_by_stage([]) == {}
    assert percentiles([]) is None


def test_mean_passes_over_what_is_not_known() -> None:
    assert mean([True, None, False]) == 0.5
    assert mean([None]) is None
    assert mean([]) is None
