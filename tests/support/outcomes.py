"""Outcomes of judged questions for tests."""

from __future__ import annotations

from typing import Any

from corpus.judged import JudgedQuestion
from index.figures import Outcome


def make_outcome(
    *, lang: str = "en", answerable: bool = True, ranks: tuple[int, ...] = (), **fields: Any
) -> Outcome:
    """An outcome of a question that is answered by "a.md", if at all."""
    question = JudgedQuestion(
        id="q1",
        lang=lang,
        question="What?",
        answerable=answerable,
        docs=("a.md",) if answerable else (),
    )
    values: dict[str, Any] = {
        "confidence": 0.5,
        "answered": True,
        "first": "b.md",
        "relation": None,
    }
    return Outcome(question=question, ranks=ranks, **values | fields)
