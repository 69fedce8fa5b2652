"""What the page is told of as it happens, and the last of what passed between bot and server."""

from __future__ import annotations

import itertools
import json
from collections import deque
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from threading import Condition

    from bot.playground.requests import Json

# How many events a page that was away for a moment can still get.
_KEPT: Final = 1_000
_JOURNAL: Final = 500


class Event(NamedTuple):
    """One event; its number counts up from 1."""

    number: int
    name: str
    content: str


class Events:
    """The last events, and those who wait for the next.

    Args:
        changed: Held whenever anything here is called.
    """

    def __init__(self, changed: Condition) -> None:
        self._changed = changed
        self._numbers = itertools.count(1)
        self._kept: deque[Event] = deque(maxlen=_KEPT)
        self.closed = False

    @property
    def last(self) -> int:
        """The number of the last event; 0 where there was none."""
        return self._kept[-1].number if self._kept else 0

    def publish(self, name: str, content: Json) -> None:
        """Tell everybody who listens."""
        self._kept.append(Event(next(self._numbers), name, json.dumps(content)))
        self._changed.notify_all()

    def close(self) -> None:
        """Send everybody home."""
        self.closed = True
        self._changed.notify_all()

    def after(self, number: int, timeout: float) -> list[Event] | None:
        """Wait for what came after an event.

        Args:
            number: Of the last one that is known.
            timeout: How long to wait, in seconds; the list is empty then.

        Returns:
            The events in their order; None where some of them are no longer kept.
        """
        self._changed.wait_for(lambda: self.closed or self.last != number, timeout)
        first = self._kept[0].number if self._kept else 1
        if not first - 1 <= number <= self.last:
            return None
        return list(itertools.islice(self._kept, number - first + 1, None))


class Journal:
    """The last raw updates and requests."""

    def __init__(self, events: Events) -> None:
        self._events = events
        self._numbers = itertools.count(1)
        self._kept: deque[Json] = deque(maxlen=_JOURNAL)

    def __iter__(self) -> Iterator[Json]:
        return iter(self._kept)

    def record(
        self, kind: str, name: str, body: object, result: object, *, status: int, took: float
    ) -> None:
        """Keep one and tell of it.

        Args:
            kind: "update" or "request".
            name: The update's kind, or the method.
            body: What was sent.
            result: What came back.
            status: As HTTP's; 0 where the connection was dropped.
            took: In seconds.
        """
        passed = {
            "n": next(self._numbers),
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "kind": kind,
            "name": name,
            "ok": status == 200,
            "status": status,
            "took_ms": round(1000 * took, 2),
            "body": body,
            "result": result,
        }
        self._kept.append(passed)
        self._events.publish("journal", {"entry": passed})
