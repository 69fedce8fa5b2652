"""Measures a model on the authored documents that it was not trained on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from index.figures import area_under_curve
from training.authored import as_searched

if TYPE_CHECKING:
    from collections.abc import Sequence

    from index.encoder import Embeddings, Encoder
    from training.authored import AuthoredDocument


def measure(encoder: Encoder, documents: Sequence[AuthoredDocument]) -> dict[str, float]:
    """Ask all questions by the cosines alone: ½ passage + ½ best sentence.

    Args:
        encoder: Of queries and passages.
        documents: At least one.

    Returns:
        "siblings", the share of questions whose passage is the first of its document; "all",
        the first of all documents; "auc", how well the best passage's score tells them from
        near questions, .5 is chance; "auc_siblings", the same with the best score within the
        document.
    """
    passages = [(place, d, p) for place, d in enumerate(documents) for p in d.passages]
    counts = [len(p.sentences) for *_, p in passages]
    asked = [(row, q, True) for row, (*_, p) in enumerate(passages) for q in p.questions]
    asked += [(row, q, False) for row, (*_, p) in enumerate(passages) for q in p.near]
    queries = encoder.encode_queries([as_searched(question.text) for _, question, _ in asked])
    whole = encoder.encode_passages([p.under(d.title, p.heading) for _, d, p in passages])
    sentences = encoder.encode_passages([text for *_, p in passages for text in p.sentences])
    firsts = np.cumsum([0, *counts[:-1]])
    best = np.maximum.reduceat(queries @ sentences.T, firsts, axis=1)
    scores = np.asarray((queries @ whole.T + best) / 2, np.float32)
    rows = np.array([row for row, *_ in asked])
    answered = np.array([answered for *_, answered in asked])
    document_of = np.array([place for place, *_ in passages])
    within = np.where(document_of[None, :] == document_of[rows][:, None], scores, np.float32(-1))

    def found(scores: Embeddings) -> float:
        return float(np.mean(scores.argmax(axis=1)[answered] == rows[answered]))

    def told(scores: Embeddings) -> float:
        highest = scores.max(axis=1)
        return area_under_curve(list(highest[answered]), list(highest[~answered])) or 0.0

    return {
        "siblings": found(within),
        "all": found(scores),
        "auc": told(scores),
        "auc_siblings": told(within),
    }
