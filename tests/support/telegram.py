"""Telegram's side of the conversation: a Bot API server on loopback.

Every request that reaches it is held to the machine-readable Bot API. A wrong one is answered
as Telegram answers, with 400, and kept in `faults`, so that a test fails even where the bot
takes the refusal calmly. What people do is made with tests/support/updates.py.
"""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, unquote

from tests.support.chats import Chats, Commands
from tests.support.files import Files
from tests.support.profile import Profile
from tests.support.requests import RefusalError, Request, read_multipart
from tests.support.sent import Sent
from tests.support.updates import (
    BOT,
    Json,
    buttons,
    chat,
    content,
    inline_update,
    message_update,
    person,
    press_update,
    quotes,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType
    from typing import Self

    from tests.support.bot_api import BotApi
    from tests.support.requests import Upload

__all__ = [
    "BOT",
    "TOKEN",
    "Json",
    "Request",
    "TelegramServer",
    "buttons",
    "chat",
    "inline_update",
    "message_update",
    "person",
    "press_update",
    "quotes",
]

TOKEN: Final = "123456:for-tests-only-and-worth-nothing-else"  # noqa: S105 - opens nothing
# How long a test waits for the bot before it fails: far beyond what any test needs.
_PATIENCE: Final = 20.0


class TelegramServer:
    """Serves one bot; use it as a context manager.

    Attributes:
        requests: Everything that was asked, getUpdates left out, in order of arrival.
        faults: What was wrong with it.
        commands: What the bot set with setMyCommands.
        profile: The name and descriptions that the bot set.
    """

    def __init__(self, api: BotApi, token: str = TOKEN) -> None:
        self.requests: list[Request] = []
        self.faults: list[str] = []
        self.commands = Commands()
        self.profile = Profile()
        self._api = api
        self._token = token
        self._changed = threading.Condition()
        self._updates: list[Json] = []
        self._refusals: list[tuple[str, RefusalError]] = []
        self._files = Files()
        self._chats = Chats(api)
        self._sent = Sent(self._chats, self._files)
        self._blocked_by: set[int] = set()
        self._answered: set[str] = set()
        self._closing = False
        self._results: dict[str, Callable[[Request], Any]] = {
            "getMe": lambda _: BOT,
            "getUpdates": self._pending,
            "sendMessage": self._sent.send,
            "sendDocument": self._sent.send,
            "sendPhoto": self._sent.send,
            "forwardMessage": self._sent.forward,
            "copyMessage": self._sent.copy,
            "editMessageText": self._sent.edit,
            "editMessageCaption": self._sent.edit,
            "editMessageMedia": self._sent.edit,
            "editMessageReplyMarkup": self._sent.edit,
            "deleteMessage": self._sent.delete,
            "getFile": lambda request: self._files.described(request.parameters["file_id"]),
            "getChat": self._chats.describe,
            "getChatMember": self._chats.member,
            "getChatAdministrators": self._chats.administrators,
            "setMyCommands": self.commands.set,
            "deleteMyCommands": self.commands.delete,
            "getMyCommands": self.commands.current,
            "answerCallbackQuery": self._answer_press,
        }
        for method, what in (
            ("MyName", "name"),
            ("MyDescription", "description"),
            ("MyShortDescription", "short_description"),
        ):
            self._results[f"set{method}"] = self.profile.setter(what)
            self._results[f"get{method}"] = self.profile.getter(what)
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
    def url(self) -> str:
        """What the bot takes for https://api.telegram.org."""
        return f"http://127.0.0.1:{self._http.server_port}"

    @property
    def base_url(self) -> str:
        """What the bot takes for https://api.telegram.org/bot."""
        return f"{self.url}/bot"

    @property
    def base_file_url(self) -> str:
        """What the bot takes for https://api.telegram.org/file/bot."""
        return f"{self.url}/file/bot"

    def send(self, *updates: Json) -> None:
        """Let the bot's next getUpdates deliver these, where it asks for such."""
        with self._changed:
            self._updates.extend(updates)
            self._changed.notify_all()

    def add_file(self, content: bytes, file_id: str | None = None) -> str:
        """Let the bot download a file; give the id by which it is asked for."""
        return self._files.add(content, file_id)

    def add_chat(self, known: Json) -> None:
        """Let the bot know a chat, by its id and by its user name where it has one."""
        self._chats.add(known)

    def set_member(self, chat_id: int, user_id: int, status: str) -> None:
        """Make a user "creator", "administrator", "member", "restricted", "left" or "kicked".

        Nobody else has ever been in that chat, which the bot knows from now on.
        """
        self._chats.set_member(chat_id, user_id, status)

    def block(self, user_id: int) -> None:
        """Let a user block the bot."""
        self._blocked_by.add(user_id)

    def refuse_next(
        self, method: str, description: str, code: int = 400, **parameters: int
    ) -> None:
        """Refuse the next request of this method, though nothing is wrong with it.

        Parameters tell what to do about it, such as `migrate_to_chat_id`.
        """
        self._refusals.append((method, RefusalError(code, description, **parameters)))

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

    @property
    def uploads(self) -> list[Upload]:
        """All files that the bot sent, in order of arrival."""
        with self._changed:
            return [upload for request in self.requests for upload in request.uploads]

    def message(self, chat_id: int, message_id: int) -> Json:
        """A message that the bot sent, as it looks after all edits."""
        return self._sent.messages[chat_id, message_id]

    def messages(self, chat_id: int) -> list[Json]:
        """What the bot sent to a chat and did not delete, as it looks after all edits."""
        return [message for (place, _), message in self._sent.messages.items() if place == chat_id]

    def last_message(self) -> Json:
        """The message that the bot sent last, as it looks after all edits."""
        return next(reversed(self._sent.messages.values()))

    def answer(
        self, token: str, method: str, form: dict[str, str], uploads: Sequence[Upload] = ()
    ) -> tuple[int, Json]:
        """The HTTP status and body for one request."""
        if token != self._token:
            refusal = RefusalError(401, "Unauthorized")
            return refusal.code, refusal.body
        parameters = self._api.read_form(method, form, uploads)
        request = Request(method, parameters, uploads)
        problems = self._api.problems(method, parameters, uploads)
        with self._changed:
            self.faults.extend(problems)
            if method != "getUpdates":
                self.requests.append(request)
                self._changed.notify_all()
        if problems:
            refusal = RefusalError(400, f"Bad Request: {problems[0]}")
            return refusal.code, refusal.body
        try:
            self._refuse_if_told(request)
            return 200, {"ok": True, "result": self._result(request)}
        except RefusalError as refusal:
            return refusal.code, refusal.body

    def file(self, token: str, path: str) -> bytes | None:
        """The file to be downloaded from a path; None where there is none."""
        return self._files.at(path) if token == self._token else None

    def _refuse_if_told(self, request: Request) -> None:
        for position, (refused, refusal) in enumerate(self._refusals):
            if refused == request.method:
                del self._refusals[position]
                raise refusal
        sends = request.method.startswith(("send", "forward", "copy"))
        if sends and request.parameters.get("chat_id") in self._blocked_by:
            raise RefusalError(403, "Forbidden: bot was blocked by the user")

    def _result(self, request: Request) -> Any:
        if request.method in self._results:
            return self._results[request.method](request)
        if self._api.returns(request.method) == ["Boolean"]:
            return True
        self.faults.append(f"{request.method}: this server does not know what to answer")
        raise RefusalError(400, f"Bad Request: {request.method} is not served here")

    def _pending(self, request: Request) -> list[Json]:
        parameters = request.parameters
        # Telegram keeps to itself what is not asked for.
        allowed = parameters.get("allowed_updates")

        def pending() -> list[Json]:
            first = parameters.get("offset", 0)
            self._updates = [
                kept
                for kept in self._updates
                if kept["update_id"] >= first and (not allowed or content(kept)[0] in allowed)
            ]
            return self._updates[: parameters.get("limit", 100)]

        with self._changed:
            self._changed.wait_for(lambda: self._closing or pending(), parameters.get("timeout", 0))
            return pending()

    def _answer_press(self, request: Request) -> bool:
        press_id = request.parameters["callback_query_id"]
        with self._changed:
            if press_id in self._answered:
                self.faults.append(f"answerCallbackQuery: {press_id} is answered twice")
                raise RefusalError(
                    400,
                    "Bad Request: query is too old and response timeout expired or query ID is "
                    "invalid",
                )
            self._answered.add(press_id)
        return True


def _handler_for(server: TelegramServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            token, _, path = unquote(self.path).removeprefix("/file/bot").partition("/")
            found = server.file(token, path)
            if found is None:
                missing = RefusalError(404, "Not Found").body
                self._respond(404, "application/json", _encoded(missing))
            else:
                self._respond(200, "application/octet-stream", found)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            token, _, method = self.path.removeprefix("/bot").rpartition("/")
            kind = self.headers.get("Content-Type", "")
            uploads: list[Upload] = []
            if kind.startswith("multipart/form-data"):
                form, uploads = read_multipart(method, kind, body)
            else:
                text = body.decode()
                form = dict(parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text)))
            status, answer = server.answer(token, method, form, uploads)
            self._respond(status, "application/json", _encoded(answer))

        def _respond(self, status: int, kind: str, body: bytes) -> None:
            try:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except ConnectionError:
                self.close_connection = True  # the bot gave up a long poll

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
            """Keep standard error clean."""

    return Handler


def _encoded(answer: Json) -> bytes:
    return json.dumps(answer).encode()
