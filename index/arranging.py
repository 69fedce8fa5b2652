"""The order in which hits are shown, where their scores leave room for one.

A reader is served by more than the score: by a passage in their own language rather than by its
translation; of two that answer equally well, by the one in their language, and then by the newer;
by one of several passages that say the same to the letter; and by more than one document.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    import numpy.typing as npt

    from index.models import Hit

# Scores that differ by less say nothing about which passage is better. With .002, two of the
# sample's questions lose their first hit; see docs/retrieval.md.
CLOSE = 0.001

# Two passages in different languages whose embeddings have this cosine say the same, where both
# are among the best hits of one question. Of XQuAD-R's parallel passages .93 to .99 have it; of
# passages and the nearest of another content in another language at most .02.
TRANSLATION = 0.85

# And how much lower the translation's score may be: the model prefers one language or the other.
BEHIND = 0.03

# What share of all words of two passages both have, for one to stand for the other.
ALIKE = 0.8

# After so many, the passages of one document stand behind those of others.
OF_ONE_DOCUMENT = 3

_NEVER = date.min


def arrange(
    hits: Sequence[Hit], likeness: npt.NDArray[np.float32], language: str, k: int
) -> tuple[Hit, ...]:
    """The hits to show, in order, with their ranks.

    Args:
        hits: By score, best first; more than k, so that there is something to choose from.
        likeness: The cosines between their passages' embeddings, shape (hits, hits).
        language: The query's.
        k: How many to give at most.
    """
    translated = _translated(hits, likeness, language)
    ordered = [hit for group in _close(translated) for hit in _preferred_first(group, language)]
    seen = Counter[str]()
    first: list[Hit] = []
    last: list[Hit] = []
    for hit in _without_repetitions(ordered):
        seen[hit.document.id] += 1
        (first if seen[hit.document.id] <= OF_ONE_DOCUMENT else last).append(hit)
    return tuple(replace(hit, rank=rank) for rank, hit in enumerate((first + last)[:k], start=1))


def _translated(hits: Sequence[Hit], likeness: npt.NDArray[np.float32], language: str) -> list[Hit]:
    """The hits, with a passage in the reader's language before what it is a translation of.

    It takes the score of that passage, so that scores still fall.
    """
    waiting = dict(enumerate(hits))
    ordered: list[Hit] = []
    for place, hit in enumerate(hits):
        if place not in waiting:
            continue
        if hit.document.language != language:
            for other, candidate in waiting.items():
                if (
                    candidate.document.language == language
                    and likeness[place, other] >= TRANSLATION
                    and candidate.score >= hit.score - BEHIND
                ):
                    ordered.append(replace(waiting.pop(other), score=hit.score))
                    break
        ordered.append(waiting.pop(place))
    return ordered


def _close(hits: Sequence[Hit]) -> Iterator[list[Hit]]:
    """Runs of hits that score nearly as much as the first of their run."""
    group: list[Hit] = []
    for hit in hits:
        if group and hit.score < group[0].score - CLOSE:
            yield group
            group = []
        group.append(hit)
    if group:
        yield group


def _preferred_first(group: list[Hit], language: str) -> list[Hit]:
    newest_first = sorted(group, key=lambda hit: hit.document.published or _NEVER, reverse=True)
    return sorted(newest_first, key=lambda hit: hit.document.language != language)


def _without_repetitions(hits: Sequence[Hit]) -> list[Hit]:
    """One hit of those that say the same: the newest, where the first of them stood."""
    kept: list[Hit] = []
    words: list[set[str]] = []
    for hit in hits:
        own = set(hit.text.lower().split())
        for place, others in enumerate(words):
            if _alike(own, others):
                if _published(hit) > _published(kept[place]):
                    kept[place] = hit
                break
        else:
            kept.append(hit)
            words.append(own)
    return kept


def _alike(one: set[str], other: set[str]) -> bool:
    # As numbers are words, "340 zł" and "440 zł" are told apart in all but long passages.
    if min(len(one), len(other)) < ALIKE * max(len(one), len(other)):
        return False  # most pairs, in no time
    return len(one & other) >= ALIKE * len(one | other) > 0


def _published(hit: Hit) -> date:
    return hit.document.published or _NEVER
