"""Plain text in whatever encoding it was saved."""

from __future__ import annotations

import codecs
import re
from itertools import pairwise
from statistics import median

from charset_normalizer import from_bytes

from corpus.errors import ReadingError
from corpus.models import RawDocument

ENCODINGS = {
    "cp1251": "windows-1251",
    "koi8_u": "koi8-u",
    "koi8_r": "koi8-r",
    "cp866": "cp866",
    "cp1250": "windows-1250",
    "iso8859_2": "iso-8859-2",
    "cp1257": "windows-1257",
    "iso8859_13": "iso-8859-13",
    "cp1252": "windows-1252",
}
"""What the languages served were saved in before UTF-8: Python's name and the usual one."""

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins with the mark of UTF-16: tried before it
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SIGNATURES = (
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF87a", "a GIF image"),
    (b"GIF89a", "a GIF image"),
    (b"%PDF", "a PDF: give its name the ending .pdf"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
    (b"{\\rtf", "an RTF document: save it as .docx"),
    (b"Rar!\x1a", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"\xca\xfe\xba\xbe", "a program"),
    (b"SQLite format 3\x00", "a database"),
)
_ALPHABETS = tuple(
    frozenset(letters)
    for letters in (
        "абвгдеёжзійклмнопрстуўфхцчшыьэюя",
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
        "ąćęłńóśźż",
        "ąčęėįšųūž",
        "äöüß",
    )
)
_COMMON_SIGNS = frozenset("«»„“”‘’‚–—…•№°§©€\xa0\xad")
# All but tab, line ends and form feed; C1 holds no sign that any text needs but NEL.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f]")
_ITEM = re.compile(r"(?:[-*•–—]|\d{1,3}[.)])\s")
_SENTENCE_END = re.compile(r"[.!?…:;][\"'”’»“)\]]*$")


def read(content: bytes, source: str) -> RawDocument:
    """Read plain text, one block a paragraph.

    Raises:
        ReadingError: It is empty, or no text at all.
    """
    text, notes = decode(content, source)
    return RawDocument(text=_to_blocks(text), notes=notes)


def decode(
    content: bytes, source: str, *, declared: str | None = None
) -> tuple[str, tuple[str, ...]]:
    r"""Find the encoding of a text and decode it.

    Args:
        content: The file as it is.
        source: What an error names.
        declared: The encoding that the file or its server claims, tried after UTF-8.

    Returns:
        The text with `\n` as its only line end and without control characters, and notes
        on what is doubtful.

    Raises:
        ReadingError: There are only white space or no text at all.
    """
    if not content.strip():
        raise ReadingError(source, "is empty: there is nothing to add")
    for signature, kind in _SIGNATURES:
        if content.startswith(signature):
            raise ReadingError(source, f"is not text (it looks like {kind})")
    text, notes = _decode(content, source, declared)
    controls = len(_CONTROL.findall(text))
    # A stray control character is a slip of some program; one in a hundred is no text.
    if controls * 100 > len(text):
        raise ReadingError(source, "is not text (it looks like a program or other binary)")
    text = _CONTROL.sub("", text)
    text = re.sub(r"\r\n?|[\x85\u2028\u2029]", "\n", text)
    if not text.strip("\ufeff\f \t\n\xa0"):
        raise ReadingError(source, "is empty: there is nothing to add")
    return text, notes


def _decode(content: bytes, source: str, declared: str | None) -> tuple[str, tuple[str, ...]]:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, "replace"), ()
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        wide = _wide_encoding(content)
        return (content.decode(wide, "replace") if wide else text), ()
    if declared:
        try:
            return content.decode(declared), ()
        except (LookupError, UnicodeDecodeError):
            pass
    if wide := _wide_encoding(content):
        return content.decode(wide, "replace"), ()
    text = content.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    if broken * 20 < sum(character > "\x7f" for character in text):
        note = f"{broken} characters are damaged: it is saved as UTF-8, but not all of it is"
        return text, (note,)
    encoding = _guess(content, source)
    note = (
        f"read as {ENCODINGS[encoding]}, not UTF-8; "
        "if letters look wrong, save it as UTF-8 and add it again"
    )
    return content.decode(encoding, "replace"), (note,)


