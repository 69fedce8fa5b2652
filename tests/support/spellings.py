"""How people write Belarusian in Latin letters who do not write łacinka."""

from __future__ import annotations

import re

from corpus.transliteration import belarusian_to_latin

_PASSPORT = {
    **dict(zip("абвгґдзійклмнопрстуўфыэ", "abvhgdziiklmnoprstuufye", strict=True)),
    "ж": "zh",
    "х": "kh",
    "ц": "ts",
    "ч": "ch",
    "ш": "sh",
    "щ": "shch",
    **dict.fromkeys("ь'’ʼ", ""),
    "е": "e",
    "ё": "io",
    "ю": "iu",
    "я": "ia",
}
_IOTATED = re.compile(r"(?<![бвгґджзклмнпрстфхцчш])[еёюя]", re.IGNORECASE)
_IOTATED_PASSPORT = {"е": "ye", "ё": "yo", "ю": "yu", "я": "ya"}
_POLISH = {"č": "cz", "š": "sz", "ž": "ż", "v": "w", "ŭ": "u"}


def without_diacritics(text: str) -> str:
    """Łacinka as typed on an English keyboard."""
    return belarusian_to_latin(text).translate(
        str.maketrans("čćšśžźńłŭČĆŠŚŽŹŃŁŬ", "ccsszznluCCSSZZNLU")
    )


def as_in_a_passport(text: str) -> str:
    """Near to what passports and street signs have: "zrabits shto"."""
    text = _IOTATED.sub(lambda match: _same_case(match[0], _IOTATED_PASSPORT), text)
    return "".join(_same_case(letter, _PASSPORT) for letter in text)


def with_polish_letters(text: str) -> str:
    """As on a Polish keyboard: "zrabić szto"."""
    return "".join(_same_case(letter, _POLISH) for letter in belarusian_to_latin(text))


def _same_case(letter: str, spelling: dict[str, str]) -> str:
    written = spelling.get(letter.lower(), letter)
    return written.capitalize() if letter.isupper() else written
