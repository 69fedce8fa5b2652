"""One request of the bot from its arrival to the answer."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from bot.playground.errors import RefusalError, bad_request
from bot.playground.markup import read_markup
from bot.playground.requests import Request, Upload

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from threading import Condition

    from bot.playground.events import Journal
    from bot.playground.faults import Faults
    from bot.playground.flood import Flood
    from bot.playground.methods import Methods
    from bot.playground.requests import Json
    from bot.playground.schema import BotApi

# Seen every few seconds and mostly empty; the updates themselves are told of.
_SILENT = {"getUpdates"}


class DroppedError(Exception):
    """The connection is to be closed without an answer."""


class Gateway:
    """Holds a request to the Bot API, and carries it out.

    Args:
        api: What every request is held to.
        token: Opens.
        methods: What can be asked for.
        faults: What goes wrong on demand.
        flood: Counts what is sent; None where everything may be.
        journal: Told of every request.
        changed: Held while a request is carried out.

    Attributes:
        watch: Called with each request, and with one line for each thing that is wrong with it.
    """

    def __init__(
        self,
        api: BotApi,
        token: str,
        methods: Methods,
        *,
        faults: Faults,
        flood: Flood | None,
        journal: Journal,
        changed: Condition,
    ) -> None:
        self.watch: Callable[[Request, list[str]], None] = lambda _request, _problems: None
        self._api = api
        self._token = token
        self._methods = methods
        self._faults = faults
        self._flood = flood
        self._journal = journal
        self._changed = changed

    def opens(self, token: str) -> bool:
        """Whether this is the bot's token."""
        return token == self._token

    def answer(
        self, token: str, method: str, form: Json, uploads: Sequence[Upload] = ()
    ) -> tuple[int, Json]:
        """The HTTP status and body for one request.

        Raises:
            DroppedError: There is to be no answer at all.
        """
        if not self.opens(token):
            refusal = RefusalError(401, "Unauthorized")
            return refusal.code, refusal.body
        began = time.perf_counter()
        method = self._api.named(method)
        request = Request(method, self._api.read_form(method, form, uploads), uploads)
        self._hold_back(method)
        with self._changed:
            try:
                result: Any = {"ok": True, "result": self._result(request)}
                status = 200
            except RefusalError as refusal:
                status, result = refusal.code, refusal.body
            dropped = self._faults.take("drop", method)
            if method not in _SILENT or status != 200 or dropped:
                took = time.perf_counter() - began
                self._journal.record(
                    "request",
                    method,
                    _shown(request.parameters),
                    None if dropped else result,
                    status=0 if dropped else status,
                    took=took,
                )
        if dropped:
            # What was asked for is done, and the bot cannot know it: as the network has it.
            raise DroppedError
        return status, result

    def _hold_back(self, method: str) -> None:
        with self._changed:
            if slow := self._faults.take("latency", method):
                self._changed.wait_for(lambda: self._faults.closed, slow.seconds)

    def _result(self, request: Request) -> Any:  # noqa: ANN401 - whatever the method returns
        if not self._api.returns(request.method):
            self.watch(request, [f"{request.method}: there is no such method"])
            raise RefusalError(404, "Not Found: method not found")
        read = self._read(request)
        problems = self._api.problems(read.method, read.parameters, read.uploads)
        lines = [problem.line for problem in problems]
        if request.method not in self._methods:
            lines.append(f"{request.method}: this server does not know what to answer")
        self.watch(request, lines)
        for problem in problems:
            if (reason := problem.refusal) is not None:
                raise RefusalError(400, f"Bad Request: {reason}")
        if request.method not in self._methods:
            raise RefusalError(400, f"Bad Request: {request.method} is not served here")
        self._faults.refuse(request.method)
        chat_id = read.parameters.get("chat_id")
        if self._flood is not None and isinstance(chat_id, int):
            self._flood.count(request.method, chat_id)
        return self._methods.call(read)

    def _read(self, request: Request) -> Request:
        """The request with its HTML or Markdown as entities."""
        try:
            _check_characters(request.parameters)
            return Request(request.method, read_markup(request.parameters), request.uploads)
        except RefusalError as refusal:
            self.watch(request, [f"{request.method}: {refusal.description}"])
            raise


def _check_characters(parameters: Json) -> None:
    """Refuse the half of a character that UTF-16 writes in two: JSON can name one, alone."""
    try:
        json.dumps(_shown(parameters), ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise bad_request("strings must be encoded in UTF-8") from None


def _shown(given: Any) -> Any:  # noqa: ANN401 - JSON is anything
    """Parameters as JSON, a file by its name and size."""
    if isinstance(given, Upload):
        return {"file_name": given.name, "file_size": len(given.content)}
    return (
        {name: _shown(value) for name, value in given.items()} if isinstance(given, dict) else given
    )
