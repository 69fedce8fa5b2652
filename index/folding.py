"""Words -> one Latin skeleton, whatever their script and romanisation, and its 4-grams.

Лукашэнка and Łukašenka both become lukasenka; Ціханоўская, Tsikhanouskaya and Cichanoŭskaja
cihanouska. The skeleton is for comparing, not for reading. Its n-grams bear inflection without
a stemmer, which none has for all the languages served.
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
        (r"shch|szcz", "sc"),
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


def fold(text: str) -> list[str]:
    """Fold the words of a text, in order. Signs and emoji are no words; digits stay."""
    return [folded for word in _words(text) if (folded := _fold_word(word))]


def grams(text: str, n: int = 4) -> list[str]:
    """The n-grams of the folded words, and each folded word itself.

    Words stand between "_", so that beginnings and ends count: "_dom_" gives "_dom", "dom_"
    and "_dom_". What is no longer than n is given once.

    Args:
        text: A passage or a query.
        n: The length of a gram, "_" included; at least 1.
    """
    return [gram for word in _words(text) for gram in _word_grams(word, n)]


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
