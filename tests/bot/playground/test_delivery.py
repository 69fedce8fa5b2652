"""Updates reach the bot: fetched, or posted to its webhook."""

from __future__ import annotations

import json
import queue
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.playground.requests import Json
    from tests.bot.playground.conftest import Client

ALESIA = 1003


def texts(updates: list[Json]) -> list[str]:
    return [update["message"]["text"] for update in updates]


def write(client: Client, *messages: str) -> None:
    for text in messages:
        client.do("send", person=ALESIA, chat=ALESIA, text=text)


class TestFetching:
    def test_update_comes_again_until_it_is_confirmed(self, client: Client) -> None:
        write(client, "1", "2", "3")
        first = client.call("getUpdates", limit=2)
        assert texts(first) == ["1", "2"]
        assert client.call("getUpdates", limit=2) == first
        rest = client.call("getUpdates", offset=first[0]["update_id"] + 1)
        assert texts(rest) == ["2", "3"]
        assert texts(client.call("getUpdates", offset=-1)) == ["3"]
        assert client.call("getUpdates", offset=rest[-1]["update_id"] + 1) == []

    def test_each_update_stands_in_the_journal_once(self, client: Client) -> None:
        write(client, "1")
        update = client.call("getUpdates")
        client.call("getUpdates")
        told = [one for one in client.world()["journal"] if one["kind"] == "update"]
        assert [one["body"] for one in told] == update
        assert (told[0]["name"], told[0]["ok"], told[0]["status"]) == ("message", True, 200)

    def test_waiting_ends_when_something_comes(self, client: Client) -> None:
        got: list[Json] = []
        url = f"{client.playground.url}/bot{client.playground.token}/getUpdates?timeout=50"

        def wait() -> None:
            got.extend(httpx.get(url, timeout=60, trust_env=False).json()["result"])

        waiting = threading.Thread(target=wait)
        waiting.start()
        write(client, "Так")
        waiting.join(20)
        assert texts(got) == ["Так"]

    def test_second_bot_ends_the_waiting_of_the_first(self, client: Client) -> None:
        answers: queue.Queue[Json] = queue.Queue()
        url = f"{client.playground.url}/bot{client.playground.token}/getUpdates?timeout=50"

        def wait() -> None:
            answers.put(httpx.get(url, timeout=60, trust_env=False).json())

        threads = [threading.Thread(target=wait) for _ in range(2)]
        for thread in threads:
            thread.start()
        conflict = answers.get(timeout=20)
        assert conflict["error_code"] == 409
        assert conflict["description"] == (
            "Conflict: terminated by other getUpdates request; make sure that only one bot "
            "instance is running"
        )
        write(client, "Так")
        assert texts(answers.get(timeout=20)["result"]) == ["Так"]
        for thread in threads:
            thread.join(20)

    def test_what_is_not_asked_for_stays(self, client: Client) -> None:
        sent = client.call("sendMessage", chat_id=-1004000000001, text="Так")["message_id"]
        client.do("react", person=ALESIA, chat=-1004000000001, message_id=sent, emoji="👍")
        assert client.updates() == []
        client.do("react", person=ALESIA, chat=-1004000000001, message_id=sent)
        write(client, "Так")
        (update,) = client.updates("message_reaction")
        assert "message_reaction" in update
        # What was asked for last holds until something else is.
        write(client, "Так")
        assert client.updates() == []
        write(client, "Не")
        assert texts(client.updates("message", "edited_message")) == ["Не"]


class Hook:
    """A bot's webhook.

    Attributes:
        url: Where it listens.
        got: The updates that came, with the secret that they came with.
        failures: How many requests it will fail from now on.
    """

    def __init__(self) -> None:
        self.got: queue.Queue[tuple[Json, str | None]] = queue.Queue()
        self.failures = 0
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                update = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                failed = hook.failures > 0
                hook.failures -= failed
                self.send_response(500 if failed else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()
                if not failed:
                    secret = self.headers["X-Telegram-Bot-Api-Secret-Token"]
                    hook.got.put((update, secret))

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        self.http = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}/hook"


@pytest.fixture
def hook() -> Iterator[Hook]:
    opened = Hook()
    thread = threading.Thread(target=opened.http.serve_forever, args=(0.01,))
    thread.start()
    yield opened
    opened.http.shutdown()
    thread.join()
    opened.http.server_close()


class TestWebhook:
    def test_updates_are_posted_with_the_secret(self, client: Client, hook: Hook) -> None:
        write(client, "1")
        set_up = {"url": hook.url, "secret_token": "Secret-1", "allowed_updates": ["message"]}
        assert client.call("setWebhook", **set_up) is True
        write(client, "2")
        got = [hook.got.get(timeout=20) for _ in range(2)]
        assert texts([update for update, _ in got]) == ["1", "2"]
        assert {secret for _, secret in got} == {"Secret-1"}
        refusal = client.refusal("getUpdates")
        assert refusal == (
            "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to "
            "delete the webhook first"
        )
        info = client.call("getWebhookInfo")
        assert (info["url"], info["allowed_updates"]) == (hook.url, ["message"])
        assert (info["max_connections"], info["has_custom_certificate"]) == (40, False)

    def test_update_is_posted_until_it_is_taken(self, client: Client, hook: Hook) -> None:
        hook.failures = 2
        client.call("setWebhook", url=hook.url)
        write(client, "1", "2")
        got = [hook.got.get(timeout=20) for _ in range(2)]
        assert texts([update for update, _ in got]) == ["1", "2"]
        assert [secret for _, secret in got] == [None, None]
        info = client.call("getWebhookInfo")
        assert info["last_error_message"] == "Wrong response from the webhook: 500"
        told = [one for one in client.world()["journal"] if one["kind"] == "update"]
        assert [one["status"] for one in told][:3] == [500, 500, 200]

    def test_doubled_update_is_posted_twice(self, client: Client, hook: Hook) -> None:
        client.call("setWebhook", url=hook.url)
        client.do("fault", kind="duplicate")
        write(client, "1", "2")
        got = [hook.got.get(timeout=20)[0] for _ in range(3)]
        assert texts(got) == ["1", "1", "2"]

    def test_webhook_that_is_taken_away_leaves_the_rest_to_be_fetched(
        self, client: Client, hook: Hook
    ) -> None:
        client.call("setWebhook", url=hook.url)
        write(client, "1")
        hook.got.get(timeout=20)
        client.call("deleteWebhook")
        write(client, "2")
        assert texts(client.updates()) == ["2"]
        assert client.call("getWebhookInfo")["url"] == ""
        write(client, "3")
        client.call("deleteWebhook", drop_pending_updates=True)
        write(client, "4")
        assert texts(client.updates()) == ["4"]

    def test_nobody_listening_is_told_of(self, client: Client, hook: Hook) -> None:
        client.call("setWebhook", url="http://127.0.0.1:1/")
        write(client, "1")
        with client.playground.changed:
            assert client.playground.changed.wait_for(
                lambda: "last_error_message" in _info(client), 20
            )
            assert _info(client)["pending_update_count"] == 1
        client.call("setWebhook", url=hook.url)
        assert hook.got.get(timeout=20)[0]["message"]["text"] == "1"


def _info(client: Client) -> dict[str, Any]:
    return client.playground.delivery.webhook_info()
