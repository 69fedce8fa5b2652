"""RSS and Atom feeds: feedparser reads them."""

from __future__ import annotations

import io
import re
from calendar import timegm
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import feedparser
from lxml import etree, html

from corpus.errors import ReadingError
from corpus.models import RawDocument
from corpus.readers.markup import html_to_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_BYTES = 5 * 1024 * 1024
"""The largest feed that is read: hostile ones take feedparser five seconds a megabyte."""

_BLANK_LINE = re.compile(r"\n\s*\n")
# What lxml takes in no text.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_FEED_TYPES = {"application/rss+xml", "application/atom+xml"}


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One article of a feed, as far as the feed tells it.

    Attributes:
        id: Stays the same while the article changes; never empty.
        url: Where the article is; None where the feed does not say it.
        title: One line; "" without any.
        published: Aware, in the zone that the feed names; None without any.
        html: The longest text that the feed has of it; "" without any.
    """

    id: str
    url: str | None
    title: str
    published: datetime | None
    html: str


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed offers now.

    Attributes:
        title: One line; its address where it has none.
        entries: The newest first, where all have dates; else as the feed has them. Each id once.
    """

    title: str
    entries: tuple[FeedEntry, ...]


def parse_feed(content: bytes, url: str, *, media_type: str = "") -> Feed:
    """Read a feed in any version of RSS or Atom.

    Args:
        content: The feed as it was fetched.
        url: Its address, to which relative links belong.
        media_type: As its server declares it; a charset in it is used.

    Raises:
        ReadingError: It is no feed, or larger than `MAX_BYTES`. Where it is a page that names
            its feed, so does the error.
    """
    if len(content) > MAX_BYTES:
        raise ReadingError(url, f"is too large for a feed (over {MAX_BYTES // 2**20} MB)")
    headers = {"content-location": url}
    if "charset" in media_type:
        headers["content-type"] = media_type
    try:
        # As a file: of a string feedparser would think that it may be an address or a path.
        parsed = feedparser.parse(io.BytesIO(content), response_headers=headers)
        is_feed = bool(parsed.get("version"))
        entries = list(_entries(parsed)) if is_feed else []
        title = _title(parsed.feed) if is_feed else ""
    except Exception as error:  # whatever a library does on a hostile feed
        raise ReadingError(url, "cannot be read: the feed is damaged") from error
    if not is_feed:
        raise ReadingError(url, _explain(content, url))
    unique: dict[str, FeedEntry] = {}
    for entry in entries:
        unique.setdefault(entry.id, entry)
    return Feed(title or url, tuple(_newest_first(list(unique.values()))))


def read_entry(entry: FeedEntry) -> RawDocument:
    """The article as far as the feed has it; the text is "" where it has none."""
    return RawDocument(
        text=_to_text(entry.html),
        title=entry.title or None,
        published=entry.published.date() if entry.published else None,
        url=entry.url,
    )


def _entries(parsed: Any) -> Iterator[FeedEntry]:  # noqa: ANN401  # feedparser has no types
    for entry in parsed.entries:
        link = str(entry.get("link") or "")
        title = _title(entry)
        # Without an id a link tells articles apart, and without one, a title.
        if entry_id := str(entry.get("id") or link or title):
            yield FeedEntry(
                id=entry_id,
                url=link if link.startswith(("http://", "https://")) else None,
                title=title,
                published=_published(entry),
                html=max(map(_as_html, _texts(entry)), key=len, default=""),
            )


def _texts(entry: Any) -> Iterable[Any]:  # noqa: ANN401
    summary = entry.get("summary_detail")
    return [*entry.get("content", ()), *([summary] if summary else ())]


def _as_html(detail: Any) -> str:  # noqa: ANN401
    text = str(detail.get("value") or "").strip()
    if detail.get("type") != "text/plain" or not text:
        return text
    return "".join(f"<p>{escape(part)}</p>" for part in _BLANK_LINE.split(text))


def _to_text(markup: str) -> str:
    return html_to_text(_NOT_XML.sub("", markup))


def _title(described: Any) -> str:  # noqa: ANN401
    detail = described.get("title_detail") or {}
    title = str(detail.get("value") or "")
    if detail.get("type") != "text/plain":
        title = _to_text(title)
    return " ".join(title.split())


def _published(entry: Any) -> datetime | None:  # noqa: ANN401
    """When an article was published, else changed: its day is that of its own zone."""
    name = "published" if entry.get("published") else "updated"
    written = str(entry.get(name) or "")
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = parse(written)
        except ValueError:
            continue
        if moment.tzinfo is not None:
            return moment
    # feedparser knows more forms, and gives them in UTC.
    if (parts := entry.get(f"{name}_parsed")) is None:
        return None
    try:
        return datetime.fromtimestamp(timegm(parts), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _newest_first(entries: list[FeedEntry]) -> list[FeedEntry]:
    dated = [(entry.published, entry) for entry in entries if entry.published is not None]
    if len(dated) < len(entries):
        return entries
    return [entry for _, entry in sorted(dated, key=lambda pair: pair[0], reverse=True)]


def _explain(content: bytes, url: str) -> str:
    try:
        page = html.document_fromstring(content)
    except (etree.ParserError, ValueError):  # nothing at all
        return "is no feed: it must be RSS or Atom"
    for link in page.iter("link"):
        kinds = str(link.get("rel", "")).lower().split()
        if "alternate" in kinds and str(link.get("type")).lower() in _FEED_TYPES:
            return f"is a page and no feed; its feed is at {urljoin(url, link.get('href', ''))}"
    if page.find(".//*") is not None and b"<html" in content[:2000].lower():
        return "is a page and no feed, and names none: look on it for a link to RSS or Atom"
    return "is no feed: it must be RSS or Atom"
