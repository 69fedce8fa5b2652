"""A web site on loopback that tests write as they go: pages, and a feed of them."""

from __future__ import annotations

import hashlib
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Iterator

_START: Final = datetime(2025, 9, 1, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Visit:
    """A request as it came."""

    path: str
    user_agent: str
    conditional: bool


class Site:
    """Pages by their paths; "/feed" is a feed of articles.

    Attributes:
        address: Of the site, without a slash at its end.
        visits: All requests, in order.
        broken: While it is true, every answer is status 500.
        most_at_once: How many requests were served at the same time at most.
    """

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.visits: list[Visit] = []
        self.broken = False
        self.title = "Site"
        self.most_at_once = 0
        self._pages: dict[str, tuple[str, bytes]] = {}
        self._articles: dict[str, str] = {}
        self._lock = threading.Lock()
        self._serving = 0

    @property
    def feed(self) -> str:
        """The address of the feed."""
        return f"{self.address}/feed"

    @property
    def rss(self) -> str:
        """The feed itself."""
        items = "".join(self._articles.values())
        title = f"<title>{escape(self.title)}</title>"
        return f'<rss version="2.0"><channel>{title}{items}</channel></rss>'

    def put(self, path: str, content: str, media_type: str = "text/html; charset=utf-8") -> None:
        """Write a page."""
        self._pages[path] = media_type, content.encode()

    def drop(self, path: str) -> None:
        """Take a page away."""
        del self._pages[path]

    def publish(
        self, number: int, *paragraphs: str, summary: str = "", title: str | None = None
    ) -> str:
        """Write an article of that number and day, or write it anew, and put it into the feed.

        Args:
            number: From 1.
            *paragraphs: Of its page; without any there is no page.
            summary: What the feed itself has of it, as HTML.
            title: "Article 1" where it is None.

        Returns:
            The address of its page.
        """
        title = f"Article {number}" if title is None else title
        path = f"/{number}"
        if paragraphs:
            body = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
            self.put(path, f"<html><body><article><h1>{title}</h1>{body}</article></body></html>")
        day = format_datetime(_START.replace(day=number))
        self._articles[path] = (
            f"<item><title>{escape(title)}</title><link>{self.address}{path}</link>"
            f'<guid isPermaLink="false">article-{number}</guid><pubDate>{day}</pubDate>'
            f"<description>{escape(summary)}</description></item>"
        )
        return f"{self.address}{path}"

    def asked(self, path: str) -> int:
        """How often a path was asked for."""
        return sum(visit.path == path for visit in self.visits)

    def answer(self, visit: Visit, known: str | None) -> tuple[int, str, bytes, str]:
        """The status, media type, content and tag for a request."""
        self.visits.append(visit)
        if self.broken:
            return 500, "text/plain", b"broken", ""
        if visit.path == "/feed" and "/feed" not in self._pages:
            media_type, content = "application/rss+xml", self.rss.encode()
        elif visit.path in self._pages:
            media_type, content = self._pages[visit.path]
        else:
            return 404, "text/plain", b"nothing", ""
        tag = f'"{hashlib.sha256(content).hexdigest()[:8]}"'
        return (304, media_type, b"", tag) if known == tag else (200, media_type, content, tag)

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count a request while it is served."""
        with self._lock:
            self._serving += 1
            self.most_at_once = max(self.most_at_once, self._serving)
        yield
        with self._lock:
            self._serving -= 1


@contextmanager
def serving_site() -> Iterator[Site]:
    """An empty site that answers until the end."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.daemon_threads = True
    site = Site(server.server_port)
    server.RequestHandlerClass = _handler_for(site)  # which knows its address only now
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler_for(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = self.headers["If-None-Match"]
            visit = Visit(self.path, str(self.headers["User-Agent"]), known is not None)
            with site.counted():
                status, media_type, content, tag = site.answer(visit, known)
                self.send_response(status)
                self.send_header("Content-Type", media_type)
                if tag:
                    self.send_header("ETag", tag)
                self.end_headers()
                self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Keep the tests' output clean."""

    return Handler
