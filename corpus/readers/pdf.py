"""PDF: lines with their places on the page, put together to paragraphs."""

from __future__ import annotations

import re
import threading
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

import pypdfium2 as pdfium
from pypdfium2 import raw

from corpus.cleaning import mend_hyphenation
from corpus.errors import ReadingError
from corpus.models import RawDocument
from corpus.readers.metadata import parse_date

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

# PDFium keeps global state: one thread at a time may be inside it.
_LOCK = threading.Lock()

_LINE_ENDS = frozenset({0x0A, 0x0D})
# What PDFium writes for a hyphen that breaks a word, without a line end after it.
_BROKEN_HYPHENS = frozenset({0x02, 0xFFFE})
_ITEM = re.compile(r"([•●▪◦‣⁃·\uf0b7]|[-–—](?=\s)|\d{1,3}[.)](?=\s))\s*")
_PAGE_NUMBER = re.compile(
    r"(?:(?:page|стар(?:онка)?\.?|стр(?:аница)?\.?|с\.|ст(?:орінка)?\.?|strona|str\.|"
    r"s\.|seite|p\.)\s*)?[-–—|]?\s*(\d{1,4})\s*(?:(?:/|of|з|из|із|iš|von|z)\s*\d{1,4})?\s*[-–—|]?",
    re.IGNORECASE,
)
# The dots of a table of contents.
_LEADERS = re.compile(r"(?:\s?[.·…]){5,}\s*")
_SENTENCE_END = re.compile(r"[.!?…:;][\"'”’»“)\]]*$")
_NO_TITLE = re.compile(
    r"microsoft (?:word|powerpoint|excel)\b|untitled|без названия|"
    r"\S+\.(?:docx?|rtf|odt|indd|pdf|txt|html?)$|document\s*\d*$|about:blank",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of a page.

    Attributes:
        text: Without white space around it.
        left: The left edge, in points.
        right: The right edge, in points.
        base: The lower edge's distance from the page's lower edge, in points.
        size: The size of its letters, in points.
    """

    text: str
    left: float
    right: float
    base: float
    size: float


def read(content: bytes, source: str) -> RawDocument:
    """Read a PDF's text layer.

    Paragraphs are told apart by gaps, indents, sizes and short last lines; headings by their
    size. Page numbers and lines that stand on most pages' edges are left out.

    Raises:
        ReadingError: It is damaged, protected by a password, or a scan without text.
    """
    with _LOCK:
        try:
            document = pdfium.PdfDocument(content)
        except pdfium.PdfiumError as error:
            if error.err_code in {raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY}:
                reason = "is protected by a password; save it without one"
            else:
                reason = "is not a readable PDF; open it in a PDF viewer and save it again"
            raise ReadingError(source, reason) from error
        try:
            pages = [_read_page(document, number) for number in range(len(document))]
            properties = document.get_metadata_dict()
        except pdfium.PdfiumError as error:
            raise ReadingError(
                source, "is damaged; open it in a PDF viewer and save it again"
            ) from error
        finally:
            document.close()
    if not any(pages):
        raise ReadingError(source, "has no text layer (a scan); run OCR on it first")
    return RawDocument(
        # Where every line is an edge, the edges are the text.
        text=_to_blocks(_without_edges(pages)) or _to_blocks(pages),
        title=_title(properties.get("Title", "")),
        published=_date(properties.get("CreationDate", "")),
    )


def _read_page(document: pdfium.PdfDocument, number: int) -> list[_Line]:
    page = document[number]
    text_page = page.get_textpage()
    try:
        return list(_lines(text_page))
    finally:
        text_page.close()
        page.close()


def _lines(text_page: pdfium.PdfTextPage) -> Iterator[_Line]:
    codes: list[int] = []
    boxes: list[tuple[float, float, float, float]] = []
    for position in range(text_page.count_chars()):
        code = raw.FPDFText_GetUnicode(text_page, position)
        if code not in _LINE_ENDS:
            codes.append(code)
            if code != 0x20:
                boxes.append(text_page.get_charbox(position, loose=True))
        if code in _LINE_ENDS or code in _BROKEN_HYPHENS:
            yield from _line(codes, boxes)
            codes, boxes = [], []
    yield from _line(codes, boxes)


def _line(codes: list[int], boxes: list[tuple[float, float, float, float]]) -> Iterator[_Line]:
    # Code points beyond the BMP come as one number or as two halves.
    units = "".join("-" if code in _BROKEN_HYPHENS else chr(code) for code in codes)
    text = units.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")
    text = _LEADERS.sub(" … ", text).strip()
    if text and boxes:
        lefts, bottoms, rights, tops = zip(*boxes, strict=True)
        size = median(tops) - median(bottoms)
        yield _Line(text, min(lefts), max(rights), median(bottoms), size)


def _without_edges(pages: list[list[_Line]]) -> list[list[_Line]]:
    """The pages without page numbers and the headers and footers that repeat."""
    body = _body_size(pages)
    repeated = Counter(key for page in pages for key in {_edge_key(line) for line in _edges(page)})
    # What is printed counts from one cover or another; page numbers keep their distance to it.
    offsets = Counter(
        int(found[1]) - number
        for number, page in enumerate(pages, start=1)
        for line in _edges(page)
        if (found := _PAGE_NUMBER.fullmatch(line.text))
    )

    def is_edge(line: _Line, number: int) -> bool:
        if found := _PAGE_NUMBER.fullmatch(line.text):
            offset = int(found[1]) - number
            return offset == 0 or offsets[offset] >= 3
        # Chapters that begin a page have a heading there: larger than the body.
        return repeated[_edge_key(line)] >= 3 and line.size < 1.15 * body and len(line.text) <= 120

    return [
        [line for line in page if not (line in _edges(page) and is_edge(line, number))]
        for number, page in enumerate(pages, start=1)
    ]


def _edges(page: list[_Line]) -> list[_Line]:
    """The two lines at a page's top and the two at its foot."""
    return page if len(page) <= 4 else [*page[:2], *page[-2:]]


def _body_size(pages: list[list[_Line]]) -> float:
    """The size of most letters, in points."""
    return median(line.size for page in pages for line in page for _ in line.text)


def _edge_key(line: _Line) -> str:
    return re.sub(r"\d+", "#", line.text.casefold())


def _to_blocks(pages: list[list[_Line]]) -> str:
    if not any(pages):
        return ""
    body = _body_size(pages)
    pitch = _pitch(pages, body)
    paragraphs: list[list[_Line]] = []
    for page in pages:
        for place, line in enumerate(page):
            before = paragraphs[-1] if paragraphs else None
            if before is None or _begins(line, before, page[:place], page, pitch / body):
                paragraphs.append([line])
            else:
                before.append(line)
    sizes = sorted({round(p[0].size) for p in paragraphs if _is_heading(p, body)}, reverse=True)
    blocks: list[str] = []
    items = False
    for paragraph in paragraphs:
        text = _join(paragraph)
        item = _ITEM.match(text)
        if _is_heading(paragraph, body):
            level = min(sizes.index(round(paragraph[0].size)) + 1, 6)
            text, item = f"{'#' * level} {text}", None
        elif item and not item[1][0].isdigit():
            text = f"- {text[item.end() :]}"
        if item and items:
            blocks[-1] += f"\n{text}"
        else:
            blocks.append(text)
        items = bool(item)
    return "\n\n".join(blocks)


def _begins(
    line: _Line, paragraph: list[_Line], above: list[_Line], page: list[_Line], leading: float
) -> bool:
    """True where a line begins a paragraph of its own.

    Args:
        line: The line in question.
        paragraph: The paragraph that it might go on with.
        above: The lines before it on its page.
        page: All lines of its page.
        leading: The usual distance of lines, as a multiple of their size.
    """
    before = paragraph[-1]
    ended = bool(_SENTENCE_END.search(before.text))
    if _ITEM.match(line.text) or not 0.9 < line.size / before.size < 1.1:
        return True
    gap = before.base - line.base
    if not above or gap <= 0:
        # A new page or column: a paragraph goes on where its sentence does.
        return ended or not (line.text[0].islower() or before.text.endswith("-"))
    if gap > 1.4 * leading * line.size:
        return True
    hanging = _ITEM.match(paragraph[0].text) is not None
    if line.left > before.left + 0.8 * line.size and not hanging:
        return True
    column = [other for other in page if other.left < before.right and other.right > before.left]
    left, right = min(x.left for x in column), max(x.right for x in column)
    return ended and before.right < right - 0.15 * (right - left)


def _pitch(pages: list[list[_Line]], body: float) -> float:
    """The usual distance from line to line in the body, in points."""
    gaps = [
        before.base - line.base
        for page in pages
        for before, line in pairwise(page)
        if 0 < before.base - line.base < 3 * body
    ]
    return median(gaps) if gaps else 1.2 * body


def _is_heading(paragraph: Sequence[_Line], body: float) -> bool:
    text = _join(paragraph)
    return (
        paragraph[0].size > 1.15 * body and len(text) <= 150 and not text.endswith((".", ",", ";"))
    )


def _join(paragraph: Sequence[_Line]) -> str:
    text = paragraph[0].text
    for line in paragraph[1:]:
        # Cleaning mends the words that are broken at line ends.
        text += f"\n{line.text}" if text.endswith("-") else f" {line.text}"
    return mend_hyphenation(text)


def _title(declared: str) -> str | None:
    """The title from the metadata, unless a program put a file's name there."""
    title = " ".join(declared.split())
    return None if not title or _NO_TITLE.match(title) else title


def _date(declared: str) -> date | None:
    """The day of "D:20250911103000+03'00'"."""
    found = re.match(r"(?:D:)?(\d{4})(\d\d)(\d\d)", declared)
    return parse_date("-".join(found.groups())) if found else None
