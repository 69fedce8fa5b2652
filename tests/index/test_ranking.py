"""Signals to score and confidence."""

from __future__ import annotations

import numpy as np

from index.ranking import Candidates, Ranking, chosen


def make_candidates(*rows: tuple[float, float, float, bool, float]) -> Candidates:
    passage, sentence, lexical, same, tokens = zip(*rows, strict=True)
    return Candidates(
        np.array(passage, np.float32),
        np.array(sentence, np.float32),
        np.array(lexical, np.float32),
        np.array(same),
        np.array(tokens, np.float32),
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
