"""Signals to score and confidence."""

from __future__ import annotations

import numpy as np

from index.ranking import Candidates, Ranking, chosen, support_of


def make_candidates(*rows: tuple[float, float, float, bool, float]) -> Candidates:
    passage, sentence, lexical, same, tokens = zip(*rows, strict=True)
    nearest = np.array(tokens, np.float32)
    return Candidates(
        np.array(passage, np.float32),
        np.array(sentence, np.float32),
        np.array(lexical, np.float32),
        np.array(same),
        nearest,
        (nearest / 2).astype(np.float32),
    )


def test_score_is_the_weighted_sum() -> None:
    ranking = Ranking(passage=0.5, sentence=0.25, lexical=0.1, same_language=-0.1, tokens=0.2)

    scores = ranking.scores(
        make_candidates((0.8, 0.4, 2.0, True, 0.5), (0.0, 0.0, 0.0, False, 0.0))
    )

    np.testing.assert_allclose(scores, [0.7, 0.0], rtol=1e-6)


def test_signals_go_by_their_names() -> None:
    candidates = make_candidates((0.5, 0.25, 2.0, True, 0.125))

    signals = candidates.as_signals()

    assert {name: np.asarray(values).tolist() for name, values in signals.items()} == {
        "passage": [0.5],
        "sentence": [0.25],
        "lexical": [2.0],
        "same_language": [True],
        "tokens": [0.125],
        "tokens_mean": [0.0625],
        "shared_words": [2.0],
    }


def test_words_across_languages_are_not_shared_words() -> None:
    signals = make_candidates((0.5, 0.25, 2.0, False, 0.0)).as_signals()

    assert np.asarray(signals["shared_words"]).tolist() == [0.0]


def test_each_passage_has_the_signals_of_the_reading_that_is_chosen() -> None:
    one = make_candidates((0.1, 0.2, 0.3, True, -0.1), (0.4, 0.5, 0.6, True, -0.2))
    other = make_candidates((0.7, 0.8, 0.9, False, 0.1), (1.0, 1.1, 1.2, False, 0.2))

    found = chosen([one, other], np.array([1, 0]))

    np.testing.assert_allclose(found.passage, [0.7, 0.4])
    np.testing.assert_allclose(found.lexical, [0.9, 0.6])
    np.testing.assert_allclose(found.tokens, [0.1, -0.2])
    assert found.same_language.tolist() == [False, True]


def test_some_keep_all_their_signals_in_the_order_asked_for() -> None:
    rows = ((0.1, 0.2, 0.3, True, -0.1), (0.4, 0.5, 0.6, False, -0.2), (0.7, 0.8, 0.9, True, 0.1))

    found = make_candidates(*rows).some(np.array([2, 0])).as_signals()

    expected = make_candidates(rows[2], rows[0]).as_signals()
    assert {name: values.tolist() for name, values in found.items()} == {
        name: values.tolist() for name, values in expected.items()
    }


def test_more_of_any_signal_never_lowers_the_score() -> None:
    ranking = Ranking()
    low = make_candidates((0.7, 0.7, 1.0, False, 0.4))
    for candidates in (
        make_candidates((0.9, 0.7, 1.0, False, 0.4)),
        make_candidates((0.7, 0.9, 1.0, False, 0.4)),
        make_candidates((0.7, 0.7, 3.0, False, 0.4)),
        make_candidates((0.7, 0.7, 1.0, False, 0.6)),
    ):
        assert ranking.scores(candidates) > ranking.scores(low)


def test_support_is_the_best_other_passage_of_the_document_above_the_level() -> None:
    scores = np.array([0.9, 0.8, 0.7, 0.65, 0.5, 0.1], np.float32)

    found = support_of(scores, ["a", "b", "a", "a", "c", "b"], 5)

    # The fifth is the level: what is below it supports nothing.
    np.testing.assert_allclose(found, [0.2, 0.0, 0.4, 0.4, 0.0, 0.3], atol=1e-6)


def test_support_takes_the_lowest_for_the_level_where_there_are_few() -> None:
    scores = np.array([0.3, 0.9, 0.5], np.float32)

    np.testing.assert_allclose(support_of(scores, ["a", "a", "b"], 16), [0.6, 0, 0], atol=1e-6)
    assert support_of(scores[:1], ["a"], 16).tolist() == [0]
    assert support_of(scores[:0], [], 16).shape == (0,)


def test_support_does_not_depend_on_the_order_of_passages() -> None:
    scores = np.array([0.9, 0.8, 0.8, 0.65, 0.5], np.float32)
    documents = ["a", "b", "a", "b", "c"]

    backwards = support_of(scores[::-1], documents[::-1], 4)

    np.testing.assert_array_equal(support_of(scores, documents, 4), backwards[::-1])
