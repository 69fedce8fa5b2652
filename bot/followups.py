"""Follow-ups: questions that say only what is new, as one asks when the matter is clear. Pure.

Whether a question can be one is told by its form, never by its length alone: "PESEL" is short and
whole. It can be where it begins as if it went on ("а калі", "and for", "o jei"), where it points
back ("can I joke with them?"), and where all its words are such as any question may have ("ile to
kosztuje?").
"""

from __future__ import annotations

import re
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from bot.common_words import COMMON, OPENINGS, PAIRS, POINTING
from index.folding import fold

if TYPE_CHECKING:
    from bot.bridge import Search
    from bot.memory import Exchange
    from index.models import Answer


class Form(IntEnum):
    """How much a question looks like a follow-up."""

    WHOLE = 0
    # It points back or goes on, but names something of its own.
    GOING_ON = 1
    # It can be nothing else, as it names nothing.
    EMPTY = 2


# What goes on is short and names little: a question that names more says what it is about.
MOST_WORDS: Final = 8
MOST_OWN_WORDS: Final = 2

# So much surer a question that goes on must be when read alone, to be taken for a new one. It is
# much, as whole questions that look like going on are rare.
MARGIN: Final = 0.4

_WORD: Final = re.compile(r"\w+(?:['’ʼ`´]\w+)*")


def _folded(*texts: str) -> frozenset[str]:
    return frozenset(folded for text in texts for word in text.split() for folded in fold(word))


_OPENINGS: Final = frozenset(OPENINGS.split())
_POINTING: Final = frozenset(POINTING.split())
_COMMON: Final = _folded(OPENINGS, POINTING, COMMON)


def form_of(question: str) -> Form:
    """How much a question looks like a follow-up.

    Args:
        question: As it was typed, in any of the languages and scripts.
    """
    words = _WORD.findall(question.lower())
    if not words or len(words) > MOST_WORDS:
        return Form.WHOLE
    own = [word for word in words if not _COMMON.issuperset(fold(word))]
    if not own:
        return Form.EMPTY
    opens = words[0] in _OPENINGS or " ".join(words[:2]) in PAIRS
    points = not _POINTING.isdisjoint(words)
    return Form.GOING_ON if len(own) <= MOST_OWN_WORDS and (opens or points) else Form.WHOLE


def choose(form: Form, alone: Answer, following: Answer) -> Answer:
    """The surer of a question's two readings: by itself, and after the one before it.

    What names nothing is never read by itself. What names something is a new question where it
    is clearly surer when read so.
    """
    if not following.hits:
        return alone
    if form is Form.EMPTY or (form is Form.GOING_ON and not alone.answered):
        return following
    return alone if alone.confidence > following.confidence + MARGIN else following


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
        replies: True where it is sent in reply to that answer: then any question may go on.
        quote: What of that answer is quoted, if anything: it narrows down what is asked about.

    Returns:
        The answer of the surer reading, and whether it is that of a follow-up.
    """
    form = form_of(question)
    alone = search.search(question)
    if before is None or (form is Form.WHOLE and not replies):
        return alone, False
    words = question.split(maxsplit=1)
    # The word that goes on says nothing of what is asked.
    rest = words[1] if len(words) > 1 and words[0].lower() in _OPENINGS else question
    about = f"{quote} {rest}" if quote else rest
    following = search.follow_up(about, before.subject, before.document_id, before.passage_id)
    chosen = choose(form, alone, following)
    return chosen, chosen is following
