"""Telegram's side of the conversation: a Bot API server on loopback.

Every request that reaches it is held to the machine-readable Bot API. A wrong one is answered
as Telegram answers, with 400, and kept in `faults`, so that a test fails even where the bot
takes the refusal calmly.
"""

from __future__ import annotations

import itertools
import json
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType
    from typing import Self

    from tests.support.bot_api import BotApi

Json = dict[str, Any]

TOKEN: Final = "123456:for-tests-only-and-worth-nothing-else"  # noqa: S105 - opens nothing
BOT: Final[Json] = {
    "id": 123456,
    "is_bot": True,
    "first_name": "Daviedka",
    "username": "daviedka_bot",
    "can_join_groups": True,
    "can_read_all_group_messages": False,
    "supports_inline_queries": True,
}
# How long a test waits for the bot before it fails: far beyond what any test needs.
_PATIENCE: Final = 20.0


@dataclass(frozen=True, slots=True)
class Request:
    """A request as the bot made it, with JSON parameters read."""

    method: str
    parameters: Json


class _RefusalError(Exception):
    """What Telegram answers in place of a result."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(description)
        self.code = code
        self.description = description


class TelegramServer:
    """Serves one bot; use it as a context manager.

    Attributes:
        requests: Everything that was asked, getUpdates left out, in order of arrival.
        faults: What was wrong with it.
    """

    def __init__(self, api: BotApi, token: str = TOKEN) -> None:
        self.requests: list[Request] = []
        self.faults: list[str] = []
        self._api = api
        self._token = token
        self._changed = threading.Condition()
        self._updates: list[Json] = []
        self._refusals: list[tuple[str, _RefusalError]] = []
        self._messages: dict[tuple[int, int], Json] = {}
        self._message_ids = itertools.count(1000)
        self._closing = False
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler_for(self))
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    @property
    def base_url(self) -> str:
        """What the bot takes for https://api.telegram.org/bot."""
        return f"http://127.0.0.1:{self._http.server_port}/bot"

    def send(self, *updates: Json) -> None:
        """Let the bot's next getUpdates deliver these."""
        with self._changed:
            self._updates.extend(updates)
            self._changed.notify_all()

    def refuse_next(self, method: str, description: str, code: int = 400) -> None:
        """Refuse the next request of this method, though nothing is wrong with it."""
        self._refusals.append((method, _RefusalError(code, description)))

    def calls(self, method: str) -> list[Json]:
        """The parameters of all requests of one method so far."""
        with self._changed:
            return [request.parameters for request in self.requests if request.method == method]

    def wait_for(self, method: str, count: int = 1) -> list[Json]:
        """Block until there were so many requests of one method; give their parameters."""
        with self._changed:
            came = self._changed.wait_for(
                lambda: sum(request.method == method for request in self.requests) >= count,
                _PATIENCE,
            )
            assert came, f"fewer than {count} requests of {method}"
        return self.calls(method)

    def message(self, chat_id: int, message_id: int) -> Json:
        """A message that the bot sent, as it looks after all edits."""
        return self._messages[chat_id, message_id]

    def last_message(self) -> Json:
        """The message that the bot sent last, as it looks after all edits."""
        return next(reversed(self._messages.values()))

    def answer(self, token: str, method: str, form: dict[str, str]) -> tuple[int, Json]:
        """The HTTP status and body for one request."""
        if token != self._token:
            return 401, _failure(_RefusalError(401, "Unauthorized"))
        parameters = self._api.read_form(method, form)
        problems = self._api.problems(method, parameters)
        with self._changed:
            self.faults.extend(problems)
            if method != "getUpdates":
                self.requests.append(Request(method, parameters))
                self._changed.notify_all()
        if problems:
            return 400, _failure(_RefusalError(400, f"Bad Request: {problems[0]}"))
        try:
            self._refuse_if_told(method)
            return 200, {"ok": True, "result": self._result(method, parameters)}
        except _RefusalError as refusal:
            return refusal.code, _failure(refusal)

    def _refuse_if_told(self, method: str) -> None:
        for position, (refused, refusal) in enumerate(self._refusals):
            if refused == method:
                del self._refusals[position]
                raise refusal

    def _result(self, method: str, parameters: Json) -> Any:
        match method:
            case "getMe":
                return BOT
            case "getUpdates":
                return self._pending(parameters)
            case "sendMessage":
                message_id = next(self._message_ids)
                self._messages[parameters["chat_id"], message_id] = self._message(
                    message_id, parameters
                )
                return self._messages[parameters["chat_id"], message_id]
            case "editMessageText":
                return self._edited(parameters)
        if self._api.returns(method) == ["Boolean"]:
            return True
        self.faults.append(f"{method}: this server does not know what to answer")
        raise _RefusalError(400, f"Bad Request: {method} is not served here")

    def _pending(self, parameters: Json) -> list[Json]:
        def pending() -> list[Json]:
            first = parameters.get("offset", 0)
            self._updates = [kept for kept in self._updates if kept["update_id"] >= first]
            return self._updates[: parameters.get("limit", 100)]

        with self._changed:
            self._changed.wait_for(lambda: self._closing or pending(), parameters.get("timeout", 0))
            return pending()

    def _message(self, message_id: int, parameters: Json) -> Json:
        chat_id = parameters["chat_id"]
        message = {
            "message_id": message_id,
            "date": 1_700_000_000,
            "from": BOT,
            "chat": chat(chat_id),
            "text": parameters["text"],
            "entities": parameters.get("entities", []),
        }
        if "reply_markup" in parameters:
            message["reply_markup"] = parameters["reply_markup"]
        return message

    def _edited(self, parameters: Json) -> Json:
        key = parameters["chat_id"], parameters["message_id"]
        if key not in self._messages:
            raise _RefusalError(400, "Bad Request: message to edit not found")
        edited = self._message(key[1], parameters)
        if edited == self._messages[key]:
            raise _RefusalError(
                400,
                "Bad Request: message is not modified: specified new message content and reply "
                "markup are exactly the same as a current content and reply markup of the message",
            )
        self._messages[key] = edited
        return edited


