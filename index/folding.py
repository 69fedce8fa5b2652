"""Words -> one Latin form, whatever their script and romanisation, and its 4-grams.

Лукашэнка and Łukašenka both become lukasenka; Ціханоўская, Tsikhanouskaya and Cichanoŭskaja
cihanouska. The form is for comparing, not for reading. Its n-grams bear inflection without
a stemmer, which none has for all the languages served.

A name is spelt by ear in each language, so names also give their skeleton: the consonants, with
those that one language writes for another taken as one. Ціханоўская, Тихановская and
Tichanowskaja share shnvsk; Маладзечна, Молодечно and Mołodeczno mldsn.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

# A number keeps its thousands together: "15 000" is "15000". An apostrophe, or the stress that
# a textbook prints, is inside a word: сям'я is siamja.
_WORD = re.compile(r"\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\w)|\w+(?:['’ʼ\u0301]\w+)*")

# anyascii writes these as English does; łacinka, Polish and Lithuanian have one letter, too,
# and their ch is another sound.
_SIBILANTS = str.maketrans({"ж": "z", "х": "h", "ц": "c", "ч": "c", "ш": "s", "щ": "sc"})

# In this order. Each was measured, see docs/retrieval.md; o -> a (akanne) and v -> u after vowels
# make things worse, c -> t and single for double letters no better.
_RULES = tuple(
    (re.compile(pattern), letters)
    for pattern, letters in (
        (r"[^a-z0-9]+", ""),
        (r"schtsch|stsch|shch|szcz", "sc"),
        (r"tsch|dsch", "c"),
        (r"[vw]ich$", "vic"),
        (r"chk", "ck"),
        (r"tsi", "ci"),
        (r"ts|tz|cz|tch", "c"),
        (r"kh|ch", "h"),
        (r"sch|sh|sz", "s"),
        (r"zh|rz", "z"),
        (r"[ijy]o", "e"),
        (r"[ijy](?=[aeu])", ""),
        (r"[jy]", "i"),
        (r"w", "v"),
        (r"g", "h"),
        (r"dz", "d"),
        (r"aa$", "a"),
    )
)

# Of a folded word: ў is в, and в is u in English; ць is ть, and German has z for c and for з.
_SKELETON_RULES = tuple(
    (re.compile(pattern), letters)
    for pattern, letters in (
        (r"(?<=[aeiou])u(?=[^aeiou]|$)", "v"),
        (r"t(?=[ie])|[cz]", "s"),
        (r"(?<!^)[aeiou]", ""),
        (r"^[aeiou]", "a"),
        (r"(.)\1+", r"\1"),
    )
)
# Łacinka's, Polish and German ch, which may be English.
_CH = re.compile(r"(?<![stc])ch")
_LITHUANIAN_ENDING = re.compile(r"(?<=\w{3})i?[aiuy]s$")
_SKELETON_PREFIX = 4
_SHORTEST_SKELETON = 3
# How many words without a capital letter may be a name that somebody typed in haste.
_NAME_LENGTH = 3


def fold(text: str) -> list[str]:
    """Fold the words of a text, in order. Signs and emoji are no words; digits stay."""
    return [folded for word in _words(text) if (folded := _fold_word(word))]


def grams(text: str, n: int = 4) -> list[str]:
    """The n-grams of the folded words, each folded word itself, and the skeletons of names.

    Words stand between "_", so that beginnings and ends count: "_dom_" gives "_dom", "dom_"
    and "_dom_". What is no longer than n is given once. Skeletons of at least three consonants
    follow, after "=" whole and after "~" their beginning, for words with a capital letter, or
    for all words where a text is no longer than a name and has no capital letter at all.

    Args:
        text: A passage or a query.
        n: The length of a gram, "_" included; at least 1.
    """
    words = _WORD.findall(unicodedata.normalize("NFC", text))
    names = [word for word in words if word[0].isupper() and not word.isupper()]
    if not names and len(words) <= _NAME_LENGTH:
        names = words
    found = [gram for word in words for gram in _word_grams(word.lower(), n)]
    found += [skeleton for name in names for skeleton in _skeletons(name.lower())]
    return found


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFC", text).lower())


@lru_cache(maxsize=1 << 15)
def _fold_word(word: str) -> str:
    word = anyascii(word.translate(_SIBILANTS)).lower()
    for pattern, letters in _RULES:
        word = pattern.sub(letters, word)
    return word


@lru_cache(maxsize=1 << 15)
def _word_grams(word: str, n: int) -> tuple[str, ...]:
    folded = _fold_word(word)
    if not folded:
        return ()
    bounded = f"_{folded}_"
    if len(bounded) <= n:
        return (bounded,)
    return (*(bounded[start : start + n] for start in range(len(bounded) - n + 1)), bounded)


@lru_cache(maxsize=1 << 15)
def _skeletons(word: str) -> tuple[str, ...]:
    """The skeletons of every way to read a word, whole and their beginnings, in order."""
    readings = {word, _CH.sub("č", word)}
    if len(word) > 5:
        readings.add(_LITHUANIAN_ENDING.sub("", word))
    found: set[str] = set()
    for reading in readings:
        skeleton = _fold_word(reading)
        for pattern, letters in _SKELETON_RULES:
            skeleton = pattern.sub(letters, skeleton)
        if len(skeleton) >= _SHORTEST_SKELETON and skeleton.isalpha():
            found |= {f"={skeleton}", f"~{skeleton[:_SKELETON_PREFIX]}"}
    return tuple(sorted(found))
