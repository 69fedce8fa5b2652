"""Names as one language spells them, searched in articles that spell them as another does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from corpus.judged import read_questions
from corpus.models import LANGUAGES
from index.material import open_material

if TYPE_CHECKING:
    from collections.abc import Callable

    from index.encoder import SentenceEncoder

NAMES = Path(__file__).parent.parent / "material" / "names"
QUESTIONS = read_questions(NAMES / "questions.jsonl")


def test_names_are_asked_for_in_every_language_and_both_belarusian_scripts() -> None:
    assert {question.lang for question in QUESTIONS} == {*LANGUAGES, "be-latn"}
    assert len(QUESTIONS) >= 250
    assert len({question.docs for question in QUESTIONS}) == len(list(NAMES.glob("*.md")))


def test_hardly_a_name_is_spelt_as_its_article_spells_it() -> None:
    same = [
        question.question
        for question in QUESTIONS
        if question.question in (NAMES / Path(question.docs[0]).name).read_text(encoding="utf-8")
    ]
    assert len(same) <= 0.05 * len(QUESTIONS), same


@pytest.mark.model
@pytest.mark.parametrize("typed", [str, str.lower], ids=["as written", "without capitals"])
def test_nine_names_of_ten_are_found_first_in_another_spelling(
    typed: Callable[[str], str], bundled_encoder: SentenceEncoder, cache_dir: Path
) -> None:
    with open_material(NAMES, NAMES / "questions.jsonl", bundled_encoder, cache_dir) as material:
        first = {
            question.id: material.searcher.search(typed(question.question), k=1).hits[0]
            for question in QUESTIONS
        }
    wrong = [
        f"{question.question} → {first[question.id].document.title}"
        for question in QUESTIONS
        if not question.is_right(first[question.id].document.source, first[question.id].text)
    ]
    least = 0.9 if typed is str else 0.88
    assert 1 - len(wrong) / len(QUESTIONS) >= least, wrong