_update_ids = itertools.count(1)


def person(user_id: int = 77, language_code: str | None = "be", **fields: Any) -> Json:
    """A user who is no bot, unless told otherwise."""
    user = {"id": user_id, "is_bot": False, "first_name": "Алеся", **fields}
    return user if language_code is None else {**user, "language_code": language_code}


def chat(chat_id: int) -> Json:
    """A private chat, or a group where the id is negative."""
    if chat_id < 0:
        return {"id": chat_id, "type": "supergroup", "title": "Суполка"}
    return {"id": chat_id, "type": "private", "first_name": "Алеся"}


def message_update(
    text: str | None = None,
    *,
    sender: Json | None = None,
    chat_id: int | None = None,
    kind: str = "message",
    **fields: Any,
) -> Json:
    """An update with a message; further fields go into it, such as a photo or a sticker."""
    sender = person() if sender is None else sender
    update_id = next(_update_ids)
    message = {
        "message_id": update_id,
        "date": 1_700_000_000,
        "from": sender,
        "chat": chat(sender["id"] if chat_id is None else chat_id),
        **fields,
    }
    if text is not None:
        message["text"] = text
        if text.startswith("/"):
            command = text.split()[0]
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(command)}]
    return {"update_id": update_id, kind: message}


def press_update(message: Json, callback_data: str, *, sender: Json | None = None) -> Json:
    """An update with the press of a button under a message."""
    update_id = next(_update_ids)
    return {
        "update_id": update_id,
        "callback_query": {
            "id": f"press-{update_id}",
            "from": person() if sender is None else sender,
            "chat_instance": "1",
            "message": message,
            "data": callback_data,
        },
    }


def inline_update(query: str, offset: str = "", *, sender: Json | None = None) -> Json:
    """An update with an inline query."""
    update_id = next(_update_ids)
    return {
        "update_id": update_id,
        "inline_query": {
            "id": f"inline-{update_id}",
            "from": person() if sender is None else sender,
            "query": query,
            "offset": offset,
        },
    }


def buttons(message: Json) -> list[Json]:
    """The buttons under a message, row by row."""
    rows: Iterable[list[Json]] = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button for row in rows for button in row]


def quotes(message: Json) -> list[str]:
    """What a message quotes, folded or not, in its order."""
    units = message["text"].encode("utf-16-le")
    return [
        units[2 * entity["offset"] : 2 * (entity["offset"] + entity["length"])].decode("utf-16-le")
        for entity in message.get("entities", [])
        if entity["type"].endswith("blockquote")
    ]


def _failure(refusal: _RefusalError) -> Json:
    return {"ok": False, "error_code": refusal.code, "description": refusal.description}


def _handler_for(server: TelegramServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            form = dict(parse_qsl(body, keep_blank_values=True, strict_parsing=bool(body)))
            token, _, method = self.path.removeprefix("/bot").rpartition("/")
            status, answer = server.answer(token, method, form)
            encoded = json.dumps(answer).encode()
            try:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(encoded)))
                self.end_headers()
                self.wfile.write(encoded)
            except ConnectionError:
                self.close_connection = True  # the bot gave up a long poll

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
            """Keep standard error clean."""

    return Handler
