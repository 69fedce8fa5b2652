"""The sample's conversations with the real model, through the same functions as the bot's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks.follow_ups import changed, follow_ups, shuffled
from index.material import open_sample

if TYPE_CHECKING:
    from pathlib import Path

    from index.encoder import SentenceEncoder


@pytest.mark.model
def test_most_follow_ups_find_their_passage_and_whole_questions_lose_nothing(
    bundled_encoder: SentenceEncoder, cache_dir: Path
) -> None:
    with open_sample(bundled_encoder, cache_dir) as material:
        outcomes = follow_ups(material.searcher)
        assert len(outcomes) >= 40
        # Nobody goes on with what was not found.
        assert all(outcome.found for outcome in outcomes)
        assert sum(outcome.right for outcome in outcomes) >= 0.8 * len(outcomes)
        questions = [question.question for question in shuffled(material)]
        assert changed(material.searcher, questions) == []
