from __future__ import annotations

import ipaddress
import shutil
import ssl
import subprocess
import threading
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, ClassVar

import httpx
import pytest

from corpus.errors import FetchingError
from corpus.fetching import Fetched, PublicTransport, fetch, fetch_feed
from corpus.readers import MAX_BYTES
from tests.support.documents import make_pdf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from corpus.fetching import IPAddress

OPENSSL = shutil.which("openssl") or ""
PARAGRAPH = "Дзясяткі людзей чакалі на мяжы тры дні, пакуль яе не адчынілі зноў."
PAGE = f"<html lang=be><body><article><p>{PARAGRAPH}</p><p>{PARAGRAPH[::-1]}</p></article></body>"
CANONICAL = PAGE.replace(
    "<body>",
    '<head><title>Мяжа</title><link rel="canonical" href="https://x.example/border">'
    '<meta property="article:published_time" content="2025-09-11"></head><body>',
)


class Site(BaseHTTPRequestHandler):
    """A small site with everything that can go wrong with one."""

    pages: ClassVar = {
        "/page": ("text/html; charset=utf-8", PAGE.encode()),
        "/canonical": ("text/html", CANONICAL.encode()),
        "/older": ("text/html; charset=windows-1251", PAGE.encode("cp1251")),
        "/notes.md": ("text/plain", "# Мяжа\n\n**Адчынена.**".encode()),
        "/file": ("application/pdf", make_pdf([["Тэкст."]])),
        "/picture": ("image/png", b"\x89PNG"),
        "/picture.html": ("text/html", b"\x89PNG"),
        "/empty": ("text/plain", b""),
        "/untyped": ("", b"words"),
        "/large": ("text/plain", b"a" * (MAX_BYTES + 100_000)),
    }

    def do_GET(self) -> None:
        if self.path.startswith("/status/"):
            self.answer(int(self.path.removeprefix("/status/")), "text/html", b"sorry")
        elif self.path.startswith("/hops/"):
            left = int(self.path.removeprefix("/hops/"))
            self.redirect(f"/hops/{left - 1}" if left else "/page")
        elif self.path == "/to-a-file":
            self.redirect("file:///etc/passwd")
        elif self.path == "/feed":
            self.feed()
        elif self.path == "/never-changed":
            self.answer(304, "", b"")
        elif self.path == "/agent":
            self.answer(200, "text/plain", str(self.headers["User-Agent"]).encode())
        elif self.path == "/breaks":
            self.answer(200, "text/plain", b"half", length=1000)
        elif self.path == "/garbled":
            self.answer(200, "text/plain", b"no gzip", encoding="gzip")
        elif self.path == "/slow":
            self.server.released.wait(30)  # type: ignore[attr-defined]  # set by the fixture
        elif self.path == "/trickle":
            self.trickle()
        else:
            media_type, content = self.pages[self.path]
            self.answer(200, media_type, content)

    def answer(
        self,
        status: int,
        media_type: str,
        content: bytes,
        *,
        length: int | None = None,
        encoding: str | None = None,
    ) -> None:
        self.send_response(status)
        if media_type:
            self.send_header("Content-Type", media_type)
        if encoding:
            self.send_header("Content-Encoding", encoding)
        self.send_header("Content-Length", str(length or len(content)))
        self.end_headers()
        self.wfile.write(content)

    def feed(self) -> None:
        """Say what was asked for, unless it is the version that the asker has."""
        known = self.headers["If-None-Match"], self.headers["If-Modified-Since"]
        self.send_response(304 if known == ('"v1"', "Thu, 11 Sep 2025 10:00:00 GMT") else 200)
        self.send_header("ETag", '"v1"')
        self.send_header("Last-Modified", "Thu, 11 Sep 2025 10:00:00 GMT")
        self.send_header("Content-Type", "application/rss+xml")
        self.end_headers()
        self.close_connection = True
        if known != ('"v1"', "Thu, 11 Sep 2025 10:00:00 GMT"):
            self.wfile.write(b"<rss/>")

    def redirect(self, address: str) -> None:
        self.send_response(302)
        self.send_header("Location", address)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def trickle(self) -> None:
        """Send a byte now and then, each within the time that one read may take."""
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.end_headers()
        while not self.server.released.wait(0.05):  # type: ignore[attr-defined]
            self.wfile.write(b"a")
            self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Keep the tests' output clean."""


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Site)
        self.released = threading.Event()

    def handle_error(self, *_: object) -> None:
        """A client that has seen enough hangs up: that is what is tested."""


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[Server]:
    """A server that answers until the end, encrypted where a context is given."""
    with Server() as server:
        if context:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.released.set()
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with serving() as server:
        yield f"http://127.0.0.1:{server.server_port}"


def test_page_is_fetched_and_read(site: str) -> None:
    raw = fetch(f"{site}/page")
    assert raw.text == f"{PARAGRAPH}\n\n{PARAGRAPH[::-1]}"
    assert (raw.url, raw.language, raw.notes) == (f"{site}/page", "be", ())


