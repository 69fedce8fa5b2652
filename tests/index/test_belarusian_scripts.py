"""A Belarusian question in Latin letters finds what it finds in Cyrillic."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from corpus.transliteration import belarusian_to_latin
from index.material import open_material, open_sample
from tests.support.spellings import as_in_a_passport, with_polish_letters, without_diacritics

if TYPE_CHECKING:
    from collections.abc import Callable

    from index.encoder import SentenceEncoder

NAMES = Path(__file__).parent.parent / "material" / "names"


@pytest.mark.model
@pytest.mark.parametrize(
    ("written", "least"),
    [
        (belarusian_to_latin, 0.95),
        (without_diacritics, 0.9),
        (as_in_a_passport, 0.8),
        (with_polish_letters, 0.7),
    ],
)
def test_first_hit_is_the_same_in_both_scripts(
    written: Callable[[str], str],
    least: float,
    bundled_encoder: SentenceEncoder,
    cache_dir: Path,
    shared: Path,
) -> None:
    guide = shared / "eval/guide"
    with ExitStack() as stack:
        materials = [
            stack.enter_context(material)
            for material in (
                open_sample(bundled_encoder, cache_dir),
                open_material(NAMES, NAMES / "questions.jsonl", bundled_encoder, cache_dir),
                open_material(
                    guide / "docs", guide / "questions.jsonl", bundled_encoder, cache_dir
                ),
            )
        ]
        asked = [
            (material.searcher, question.question)
            for material in materials
            for question in material.questions
            if question.lang == "be"
        ]
        other = [
            written(question)
            for searcher, question in asked
            if searcher.search(question, k=1).hits[0].passage_id
            != searcher.search(written(question), k=1).hits[0].passage_id
        ]
    assert len(asked) >= 100
    assert 1 - len(other) / len(asked) >= least, other
