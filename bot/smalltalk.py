"""Greetings, thanks and questions about the bot itself: told from questions, and answered.

Pure, and without the model. A text is small talk only where known phrases make up all of it:
with one word left over it is a question, and is searched.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain, groupby, islice, takewhile
from typing import TYPE_CHECKING, Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.messages import choose_language
from bot.phrases import COURTESIES, FILLERS, PHRASES, SIGNS, Kind
from index.folding import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from gettext import NullTranslations

    from corpus.models import Language

# What is longer is no small talk.
MOST_WORDS: Final = 16

# From how many letters on a word may have one error, and two. A letter may stand for another
# only in longer words: "приват", a bank, is one letter off "привет".
_ONE_ERROR: Final = 5
_WRONG_LETTER: Final = 7
_TWO_ERRORS: Final = 10

# A shorter greeting without a comma is as likely a part of the question.
_SURE_GREETING: Final = 5

_EMOJI: Final = "".join(sign for sign in SIGNS if not sign.isalpha())
_TOKEN: Final = re.compile(rf"@\w+|\w+(?:['’ʼ`´\u0301]\w+)*|[{_EMOJI}]")
_REPEATED: Final = re.compile(r"(.)\1+")
_PAUSE: Final = re.compile(r"[^\w\s]\s|\n")
_OPTIONAL: Final = re.compile(r"\[(\w+)\]")
_BEFORE_QUESTION: Final = re.compile(r"[^\w@«„“\"'(\[]+")


@dataclass(frozen=True, slots=True)
class SmallTalk:
    """What was said beside the matter.

    Attributes:
        kind: What it is about.
        languages: Those in which one says so; empty where it was said with a sign.
    """

    kind: Kind
    languages: tuple[Language, ...]

    def language(self, language_code: str | None) -> Language:
        """The language to reply in.

        Args:
            language_code: What Telegram says of the user. It decides between languages that
                say it alike, as Polish and German do "super".
        """
        preferred = choose_language(None, language_code)
        if not self.languages or preferred in self.languages:
            return preferred
        return self.languages[0]


def find_small_talk(text: str) -> SmallTalk | None:
    """Tell what a text is about where it asks nothing of the documents.

    Args:
        text: As it was typed. Mentions (@name) and most signs are passed over.

    Returns:
        None where there is a word to search for, and where there is no word at all.
    """
    words = _words(text)
    parts = _parts(words)
    if len(words) > MOST_WORDS or not parts or parts[-1].end < len(words):
        return None
    kinds = [(part.phrase.kind, part) for part in parts if part.phrase.kind is not None]
    if not kinds:
        return None
    kind, part = max(kinds, key=lambda pair: pair[0].value)
    return SmallTalk(kind, _languages(part.phrase, words[part.start : part.end]))


def strip_greeting(question: str) -> str:
    """Take the greeting and the address off a question: they only blur its embedding.

    Args:
        question: As it was typed.

    Returns:
        The question itself where it begins with no greeting, or where nothing else is in it.
    """
    words = _words(question)
    parts = _parts(words)
    if not parts or parts[0].phrase.kind is not Kind.GREETING or parts[-1].end == len(words):
        return question
    cut = 0
    for part in takewhile(lambda part: part.phrase.opens, parts):
        after = question[words[part.end - 1].end : words[part.end].start]
        if _PAUSE.search(after) or (part is parts[0] and _is_sure_greeting(part, words, after)):
            cut = words[part.end - 1].end
    return _BEFORE_QUESTION.sub("", question[cut:], count=1) if cut else question


def reply(kind: Kind, words: NullTranslations) -> str:
    """What the bot says to small talk.

    Args:
        kind: What it is about.
        words: The catalogue to say it from.
    """
    how_to_ask = words.gettext(
        "Just send me your question in your own words, in Belarusian, Russian, "
        "Ukrainian, Polish, Lithuanian, English or German."
    )
    verbatim = words.gettext(
        "I never write answers of my own: I quote the documents word for word and "
        "always name the source."
    )
    match kind:
        case Kind.CALL | Kind.GREETING:
            sentences = [
                words.gettext(
                    "Hello! I am Daviedka. I look for answers in the articles and guides that "
                    "your community trusts."
                ),
                how_to_ask,
            ]
        case Kind.THANKS:
            sentences = [words.gettext("You are welcome! If anything else comes up, just ask.")]
        case Kind.GOODBYE:
            sentences = [words.gettext("Goodbye! Write whenever you have a question.")]
        case Kind.WELLBEING:
            sentences = [words.gettext("I am fine, thank you. What would you like to know?")]
        case Kind.ABILITY:
            sentences = [how_to_ask, verbatim]
        case Kind.IDENTITY:
            sentences = [
                words.gettext(
                    "I am Daviedka, a program and not a person. I look for answers in the articles "
                    "and guides that your community's moderators have chosen."
                ),
                verbatim,
            ]
        case Kind.PRIVACY:
            sentences = [
                words.gettext("I do not keep who asks what."),
                words.gettext("/privacy tells what is kept."),
            ]
    return "\n\n".join(sentences)


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of a text: where it stands, in small letters, and folded."""

    start: int
    end: int
    spelling: str
    folded: str


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A known phrase: what it is about, and how it is spelt in which language.

    Attributes:
        kind: None where it adds nothing to what stands beside it.
        opens: True for greetings, and for how one addresses people.
        spellings: Its words in small letters, and the language.
    """

    kind: Kind | None
    opens: bool
    spellings: list[tuple[str, Language]]


@dataclass(frozen=True, slots=True)
class _Part:
    """Words [start, end) of a text as a known phrase, with so many typing errors."""

    start: int
    end: int
    phrase: _Phrase
    errors: int


def _words(text: str) -> list[_Word]:
    """The words that `text` begins with, at most one more than small talk has."""
    found = (match for match in _TOKEN.finditer(text) if not match[0].startswith("@"))
    return [
        _Word(match.start(), match.end(), match[0].lower(), _folded(match[0]))
        for match in islice(found, MOST_WORDS + 1)
    ]


def _folded(word: str) -> str:
    """A word without script, diacritics and stretched letters; a sign as it is."""
    return _REPEATED.sub(r"\1", "".join(fold(word))) or word


def _spellings(phrase: str) -> tuple[str, ...]:
    """With the word in brackets, and without; the phrase itself where there is none."""
    return tuple(dict.fromkeys((_OPTIONAL.sub(r"\1", phrase), _OPTIONAL.sub(" ", phrase))))


def _known_phrases() -> dict[tuple[str, ...], _Phrase]:
    phrases: dict[tuple[str, ...], _Phrase] = {}

    def add(text: str, kind: Kind | None, language: Language | None, *, opens: bool) -> None:
        for spelling in chain.from_iterable(map(_spellings, text.split("/"))):
            words = _words(spelling)
            phrase = phrases.setdefault(
                tuple(word.folded for word in words), _Phrase(kind, opens, [])
            )
            if language is not None:
                phrase.spellings.append((" ".join(word.spelling for word in words), language))

    for language, kinds in PHRASES.items():
        for kind, text in kinds.items():
            add(text, kind, language, opens=kind is Kind.GREETING)
    for sign, kind in SIGNS.items():
        add(sign, kind, None, opens=kind is Kind.GREETING)
    add(COURTESIES, None, None, opens=True)
    add(FILLERS, None, None, opens=False)
    return phrases


_KNOWN: Final = _known_phrases()
_VOCABULARY: Final = frozenset(word for phrase in _KNOWN for word in phrase)
_LONG_WORDS: Final = sorted(word for word in _VOCABULARY if len(word) >= _ONE_ERROR)
_LONGEST: Final = max(map(len, _KNOWN))
_BY_FIRST: Final = {
    first: tuple(phrases)
    for first, phrases in groupby(sorted(_KNOWN), key=lambda phrase: phrase[0])
}


def _parts(words: Sequence[_Word]) -> tuple[_Part, ...]:
    """The longest beginning that known phrases make up, with the fewest errors and parts."""
    # How each beginning that can be made up is made up best.
    best: dict[int, tuple[_Part, ...]] = {0: ()}
    readings: list[dict[str, int]] = []
    for start in range(len(words)):
        if start not in best:
            continue
        while len(readings) < min(start + _LONGEST, len(words)) and (not readings or readings[-1]):
            readings.append(_readings(words[len(readings)].folded))
        for part in _phrases_at(start, readings):
            parts = (*best[start], part)
            if part.end not in best or _cost(parts) < _cost(best[part.end]):
                best[part.end] = parts
    return best[max(best)]


def _phrases_at(start: int, readings: Sequence[dict[str, int]]) -> Iterator[_Part]:
    for first in readings[start]:
        for phrase in _BY_FIRST.get(first, ()):
            end = start + len(phrase)
            read = readings[start:end]
            if len(read) == len(phrase) and all(map(dict.__contains__, read, phrase)):
                errors = sum(map(dict.__getitem__, read, phrase))
                yield _Part(start, end, _KNOWN[phrase], errors)


def _cost(parts: Sequence[_Part]) -> tuple[int, int]:
    return sum(part.errors for part in parts), len(parts)


def _readings(word: str) -> dict[str, int]:
    """The known words that a folded word may be meant for, with its errors."""
    if word in _VOCABULARY:
        return {word: 0}
    most = (len(word) >= _ONE_ERROR) + (len(word) >= _TWO_ERRORS)
    if not most:
        return {}
    found = process.extract(word, _LONG_WORDS, scorer=OSA.distance, score_cutoff=most, limit=None)
    return {
        known: int(errors)
        for known, errors, _ in found
        if len(known) != len(word)
        or len(word) >= _WRONG_LETTER
        or sorted(known) == sorted(word)  # two letters in the wrong order
    }


def _languages(phrase: _Phrase, words: Sequence[_Word]) -> tuple[Language, ...]:
    """The languages in which this phrase is spelt so; if there are none, in which it exists."""
    typed = " ".join(word.spelling for word in words)
    exact = [language for spelling, language in phrase.spellings if spelling == typed]
    return tuple(dict.fromkeys(exact or (language for _, language in phrase.spellings)))


def _is_sure_greeting(part: _Part, words: Sequence[_Word], after: str) -> bool:
    """Whether a greeting is one though no pause is after it: "добры дзень як атрымаць"."""
    letters = sum(len(word.folded) for word in words[part.start : part.end])
    return (
        part.errors == 0
        and letters >= _SURE_GREETING
        and not after.strip(" ,")
        and part.end + 1 < len(words)
    )