def test_page_that_names_its_address_keeps_it(site: str) -> None:
    raw = fetch(f"{site}/canonical")
    assert (raw.url, raw.title) == ("https://x.example/border", "Мяжа")
    assert raw.published == date(2025, 9, 11)


def test_charset_of_the_header_is_used(site: str) -> None:
    raw = fetch(f"{site}/older")
    assert PARAGRAPH in raw.text
    assert raw.notes == ()


def test_other_formats_are_read_by_their_type_or_name(site: str) -> None:
    assert fetch(f"{site}/file").text == "Тэкст."
    assert fetch(f"{site}/notes.md").text == "# Мяжа\n\nАдчынена."


def test_five_redirects_are_followed_and_six_are_not(site: str) -> None:
    assert fetch(f"{site}/hops/4").url == f"{site}/page"
    with pytest.raises(FetchingError, match="redirects more than 5 times"):
        fetch(f"{site}/hops/5")


def test_program_says_its_name_and_no_more(site: str) -> None:
    assert fetch(f"{site}/agent").text == "daviedka"


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/status/401", "asks for a login (status 401)"),
        ("/status/403", "refuses programs (status 403)"),
        ("/status/404", "is not there (status 404): check the address"),
        ("/status/418", "answers with status 418; try again later"),
        ("/status/503", "answers with status 503; try again later"),
        ("/picture", "files without an ending are not read"),
        ("/picture.html", "is not text (it looks like a PNG image)"),
        ("/empty", "is empty"),
        ("/untyped", "files without an ending are not read"),
        ("/large", "is too large (over 20 MB)"),
        ("/breaks", "breaks the connection; try again later"),
        ("/garbled", "sends content that is damaged; try again later"),
        ("/to-a-file", "is no web address: it must begin with http:// or https://"),
    ],
)
def test_what_gives_no_document_is_refused_with_one_clear_line(
    site: str, path: str, reason: str
) -> None:
    with pytest.raises(FetchingError) as refused:
        fetch(site + path)
    assert refused.value.reason.startswith(reason)
    assert refused.value.url == site + path
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("path", ["/slow", "/trickle"])
def test_answer_that_takes_too_long_is_given_up(site: str, path: str) -> None:
    with pytest.raises(FetchingError, match=r"does not answer within 0\.3 seconds"):
        fetch(site + path, timeout=0.3)


def test_server_that_is_not_there_cannot_be_reached() -> None:
    server = Server()
    server.server_close()
    with pytest.raises(FetchingError, match="cannot be reached: check the address"):
        fetch(f"http://127.0.0.1:{server.server_port}/")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "is no web address"),
        ("words", "is no web address"),
        ("ftp://x.example/a.txt", "is no web address"),
        ("file:///etc/passwd", "is no web address"),
        ("http://", "is no web address"),
        ("http://x:notaport/", "is not an address"),
        ("http://\ud800.example/", "is not an address"),
        ("http://127.0.0.1/\n", "is not an address"),
    ],
)
def test_what_is_no_web_address_is_refused_before_anything_is_sent(url: str, reason: str) -> None:
    with pytest.raises(FetchingError) as refused:
        fetch(url, transport=httpx.MockTransport(lambda _: httpx.Response(200, text="a")))
    assert refused.value.reason.startswith(reason)


def test_server_that_does_not_encrypt_is_refused_under_https(site: str) -> None:
    with pytest.raises(FetchingError, match="fails to encrypt the connection"):
        fetch(site.replace("http:", "https:") + "/page")


def test_feed_is_fetched_with_what_tells_its_version(site: str) -> None:
    assert fetch_feed(f"{site}/feed") == Fetched(
        content=b"<rss/>",
        url=f"{site}/feed",
        media_type="application/rss+xml",
        etag='"v1"',
        modified="Thu, 11 Sep 2025 10:00:00 GMT",
    )


def test_feed_that_has_not_changed_is_not_fetched_again(site: str) -> None:
    first = fetch_feed(f"{site}/feed")
    assert first is not None
    assert fetch_feed(f"{site}/feed", etag=first.etag, modified=first.modified) is None
    assert fetch_feed(f"{site}/feed", etag='"v0"', modified=first.modified) == first


def test_tag_that_could_not_be_sent_back_is_left_out() -> None:
    headers = {b"ETag": b'"v\xe91"', b"Last-Modified": b""}
    answer = httpx.MockTransport(lambda _: httpx.Response(200, headers=headers, text="a"))
    fetched = fetch_feed("http://site.example/feed", transport=answer)
    assert fetched is not None
    assert (fetched.etag, fetched.modified) == (None, None)


def test_feed_that_is_not_there_is_refused_as_a_page_is(site: str) -> None:
    with pytest.raises(FetchingError, match="is not there"):
        fetch_feed(f"{site}/status/404")


def test_page_that_claims_to_be_known_is_refused(site: str) -> None:
    with pytest.raises(FetchingError, match="answers with status 304"):
        fetch(f"{site}/never-changed")


