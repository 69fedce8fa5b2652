"""How well follow-ups are understood, and whether whole questions lose by it.

    python -m benchmarks.follow_ups [--fit]

has three sets of conversations on the sample corpus with the bundled model: those that come with
the sample, and two in `benchmarks/conversations/`, which were written without looking at the
program; to one of them, nothing was ever fitted. Then it asks whole questions: the sample's one
after another as one person would, in an order by chance; the same, each begun as if it went on
("А як…", "And how…"); and others that begin so, half of which nothing answers. It prints the
figures as JSON.

`--fit` fits the weights of `bot/followups.py` instead, to all but the unseen, and prints them.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from sklearn.linear_model import LogisticRegression

from bot.followups import asked_about, features, find_answer, lag, without_thanks
from bot.memory import Exchange
from bot.models import open_encoder
from bot.settings import load_settings
from corpus.judged import JudgedFollowUp, read_follow_ups
from corpus.sample import sample_follow_ups
from index.material import open_sample

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpus.judged import JudgedQuestion
    from index.material import Material
    from index.models import Answer
    from index.search import Searcher

CONVERSATIONS: Final = Path(__file__).parent / "conversations"
# In the fit: they are made by a rule, and would outnumber what people wrote.
BEGUN_WEIGHT: Final = 0.1

_AND: Final = {
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
    """What became of a question that was asked after another.

    Attributes:
        judged: It.
        found: The first question found its document.
        follows: It was taken for a follow-up.
        answer: What it got.
        alone: What it gets without what was asked before.
    """

    judged: JudgedQuestion
    found: bool
    follows: bool
    answer: Answer
    alone: Answer

    @property
    def right(self) -> bool:
        """It has its passage first."""
        return _is_right(self.judged, self.answer)

    @property
    def right_alone(self) -> bool:
        """It would have by itself."""
        return _is_right(self.judged, self.alone)


def ask_all(searcher: Searcher, conversations: Sequence[JudgedFollowUp]) -> list[Understood]:
    """Have conversations of two questions each."""
    outcomes: list[Understood] = []
    for conversation in conversations:
        judged = conversation.judged
        first = searcher.search(conversation.after)
        before = remembered(conversation.after, first)
        answer, follows = find_answer(
            searcher, judged.question, before, quote=conversation.quote or None
        )
        outcomes.append(
            Understood(
                judged,
                first.hits[0].document.source.endswith(conversation.after_docs or ("",)),
                follows,
                answer,
                searcher.search(judged.question),
            )
        )
    return outcomes


def remembered(question: str, answer: Answer) -> Exchange:
    """What the bot remembers of a question and its answer."""
    return Exchange(
        question=question,
        topic=answer.query,
        subject=question,
        passage_id=answer.hits[0].passage_id if answer.answered else None,
        document_id=answer.hits[0].document.id if answer.hits else None,
        voice="be",
        question_id=1,
        answer_id=2,
    )


def whole_questions(material: Material, seed: int = 1) -> list[JudgedFollowUp]:
    """The sample's questions in an order by chance, always the same, each after another."""
    questions = list(material.questions)
    random.Random(seed).shuffle(questions)  # noqa: S311  # an order, no secret
    return [
        JudgedFollowUp(question, before.question, ()) for before, question in pairwise(questions)
    ]


def begun(conversations: Sequence[JudgedFollowUp]) -> list[JudgedFollowUp]:
    """The same, each question begun as if it went on."""
    return [
        replace(one, judged=replace(one.judged, question=f"{_AND[one.judged.lang]} {rest}"))
        for one in conversations
        for rest in [one.judged.question[0].lower() + one.judged.question[1:]]
    ]


def main() -> None:
    """Measure or fit, and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--fit", action="store_true", help="print weights fitted to all of it")
    fits = parser.parse_args().fit
    settings = load_settings()
    with open_sample(open_encoder(settings), settings.cache_dir) as material:
        whole = whole_questions(material)
        follow_ups = {
            "sample": sample_follow_ups(),
            "others": read_follow_ups(CONVERSATIONS / "follow-ups.jsonl"),
        }
        fresh = {
            "whole_questions": whole,
            "begun_as_if_they_went_on": begun(whole),
            "fresh_starts": read_follow_ups(CONVERSATIONS / "fresh-starts.jsonl"),
        }
        if fits:
            figures = _fitted(material.searcher, follow_ups, fresh)
        else:
            unseen = {"unseen": read_follow_ups(CONVERSATIONS / "unseen.jsonl")}
            figures = {
                name: _figures(ask_all(material.searcher, conversations))
                for name, conversations in (follow_ups | unseen | fresh).items()
            }
    print(json.dumps(figures, indent=2))


def _figures(outcomes: Sequence[Understood]) -> dict[str, Any]:
    answerable = [outcome for outcome in outcomes if outcome.judged.answerable]
    others = [outcome for outcome in outcomes if not outcome.judged.answerable]
    asked = Counter(outcome.judged.lang for outcome in answerable)
    right = Counter(outcome.judged.lang for outcome in answerable if outcome.right)
    return {
        "questions": len(outcomes),
        "first_question_found": sum(outcome.found for outcome in outcomes) / len(outcomes),
        "taken_for_follow_ups": sum(outcome.follows for outcome in outcomes),
        "answerable": len(answerable),
        "right": right.total() / len(answerable),
        "right_alone": sum(one.right_alone for one in answerable) / len(answerable),
        "right_and_answered": sum(one.right and one.answer.answered for one in answerable)
        / len(answerable),
        "right_by_language": {language: right[language] / asked[language] for language in asked},
        "false_answers": sum(outcome.answer.answered for outcome in others),
        "false_answers_alone": sum(outcome.alone.answered for outcome in others),
    }


def _fitted(
    searcher: Searcher,
    follow_ups: dict[str, list[JudgedFollowUp]],
    fresh: dict[str, list[JudgedFollowUp]],
) -> dict[str, Any]:
    rows: list[list[float]] = []
    follows: list[bool] = []
    weights: list[float] = []
    for name, conversations in (follow_ups | fresh).items():
        for one in conversations:
            question = without_thanks(one.judged.question)
            before = remembered(one.after, searcher.search(one.after))
            following = searcher.follow_up(
                asked_about(question, one.quote or None),
                before.subject,
                before.document_id,
                before.passage_id,
            )
            worse = lag(searcher.search(question), following)
            # In tenths, so that all are of one size.
            rows.append([*features(question), 10 * worse])
            follows.append(name in follow_ups)
            weights.append(BEGUN_WEIGHT if name.startswith("begun") else 1.0)
    model = LogisticRegression(C=10, fit_intercept=False, max_iter=1000)
    model.fit(np.array(rows), follows, sample_weight=weights)
    lean, opens, points, own, word, worse = (float(value) for value in model.coef_[0])
    return {
        "LEAN": round(lean, 2),
        "OPENS": round(opens, 2),
        "POINTS": round(points, 2),
        "OWN_WORD": round(own, 2),
        "WORD": round(word, 2),
        "FITS_WORSE": round(10 * worse, 1),
    }


def _is_right(judged: JudgedQuestion, answer: Answer) -> bool:
    return bool(answer.hits) and judged.is_right(
        answer.hits[0].document.source, answer.hits[0].text
    )


if __name__ == "__main__":
    main()
