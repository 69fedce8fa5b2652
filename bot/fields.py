"""What moderators write about a document: its title, dates and link."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Final, Literal, get_args

from bot.composing import TITLE_LENGTH
from bot.labels import web_parts
from corpus.cleaning import clean_characters

if TYPE_CHECKING:
    from gettext import NullTranslations

    from corpus.store import Metadata

Field = Literal["title", "date", "link", "day"]
FIELDS: Final[tuple[Field, ...]] = get_args(Field)

_ISO_DATE: Final = re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})", re.ASCII)
_DATE: Final = re.compile(r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})", re.ASCII)
_NONE: Final = "-"


def question(field: Field, words: NullTranslations) -> str:
    """What to ask for; a "day" is that by which to check a document again."""
    return {
        "title": words.gettext("Reply with the title, of at most {limit} characters.").format(
            limit=TITLE_LENGTH
        ),
        "date": words.gettext(
            "Reply with the date of publication, such as 2025-09-11 or 11.09.2025, or with - for "
            "none."
        ),
        "link": words.gettext(
            "Reply with the address where the original can be read, with http:// or https://, or "
            "with - for none."
        ),
        "day": words.gettext(
            "Reply with the day by which to check this again, such as 2027-09-11 or 11.09.2027, or "
            "with - for never."
        ),
    }[field]


def parse(field: Field, text: str) -> Metadata | None:
    """What was written for a field; None where it will not do."""
    line = " ".join(clean_characters(text).split())
    if field == "title":
        return {"title": line} if 0 < len(line) <= TITLE_LENGTH else None
    if field == "link":
        if line == _NONE:
            return {"url": None}
        return {"url": line} if web_parts(line) else None
    try:
        day = None if line == _NONE else _parse_date(line)
    except ValueError:
        return None
    return {"published": day} if field == "date" else {"check_by": day}


def _parse_date(line: str) -> date:
    match = _ISO_DATE.fullmatch(line) or _DATE.fullmatch(line)
    if match is None:
        raise ValueError(f"{line} is no date")
    return date(int(match["y"]), int(match["m"]), int(match["d"]))
