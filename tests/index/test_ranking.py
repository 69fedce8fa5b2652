"""Signals to score and confidence."""

from __future__ import annotations

import numpy as np

from index.ranking import Candidates, Ranking, chosen


def make_candidates(*rows: tuple[float, float, float, bool]) -> Candidates:
    passage, sentence, lexical, same = zip(*rows, strict=True)
    return Candidates(
        np.array(passage, np.float32),
        np.array(sentence, np.float32),
        np.array(lexical, np.float32),
        np.array(same),
    )


def test_score_is_the_weighted_sum() -> None:
    ranking = Ranking(passage=0.5, sentence=0.25, lexical=0.1, same_language=-0.1)

    scores = ranking.scores(make_candidates((0.8, 0.4, 2.0, True), (0.0, 0.0, 0.0, False)))

    np.testing.assert_allclose(scores, [0.6, 0.0], rtol=1e-6)


def test_signals_go_by_their_names() -> None:
    candidates = make_candidates((0.5, 0.25, 2.0, True))

    signals = candidates.as_signals()

    assert {name: np.asarray(values).tolist() for name, values in signals.items()} == {
        "passage": [0.5],
        "sentence": [0.25],
        "lexical": [2.0],
        "same_language": [True],
        "shared_words": [2.0],
    }


def test_words_across_languages_are_not_shared_words() -> None:
    signals = make_candidates((0.5, 0.25, 2.0, False)).as_signals()

    assert np.asarray(signals["shared_words"]).tolist() == [0.0]


def test_each_passage_has_the_signals_of_the_reading_that_is_chosen() -> None:
    one = make_candidates((0.1, 0.2, 0.3, True), (0.4, 0.5, 0.6, True))
    other = make_candidates((0.7, 0.8, 0.9, False), (1.0, 1.1, 1.2, False))

    found = chosen([one, other], np.array([1, 0]))

    np.testing.assert_allclose(found.passage, [0.7, 0.4])
    np.testing.assert_allclose(found.lexical, [0.9, 0.6])
    assert found.same_language.tolist() == [False, True]


def test_more_of_any_signal_never_lowers_the_score() -> None:
    ranking = Ranking()
    low = make_candidates((0.7, 0.7, 1.0, False))
    for high in ((0.9, 0.7, 1.0), (0.7, 0.9, 1.0), (0.7, 0.7, 3.0)):
        candidates = make_candidates((*high, False))

        assert ranking.scores(candidates) > ranking.scores(low)
