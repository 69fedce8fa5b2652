"""Brings updates to the bot: it fetches them, or they are posted to its webhook."""

from __future__ import annotations

import itertools
import json
import threading
import time
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import httpx

from bot.playground.errors import RefusalError, bad_request

if TYPE_CHECKING:
    from threading import Condition

    from bot.playground.events import Journal
    from bot.playground.faults import Faults
    from bot.playground.requests import Json, Request

LOOPBACK: Final = {"127.0.0.1", "localhost", "::1"}
# These have to be asked for by name.
_UNASKED: Final = {"chat_member", "message_reaction", "message_reaction_count"}
_SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
# How long a webhook may take, and how long it is left alone after a failure, in seconds.
_PATIENCE: Final = 30.0
_FAREWELL: Final = 1.0
_FIRST_PAUSE: Final = 0.1
_LONGEST_PAUSE: Final = 60.0
# Where Telegram finds webhooks; on loopback any port will do.
_PORTS: Final = {80, 88, 443, 8443}


class Delivery:
    """Updates that wait for the bot.

    Args:
        changed: Held whenever anything here is called.
        journal: Told of every update when it reaches the bot.
        faults: May have updates doubled or turned round.
    """

    def __init__(self, changed: Condition, journal: Journal, faults: Faults) -> None:
        self._changed = changed
        self._journal = journal
        self._faults = faults
        self._ids = itertools.count(1)
        self._waiting: list[Json] = []
        self._held: list[tuple[str, Json]] = []
        self._arrived: dict[int, float] = {}
        self._allowed: list[str] | None = None
        self._poll = 0
        self._webhook: Json = {}
        self._secret: str | None = None
        self._thread: threading.Thread | None = None
        self._closed = False

    def add(self, kind: str, content: Json) -> None:
        """Let the bot know something.

        Args:
            kind: The update's field, such as "message".
            content: What it is of, as the Bot API's types say.
        """
        self._held.append((kind, content))
        # The next one overtakes it.
        if len(self._held) > 1 or not self._faults.take("reorder"):
            self.release()

    def release(self) -> None:
        """Let go what waits to be overtaken."""
        for name, told in reversed(self._held):
            update = {"update_id": next(self._ids), name: told}
            self.put(*[update] * (2 if self._faults.take("duplicate") else 1))
        self._held.clear()

    def put(self, *updates: Json) -> None:
        """Let the bot have whole updates."""
        for update in updates:
            self._waiting.append(update)
            self._arrived.setdefault(update["update_id"], time.monotonic())
        self._changed.notify_all()

    def close(self) -> None:
        """Let nobody wait any longer."""
        self._closed = True
        self._changed.notify_all()

    def join(self) -> None:
        """Wait until nothing is being posted any more; not to be called with the lock held."""
        if self._thread is not None:
            # A webhook that does not answer is not waited for.
            self._thread.join(_FAREWELL)

    # The methods of the Bot API

    def fetch(self, request: Request) -> list[Json]:
        """The answer to getUpdates.

        Raises:
            RefusalError: There is a webhook, or somebody else fetches now.
        """
        if self._webhook:
            raise RefusalError(
                409,
                "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook "
                "to delete the webhook first",
            )
        parameters = request.parameters
        if "allowed_updates" in parameters:
            self._allowed = parameters["allowed_updates"]
        first = parameters.get("offset", 0)
        if first < 0:
            self._waiting = self._waiting[first:]
        most = min(max(parameters.get("limit", 100), 1), 100)
        self._poll = poll = self._poll + 1
        self._changed.notify_all()
        self._changed.wait_for(
            lambda: self._closed or self._poll != poll or self._due(first),
            min(max(parameters.get("timeout", 0), 0), 50),
        )
        if self._poll != poll:
            raise RefusalError(
                409,
                "Conflict: terminated by other getUpdates request; make sure that only one bot "
                "instance is running",
            )
        due = self._due(first)[:most]
        for update in due:
            self._note(update)
        return due

    def set_webhook(self, request: Request) -> bool:
        """The answer to setWebhook."""
        parameters = request.parameters
        if parameters.get("drop_pending_updates"):
            self._waiting.clear()
        url = parameters.get("url", "")
        if url:
            _check_webhook(url)
        if "allowed_updates" in parameters:
            self._allowed = parameters["allowed_updates"]
        most = parameters.get("max_connections", 40)
        self._webhook = {"url": url, "max_connections": most} if url else {}
        self._secret = parameters.get("secret_token")
        self._changed.notify_all()
        if url and self._thread is None:
            self._thread = threading.Thread(target=self._post_all, name="webhook", daemon=True)
            self._thread.start()
        return True

    def delete_webhook(self, request: Request) -> bool:
        """The answer to deleteWebhook."""
        if request.parameters.get("drop_pending_updates"):
            self._waiting.clear()
        self._webhook = {}
        self._changed.notify_all()
        return True

    def webhook_info(self, _: Request | None = None) -> Json:
        """The answer to getWebhookInfo."""
        told = {"url": "", **self._webhook, "has_custom_certificate": False}
        told["pending_update_count"] = len(self._waiting)
        if self._allowed:
            told["allowed_updates"] = self._allowed
        return told

    # Behind them

    def _due(self, first: int) -> list[Json]:
        # What was asked for once is confirmed by a later offset; the rest Telegram keeps to itself.
        kept = []
        for update in self._waiting:
            if update["update_id"] >= first and self._is_allowed(update):
                kept.append(update)
            else:
                self._arrived.pop(update["update_id"], None)
        self._waiting = kept
        return kept

    def _is_allowed(self, update: Json) -> bool:
        kind = kind_of(update)
        return kind in self._allowed if self._allowed else kind not in _UNASKED

    def _note(self, update: Json) -> None:
        """Tell the journal that an update has reached the bot, once."""
        arrived = self._arrived.pop(update["update_id"], None)
        if arrived is not None:
            took = time.monotonic() - arrived
            self._journal.record("update", kind_of(update), update, None, status=200, took=took)

    def _post_all(self) -> None:
        """Post update after update, each until the webhook takes it."""
        pause = 0.0
        with httpx.Client(trust_env=False, timeout=_PATIENCE) as client:
            while (following := self._await_webhook(pause)) is not None:
                update, url, headers = following
                began = time.monotonic()
                status, failure = _post(client, url, headers, update)
                with self._changed:
                    if failure:
                        pause = min(max(2 * pause, _FIRST_PAUSE), _LONGEST_PAUSE)
                        took = time.monotonic() - began
                        self._journal.record(
                            "update", kind_of(update), update, failure, status=status, took=took
                        )
                        if self._webhook:
                            self._webhook["last_error_date"] = int(time.time())
                            self._webhook["last_error_message"] = failure
                    else:
                        pause = 0.0
                        if update in self._waiting:
                            self._waiting.remove(update)
                        self._note(update)

    def _await_webhook(self, pause: float) -> tuple[Json, str, dict[str, str]] | None:
        """The next update, where it goes, and with what; None where there will be none."""
        with self._changed:
            failed = self._webhook
            self._changed.wait_for(lambda: self._closed or self._webhook is not failed, pause)
            self._changed.wait_for(lambda: self._closed or (self._webhook and self._due(0)))
            if self._closed:
                return None
            headers = {"Content-Type": "application/json"}
            if self._secret is not None:
                headers[_SECRET_HEADER] = self._secret
            return self._waiting[0], self._webhook["url"], headers


def kind_of(update: Json) -> str:
    """What an update is of: "message", "callback_query" and so on."""
    return next(name for name in update if name != "update_id")


def _post(client: httpx.Client, url: str, headers: dict[str, str], update: Json) -> tuple[int, str]:
    """Bring one update to a webhook; give the status, 0 without one, and what went wrong."""
    try:
        status = client.post(url, content=json.dumps(update), headers=headers).status_code
    except httpx.TimeoutException:
        return 0, "Read timeout expired"
    except (httpx.TransportError, httpx.InvalidURL) as error:
        return 0, f"Connection failed: {error}"
    return status, "" if status < 300 else f"Wrong response from the webhook: {status}"


def _check_webhook(url: str) -> None:
    """Refuse what cannot be a webhook here: the playground speaks to its own machine only."""
    try:
        address = urlsplit(url)
        port = address.port
    except ValueError:
        raise bad_request("bad webhook: invalid webhook URL specified") from None
    if address.hostname in LOOPBACK and address.scheme in {"http", "https"}:
        return
    if address.scheme != "https":
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if (port or 443) not in _PORTS:
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    raise bad_request("bad webhook: Failed to resolve host: Name or service not known")
