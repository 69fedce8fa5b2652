"""Which documents a moderator wants to see: "pasport lang:be by:Maryna due"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz

from bot.labels import is_due
from corpus.models import STATES
from index.folding import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from corpus.models import Document, State

DUE: Final = "due"
HIDDEN: Final = "hidden"
REMOVED: Final = "removed"
ALL: Final = "all"
LANGUAGE: Final = "lang:"
ADDED_BY: Final = "by:"

# Of 100. Folded, "пашпарт" is paspart: "pasport" has 86 in common with it, "passport" 80. Of
# beginnings more is asked: "pasta" has 80 in common with that of "пашпарт".
_ALIKE: Final = 80
_BEGINS_ALIKE: Final = 85
# Shorter words are alike by chance: they must be there as they are.
_LEAST_FUZZY: Final = 5


@dataclass(frozen=True, slots=True)
class Filter:
    """What all documents of a list have in common.

    Attributes:
        words: Each stands in the title, the source, the link or the id, in any script.
        languages: One of them, where there are any.
        by: Parts of the name of who added it.
        due: Only those past their date to be checked.
        states: In one of these.
    """

    words: tuple[str, ...]
    languages: frozenset[str]
    by: tuple[str, ...]
    due: bool
    states: frozenset[State]

    def fits(self, document: Document, name: Callable[[str], str], today: date) -> bool:
        """Whether a document is wanted.

        Args:
            document: The document.
            name: Gives the name of an identity.
            today: Decides which documents are due.
        """
        if document.state not in self.states or (self.due and not is_due(document, today)):
            return False
        if self.languages and document.language not in self.languages:
            return False
        told = (document.id, document.title, document.source, document.url or "")
        return all(_stands_in(word, told) for word in self.words) and all(
            _stands_in(part, (name(document.added_by), document.added_by)) for part in self.by
        )


def parse_filter(text: str, default: Iterable[State] = ("live", "hidden")) -> Filter:
    """Read a filter; what is no term is a word.

    Args:
        text: Terms with spaces between them.
        default: The states of those that are wanted where the text names none.
    """
    words: list[str] = []
    by: list[str] = []
    languages: set[str] = set()
    states: set[State] = set()
    due = False
    for term in text.split():
        match term.lower():
            case "due":
                due = True
            case "hidden" | "removed" as state:
                states.add(state)
            case "all":
                states.update(STATES)
            case lower if lower.startswith(LANGUAGE):
                languages.add(lower.removeprefix(LANGUAGE))
            case lower if lower.startswith(ADDED_BY):
                by.append(term[len(ADDED_BY) :])
            case _:
                words.append(term)
    return Filter(tuple(words), frozenset(languages), tuple(by), due, frozenset(states or default))


def _stands_in(word: str, texts: Iterable[str]) -> bool:
    """Whether a word stands in one of the texts, in any script and nearly so spelt."""
    folded = fold(word)
    if not folded:  # an emoji, a sign
        return any(word in text for text in texts)
    there = [known for text in texts for known in fold(text)]
    return all(any(_alike(part, known) for known in there) for part in folded)


def _alike(word: str, known: str) -> bool:
    if word in known:
        return True
    if len(word) < _LEAST_FUZZY:
        return False
    beginning = known[: len(word)]  # "pasport" is to find "пашпартны", too
    return fuzz.ratio(word, known) >= _ALIKE or fuzz.ratio(word, beginning) >= _BEGINS_ALIKE
