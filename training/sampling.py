"""Draws what is trained on: pairs of texts that mean the same, written as people write."""

from __future__ import annotations

import json
import random
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zlib import crc32

from anyascii import anyascii

from corpus.transliteration import belarusian_to_latin

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

# How often each language is drawn first, and as the other side.
WEIGHTS = {"be": 27, "lt": 19, "uk": 19, "pl": 12, "ru": 12, "de": 6, "en": 9}
OTHER_WEIGHTS = {"be": 14, "lt": 12, "uk": 10, "pl": 11, "ru": 22, "de": 8, "en": 23}
LATIN_SHARE = 0.33  # of Belarusian
SAME_LANGUAGE_SHARE = 0.1
# Several texts in a row as one passage, asked for by one of them; mostly in the languages that
# the teacher knows well, so that the student keeps what the teacher does with long texts.
LONG_SHARE = 0.14
LONG_WEIGHTS = {"be": 8, "lt": 8, "uk": 7, "pl": 7, "ru": 25, "de": 20, "en": 25}
PASSAGE_SHARE = 0.12
# What a heading may be asked with.
_QUESTION_WORDS = {
    "be": ("як", "дзе", "што такое", "ці можна", "падкажыце", "скажыце калі ласка"),
    "ru": ("как", "где", "что такое", "можно ли", "подскажите", "кто знает"),
    "uk": ("як", "де", "що таке", "чи можна", "підкажіть", "хто знає"),
    "pl": ("jak", "gdzie", "co to jest", "czy można", "powiedzcie", "kto wie"),
    "lt": ("kaip", "kur", "kas yra", "ar galima", "pasakykite", "kas žino"),
    "de": ("wie", "wo", "was ist", "kann man", "weiß jemand", "wie geht das"),
    "en": ("how to", "where", "what is", "is it possible", "does anyone know", "please tell me"),
}
PROMPTS = ("query: ", "passage: ")
_HELD_OUT = 100  # one group in so many is never trained on


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts that belong together, and what the teacher reads in place of each."""

    query: str
    passage: str
    query_pivot: tuple[str, str]
    passage_pivot: tuple[str, str]


class Sampler:
    """Draws pairs, always the same ones for one seed.

    Args:
        directory: Where `collect` wrote.
        seed: Another one for each process.
        held_out: Draw from what is kept apart.
        long_share: Of the pairs, those of several texts in a row.
        passage_share: Of the others, those of a passage and what asks for it.
    """

    def __init__(
        self,
        directory: Path,
        seed: int,
        *,
        held_out: bool = False,
        long_share: float = LONG_SHARE,
        passage_share: float = PASSAGE_SHARE,
    ) -> None:
        self._long_share = long_share
        self._passage_share = passage_share
        self._random = random.Random(seed)  # noqa: S311 - repeatable, not secret
        self._pairs: list[tuple[dict[str, str], dict[str, str]]] = []
        for path in sorted(directory.glob("groups*.jsonl")):
            for record in _records(path):
                texts = record["texts"]
                self._pairs.append((texts, texts))
        border = len(self._pairs)
        for path in sorted(directory.glob("passages*.jsonl")):
            self._pairs.extend((record["query"], record["passage"]) for record in _records(path))
        self._by_language: dict[tuple[str, bool], tuple[list[int], list[float]]] = {}
        columns: dict[tuple[str, bool], tuple[list[int], list[float]]] = defaultdict(
            lambda: ([], [])
        )
        for number, (queries, passages) in enumerate(self._pairs):
            text = passages.get("en") or next(iter(passages.values()))
            if (crc32(text.encode()) % _HELD_OUT == 0) != held_out:
                continue
            words = len(text.split())
            for language in queries:
                rows, weights = columns[language.split("-")[0], number >= border]
                total = weights[-1] if weights else 0.0
                rows.append(number)
                # A word or two says little; most messages are that short.
                weights.append(total + min(words, 11) ** 1.2)
        self._by_language = dict(columns)

    def seed(self, seed: str) -> None:
        """Draw from here on what this seed gives."""
        self._random.seed(seed)

    def draw(self, count: int) -> list[Pair]:
        """Draw so many pairs."""
        return [self._draw() for _ in range(count)]

    def _draw(self) -> Pair:
        dice = self._random
        if dice.random() < self._long_share and (pair := self._draw_long()) is not None:
            return pair
        (first,) = dice.choices(list(WEIGHTS), list(WEIGHTS.values()))
        is_passage = dice.random() < self._passage_share and (first, True) in self._by_language
        rows, cumulative = self._by_language[first, is_passage]
        (number,) = dice.choices(rows, cum_weights=cumulative)
        queries, passages = self._pairs[number]
        others = [language for language in passages if language != first]
        if first in passages and (
            not others or (is_passage and dice.random() < SAME_LANGUAGE_SHARE)
        ):
            other = first
        else:
            weights = [OTHER_WEIGHTS[language.split("-")[0]] for language in others]
            (other,) = dice.choices(others, weights)
        query = queries.get(first) or queries[f"{first}-tarask"]
        if is_passage and len(query) < 60 and dice.random() < 0.35:
            query = f"{dice.choice(_QUESTION_WORDS[first])} {query[0].lower()}{query[1:]}?"
        query = as_typed(query, first, dice)
        passage = self._as_written(passages[other], other)
        is_asked = is_passage or dice.random() < 0.5
        prompts = PROMPTS if is_asked else (dice.choice(PROMPTS),) * 2
        return Pair(
            prompts[0] + query,
            prompts[1] + passage,
            self._pivot(queries, first, prompts[0]),
            self._pivot(passages, other, prompts[1]),
        )

    def _draw_long(self) -> Pair | None:
        """Neighbours, which mostly come from one catalogue, as one; None where they fail."""
        dice = self._random
        (first,) = dice.choices(list(LONG_WEIGHTS), list(LONG_WEIGHTS.values()))
        rows, _ = self._by_language[first, False]
        at = dice.randrange(len(rows) - 40)
        neighbours = [
            texts
            for texts, _ in (self._pairs[row] for row in rows[at : at + 40])
            if first in texts and len(texts[first].split()) > 5
        ]
        if len(neighbours) < 3:
            return None
        asked = neighbours[0]
        others = [language for language in asked if language in LONG_WEIGHTS]
        weights = [LONG_WEIGHTS[language] for language in others]
        (other,) = dice.choices(others, weights) if dice.random() < 0.5 else (first,)
        languages = {first, other, "en"}
        joined: dict[str, list[str]] = {language: [] for language in languages}
        for texts in neighbours[: dice.randint(3, 8)]:
            if languages <= texts.keys():
                for language in languages:
                    joined[language].append(texts[language])
        if not joined[first]:
            return None
        order = dice.sample(range(len(joined[first])), len(joined[first]))
        passages = {
            language: " ".join(parts[place] for place in order)
            for language, parts in joined.items()
        }
        query = as_typed(asked[first], first, dice)
        return Pair(
            PROMPTS[0] + query,
            PROMPTS[1] + self._as_written(passages[other], other),
            self._pivot(asked, first, PROMPTS[0]),
            self._pivot(passages, other, PROMPTS[1]),
        )

    def _pivot(self, texts: dict[str, str], language: str, prompt: str) -> tuple[str, str]:
        """What the teacher reads: a language that it knows well, and its text."""
        good: list[str] = [pivot for pivot in ("en", "ru", "de") if pivot in texts]
        if language in good:
            pivot = language
        elif "ru" in good and language in ("be", "uk", "be-tarask"):
            pivot = self._random.choice([p for p in ("en", "ru") if p in good])
        else:
            pivot = good[0] if good else language
        return pivot.split("-")[0], prompt + texts[pivot]

    def _as_written(self, text: str, language: str) -> str:
        if language.startswith("be") and self._random.random() < 0.15:
            return belarusian_to_latin(text)
        return text


def as_typed(text: str, language: str, dice: random.Random) -> str:
    """A text as someone may type it: other letters, no capitals, no marks, slips of the hand."""
    if language == "be" and dice.random() < LATIN_SHARE:
        text = belarusian_to_latin(text)
        if dice.random() < 0.35:
            text = anyascii(text)  # with no marks, as on a foreign keyboard
    elif (language in ("ru", "uk") and dice.random() < 0.03) or (
        language in ("lt", "pl", "de") and dice.random() < 0.15
    ):
        text = anyascii(text)
    if dice.random() < 0.45:
        text = text.lower()
    if dice.random() < 0.45:
        text = re.sub(r"[.,;:!?\"'«»„“”()]+", "", text)
    if dice.random() < 0.15 and len(text) > 8:
        text = _with_typos(text, dice)
    if dice.random() < 0.15:
        text = text.rstrip(".!") + "?"
    return text


def _with_typos(text: str, dice: random.Random) -> str:
    for _ in range(1 + len(text) // 40):
        at = dice.randrange(1, len(text) - 2)
        match dice.randrange(3):
            case 0:
                text = text[:at] + text[at + 1 :]
            case 1:
                text = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
            case _:
                text = text[:at] + text[at] + text[at:]
    return text


def _records(path: Path) -> Iterator[dict[str, dict[str, str]]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def parallel(directory: Path, language: str, count: int) -> Sequence[tuple[str, str]]:
    """Texts of at least five words in English and in another language."""
    found = []
    for path in sorted(directory.glob("groups*.jsonl")):
        for record in _records(path):
            texts = record["texts"]
            english = texts.get("en", "")
            if language in texts and 5 <= len(english.split()) <= 30:
                found.append((english, texts[language]))
    return random.Random(0).sample(found, count)  # noqa: S311 - as above
