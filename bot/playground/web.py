"""The playground over HTTP: the Bot API, the page, and what the page asks for.

Threads serve: the clients are one bot and a few pages, all on this machine.
"""

from __future__ import annotations

import contextlib
import json
import mimetypes
import socket
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from bot.playground.delivery import LOOPBACK
from bot.playground.errors import ActionError, RefusalError
from bot.playground.gateway import DroppedError
from bot.playground.requests import read_body, read_multipart

if TYPE_CHECKING:
    from threading import Condition

    from bot.playground.events import Events
    from bot.playground.gateway import Gateway
    from bot.playground.page_api import PageApi
    from bot.playground.world import World

# What one request may bring, in bytes: more than Telegram takes, and less than memory.
_LARGEST: Final = 60 << 20
# How much of what is too large is heard out, in bytes.
_LISTENED_TO: Final = 1 << 30
# How often a quiet stream of events shows that it is still there, in seconds.
_HEARTBEAT: Final = 15.0
# What a browser may show by itself; anything else it gets as a file to be kept.
_SHOWN: Final = ("image/png", "image/jpeg", "image/webp", "image/gif", "application/pdf")
_PAGE: Final = resources.files("bot.playground").joinpath("page")
_KINDS: Final = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}
_POLICY: Final = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


class WebServer(ThreadingHTTPServer):
    """Listens on loopback.

    Raises:
        OSError: The port is taken.
    """

    # A closed playground's port may be had at once; on Windows this would let two share one.
    allow_reuse_address = sys.platform != "win32"
    request_queue_size = 64

    def __init__(
        self,
        port: int,
        *,
        gateway: Gateway,
        page_api: PageApi,
        world: World,
        events: Events,
        changed: Condition,
    ) -> None:
        self.gateway = gateway
        self.page_api = page_api
        self.world = world
        self.events = events
        self.changed = changed
        self._open: set[socket.socket] = set()
        super().__init__(("127.0.0.1", port), Handler)

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - its own
        """Remember a connection before its thread begins, so that none is missed at the end."""
        with self.changed:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401 - its own
        """Forget it."""
        with self.changed:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep standard error clean of those who hang up."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # handed on

    def hang_up(self) -> None:
        """End every connection that is still open, so that its thread ends too.

        To be called when no more are taken.
        """
        with self.changed:
            for connection in self._open:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # the other side was faster


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: WebServer
    protocol_version = "HTTP/1.1"
    # An answer goes out whole and at once: the half of one would wait 40 ms for the other side.
    disable_nagle_algorithm = True
    wbufsize = -1

    def handle(self) -> None:
        """Answer until the other side goes, which it may do at any moment."""
        with contextlib.suppress(ConnectionError):
            super().handle()

    def finish(self) -> None:
        """End."""
        with contextlib.suppress(ConnectionError):
            super().finish()

    def do_GET(self) -> None:
        """Answer GET."""
        self._answer()

    def do_POST(self) -> None:
        """Answer POST."""
        self._answer()

    def _answer(self) -> None:
        try:
            body = self._read_body()
            if body is None:
                return
            try:
                address, ours = urlsplit(self.path), self._is_ours()
            except ValueError:
                self._respond_json(400, {"error": "that is no address"})
                return
            if not ours:
                self._respond_json(403, {"error": "only this machine's own page may do that"})
                return
            path = unquote(address.path)
            if path.startswith("/bot"):
                self._serve_bot(path, address.query, body)
            elif path.startswith("/file/bot"):
                self._serve_download(path)
            elif path == "/api/events":
                self._serve_events(address.query)
            elif path.startswith("/api/"):
                self._serve_api(path.removeprefix("/api/"), address.query, body)
            else:
                self._serve_page(path)
        except DroppedError:
            self.close_connection = True
        except ConnectionError:
            self.close_connection = True  # the other side gave up

    def _read_body(self) -> bytes | None:
        """What was sent, which is empty for most GETs; None where it is not to be had."""
        told = self.headers.get("Content-Length") or "0"
        # Of so many digits is no number that is meant.
        length = int(told) if told.isdecimal() and len(told) < 16 else -1
        status, reason = 0, ""
        if "Transfer-Encoding" in self.headers:
            status, reason = 411, "Length Required"
        elif length < 0:
            status, reason = 400, "Bad Request: invalid Content-Length"
        elif length > _LARGEST:
            status, reason = 413, "Request Entity Too Large"
            # A browser does not listen before it has said it all.
            left = min(length, _LISTENED_TO)
            while piece := self.rfile.read(min(left, 1 << 20)):
                left -= len(piece)
        if status:
            # What is left of the body must not be taken for the next request.
            self.close_connection = True
            self._respond_json(status, RefusalError(status, reason).body)
            return None
        body = self.rfile.read(length)
        if len(body) < length:
            self.close_connection = True  # half of a request is none
            return None
        return body

    def _is_ours(self) -> bool:
        """Whether the request comes from this machine, and from no other site's page.

        A link that leads here from elsewhere may be followed.

        Raises:
            ValueError: What it names as its host is none.
        """
        told = self.headers.get
        if urlsplit(f"//{told('Host', '')}").hostname not in LOOPBACK:
            return False
        followed = self.command == "GET" and told("Sec-Fetch-Dest") == "document"
        # What does not tell is no browser, or one that was typed into.
        if told("Sec-Fetch-Site", "none") not in {"none", "same-origin"} and not followed:
            return False
        return told("Origin") in {None, f"http://{told('Host')}"}

    def _serve_bot(self, path: str, query: str, body: bytes) -> None:
        token, _, method = path.removeprefix("/bot").rpartition("/")
        try:
            form, uploads = read_body(self.headers.get("Content-Type", ""), query, body)
        except ValueError:
            refusal = RefusalError(400, "Bad Request: can't parse the body of the request")
            self._respond_json(refusal.code, refusal.body)
            return
        status, answer = self.server.gateway.answer(token, method, form, uploads)
        self._respond_json(status, answer)

    def _serve_download(self, path: str) -> None:
        token, _, place = path.removeprefix("/file/bot").partition("/")
        found = None
        if self.server.gateway.opens(token):
            with self.server.changed:
                found = self.server.world.files.at(place)
        if found is None:
            self._respond_json(404, RefusalError(404, "Not Found").body)
        else:
            self._respond(200, "application/octet-stream", found)

    def _serve_api(self, path: str, query: str, body: bytes) -> None:
        try:
            if path.startswith("file/"):
                self._serve_file(path.removeprefix("file/"))
            elif self.command == "GET":
                asked = dict(parse_qsl(query))
                self._respond_json(200, self.server.page_api.get(path, asked))
            elif path == "upload":
                try:
                    form, files = read_multipart(self.headers.get("Content-Type", ""), body)
                except ValueError as error:
                    raise ActionError(f"that is no upload: {error}") from error
                self._respond_json(200, self.server.page_api.upload(form, files))
            else:
                self._respond_json(200, self.server.page_api.post(path, body))
        except ActionError as error:
            self._respond_json(400, {"error": str(error)})

    def _serve_file(self, file_id: str) -> None:
        found = self.server.page_api.file(file_id)
        if found is None:
            raise ActionError(f"there is no file {file_id}")
        content, name = found
        kind = mimetypes.guess_type(name)[0] or _sniffed(content)
        if kind.startswith("text/"):
            # Never as HTML, which would run as ours.
            kind = "text/plain; charset=utf-8"
        elif kind not in _SHOWN:
            kind = "application/octet-stream"
        shown = f"inline; filename*=UTF-8''{quote(name or file_id)}"
        self._respond(200, kind, content, {"Content-Disposition": shown})

    def _serve_page(self, path: str) -> None:
        name = path.removeprefix("/") or "index.html"
        # What is asked for is looked up, and never part of a path.
        file = next((file for file in _PAGE.iterdir() if file.name == name), None)
        kind = _KINDS.get(f".{name.rpartition('.')[2]}")
        if self.command != "GET" or file is None or kind is None:
            self._respond_json(404, {"error": "there is nothing here"})
            return
        self._respond(200, kind, file.read_bytes(), {"Content-Security-Policy": _POLICY})

    def _serve_events(self, query: str) -> None:
        """Tell of what happens, until the page goes or the server closes.

        From when on is told by the header of a browser that reconnects, or by `after`.
        """
        events, changed = self.server.events, self.server.changed
        last = self.headers.get("Last-Event-ID") or dict(parse_qsl(query)).get("after", "")
        with changed:
            number = int(last) if last.isdecimal() and len(last) < 19 else events.last
        self.close_connection = True
        self.send_response(200)
        for name, value in (
            ("Content-Type", "text/event-stream; charset=utf-8"),
            ("Cache-Control", "no-store"),
            ("Connection", "close"),
        ):
            self.send_header(name, value)
        self.end_headers()
        told = ": welcome\n\n"
        while not events.closed:
            self.wfile.write(told.encode())
            self.wfile.flush()
            with changed:
                came = events.after(number, _HEARTBEAT)
                if came is None:
                    number, told = events.last, "event: reload\ndata: {}\n\n"
                    continue
            told = "".join(
                f"id: {one.number}\nevent: {one.name}\ndata: {one.content}\n\n" for one in came
            )
            number = came[-1].number if came else number
            told = told or ": still here\n\n"

    def _respond_json(self, status: int, answer: Any) -> None:  # noqa: ANN401 - JSON is anything
        body = json.dumps(answer, ensure_ascii=False).encode("utf-8", errors="replace")
        self._respond(status, "application/json", body)

    def _respond(
        self, status: int, kind: str, body: bytes, headers: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
        """Keep standard error clean."""


def _sniffed(content: bytes) -> str:
    """What a picture is that came without a name."""
    for beginning, kind in ((b"\x89PNG", "image/png"), (b"\xff\xd8", "image/jpeg")):
        if content.startswith(beginning):
            return kind
    return "application/octet-stream"
