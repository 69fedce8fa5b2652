"""The bot's own words, in every language served.

A catalogue is `locales/<language>.po`, its keys are the English sentences. They are compiled
when the bot starts, so there is no build step and nothing that can be out of date.
"""

from __future__ import annotations

from functools import cache
from gettext import GNUTranslations
from importlib import resources
from io import BytesIO
from typing import TYPE_CHECKING, Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from corpus.models import LANGUAGES, Language
from corpus.transliteration import belarusian_to_latin

if TYPE_CHECKING:
    from collections.abc import Mapping
    from gettext import NullTranslations

    from babel.messages.catalog import Catalog

    from bot.voices import Voice
    from corpus.models import DetectedLanguage

FALLBACK: Final[Language] = "be"

# Below this the detection of a short question is a guess, and what the user has set for
# Telegram itself tells more.
SURE: Final = 0.5


class Messages:
    """Every catalogue, ready for use.

    Raises:
        babel.messages.pofile.PoFileError: A catalogue is malformed.
    """

    def __init__(self) -> None:
        self._catalogues = _catalogues()

    def for_voice(self, voice: Voice) -> NullTranslations:
        """The catalogue whose `gettext` and `ngettext` speak with this voice."""
        return self._catalogues[voice]

    def for_language(self, language: Language) -> NullTranslations:
        """The catalogue of a language in the script that it mostly has."""
        return self.for_voice(language)


def choose_language(detected: DetectedLanguage | None, language_code: str | None) -> Language:
    """The language in which to speak to someone.

    Args:
        detected: Of the question, where there is one.
        language_code: What Telegram says of the user: an IETF tag such as "pt-BR", or None.
    """
    if detected is not None and detected.confidence >= SURE:
        return detected.language
    primary = (language_code or "").partition("-")[0].lower()
    return next((language for language in LANGUAGES if language == primary), FALLBACK)


@cache
def _catalogues() -> Mapping[Voice, GNUTranslations]:
    """Every catalogue, read once a process: it takes a quarter of a second."""
    catalogues: dict[Voice, GNUTranslations] = {
        language: _compile(_load(language)) for language in LANGUAGES
    }
    return catalogues | {"be-Latn": _compile(_in_latin(_load("be")))}


def _load(language: Language) -> Catalog:
    path = resources.files("bot.locales") / f"{language}.po"
    with path.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def _in_latin(belarusian: Catalog) -> Catalog:
    """The Belarusian catalogue in łacinka.

    Only Cyrillic letters are written anew, so placeholders, commands, @names and addresses stay.
    """
    for message in belarusian:
        if isinstance(message.string, str):
            message.string = belarusian_to_latin(message.string)
        elif message.string is not None:
            message.string = tuple(map(belarusian_to_latin, message.string))
    return belarusian


def _compile(catalogue: Catalog) -> GNUTranslations:
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)
