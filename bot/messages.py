"""The bot's own words, in every language served.

A catalogue is `locales/<language>.po`, its keys are the English sentences. They are compiled
when the bot starts, so there is no build step and nothing that can be out of date.
"""

from __future__ import annotations

from gettext import GNUTranslations
from importlib import resources
from io import BytesIO
from typing import TYPE_CHECKING, Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from corpus.models import LANGUAGES, Language

if TYPE_CHECKING:
    from gettext import NullTranslations

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
        self._catalogues = {language: _load(language) for language in LANGUAGES}

    def for_language(self, language: Language) -> NullTranslations:
        """The catalogue whose `gettext` and `ngettext` speak this language."""
        return self._catalogues[language]


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


def _load(language: Language) -> GNUTranslations:
    path = resources.files("bot.locales") / f"{language}.po"
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language, abort_invalid=True)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)
