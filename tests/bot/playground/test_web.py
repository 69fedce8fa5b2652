"""The server speaks HTTP to this machine only, in all of Telegram's forms, and closes at once."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from bot.playground.errors import PlaygroundError
from bot.playground.server import Playground

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.bot.playground.conftest import Client

ALESIA = 1003
MISSING = (
    "/../server.py",
    "/%2e%2e/server.py",
    "/..%5cserver.py",
    "/page/",
    "/.hidden",
    "/none.js",
    "/%00.js",
    f"/{'a' * 1000}.js",
    "/api/",
)


@pytest.mark.parametrize(
    "sent",
    [
        {"json": {"chat_id": ALESIA, "text": "Так", "disable_notification": True}},
        {
            "json": {
                "chat_id": str(ALESIA),
                "text": "Так",
                "link_preview_options": '{"is_disabled": true}',
            }
        },
        {"data": {"chat_id": str(ALESIA), "text": "Так", "disable_notification": "true"}},
        {"params": {"chat_id": str(ALESIA), "text": "Так"}},
        {"data": {"chat_id": str(ALESIA), "text": "Так"}, "files": {"x": ("x.txt", b"x")}},
    ],
    ids=["json", "json in json", "form", "address", "multipart"],
)
def test_request_comes_in_any_of_telegrams_forms(client: Client, sent: dict[str, Any]) -> None:
    written = client.do("send", person=ALESIA, chat=ALESIA, text="Так")
    assert written == {"message_id": client.messages(ALESIA)[0]["message_id"]}
    response = client.http.post(f"/bot{client.playground.token}/sendmessage", **sent)
    assert response.status_code == 200, response.text
    assert response.json()["result"]["text"] == "Так"


def test_get_asks_too(client: Client) -> None:
    url = f"/bot{client.playground.token}/getChat?chat_id={ALESIA}"
    assert client.http.get(url).json()["result"]["first_name"] == "Алеся"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b"{"),
        ("application/json", b"[]"),
        ("application/x-www-form-urlencoded", b"a"),
        ("application/x-www-form-urlencoded", b"\xff"),
    ],
)
def test_broken_body_is_refused(client: Client, kind: str, body: bytes) -> None:
    url = f"/bot{client.playground.token}/getMe"
    response = client.http.post(url, content=body, headers={"Content-Type": kind})
    assert (response.status_code, response.json()["ok"]) == (400, False)


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example:80"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:1"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
@pytest.mark.parametrize("path", ["/", "/api/world", "/api/events", "/bot1:x/getMe"])
def test_other_sites_are_shut_out(client: Client, path: str, headers: dict[str, str]) -> None:
    response = client.http.get(path, headers=headers)
    assert response.status_code == 403
    sent = client.http.post("/api/send", headers=headers, json={})
    assert sent.status_code == 403


@pytest.mark.parametrize("host", ["[", "[::1"])
def test_host_that_is_none_is_refused(client: Client, host: str) -> None:
    assert client.http.get("/", headers={"Host": host}).status_code == 400


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_link_on_another_site_may_be_followed_and_no_more(client: Client, site: str) -> None:
    followed = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert client.http.get("/", headers=followed).status_code == 200
    assert client.http.post("/api/send", headers=followed, json={}).status_code == 403
    for kind in ("iframe", "script", "empty"):
        headers = {**followed, "Sec-Fetch-Dest": kind}
        assert client.http.get("/", headers=headers).status_code == 403


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("Content-Length: -1", 400),
        ("Content-Length: 1_0", 400),
        ("Content-Length: 60000000000", 413),
        (f"Content-Length: {'9' * 5000}", 400),
        ("Transfer-Encoding: chunked", 411),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_body_that_cannot_be_read_is_no_next_request(
    client: Client, method: str, header: str, status: int
) -> None:
    hidden = f"GET / HTTP/1.1\r\nHost: {client.http.base_url.host}\r\n\r\n"
    answer = exchange(client, f"{method} / HTTP/1.1\r\nHost: 127.0.0.1\r\n{header}\r\n\r\n{hidden}")
    assert answer.startswith(f"HTTP/1.1 {status} ")
    assert answer.count("HTTP/1.1 ") == 1


def test_what_is_too_large_is_answered_when_it_has_all_come(client: Client) -> None:
    response = client.http.post("/api/upload", content=bytes(61 << 20))
    assert (response.status_code, response.json()["error_code"]) == (413, 413)


def test_half_of_a_request_does_nothing(client: Client) -> None:
    body = json.dumps({"person": ALESIA, "chat": ALESIA, "text": "Так"})
    head = f"POST /api/send HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body) + 1}"
    assert exchange(client, f"{head}\r\n\r\n{body}") == ""
    assert client.messages(ALESIA) == []


def exchange(client: Client, sent: str) -> str:
    """What the server answers to these very bytes."""
    port = httpx.URL(client.playground.url).port
    with socket.create_connection(("127.0.0.1", port), 20) as connection:
        connection.sendall(sent.encode())
        connection.shutdown(socket.SHUT_WR)
        with connection.makefile("rb") as answer:
            return answer.read().decode()


def test_own_page_is_let_in(client: Client) -> None:
    port = httpx.URL(client.playground.url).port
    for host in ("127.0.0.1", "localhost"):
        origin = {"Host": f"{host}:{port}", "Origin": f"http://{host}:{port}"}
        assert client.http.get("/api/world", headers=origin).status_code == 200


def test_page_is_served_and_nothing_else(client: Client) -> None:
    page = client.http.get("/")
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    for path in MISSING:
        assert client.http.get(path).status_code in {400, 404}
    assert client.http.post("/").status_code == 404


def test_port_that_is_taken_is_told_of() -> None:
    with Playground(0, cast=False) as first:
        port = httpx.URL(first.url).port
        assert port is not None
        with pytest.raises(PlaygroundError, match=f"port {port} .*DAVIEDKA_PLAYGROUND_PORT"):
            Playground(port)
    # A port that is free again can be had at once.
    with Playground(port, cast=False) as second:
        assert second.url == first.url


def test_what_the_page_cannot_do_is_told_in_a_line(client: Client) -> None:
    assert client.cannot("dance") == "there is no /api/dance"
    assert "person" in client.cannot("send", chat=ALESIA, text="Так")
    assert "person" in client.cannot("send", person="Алеся", chat=ALESIA, text="Так")
    assert "colour" in client.cannot("send", person=1, chat=1, text="Так", colour="red")
    assert "nobody" in client.cannot("send", person=5, chat=ALESIA, text="Так")
    assert client.http.post("/api/send", content=b"{").status_code == 400
    assert client.http.post("/api/send", content=b"[]").status_code == 400
    assert client.http.get("/api/nothing").status_code == 400


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("Даведка.pdf", b"%PDF", "application/pdf"),
        ("page.html", b"<script>", "text/plain; charset=utf-8"),
        ("picture.svg", b"<svg>", "application/octet-stream"),
        ("letter.docx", b"PK", "application/octet-stream"),
        ("", b"\x89PNG", "image/png"),
    ],
)
def test_file_is_shown_with_a_kind_that_does_no_harm(
    client: Client, name: str, content: bytes, kind: str
) -> None:
    file_id = client.playground.world.files.add(content, name=name)
    response = client.http.get(f"/api/file/{file_id}")
    assert (response.content, response.headers["Content-Type"]) == (content, kind)
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert client.http.get("/api/file/nothing").status_code == 400


def told(lines: Iterator[str]) -> tuple[int, str, dict[str, Any]]:
    """The next event of a stream."""
    number, name = 0, ""
    for line in lines:
        field, _, value = line.partition(": ")
        if field == "id":
            number = int(value)
        elif field == "event":
            name = value
        elif field == "data":
            return number, name, json.loads(value)
    raise AssertionError("the stream has ended")


def test_events_come_as_they_happen_and_those_that_were_missed(client: Client) -> None:
    last = client.world()["last_event"]
    with client.http.stream("GET", "/api/events") as stream:
        lines = stream.iter_lines()
        assert next(lines) == ": welcome"
        client.do("send", person=ALESIA, chat=ALESIA, text="Так")
        number, name, event = told(lines)
        assert (number, name, event["message"]["text"]) == (last + 1, "message", "Так")
    client.do("send", person=ALESIA, chat=ALESIA, text="Не")
    missed = {"Last-Event-ID": str(number)}
    with client.http.stream("GET", "/api/events", headers=missed) as stream:
        assert told(stream.iter_lines())[2]["message"]["text"] == "Не"
    with client.http.stream("GET", f"/api/events?after={last}") as stream:
        assert told(stream.iter_lines())[2]["message"]["text"] == "Так"


def test_page_that_was_away_for_too_long_starts_again(client: Client) -> None:
    for _ in range(1001):
        with client.playground.changed:
            client.playground.events.publish("commands", {})
    with client.http.stream("GET", "/api/events?after=1") as stream:
        assert told(stream.iter_lines())[1] == "reload"


def test_whoever_waits_is_let_go_when_the_playground_closes() -> None:
    waiting = threading.Barrier(3)

    def listen(url: str) -> None:
        with (
            httpx.Client(trust_env=False, timeout=60) as http,
            http.stream("GET", f"{url}/api/events") as stream,
        ):
            lines = stream.iter_lines()
            next(lines)
            waiting.wait(20)
            assert len(list(lines)) < 10

    def poll(url: str) -> None:
        with httpx.Client(trust_env=False, timeout=60) as http:
            http.get(f"{url}/getMe")
            waiting.wait(20)
            # It is answered, or the playground was closed before it was asked.
            with suppress(httpx.TransportError):
                answer = http.get(f"{url}/getUpdates?timeout=50")
                assert answer.json() == {"ok": True, "result": []}

    with Playground(0) as playground:
        threads = [
            threading.Thread(target=listen, args=(playground.url,)),
            threading.Thread(target=poll, args=(f"{playground.url}/bot{playground.token}",)),
        ]
        for thread in threads:
            thread.start()
        waiting.wait(20)
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()
