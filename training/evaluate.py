"""Measures a model on texts that it was not trained on: Tatoeba and XQuAD-R."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from index.encoder import Embeddings, Encoder

_TATOEBA = {"be": "bel", "uk": "ukr", "pl": "pol", "lt": "lit", "ru": "rus", "de": "deu"}
_XQUAD = ("en", "ru", "de")


def tatoeba(encoder: Encoder, directory: Path) -> dict[str, float]:
    """Of 500 sentences a language, how many find their translation first.

    Args:
        encoder: All texts are encoded as queries: they stand in no relation but sameness.
        directory: Of the sentence pairs.

    Returns:
        Share of right first hits, by direction ("be-en", "en-be").
    """
    shares = {}
    for language, code in _TATOEBA.items():
        texts, english = (
            (directory / f"{code}-eng.{side}").read_text().splitlines() for side in (code, "eng")
        )
        scores = encoder.encode_queries(texts) @ encoder.encode_queries(english).T
        # A sentence that stands there twice is right both times.
        shares[f"{language}-en"] = _found(scores, english)
        shares[f"en-{language}"] = _found(scores.T, texts)
    return shares


def _found(scores: Embeddings, candidates: list[str]) -> float:
    best = scores.argmax(axis=1)
    return float(np.mean([candidates[hit] == candidates[row] for row, hit in enumerate(best)]))


def xquad(encoder: Encoder, directory: Path) -> dict[str, float]:
    """Of XQuAD-R's questions, how many find their paragraph first by its embedding alone.

    Returns:
        R@1 by question and paragraph language ("en-ru"), and their means "same" and "across".
    """
    questions: dict[str, list[str]] = {}
    paragraphs: dict[str, list[str]] = {}
    owners: list[int] = []
    for language in _XQUAD:
        tree = json.loads((directory / f"{language}.json").read_bytes())
        questions[language], paragraphs[language], owners = [], [], []
        for article in tree["data"]:
            for paragraph in article["paragraphs"]:
                for question in paragraph["qas"]:
                    owners.append(len(paragraphs[language]))
                    questions[language].append(question["question"])
                paragraphs[language].append(paragraph["context"])
    asked = {language: encoder.encode_queries(texts) for language, texts in questions.items()}
    held = {language: encoder.encode_passages(texts) for language, texts in paragraphs.items()}
    shares = {
        f"{one}-{other}": float(
            np.mean((asked[one] @ held[other].T).argmax(axis=1) == np.array(owners))
        )
        for one in _XQUAD
        for other in _XQUAD
    }
    same = [share for pair, share in shares.items() if pair[:2] == pair[3:]]
    across = [share for pair, share in shares.items() if pair[:2] != pair[3:]]
    return shares | {"same": float(np.mean(same)), "across": float(np.mean(across))}
