"""Small documents for tests, split without the real splitter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from corpus.models import Passage, Sentence
from corpus.store import Draft

if TYPE_CHECKING:
    from collections.abc import Sequence


def make_draft(*paragraphs: str, title: str = "Title", **fields: Any) -> Draft:
    """A draft whose passages are the paragraphs, and whose sentences end at ". "."""
    passages: list[Passage] = []
    start = 0
    for paragraph in paragraphs:
        passages.append(
            Passage("", start, start + len(paragraph), tuple(_sentences(paragraph, start)))
        )
        start += len(paragraph) + 2
    values: dict[str, Any] = {
        "source": f"/documents/{title}.md",
        "language": "en",
        "script": "Latn",
        "published": None,
        "url": None,
    }
    return Draft(
        title=title, text="\n\n".join(paragraphs), passages=tuple(passages), **values | fields
    )


def _sentences(paragraph: str, offset: int) -> Sequence[Sentence]:
    found: list[Sentence] = []
    start = 0
    while start < len(paragraph):
        stop = paragraph.find(". ", start)
        end = len(paragraph) if stop < 0 else stop + 1
        found.append(Sentence(offset + start, offset + end))
        start = end + 1
    return found
