"""Belarusian between its two scripts: Cyrillic and łacinka, its Latin alphabet.

The alphabet is the standard łacinka with č, š, ž and v. The spelling of the source is kept:
nothing becomes softer or harder than it is written, so that a text comes back as it went.
"""

from __future__ import annotations

import re
import unicodedata
from functools import partial

from corpus.diacritics import restore_diacritics

_FLAGS = re.IGNORECASE | re.VERBOSE

_CYRILLIC_CONSONANTS = "бвгґджзклмнпрстфхцчшщ"
_TO_LATIN = re.compile(
    rf"""
    (?P<after_l> (?<=л) [еёюя])                            # ля: la
    | (?P<after_consonant> (?<=[{_CYRILLIC_CONSONANTS}]) [еёюя])  # ня: nia
    | (?P<iotated> [еёюя])                                 # я, 'я, ья: ja
    | (?P<silent> (?<=[{_CYRILLIC_CONSONANTS}]) ['’ʼ] (?=[еёюяі]))  # сям'я: siamja
    | (?P<iotated_i> (?<=['’ʼь]) і)
    | (?P<soft_l> ль | л (?=л?[еёюяі]))                    # вяселле: viasielle
    | (?P<letter> [цсзн]ь | [а-яёґіў])
    """,
    _FLAGS,
)
_LATIN = {
    **dict(zip("абвгґджзійклмнопрстуўфцчшыэи", "abvhgdžzijkłmnoprstuŭfcčšyei", strict=True)),
    "х": "ch",
    "щ": "šč",
    "ъ": "",
    "ь": "",
    "ць": "ć",
    "сь": "ś",
    "зь": "ź",
    "нь": "ń",
}
_IOTATED_LATIN = {"е": "e", "ё": "o", "ю": "u", "я": "a"}
_PREFIXES = {"after_l": "", "after_consonant": "i", "iotated": "j"}

_LATIN_CONSONANTS = "bcčdfghkłmnpqrsštvwxzž"
_TO_CYRILLIC = re.compile(
    rf"""
    (?P<separated> (?<=[{_LATIN_CONSONANTS}]) ['’ʼ]? j[aeoui])  # siamja: сям'я
    | (?P<iotated> j[aeoui] | (?<=[{_LATIN_CONSONANTS}]) i[aeou] | (?<=l) i?[aeou])
    | (?P<hard_l> l (?=i?[aeou] | i | l[aeoui]))           # its vowel says that it is soft
    | (?P<letter> [ck]h | [a-zčšžćśźńłŭżó])
    """,
    _FLAGS,
)
_CYRILLIC = {
    **dict(zip("abvhgdžzijkłmnoprstuŭfcčšyeżówq", "абвггджзійклмнопрстуўфцчшыэжовк", strict=True)),
    "ch": "х",
    "kh": "х",
    "l": "ль",
    "ć": "ць",
    "ś": "сь",
    "ź": "зь",
    "ń": "нь",
    "x": "кс",
}
# Ways of writing Belarusian with plain or Polish letters, each brought to łacinka. What has
# łacinka's own letters, or its softened ones without what is Polish only, is łacinka already.
_LACINKA = re.compile(r"[čšžŭ]|^(?!.*(?:[wż]|[sc]z)).*[ćśźńł]", re.IGNORECASE | re.DOTALL)
# As passports and street signs have it, or as English would: "yak zrabits shto".
_ENGLISH = re.compile(r"kh|sh|ts|\by[aeou]|[aeiouy]y[aeou]", re.IGNORECASE)
_FROM_ENGLISH = tuple(
    (re.compile(pattern, re.IGNORECASE), letters)
    for pattern, letters in (
        (r"sh", "š"),
        (r"ch", "č"),
        (r"zh", "ž"),
        (r"kh", "ch"),
        (r"ts", "c"),
        (r"(?<=[bcčdfghklmnprsštvzž])y(?=[aeou])", "i"),
        (r"y(?=[aeou])|(?<=[aeouyi])i", "j"),
        (r"(?<=[bckmnpsvzf])e", "ie"),
        (r"l(?=[aouy])", "ł"),
    )
)
_FROM_POLISH = tuple(
    (re.compile(pattern, re.IGNORECASE), letters)
    for pattern, letters in (("sz", "š"), ("cz", "č"), ("ż", "ž"), ("w", "v"))
)
_MARKED, _PLAIN = "čćšśžźńłŭ", "ccsszznlu"
_WORD = re.compile(f"[A-Za-z{_MARKED}{_MARKED.upper()}]+")
_WITHOUT_MARKS = str.maketrans(_MARKED, _PLAIN)
_HUSHING = re.compile(r"[čšž]", re.IGNORECASE)
_SHORT_U = re.compile(r"(?<=[aeiouy]\ )u(?![aeiou])")

