"""What the corpus layer speaks of. Imports nothing of the project."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from datetime import date, datetime

Language = Literal["be", "ru", "uk", "pl", "lt", "en", "de"]
Script = Literal["Cyrl", "Latn"]
State = Literal["live", "hidden", "removed"]

LANGUAGES: tuple[Language, ...] = get_args(Language)
STATES: tuple[State, ...] = get_args(State)


@dataclass(frozen=True, slots=True)
class DetectedLanguage:
    """The language that a text is most likely written in.

    Attributes:
        language: One of the languages served.
        script: The script of most of its letters.
        confidence: In [0, 1]; low for short texts and for other languages.
    """

    language: Language
    script: Script
    confidence: float


@dataclass(frozen=True, slots=True)
class RawDocument:
    """What a reader found in one file or page, before cleaning.

    Attributes:
        text: Blocks with a blank line between them. A heading is a line of one to six `#`,
            a space and its words; an item of a list begins with "- " or "1. "; a row of a
            table has its cells between " | ". There is no other markup.
        title: As the file itself names it; None where it does not.
        published: The date of publication where the file tells it.
        url: Where the original can be read, where the file tells it.
        language: As the file declares it, if it is one that is served.
        source: A source that replaces the path or address that was read.
        notes: What the one who adds it should know ("read as windows-1251").
    """

    text: str
    title: str | None = None
    published: date | None = None
    url: str | None = None
    language: Language | None = None
    source: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, as the span [start, end) of its document's text, in characters."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """One to a few paragraphs under a common heading: what is retrieved.

    Attributes:
        heading: The headings above it inside the document, joined by " › "; "" without any.
        start: Where it begins in its document's text, in characters.
        end: Where it ends, exclusive.
        sentences: At least one, in order, inside [start, end), without overlap; together
            they hold every character of the passage but white space.
    """

    heading: str
    start: int
    end: int
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it is stored, without its text.

    Attributes:
        id: Stable for the document's whole life, over all its revisions.
        source: Where it came from: an absolute path, an address, a t.me link.
        title: Never empty.
        language: Detected or declared.
        script: The script of most of its letters.
        published: Its date of publication, where known.
        url: Where a reader can open the original, where known.
        content_hash: SHA-256 of its text, hexadecimal.
        words: How many words its text has.
        added_by: Who added it first.
        added_at: When, in UTC.
        revision: The corpus revision that changed it last.
        state: Only what is live is found. A hidden document is out of sight for a while; a removed
            one can be restored until it is purged.
        check_by: When someone has to look whether it is still true; None where nobody has to.
    """

    id: str
    source: str
    title: str
    language: Language
    script: Script
    published: date | None
    url: str | None
    content_hash: str
    words: int
    added_by: str
    added_at: datetime
    revision: int
    state: State = "live"
    check_by: date | None = None

    @property
    def removed(self) -> bool:
        """True while it is out of the corpus but can be restored."""
        return self.state == "removed"
