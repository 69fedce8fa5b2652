"""Who is spoken to how: in which language, and Belarusian in which of its two scripts.

A language is a voice, too: what speaks to somebody takes a `Voice` and is content with a
`Language`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from babel.dates import format_date, format_datetime, format_skeleton

from bot.messages import SURE, choose_language
from corpus.models import LANGUAGES, Language
from corpus.transliteration import belarusian_to_latin

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from corpus.models import DetectedLanguage, Script

Voice: TypeAlias = Language | Literal["be-Latn"]

VOICES: Final[tuple[Voice, ...]] = (*LANGUAGES, "be-Latn")
# Each in itself, for everybody to find theirs.
NAMES: Final[Mapping[Voice, str]] = {
    "be": "Беларуская",
    "be-Latn": "Biełaruskaja",
    "ru": "Русский",
    "uk": "Українська",
    "pl": "Polski",
    "lt": "Lietuvių",
    "en": "English",
    "de": "Deutsch",
}

DateFormat: TypeAlias = Literal["short", "medium", "long"]


def language_in(voice: Voice) -> Language:
    """The language of a voice, whatever its script."""
    return "be" if voice == "be-Latn" else voice


def script_of(voice: Voice) -> Script:
    """The script of a voice."""
    return "Cyrl" if voice in {"be", "ru", "uk"} else "Latn"


def voice_in(language: Language, script: Script) -> Voice:
    """The voice that speaks a language; the script matters where a language has two."""
    return "be-Latn" if (language, script) == ("be", "Latn") else language


def choose_voice(
    chosen: Voice | None, language_code: str | None, detected: DetectedLanguage | None = None
) -> Voice:
    """How to speak to someone.

    Args:
        chosen: By /language, which nothing overrules; None where nothing was.
        language_code: What Telegram says of the user: an IETF tag such as "pt-BR", or None.
        detected: Of the question, where there is one.
    """
    if chosen is not None:
        return chosen
    if detected is not None and detected.confidence >= SURE:
        return voice_in(detected.language, detected.script)
    return choose_language(None, language_code)


def write_date(day: date, voice: Voice, style: DateFormat = "long") -> str:
    """A day as one writes it in a language and script."""
    return in_script(format_date(day, format=style, locale=language_in(voice)), voice)


def write_day(day: date, voice: Voice) -> str:
    """A day without its year, in short: "May 1"."""
    return in_script(format_skeleton("MMMd", day, locale=language_in(voice)), voice)


def write_time(moment: datetime, voice: Voice, style: DateFormat = "short") -> str:
    """A day and its time as one writes it in a language and script."""
    return in_script(format_datetime(moment, format=style, locale=language_in(voice)), voice)


def in_script(text: str, voice: Voice) -> str:
    """What Babel gave for the language of a voice, in its script."""
    return belarusian_to_latin(text) if voice == "be-Latn" else text
