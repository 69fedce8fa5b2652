"""Questions that mean the same, in whatever language, become one group."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np

from corpus.language import detect_language
from corpus.sample import sample_questions
from corpus.transliteration import belarusian_query_to_cyrillic

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    import numpy.typing as npt

    from bot.records.gaps import GapState, Question
    from corpus.models import Language
    from index.encoder import Embeddings, Encoder

# Questions are alike if they are more so than all but one in 500 pairs of different questions,
# those of the sample corpus. So the limit suits any model: their cosines have little in common.
# Measured with the bundled model (0.89) on 120 questions of XQuAD, each in three languages, mixed
# with the 261 of the sample and the guide: of the pairs that ask the same, 79 % come together; of
# the pairs that come together, 83 % ask the same, most others something near to it in the same
# article. One in 200 gives 87 % and 73 %, one in 1,000 73 % and 86 %. Agglomerative clustering
# with average linkage gives 80 % and 87 %, but moves questions from group to group as others
# come in.
_ALIKE: Final = 0.998

_ENCODED_AT_ONCE: Final = 32


@dataclass(frozen=True, slots=True)
class Gap:
    """Questions that mean the same and found nothing.

    Attributes:
        id: The id of the question that was asked first.
        state: Out of scope where any of its questions is: a later one joins it. Done where all
            are; asked again after that, it is open.
        asked_again: True where it is open although earlier questions of it are done.
        questions: Those of its state, at least one, in the order in which they were asked.
        typical: The words of the one that is nearest to all others.
        all_ids: Of all its questions, whatever their state.
    """

    id: int
    state: GapState
    asked_again: bool
    questions: tuple[Question, ...]
    typical: str
    all_ids: tuple[int, ...]

    @property
    def ids(self) -> tuple[int, ...]:
        """The ids of the questions of its state."""
        return tuple(question.id for question in self.questions)

    @property
    def asked(self) -> int:
        """How often it was asked."""
        return sum(question.count for question in self.questions)

    @property
    def languages(self) -> tuple[Language, ...]:
        """In which languages, the most frequent first."""
        counter: Counter[Language] = Counter()
        for question in self.questions:
            counter[question.language] += question.count
        return tuple(language for language, _ in counter.most_common())

    @property
    def first(self) -> date:
        """When it was asked first."""
        return min(question.day for question in self.questions)

    @property
    def last(self) -> date:
        """When it was asked last."""
        return max(question.day for question in self.questions)

    @property
    def wordings(self) -> Mapping[str, int]:
        """Its different wordings with how often each was used, the most frequent first."""
        counter: Counter[str] = Counter()
        for question in self.questions:
            counter[question.text] += question.count
        return dict(counter.most_common())


def encode_missing(questions: Sequence[Question], encoder: Encoder) -> dict[int, bytes]:
    """Embed those questions that this model has not embedded yet.

    Returns:
        float16 embeddings, as bytes, by the questions' ids.

    Raises:
        EncodingError: The model fails.
    """
    missing = [question for question in questions if question.model != encoder.name]
    embeddings = _encode(encoder, [question.text for question in missing])
    return {
        question.id: embedding.astype(np.float16).tobytes()
        for question, embedding in zip(missing, embeddings, strict=True)
    }


@cache
def least_likeness(encoder: Encoder) -> float:
    """From which cosine on two questions mean the same to a model; see `_ALIKE`.

    Takes a few seconds the first time.

    Raises:
        EncodingError: The model fails.
    """
    embeddings = _encode(encoder, [judged.question for judged in sample_questions()])
    pairs = np.triu_indices(len(embeddings), 1)
    return float(np.quantile((embeddings @ embeddings.T)[pairs], _ALIKE))


def group_questions(questions: Sequence[Question], least: float) -> list[Gap]:
    """Put questions that mean the same together.

    Each question joins the group to which it is most like on average, or begins a group of its
    own. So those that come later never move the earlier ones.

    Args:
        questions: In the order of their ids, all embedded by one model.
        least: The average cosine from which on a question joins a group.

    Returns:
        In the order in which each was asked first.
    """
    if not questions:
        return []
    embeddings = np.stack(
        [np.frombuffer(question.embedding or b"", np.float16) for question in questions]
    ).astype(np.float32)
    groups = _assign(embeddings, least)
    return [_gap([questions[row] for row in rows], embeddings[rows]) for rows in groups]


def _assign(embeddings: Embeddings, least: float) -> list[list[int]]:
    """The rows of each group."""
    groups: list[list[int]] = []
    sums = np.zeros_like(embeddings)
    sizes = np.zeros(len(embeddings), np.float32)
    for row, embedding in enumerate(embeddings):
        likeness = sums[: len(groups)] @ embedding / sizes[: len(groups)]
        best = int(likeness.argmax()) if groups else -1
        if best < 0 or likeness[best] < least:
            best = len(groups)
            groups.append([])
        groups[best].append(row)
        sums[best] += embedding
        sizes[best] += 1
    return groups


def _gap(questions: Sequence[Question], embeddings: Embeddings) -> Gap:
    states = {question.state for question in questions}
    state: GapState = (
        "out of scope" if "out of scope" in states else "open" if "open" in states else "done"
    )
    # To what is out of scope, questions that are still open belong, too.
    shown = [
        row
        for row, question in enumerate(questions)
        if question.state == state or (state == "out of scope" and question.state == "open")
    ]
    own = [questions[row] for row in shown]
    return Gap(
        id=questions[0].id,
        state=state,
        asked_again=state == "open" and "done" in states,
        questions=tuple(own),
        typical=_typical(own, embeddings[shown]),
        all_ids=tuple(question.id for question in questions),
    )


def _typical(questions: Sequence[Question], embeddings: Embeddings) -> str:
    counts: npt.NDArray[np.float32] = np.array([each.count for each in questions], np.float32)
    return questions[int(np.argmax(embeddings @ (counts @ embeddings)))].text


def _encode(encoder: Encoder, texts: Sequence[str]) -> Embeddings:
    """In parts, so that people's questions are encoded in between."""
    read = [_as_read(text) for text in texts]
    parts = [
        encoder.encode_queries(read[first : first + _ENCODED_AT_ONCE])
        for first in range(0, len(read), _ENCODED_AT_ONCE)
    ]
    return np.concatenate([np.zeros((0, encoder.dim), np.float32), *parts])


def _as_read(text: str) -> str:
    """As the search reads it, too: the model has seen next to no Belarusian in Latin letters."""
    language = detect_language(text)
    latin = (language.language, language.script) == ("be", "Latn")
    return belarusian_query_to_cyrillic(text) if latin else text
