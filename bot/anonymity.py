"""Which questions may be kept: those whose words do not tell who asked."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# What is longer tells a story rather than asks, and a story tells whose it is.
KEPT_LENGTH: Final = 300

_WORDS: Final = 2

_YEARS: Final = re.compile(r"(?<!\d)(?:19|20)\d\d ?[-–—/] ?(?:19|20)?\d\d(?!\d)")
_TELLING: Final = tuple(
    re.compile(pattern)
    for pattern in (
        # an e-mail address, or somebody's name on Telegram
        r"@",
        # a link, with or without its scheme
        r"://|\bwww\.|[A-Za-z0-9-]\.[A-Za-z]{2,24}\b",
        # a telephone number, a number of a passport, PESEL, account: seven digits, whatever
        # separates them, and dates of birth with them
        r"\d(?:[\s().,/+_\-–—]{0,3}\d){6}",
        # the number of an identity card: "ABC 123456", "L01X00T47"
        r"\b[^\W\d_a-z]{2,3}[\s-]?\d{6}",
        r"\b(?=\w*[^\W\d_])(?:\w*\d){5}\w*",
    )
)
_WORD: Final = re.compile(r"[^\W\d_]{2,}")


def is_anonymous(question: str) -> bool:
    """Whether a question may be kept, as it asks something and does not show who asks.

    Not kept is what has a telephone number, an e-mail or web address, a name that begins with
    "@", or digits that may be a document's or a person's number; what is longer than
    `KEPT_LENGTH` characters; and what has fewer than two words, which moderators could do
    nothing with. It errs on the safe side: a sum of seven digits is taken for a number, too.
    A name or an address in words is not recognised.
    """
    # Look-alike digits and signs become plain, and what is not seen goes.
    plain = "".join(
        character
        for character in unicodedata.normalize("NFKC", question)
        if unicodedata.category(character) != "Cf"
    )
    if len(plain) > KEPT_LENGTH or len(_WORD.findall(plain)) < _WORDS:
        return False
    plain = _YEARS.sub("", plain)
    return not any(pattern.search(plain) for pattern in _TELLING)