PRIVATE = "points into a private network; give an address that anyone can open"


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0.0.0.0",  # noqa: S104 - nothing listens here
        "10.1.2.3",
        "172.16.0.1",
        "192.168.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "[::]",
        "[::1]",
        "[fe80::1]",
        "[fec0::1]",
        "[fd00::1]",
        "[ff02::1]",
        "[::ffff:192.168.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
    ],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_private_address_is_refused_before_anything_is_sent(scheme: str, host: str) -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, text="secret")

    for ask in (fetch, fetch_feed):
        with pytest.raises(FetchingError) as refused:
            ask(f"{scheme}://{host}/", allow_private=False, transport=httpx.MockTransport(answer))
        assert refused.value.reason == PRIVATE
    assert asked == []


def test_private_server_is_refused_where_it_answers_too(site: str) -> None:
    assert fetch(f"{site}/page").text
    with pytest.raises(FetchingError) as refused:
        fetch(f"{site}/page", allow_private=False)
    assert refused.value.reason == PRIVATE


def public(answer: Callable[[httpx.Request], httpx.Response], **addresses: str) -> PublicTransport:
    """The network with a name service by hand; each address is given once."""
    left = {name: found.split() for name, found in addresses.items()}

    def resolve(host: str, _: int) -> list[IPAddress]:
        name = host.removesuffix(".example")
        return [ipaddress.ip_address(address) for address in left[name].pop(0).split(",")]

    return PublicTransport(httpx.MockTransport(answer), resolve)


def test_connection_goes_to_the_address_that_was_checked() -> None:
    seen: list[tuple[str, str, str]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append((str(request.url), request.headers["Host"], request.extensions["sni_hostname"]))
        return httpx.Response(200, text="One sentence is here.")

    # The name would mean this very machine if it were asked for again.
    raw = fetch("https://site.example/a.txt", transport=public(answer, site="8.8.8.8 127.0.0.1"))

    assert seen == [("https://8.8.8.8/a.txt", "site.example", "site.example")]
    assert raw.url == "https://site.example/a.txt"


def test_redirect_into_a_private_network_is_refused() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.host == "8.8.8.8"
        return httpx.Response(302, headers={"Location": "http://inside.example/"})

    with pytest.raises(FetchingError) as refused:
        fetch("http://site.example/", transport=public(answer, site="8.8.8.8", inside="10.0.0.1"))
    assert refused.value.reason == PRIVATE
    assert refused.value.url == "http://site.example/"


def test_name_with_a_private_address_among_others_is_refused() -> None:
    transport = public(lambda _: httpx.Response(200, text="a"), site="8.8.8.8,10.0.0.1")
    with pytest.raises(FetchingError, match="points into a private network"):
        fetch("http://site.example/", transport=transport)


def test_next_address_is_tried_where_one_cannot_be_reached() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host == "2606:4700::1111":
            raise httpx.ConnectError("no route")
        return httpx.Response(200, text=f"From {request.url.host}.")

    both = public(answer, site="2606:4700::1111,8.8.8.8")
    assert fetch("http://site.example/a.txt", transport=both).text == "From 8.8.8.8."
    with pytest.raises(FetchingError, match="cannot be reached"):
        fetch("http://site.example/", transport=public(answer, site="2606:4700::1111"))


def test_name_that_can_be_nobodys_cannot_be_reached() -> None:
    with pytest.raises(FetchingError, match="cannot be reached"):
        fetch(f"http://{'.'.join('a' * 200)}/", allow_private=False)


def make_certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate that nobody vouches for but itself, and its key."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        [OPENSSL, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}",
         "-addext", f"subjectAltName=DNS:{name}", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    return certificate, key


class Detour(httpx.HTTPTransport):
    """A network in which every address is this machine's."""

    def __init__(self, trusted: Path, port: int) -> None:
        super().__init__(verify=ssl.create_default_context(cafile=trusted))
        self._port = port

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(host="127.0.0.1", port=self._port)
        return super().handle_request(request)


@pytest.mark.skipif(not OPENSSL, reason="openssl makes the certificate")
def test_certificate_of_a_public_server_is_checked_by_its_name(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path, "site.example")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with serving(context) as server:

        def detour() -> PublicTransport:
            network = Detour(certificate, server.server_port)
            return PublicTransport(network, lambda *_: [ipaddress.ip_address("8.8.8.8")])

        assert PARAGRAPH in fetch("https://site.example/page", transport=detour()).text
        with pytest.raises(FetchingError, match="has no valid certificate"):
            fetch("https://other.example/page", transport=detour())


@pytest.mark.skipif(not OPENSSL, reason="openssl makes the certificate")
def test_server_with_a_certificate_of_its_own_making_is_not_trusted(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path, "localhost")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with (
        serving(context) as server,
        pytest.raises(FetchingError, match="has no valid certificate"),
    ):
        fetch(f"https://127.0.0.1:{server.server_port}/page")
