"""What waits for one answer from the bot: presses of buttons, and inline queries."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from bot.playground.errors import EXPIRED, bad_request

if TYPE_CHECKING:
    from bot.playground.events import Events
    from bot.playground.faults import Faults
    from bot.playground.requests import Json, Request

ANSWERS: Final = {"press": "answerCallbackQuery", "inline": "answerInlineQuery"}
# How long Telegram waits for an answer, in seconds.
_LIFE: Final = {"press": 60.0, "inline": 10.0}


@dataclass(slots=True)
class Query:
    """A press of a button, or an inline query.

    Attributes:
        id: As the bot knows it.
        kind: "press" or "inline".
        person: Who asks, by id.
        query: The text of an inline query.
        offset: From where on its results are asked for.
        asked: When, on the monotonic clock.
        answer: What the bot answered; None where it has not.
    """

    id: str
    kind: str
    person: int
    query: str = ""
    offset: str = ""
    asked: float = field(default_factory=time.monotonic)
    answer: Json | None = None


class Queries:
    """All of them by their ids; each is answered once, and soon, or not at all."""

    def __init__(self, events: Events, faults: Faults) -> None:
        self._events = events
        self._faults = faults
        self._ids = itertools.count(1)
        self._known: dict[str, Query] = {}
        # Inline answers by query, offset, and person where they are that person's own.
        self._cache: dict[tuple[str, str, int | None], tuple[float, Json]] = {}

    def open(self, kind: str, person: int, query: str = "", offset: str = "") -> Query:
        """Let somebody ask the bot."""
        opened = Query(f"{kind}-{next(self._ids)}", kind, person, query, offset)
        self._known[opened.id] = opened
        return opened

    def find(self, query_id: str) -> Query | None:
        """A query by its id."""
        return self._known.get(query_id)

    def cached(self, person: int, query: str, offset: str) -> Json | None:
        """What the bot has answered to the same inline query, where it lets that be kept."""
        for whose in (person, None):
            until, answer = self._cache.get((query, offset, whose), (0.0, None))
            if time.monotonic() < until:
                return answer
        return None

    def answer_press(self, request: Request) -> bool:
        """The answer to answerCallbackQuery."""
        parameters = request.parameters
        answer = {
            "text": parameters.get("text"),
            "show_alert": parameters.get("show_alert", False),
            "url": parameters.get("url"),
        }
        query = self.close(parameters["callback_query_id"], "press", answer)
        self._events.publish(
            "callback_answer", {"query_id": query.id, "person": query.person, **answer}
        )
        return True

    def answer_inline(self, request: Request) -> bool:
        """The answer to answerInlineQuery."""
        parameters = request.parameters
        answer = {
            "results": parameters["results"],
            "next_offset": parameters.get("next_offset", ""),
            "button": parameters.get("button"),
        }
        query = self.close(parameters["inline_query_id"], "inline", answer)
        whose = query.person if parameters.get("is_personal") else None
        until = time.monotonic() + parameters.get("cache_time", 300)
        self._cache[query.query, query.offset, whose] = (until, answer)
        self.tell(query)
        return True

    def tell(self, query: Query) -> None:
        """Show the results of an inline query to who asked."""
        answer: Any = query.answer
        self._events.publish(
            "inline_answer",
            {"query_id": query.id, "person": query.person, "query": query.query, **answer},
        )

    def close(self, query_id: str, kind: str, answer: Json) -> Query:
        """Take the bot's one answer to a query.

        Raises:
            RefusalError: There is no such query, it has its answer, or it is too old.
        """
        query = self._known.get(query_id)
        if (
            query is None
            or query.kind != kind
            or query.answer is not None
            or time.monotonic() - query.asked > _LIFE[kind]
            or self._faults.take("expire", ANSWERS[kind])
        ):
            raise bad_request(EXPIRED)
        query.answer = answer
        return query
