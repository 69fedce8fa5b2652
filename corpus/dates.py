"""Text -> date: when a document was published, by what it says near its top."""

from __future__ import annotations

import re
from datetime import date
from functools import cache

from babel.dates import get_month_names

from corpus.cleaning import clean_characters
from corpus.models import LANGUAGES

_LABEL = r"""
    (?:(?:published|posted|date|апублікавана|дата|дата\ публікацыі|опубликовано|дата\ публикации
      |опубліковано|дата\ публікації|opublikowano|data(?:\ publikacji)?|paskelbta
      |veröffentlicht(?:\ am)?|datum)\s*:?\s*)?
    (?:[^\W\d]+,\s+)?
"""
_TIME = r"""
    (?:[\s,|·–—-]+(?:at|о|в|у|um|o|godz\.?)?\s*\d{1,2}[:.]\d{2}(?:[:.]\d{2})?
      (?:\s*(?:uhr|am|pm|[a-z]{3,4}))?)?
"""
_YEAR = r"(?P<y>\d{4})(?:\s*(?:г\.?|года|году|год|р\.?|року|r\.?|roku|m\.))?"
_DATES = tuple(
    re.compile(rf"{_LABEL} {pattern} {_TIME} \.?", re.IGNORECASE | re.VERBOSE)
    for pattern in (
        r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2}) (?:T[\d:.+Z-]+)?",
        r"(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.\s?" + _YEAR,
        r"(?P<d>\d{1,2})(?:\.|st|nd|rd|th)?\s+(?P<name>[^\W\d]+)\.?,?\s+" + _YEAR,
        r"(?P<name>[^\W\d]+)\.?\s+(?P<d>\d{1,2})(?:st|nd|rd|th)?,?\s+" + _YEAR,
        r"(?P<y>\d{4})\s*m\.\s+(?P<name>[^\W\d]+)\s+(?P<d>\d{1,2})\s*d\.?",
    )
)
# Babel has neither Belarusian in Latin script nor the months' other names.
_MORE_MONTHS = (
    "студзеня studzienia", "лютага lutaha", "сакавіка sakavika", "красавіка krasavika",
    "траўня traŭnia", "чэрвеня červienia", "ліпеня lipienia", "жніўня žniŭnia",
    "верасня vierasnia", "кастрычніка kastryčnika", "лістапада listapada", "снежня śniežnia",
)  # fmt: skip


def find_published(text: str) -> date | None:
    """The date of publication, where a line near the top holds nothing but a date.

    Only whole dates count: neither "3 hours ago" nor "11 September" nor 09/10/2025, which means
    two days, gives one.

    Args:
        text: Any text, cleaned or not; its first ten lines that are not blank are looked at.

    Returns:
        The date on the first such line; None where there is none.
    """
    near_top = [line for line in clean_characters(text).split("\n") if line][:10]
    dates = (_parse_line(line.lstrip("# ")) for line in near_top)
    return next((found for found in dates if found), None)


@cache
def _months() -> dict[str, int]:
    """The number of each month by its name in the languages served, in lower case."""
    months = {
        name.casefold().rstrip("."): number
        for language in LANGUAGES
        for width in ("wide", "abbreviated")
        for context in ("format", "stand-alone")
        for number, name in get_month_names(width, context, language).items()
    }
    for number, names in enumerate(_MORE_MONTHS, start=1):
        months |= dict.fromkeys(names.split(), number)
    return months


def _parse_line(line: str) -> date | None:
    if len(line) > 80:
        return None
    for pattern in _DATES:
        if found := pattern.fullmatch(line):
            parts = found.groupdict()
            month = parts.get("m") or _months().get(parts["name"].casefold(), 0)
            try:
                return date(int(parts["y"]), int(month), int(parts["d"]))
            except ValueError:
                continue
    return None
