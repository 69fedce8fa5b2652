"""Web pages: trafilatura finds the article, the rest of the page goes."""

from __future__ import annotations

import logging
import re
from copy import deepcopy
from typing import TYPE_CHECKING

import trafilatura
from lxml import html
from trafilatura.settings import Document as Extraction

from corpus.errors import ReadingError
from corpus.models import RawDocument
from corpus.readers.markup import html_to_text
from corpus.readers.metadata import parse_date, parse_language
from corpus.readers.text import decode

if TYPE_CHECKING:
    from lxml.etree import _Element

# Without a handler of their own these print to standard error what the result says as well.
for _name in ("trafilatura", "htmldate"):
    logging.getLogger(_name).addHandler(logging.NullHandler())

_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_NO_ARTICLE = (
    "no article was found in this page (it may be built by scripts, or need a login); "
    "copy its text into a .txt file and add that"
)
_TAG = re.compile(r"<[a-zA-Z][^<>]*>")
# Five words at least, and an end as sentences have it.
_SENTENCE = re.compile(r"(?:\S+\s+){4,}\S*[.!?…][\"'”’»“)\]]*")
_XML_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
# trafilatura's body is close to TEI; these are the same elements' names in HTML.
_NAMES = {
    "cell": "td",
    "del": "s",
    "graphic": "img",
    "hi": "span",
    "item": "li",
    "lb": "br",
    "quote": "blockquote",
    "ref": "span",
    "row": "tr",
}


def read(content: bytes, source: str) -> RawDocument:
    """Read a web page's article, without the page around it.

    Raises:
        ReadingError: It is empty, no text, no HTML, or holds no article.
    """
    found = _CHARSET.search(content[:4096])
    charset = found[1].decode("ascii") if found else None
    text, notes = decode(content, source, declared=charset)
    if not _TAG.search(text):
        raise ReadingError(source, "is not HTML (it holds no tags): name it .txt or .md")
    text = _XML_DECLARATION.sub("", text)
    extraction = trafilatura.bare_extraction(
        text,
        favor_recall=True,
        include_comments=False,
        with_metadata=True,
        # The text of a page is full of dates of other things: only its metadata is asked.
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    if not isinstance(extraction, Extraction) or extraction.body is None:
        raise ReadingError(source, _NO_ARTICLE)
    article = html_to_text(_as_html(extraction.body))
    if not article:
        raise ReadingError(source, _NO_ARTICLE)
    page = html.document_fromstring(text, parser=html.HTMLParser(huge_tree=True))
    return RawDocument(
        text=_with_missed(article, page),
        title=extraction.title or None,
        published=parse_date(extraction.date),
        url=extraction.url or None,
        language=parse_language(page.get("lang")),
        notes=notes,
    )


def _as_html(body: _Element) -> _Element:
    body = deepcopy(body)
    for element in body.iter("*"):
        tag = str(element.tag)
        if tag == "head":
            element.tag = element.get("rend") or "h2"
        elif tag == "list":
            element.tag = "ol" if element.get("rend") == "ol" else "ul"
        elif tag == "code":
            element.tag = "pre" if "\n" in (element.text or "") else "span"
        else:
            element.tag = _NAMES.get(tag, tag)
    return body


def _with_missed(article: str, page: _Element) -> str:
    """Put back paragraphs that trafilatura took for the page's, from among the article's own.

    It drops a last paragraph that is one link, or whose class speaks of a footer. Two kept
    neighbours under the same parent make that parent a part of the article.
    """
    blocks = article.split("\n\n")
    for parent in dict.fromkeys(paragraph.getparent() for paragraph in page.iter("p")):
        neighbours = [html_to_text(paragraph) for paragraph in parent.iterchildren("p")]
        kept = [block in blocks for block in neighbours]
        if sum(kept) < 2:
            continue
        place = blocks.index(neighbours[kept.index(True)])
        for block, is_kept in zip(neighbours, kept, strict=True):
            if is_kept:
                place = blocks.index(block) + 1
            elif _SENTENCE.fullmatch(block) and block not in article:
                blocks.insert(place, block)
                place += 1
    return "\n\n".join(blocks)
