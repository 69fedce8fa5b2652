"""HTML without boilerplate -> the light form of `RawDocument.text`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import html

if TYPE_CHECKING:
    from lxml.etree import _Element

BREAK = "\u2028"  # stands for <br> until white space is collapsed
"""Marks a forced line break in running text: the one white space that is kept as a line's end."""

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCK = re.compile(
    "address|article|aside|blockquote|body|caption|center|dd|details|dialog|div|dl|dt|fieldset|"
    "figcaption|figure|footer|form|header|hgroup|hr|html|legend|li|main|menu|nav|p|section|summary|"
    "table|tbody|tfoot|thead|tr|td|th"
)
_SILENT = re.compile(
    "audio|base|button|canvas|embed|head|iframe|img|link|map|meta|noscript|object|option|rp|script|"
    "select|source|style|svg|template|textarea|title|track|video"
)
_SPACES = re.compile(r"[ \t\r\n\f]+")
_BREAKS = re.compile(rf" ?{BREAK}[ {BREAK}]*")
_NOTE_MARK = re.compile(r"\s*(?:\[\w{1,3}\]|[\u2191\u21a9]\ufe0e?)\s*")


def html_to_text(markup: str | _Element) -> str:
    """Turn HTML that is all content into blocks of text.

    Headings, lists, tables, preformatted text and forced line breaks keep their shape;
    images, scripts, form fields, comments and the marks of footnotes go.

    Args:
        markup: A document, a fragment, or the root of a parsed one.

    Returns:
        Text in the light form that `RawDocument.text` describes; "" where there is none.
    """
    if isinstance(markup, str):
        if not markup.strip():
            return ""
        # Wrapped, so that a fragment of several elements has one root.
        parser = html.HTMLParser(huge_tree=True)
        markup = html.fragment_fromstring(markup, create_parent="div", parser=parser)
    writer = _Writer()
    writer.walk(markup)
    return writer.text()


class _Writer:
    """Collects blocks while it walks a tree."""

    def __init__(self) -> None:
        self._blocks: list[tuple[_Element | None, str]] = []
        self._running: list[str] = []
        self._mark = ""
        self._group: _Element | None = None

    def text(self) -> str:
        """All that was written; lines of one list or table stand together."""
        self._end_block()
        parts: list[str] = []
        before: _Element | None = None
        for group, block in self._blocks:
            if parts:
                parts.append("\n" if group is not None and group is before else "\n\n")
            parts.append(block)
            before = group
        return "".join(parts)

    def walk(self, element: _Element) -> None:
        tag = element.tag
        if not isinstance(tag, str) or _SILENT.fullmatch(tag) or _is_note_mark(element):
            return
        if tag == "br":
            self._running.append(BREAK)
        elif tag == "input":
            self._running.append(_tick(element))
        elif tag in _HEADINGS:
            self._write_heading(element)
        elif tag in {"ul", "ol"}:
            self._write_list(element)
        elif tag == "table" and (rows := _rows(element)):
            self._write_table(element, rows)
        elif tag == "pre":
            self._end_block()
            self._write("".join(element.itertext()).strip("\n"))
        elif _BLOCK.fullmatch(tag):
            self._end_block()
            self._walk_inside(element)
            self._end_block()
        else:
            self._walk_inside(element)

    def _walk_inside(self, element: _Element) -> None:
        self._running.append(element.text or "")
        for child in element:
            self.walk(child)
            self._running.append(child.tail or "")

    def _end_block(self) -> None:
        running = _collapse("".join(self._running))
        self._running.clear()
        if running:
            self._write(running)

    def _write(self, block: str) -> None:
        if not block.strip():
            return
        # What follows the first block of a list's item stands by itself.
        group = self._group if self._mark else None
        self._blocks.append((group, self._mark + block))
        self._mark = ""

    def _write_heading(self, element: _Element) -> None:
        self._end_block()
        words = _on_one_line(element)
        if words:
            self._mark = ""
            self._blocks.append((None, "#" * _HEADINGS[str(element.tag)] + f" {words}"))

    def _write_list(self, element: _Element) -> None:
        self._end_block()
        outer = self._group
        self._group = element if outer is None else outer
        number = _number(element.get("start"), 1)
        for child in element:
            if child.tag == "li":
                number = _number(child.get("value"), number)
                self._mark = f"{number}. " if element.tag == "ol" else "- "
                number += 1
            self.walk(child)
            self._running.append(child.tail or "")
            self._end_block()
        self._group, self._mark = outer, ""

    def _write_table(self, element: _Element, rows: list[list[str]]) -> None:
        self._end_block()
        for caption in element.iterchildren("caption"):
            self.walk(caption)
        self._mark = ""
        self._blocks.extend((element, " | ".join(row).strip()) for row in rows if any(row))


def _rows(table: _Element) -> list[list[str]]:
    """The cells of a table, row by row; [] where it only lays out one column."""
    rows = [
        [_on_one_line(cell) for cell in row if cell.tag in {"td", "th"}]
        for row in table.xpath("./tr | ./thead/tr | ./tbody/tr | ./tfoot/tr")
    ]
    return rows if any(len(row) > 1 for row in rows) else []


def _on_one_line(element: _Element) -> str:
    writer = _Writer()
    writer._walk_inside(element)  # noqa: SLF001  # its own class
    return " ".join(writer.text().split())


def _collapse(text: str) -> str:
    return _BREAKS.sub("\n", _SPACES.sub(" ", text)).strip(" \n")


def _is_note_mark(element: _Element) -> bool:
    """True for "[1]" at a footnote's place and for the arrow back to it."""
    return (
        element.tag == "a"
        and (element.get("href") or "").startswith("#")
        and bool(_NOTE_MARK.fullmatch("".join(element.itertext())))
    )


def _tick(field: _Element) -> str:
    """A task list says by its ticks what is to be done: they are content."""
    if field.get("type") != "checkbox":
        return ""
    return "☐ " if field.get("checked") is None else "☑ "


def _number(value: str | None, default: int) -> int:
    return int(value) if value and value.isascii() and value.isdigit() else default
