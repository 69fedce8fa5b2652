"""Text -> text: what scrapers, clients and line breaks leave behind goes, the article stays."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from rapidfuzz.fuzz import ratio

from corpus.leftovers import is_paragraph, without_leftovers, without_mark

if TYPE_CHECKING:
    from corpus.models import RawDocument

# --- characters -----------------------------------------------------------------------------

_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile("[ \t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_PICTURE = "\u2190-\u2bff\U0001f000-\U0001faff"
# Zero-width and bidirectional marks, control characters, halves of pairs, non-characters; a
# joiner (U+200D) goes too unless it makes one picture of two.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200c\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
    f"|(?<![{_PICTURE}\ufe0f])\u200d|\u200d(?![{_PICTURE}])"
)
_SOFT_BREAK = re.compile(r"\xad[^\S\n]*\n[^\S\n]*(?=[^\W\d_])")
_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
)

# --- words broken at line ends --------------------------------------------------------------

# Each looks for a word from its beginning: a search within a long one would take forever.
_BROKEN_WORD = re.compile(r"(?<![^\W_])([^\W_]+)-\n(?=([^\W_]+))")
# "Ein- und Ausgang": the hyphen stands for the rest of a word.
_HYPHENATED = re.compile(r"(?<![^\W_])[^\W_]+-[^\W_]+")
# No endings of words, as "or" and "ці" are.
_CONJUNCTION = re.compile("albo|and|bzw|lub|oder|oraz|sowie|und")
# What the languages served write with a hyphen; any other word is taken for broken.
_COMPOUND = re.compile(
    r"""
    (?:северо|юго|северно|южно|восточно|западно|научно|социально|общественно|военно|русско|польско
      |литовско|белорусско|украинско|англо|немецко|вице|кое
      |паўночна|паўднёва|усходне|заходне|беларуска|польска|руска|украінска|літоўска|віцэ|бел-чырвона
      |північно|південно|східно|західно|українсько|російсько|віце
      |północno|południowo|wschodnio|zachodnio|polsko|białorusko|społeczno|biało|czerwono
      |self|well|non|half)-\w+
    | по-\w+(?:ски|цки|ому|ему|ьи) | па-\w+(?:ску|цку|ому|йму)
    | (?:к|ч)\w{1,4}-(?:то|либо|нибудь) | (?:где|ког?да|куда|откуда|почему|зачем)-(?:то|либо|нибудь)
    | (?:х|ш|ч|як)\w{0,5}-небудзь | (?:дзе|калі|куды)-небудзь | (?:будь|казна)-\w+
    | (?:из|з|із)-(?:за|под|пад|під) | во-(?:первых|вторых) | (?:па|по)-(?:перш|друг)\w+
    | \w+-(?:based|called|term|speaking)
    """,
    re.IGNORECASE | re.VERBOSE,
)


def clean(text: str, *, title: str | None = None) -> str:
    r"""Take out of a document's text all that is no part of the document.

    Cleaning what was cleaned changes nothing. A paragraph (see `is_paragraph`) is kept,
    whatever it says.

    Args:
        text: Blocks as `RawDocument.text` has them, with any line ends and characters.
        title: Its repetition at the top goes too.

    Returns:
        NFC; lines without white space around them, `\n` between them, at most one blank line
        between blocks; "" where nothing but leftovers was there.
    """
    while True:
        lines = mend_hyphenation(clean_characters(text)).split("\n")
        lines = _without_repeated_title(without_leftovers(lines), title)
        cleaned = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")
        # What stood between two lines may have kept a rule from seeing them together.
        if cleaned == text:
            return cleaned
        text = cleaned


def mend_hyphenation(text: str) -> str:
    """Put words together that a hyphen breaks at a line's end.

    The hyphen goes where the word goes on in lower case, but stays in a compound: one that is
    known, or that the text writes with a hyphen elsewhere.
    """
    written = set(_HYPHENATED.findall(text))

    def mend(broken: re.Match[str]) -> str:
        before, after = broken[1], broken[2]
        compound = f"{before}-{after}"
        if _CONJUNCTION.fullmatch(after):
            return f"{before}- "
        if (
            not after[0].islower()
            or not before.isalpha()
            or _COMPOUND.fullmatch(compound)
            or compound in written
        ):
            return f"{before}-"
        return before

    return _BROKEN_WORD.sub(mend, text)


def find_title(raw: RawDocument) -> str | None:
    """The title of a document: declared, else a heading, else how the text begins.

    Returns:
        One line, of at most 200 characters unless declared; None where there is no text either.
    """
    declared = " ".join(clean_characters(raw.title or "").split())
    if declared:
        return declared
    lines = [line for line in clean(raw.text).split("\n") if line]
    if not lines:
        return None
    heading = next((line for line in lines if line.startswith("# ")), None)
    first = without_mark(heading or lines[0])
    if len(first) <= 200 and not first.endswith("."):
        return first
    if len(first) <= 80:
        return first.rstrip(".") or first
    return f"{first[:80].rsplit(' ', 1)[0].rstrip(' ,;:–—-')}…"


def clean_characters(text: str) -> str:
    r"""Give one form to every character, space and line end; no word and no blank line goes.

    Returns:
        NFC, ligatures spelled out; `\n` between lines, no white space around them, single spaces
        within; nothing invisible but the joiners that make one picture of two.
    """
    text = _LINE_ENDS.sub("\n", text)
    text = _INVISIBLE.sub("", _SOFT_BREAK.sub("", text))
    text = unicodedata.normalize("NFC", text.translate(_LIGATURES))
    return "\n".join(line.strip() for line in _SPACES.sub(" ", text).split("\n"))


def _without_repeated_title(lines: list[str], title: str | None) -> list[str]:
    """The lines without a first line or first heading that only says the title again."""
    wanted = _letters(title or "")
    written = [place for place, line in enumerate(lines) if line]
    if not wanted or len(written) < 2:
        return lines
    headings = [place for place in written[:5] if lines[place].startswith("#")]
    for place in (written[0], *headings[:1]):
        line = lines[place]
        is_sentence = line.endswith(".") and not line.startswith("#")
        if not is_sentence and not is_paragraph(line) and ratio(_letters(line), wanted) >= 95:
            return lines[:place] + lines[place + 1 :]
    return lines


def _letters(text: str) -> str:
    return " ".join(re.findall(r"\w+", unicodedata.normalize("NFC", text).casefold()))