# What is no Belarusian word: addresses, codes, abbreviations, names of programs (mObywatel),
# and letters that no way of writing Belarusian has.
_FOREIGN = re.compile(
    r"""\S*(?:://|@|\w\.\w)\S* | \w*\d\w* | \b[A-Z]{2,}(?:-[A-Z]+)*\b
    | \b\w*[a-z][A-Z]\w*\b | \b\w*[qxąęóäöüß]\w*\b | \ue000""",
    re.VERBOSE,
)
# In a text that is typed in łacinka, what is spelt as Polish is Polish.
_FOREIGN_IN_LACINKA = re.compile(rf"{_FOREIGN.pattern} | \b\w*(?:w|[scr]z|ż)\w*\b", re.VERBOSE)
_KEPT = "\ue000"  # stands for a foreign word while the others are written anew
_IOTATED_CYRILLIC = {"e": "е", "o": "ё", "u": "ю", "a": "я", "i": "і"}


def belarusian_to_latin(text: str) -> str:
    """Write Belarusian Cyrillic in łacinka; what is not Cyrillic stays as it is."""
    return _TO_LATIN.sub(_latin, text)


def belarusian_to_lacinka(text: str) -> str:
    """Bring Belarusian in Latin letters to the standard alphabet, as far as can be guessed.

    What is typed in łacinka stays as it is. Other texts lack their diacritics, or are written
    as in passports ("zrabits shto") or with Polish letters ("zrabić szto").
    """
    text = unicodedata.normalize("NFC", text)
    if _LACINKA.search(text):
        return text
    english = _ENGLISH.search(text) is not None
    for pattern, letters in _FROM_ENGLISH if english else _FROM_POLISH:
        text = pattern.sub(partial(_in_case_of, letters=letters), text)
    # Who writes some of these letters writes all of them.
    settled = "ł" if english or "ł" in text.lower() else ""
    settled += "čšž" if _HUSHING.search(text) else ""
    return _SHORT_U.sub("ŭ", _WORD.sub(lambda match: _restore(match[0], settled), text))


def belarusian_to_cyrillic(text: str) -> str:
    """Write Belarusian in Latin letters in Cyrillic.

    Undoes `belarusian_to_latin`. Other ways of writing are brought to łacinka first. Foreign
    words in the text are written in Cyrillic too, as if they were Belarusian; see
    `belarusian_query_to_cyrillic`.
    """
    return _TO_CYRILLIC.sub(_cyrillic, belarusian_to_lacinka(text))


def belarusian_query_to_cyrillic(query: str) -> str:
    """Write a question in Cyrillic as one does who has a Belarusian keyboard.

    Unlike `belarusian_to_cyrillic` it leaves what is no Belarusian word in Latin letters, as
    documents have it: addresses, codes, abbreviations in capital letters, names of programs.
    """
    if query.isupper():
        return belarusian_to_cyrillic(query)
    foreign = _FOREIGN_IN_LACINKA if _LACINKA.search(query) else _FOREIGN
    kept = iter(foreign.findall(query))
    written = belarusian_to_cyrillic(foreign.sub(_KEPT, query))
    return re.sub(_KEPT, lambda _: next(kept), written)


def _restore(word: str, settled: str) -> str:
    """A word with its diacritics, without those that cannot be missing."""
    plain = word.lower().translate(_WITHOUT_MARKS)
    return "".join(
        old if old.lower() in _MARKED or new in settled else (new.upper() if old.isupper() else new)
        for old, new in zip(word, restore_diacritics(plain), strict=True)
    )


def _latin(match: re.Match[str]) -> str:
    letter = match[0].lower()
    match match.lastgroup:
        case "silent":
            latin = ""
        case "iotated_i":
            latin = "ji"
        case "soft_l":
            latin = "l"
        case "letter":
            latin = _LATIN.get(letter, match[0])
        case prefix:
            latin = _PREFIXES[str(prefix)] + _IOTATED_LATIN[letter]
    return _in_case_of(match, latin)


def _cyrillic(match: re.Match[str]) -> str:
    letters = match[0].lower()
    match match.lastgroup:
        case "separated":
            cyrillic = "'" + _IOTATED_CYRILLIC[letters[-1]]
        case "iotated":
            cyrillic = _IOTATED_CYRILLIC[letters[-1]]
        case "hard_l":
            cyrillic = "л"
        case _:
            cyrillic = _CYRILLIC.get(letters, match[0])
    return _in_case_of(match, cyrillic)


def _in_case_of(match: re.Match[str], letters: str) -> str:
    """Capital letters as in what was matched: all of them only among capitals (Ja, but JA)."""
    source = match[0]
    if not source[0].isupper():
        return letters
    before = match.string[match.start() - 1 : match.start()]
    after = match.string[match.end() : match.end() + 1]
    among_capitals = after.isupper() or (before.isupper() and not after.isalpha())
    if source.isupper() and (len(source) > 1 or among_capitals):
        return letters.upper()
    return letters[:1].upper() + letters[1:]