def _wide_encoding(content: bytes) -> str | None:
    """UTF-16 without a byte order mark: line ends and spaces put zeros at every second place."""
    even, odd = content[::2].count(0), content[1::2].count(0)
    if bool(even) == bool(odd) or len(content) % 2:
        return None
    encoding = "utf-16-le" if odd else "utf-16-be"
    text = content.decode(encoding, "replace")
    european = sum(character < "\u0530" or "\u2000" <= character < "\u2100" for character in text)
    return encoding if european > 0.9 * len(text) else None


def _guess(content: bytes, source: str) -> str:
    """The 8-bit encoding that makes most sense of a text.

    charset-normalizer alone takes Polish in iso-8859-2 and short Lithuanian texts for other
    encodings that fit as well; which letters go together in one language decides.
    """
    if content.count(0):
        raise ReadingError(source, "is not text (it looks like a program or other binary)")
    sample = content[:200_000]
    matches = [match.encoding for match in from_bytes(sample, cp_isolation=list(ENCODINGS))]
    return max(matches or ENCODINGS, key=lambda encoding: _fitness(sample, encoding))


def _fitness(content: bytes, encoding: str) -> float:
    """The share of characters beyond ASCII that one language can have; capitals count half."""
    foreign = [
        character
        for character in content.decode(encoding, "replace")
        if character > "\x7f" and character not in _COMMON_SIGNS
    ]
    if not foreign:
        return 0.0
    return max(
        sum(
            1.0 if character in alphabet else 0.5 * (character.lower() in alphabet)
            for character in foreign
        )
        for alphabet in _ALPHABETS
    ) / len(foreign)


def _to_blocks(text: str) -> str:
    """Put a blank line between paragraphs, whichever way the file tells them apart.

    A file whose lines are nearly all of one width and mostly stop inside a sentence is
    wrapped by hand: its single line ends are spaces. In any other file each line is a
    paragraph. Lines of a list stay together.
    """
    groups = [
        [line.strip() for line in group.split("\n") if line.strip()]
        for group in re.split(r"\n[^\S\n]*(?:\n[^\S\n]*)+|\f", text)
        if group.strip()
    ]
    width = _wrapping_width(groups)
    blocks: list[str] = []
    for group in groups:
        block: list[str] = []
        for line in _unwrap(group, width) if width else group:
            if block and not (_ITEM.match(line) and _ITEM.match(block[-1])):
                blocks.append("\n".join(block))
                block = []
            block.append(line)
        blocks.append("\n".join(block))
    return "\n\n".join(blocks)


def _wrapping_width(groups: list[list[str]]) -> float:
    """The usual width of a file's lines if they are wrapped by hand, else 0.

    Then most lines stop inside a sentence, all at one width, and the next goes on in lower
    case; in a list of headlines, say, the next begins with a capital.
    """
    pairs = [
        (line, after)
        for group in groups
        for line, after in pairwise(group)
        if not _ITEM.match(after)
    ]
    broken = [(line, after) for line, after in pairs if not _SENTENCE_END.search(line)]
    if len(broken) < 2 or len(broken) < 0.5 * len(pairs):
        return 0.0
    width = median(len(line) for line, _ in broken)
    even = sum(0.75 * width <= len(line) <= 1.25 * width for line, _ in broken)
    going_on = sum(after[0].islower() for _, after in broken)
    wrapped = 50 <= width <= 100 and even >= 0.8 * len(broken) and going_on >= 0.4 * len(broken)
    return width if wrapped else 0.0


def _unwrap(lines: list[str], width: float) -> list[str]:
    paragraphs: list[str] = []
    before = ""
    for line in lines:
        closes = bool(_SENTENCE_END.search(before)) and len(before) < 0.75 * width
        before = line
        if not paragraphs or closes or _ITEM.match(line):
            paragraphs.append(line)
        elif re.search(r"\w-$", paragraphs[-1]):
            # Whether the hyphen belongs to the word is for cleaning to say.
            paragraphs[-1] += f"\n{line}"
        else:
            paragraphs[-1] += f" {line}"
    return paragraphs
