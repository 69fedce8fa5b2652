"""How a document's source and language are named to readers."""

from __future__ import annotations

from pathlib import PureWindowsPath
from typing import TYPE_CHECKING, Final
from urllib.parse import SplitResult, urlsplit

from telegram import MessageEntity

from bot.composing import shorten
from bot.voices import write_date

if TYPE_CHECKING:
    from datetime import date
    from gettext import NullTranslations

    from bot.voices import Voice
    from corpus.models import Document, Language
    from corpus.store import Draft

# Begins the sources of what was sent to the bot: "upload/1f2e3d4c/guide.pdf".
UPLOAD: Final = "upload/"
# Ends those of what has no name.
UNNAMED: Final = "text"
SOURCE_LENGTH: Final = 100
URL_LENGTH: Final = 2000


def address(document: Document | Draft) -> str | None:
    """Where the original can be opened: an http(s) address, or None."""
    source = document.source
    candidates = (document.url, f"https://{source}" if source.startswith("t.me/") else source)
    return next((address for address in candidates if address and web_parts(address)), None)


def web_parts(address: str) -> SplitResult | None:
    """An http(s) address taken apart; None for everything else."""
    if len(address) > URL_LENGTH or not address.isprintable() or " " in address:
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return parts if parts.scheme in {"http", "https"} and parts.hostname else None


def source_label(document: Document | Draft) -> tuple[str, str | None]:
    """A short name of where a document comes from, and the entity type to show it with.

    Of a file only the name is told: a path speaks of the operator's machine. It is shown as
    code, since Telegram would make a link to a stranger's site of "guide.md".
    """
    link = address(document)
    parts = web_parts(link) if link else None
    if parts and parts.hostname:
        host = parts.hostname.removeprefix("www.")
        path = [part for part in parts.path.split("/") if part]
        if host == "t.me" and path and path[0] == "s":  # the preview of a channel
            del path[0]
        channel = path[0] if host == "t.me" and path and path[0] != "c" else ""
        return shorten(f"{host}/{channel}" if channel else host, SOURCE_LENGTH), None
    if document.source.startswith(UPLOAD):
        name = document.source.split("/", 2)[-1]
        return ("", None) if name == UNNAMED else (shorten(name, SOURCE_LENGTH), MessageEntity.CODE)
    source = document.source.removeprefix("file://")
    path_like = PureWindowsPath(source)
    if path_like.root or path_like.drive or source.startswith((".", "~")):
        return shorten(path_like.name, SOURCE_LENGTH), MessageEntity.CODE
    return shorten(source, SOURCE_LENGTH), None


def language_label(language: Language, words: NullTranslations) -> str:
    """How one says which language a text is in: "in Polish", "па-польску"."""
    return {
        "be": words.gettext("in Belarusian"),
        "ru": words.gettext("in Russian"),
        "uk": words.gettext("in Ukrainian"),
        "pl": words.gettext("in Polish"),
        "lt": words.gettext("in Lithuanian"),
        "en": words.gettext("in English"),
        "de": words.gettext("in German"),
    }[language]


def is_due(document: Document, today: date) -> bool:
    """Whether the day is over by which someone had to look whether a document is still true."""
    return document.check_by is not None and document.check_by < today


def due_label(document: Document, reader: Voice, words: NullTranslations) -> str:
    """How readers are told that nobody has looked at a document since a day.

    Raises:
        ValueError: It has no date to be checked by.
    """
    if document.check_by is None:
        raise ValueError(f"document {document.id} has no date to be checked by")
    since = write_date(document.check_by, reader)
    return "⚠ " + words.gettext("Due to be checked since {date}").format(date=since)
