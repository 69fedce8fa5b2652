"""What documents declare about themselves, whatever their format."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from corpus.dates import find_published
from corpus.models import LANGUAGES

if TYPE_CHECKING:
    from corpus.models import Language

_THREE_LETTERS: dict[str, Language] = {
    "bel": "be",
    "rus": "ru",
    "ukr": "uk",
    "pol": "pl",
    "lit": "lt",
    "eng": "en",
    "deu": "de",
    "ger": "de",
}


def parse_language(declared: object) -> Language | None:
    """The language that a tag such as "be", "be-tarask", "en_US" or "pol" names, if served."""
    tag = str(declared or "").strip().lower().replace("_", "-").split("-")[0]
    return next((language for language in LANGUAGES if language == tag), _THREE_LETTERS.get(tag))


def parse_date(declared: object) -> date | None:
    """The day that a value names: a date, a time, an ISO string or a date in words."""
    if isinstance(declared, datetime):
        return declared.date()
    if isinstance(declared, date):
        return declared
    text = str(declared or "").strip()
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return find_published(text)
