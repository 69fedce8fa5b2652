"""Follow-ups: questions that say only what is new, as one asks when the matter is clear. Pure.

Whether a question goes on with the one before it shows in its form and in what is found. In its
form: it begins as if it went on ("а калі", "and for"), it points back ("can I joke with them?"),
it is short and names little of its own. And in what is found: read after the question before, it
leads to a passage which fits its own words about as well as the best passage there is; a new
question has one somewhere that fits far better. Both are weighed together.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from bot.common_words import COMMON, OPENINGS, PAIRS, POINTING, THANKS
from index.folding import fold

if TYPE_CHECKING:
    from bot.bridge import Search
    from bot.memory import Exchange
    from index.models import Answer


# What goes on is short and names little: a question that names more says what it is about.
MOST_WORDS: Final = 8
MOST_OWN_WORDS: Final = 2

# In log odds, by `python -m benchmarks.follow_ups --fit` on 135 conversations and 464 whole
# questions after others. LEAN is .5 lower than fitted, so that whole questions lose nothing: what
# is taken for a follow-up is one with a probability of .62. With 70 conversations more, the fit
# finds three more of 70 unseen follow-ups and answers twice as many questions that nothing answers.
LEAN: Final = 3.2
OPENS: Final = 1.0
POINTS: Final = 2.1
OWN_WORD: Final = -0.81
WORD: Final = -0.28
FITS_WORSE: Final = -20.0
# As much as pointing back in words. A reply may also be just where somebody happened to answer.
REPLIES: Final = 2.1

_WORD: Final = re.compile(r"\w+(?:['’ʼ`´]\w+)*")
_PAUSE: Final = re.compile(r"[^\w\s]|\n")
# Beyond these, more of them tell nothing more.
_COUNTED_OWN: Final = 6
_COUNTED: Final = 12


def _folded(*texts: str) -> frozenset[str]:
    return frozenset(folded for text in texts for word in text.split() for folded in fold(word))


_OPENINGS: Final = frozenset(OPENINGS.split())
_POINTING: Final = frozenset(POINTING.split())
_COMMON: Final = _folded(OPENINGS, POINTING, COMMON)
_THANKS: Final = frozenset(THANKS.split())


def stands_alone(question: str) -> bool:
    """Whether a question by itself says what it is about, as far as its form tells.

    Args:
        question: As it was typed, in any of the languages and scripts.
    """
    words = _words(question)
    if not words or len(words) > MOST_WORDS:
        return True
    own = _own(words)
    goes_on = _opens(words) or " ".join(words[:2]) in PAIRS or _points(words)
    return own > MOST_OWN_WORDS or (own > 0 and not goes_on)


def leaning(question: str) -> float:
    """The log odds that a question goes on, if what was shown fits it as well as anything.

    Args:
        question: As for `stands_alone`. Without words it goes on with nothing.
    """
    told = features(question)
    if not told[-1]:
        return -float("inf")
    return sum(weight * value for weight, value in zip(_WEIGHTS, told, strict=True))


def features(question: str) -> tuple[float, ...]:
    """What the form of a question tells, in the order of the weights; the first is always 1."""
    words = _words(question)
    return (
        1.0,
        float(_opens(words)),
        float(_points(words)),
        float(min(_own(words), _COUNTED_OWN)),
        float(min(len(words), _COUNTED)),
    )


_WEIGHTS: Final = (LEAN, OPENS, POINTS, OWN_WORD, WORD)


def lag(alone: Answer, following: Answer) -> float:
    """How much worse the first hit of the follow-up fits the question's own words.

    Args:
        alone: What is found for the question by itself; it has hits.
        following: What is found for it after the one before; it has hits, too.

    Returns:
        A difference of cosines.
    """
    own, followed = alone.hits[0].signals, following.hits[0].signals
    return (own.passage + own.sentence - followed.passage - followed.sentence) / 2


def choose(lean: float, alone: Answer, following: Answer) -> Answer:
    """The likelier of a question's two readings: by itself, or after the one before it.

    Args:
        lean: See `leaning`.
        alone: What is found for it by itself.
        following: What is found for it after the one before.
    """
    if not following.hits or not alone.hits:
        return alone
    return following if lean + FITS_WORSE * lag(alone, following) > 0 else alone


def find_answer(
    search: Search,
    question: str,
    before: Exchange | None,
    *,
    replies: bool = False,
    quote: str | None = None,
) -> tuple[Answer, bool]:
    """Search for a question, and where it may be a follow-up, for it after the one before it.

    Args:
        search: What is searched.
        question: As it was typed, without a greeting.
        before: What was asked before, if anything.
        replies: True where it is sent in reply to that answer.
        quote: What of that answer is quoted, if anything: it narrows down what is asked about.

    Returns:
        The answer of the likelier reading, and whether it is that of a follow-up.
    """
    question = without_thanks(question)
    alone = search.search(question)
    lean = leaning(question) + (REPLIES if replies else 0.0)
    if before is None or lean <= 0 or question.casefold() == before.question.casefold():
        return alone, False
    following = search.follow_up(
        asked_about(question, quote), before.subject, before.document_id, before.passage_id
    )
    chosen = choose(lean, alone, following)
    return chosen, chosen is following


def without_thanks(question: str) -> str:
    """What is asked after the answer before was taken: "дзякуй, а калі?" asks "а калі?".

    Args:
        question: As it was typed. Thanks end at a mark, or where one goes on.
    """
    words = list(_WORD.finditer(question))
    for word, following in pairwise(words):
        if word[0].lower() not in _THANKS:
            break
        if _PAUSE.search(question[word.end() : following.start()]) or (
            following[0].lower() in _OPENINGS
        ):
            return without_thanks(question[following.start() :])
    return question


def asked_about(question: str, quote: str | None = None) -> str:
    """What a follow-up asks about: without the word that goes on, which says nothing of it."""
    first, _, rest = question.strip().partition(" ")
    about = rest.strip() if rest.strip() and first.lower() in _OPENINGS else question
    return f"{quote} {about}" if quote else about


def _words(question: str) -> list[str]:
    return _WORD.findall(question.lower())


def _own(words: list[str]) -> int:
    return sum(not _COMMON.issuperset(fold(word)) for word in words)


def _opens(words: list[str]) -> bool:
    return bool(words) and words[0] in _OPENINGS


def _points(words: list[str]) -> bool:
    return not _POINTING.isdisjoint(words)
