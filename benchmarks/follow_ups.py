"""How well follow-ups are understood, and whether whole questions lose by it.

    python benchmarks/follow_ups.py

has the sample's conversations with the bundled model, then asks the sample's questions one after
another as one person would, in an order by chance, and as a harder trial once more with each
begun as if it went on ("А як…", "And how…"). It prints the figures as JSON.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.followups import find_answer
from bot.memory import Exchange
from bot.models import open_encoder
from bot.settings import load_settings
from corpus.sample import sample_follow_ups
from index.material import open_sample

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpus.judged import JudgedQuestion
    from index.material import Material
    from index.models import Answer
    from index.search import Searcher

_AND = {
    "be": "А",
    "be-latn": "A",
    "ru": "А",
    "uk": "А",
    "pl": "A",
    "lt": "O",
    "en": "And",
    "de": "Und",
}


@dataclass(frozen=True, slots=True)
class Understood:
    """What became of a follow-up.

    Attributes:
        language: It was asked in.
        found: The first question found its document.
        right: The follow-up has its passage first.
        right_alone: It would have without what was asked before.
        answered: It counts as answered.
    """

    language: str
    found: bool
    right: bool
    right_alone: bool
    answered: bool


def follow_ups(searcher: Searcher) -> list[Understood]:
    """Have all of the sample's conversations."""
    outcomes: list[Understood] = []
    for follow_up in sample_follow_ups():
        judged = follow_up.judged
        first = searcher.search(follow_up.after)
        before = remembered(follow_up.after, first)
        answer, _ = find_answer(searcher, judged.question, before, quote=follow_up.quote or None)
        outcomes.append(
            Understood(
                judged.lang,
                first.hits[0].document.source.endswith(follow_up.after_docs),
                _is_right(judged, answer),
                _is_right(judged, searcher.search(judged.question)),
                answer.answered,
            )
        )
    return outcomes


def changed(searcher: Searcher, questions: Sequence[str]) -> list[str]:
    """Ask questions in one conversation; give those whose answer is not what it is alone."""
    before: Exchange | None = None
    found: list[str] = []
    for question in questions:
        alone = searcher.search(question)
        answer, follows = find_answer(searcher, question, before)
        if (answer.answered, answer.hits[0].passage_id) != (
            alone.answered,
            alone.hits[0].passage_id,
        ):
            found.append(question)
        before = remembered(question, answer, before if follows else None)
    return found


def remembered(question: str, answer: Answer, follows: Exchange | None = None) -> Exchange:
    """What the bot remembers of a question and its answer."""
    return Exchange(
        question=question,
        topic=answer.query,
        subject=follows.subject if follows else question,
        passage_id=answer.hits[0].passage_id if answer.answered else None,
        document_id=answer.hits[0].document.id if answer.hits else None,
        voice="be",
        question_id=1,
        answer_id=2,
    )


def shuffled(material: Material, seed: int = 1) -> list[JudgedQuestion]:
    """The questions in an order by chance, always the same."""
    questions = list(material.questions)
    random.Random(seed).shuffle(questions)  # noqa: S311  # an order, no secret
    return questions


def main() -> None:
    """Measure and print."""
    settings = load_settings()
    with open_sample(open_encoder(settings), settings.cache_dir) as material:
        outcomes = follow_ups(material.searcher)
        questions = shuffled(material)
        going_on = [
            f"{_AND[one.lang]} {one.question[0].lower()}{one.question[1:]}" for one in questions
        ]
        print(json.dumps(_figures(outcomes, material, questions, going_on), indent=2))


def _figures(
    outcomes: Sequence[Understood],
    material: Material,
    questions: Sequence[JudgedQuestion],
    going_on: Sequence[str],
) -> dict[str, Any]:
    asked = Counter(outcome.language for outcome in outcomes)
    right = Counter(outcome.language for outcome in outcomes if outcome.right)
    return {
        "conversations": len(outcomes),
        "first_question_found": sum(outcome.found for outcome in outcomes) / len(outcomes),
        "right": right.total() / len(outcomes),
        "right_alone": sum(outcome.right_alone for outcome in outcomes) / len(outcomes),
        "right_and_answered": sum(one.right and one.answered for one in outcomes) / len(outcomes),
        "right_by_language": {language: right[language] / asked[language] for language in asked},
        "whole_questions": len(questions),
        "whole_questions_changed": changed(
            material.searcher, [question.question for question in questions]
        ),
        "begun_with_and_changed": changed(material.searcher, going_on),
    }


def _is_right(judged: JudgedQuestion, answer: Answer) -> bool:
    return bool(answer.hits) and judged.is_right(
        answer.hits[0].document.source, answer.hits[0].text
    )


if __name__ == "__main__":
    main()
