"""What goes wrong on demand, as it goes wrong with Telegram now and then."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bot.playground.errors import ActionError, RefusalError

if TYPE_CHECKING:
    from bot.playground.events import Events
    from bot.playground.requests import Json

KINDS: Final = (
    "latency",
    "429",
    "502",
    "drop",
    "duplicate",
    "reorder",
    "409",
    "expire",
)


@dataclass(slots=True)
class Fault:
    """What is to go wrong with the next requests or updates.

    Attributes:
        kind: One of `KINDS`.
        method: Which method's requests; any but getUpdates where it is None.
        count: How often still.
        seconds: How long the answer is held back, or when the bot may try again.
    """

    kind: str
    method: str | None
    count: int
    seconds: float


class Faults:
    """What is armed, and how often each kind has happened.

    Args:
        events: Told of both.

    Attributes:
        closed: Whether nothing is to be held back any more.
    """

    def __init__(self, events: Events) -> None:
        self._events = events
        self._armed: list[Fault] = []
        self._refusals: list[tuple[str, RefusalError]] = []
        self._happened: Counter[str] = Counter()
        self.closed = False

    def arm(self, kind: str, method: str | None, count: int, seconds: float) -> None:
        """Let something go wrong from now on; "none" ends all.

        Raises:
            ActionError: There is no such kind.
        """
        if kind == "none":
            self._armed.clear()
        elif kind in KINDS:
            self._armed.append(Fault(kind, method, count, seconds))
        else:
            raise ActionError(f"no such fault: {kind}; there are {', '.join(KINDS)}")
        self._tell()

    def refuse_next(self, method: str, refusal: RefusalError) -> None:
        """Refuse the next request of this method, though nothing is wrong with it."""
        self._refusals.append((method, refusal))

    def take(self, kind: str, method: str | None = None) -> Fault | None:
        """What is armed of this kind, which has happened once more then; None where nothing is."""
        for fault in self._armed:
            if fault.kind == kind and fault.count > 0 and _concerns(fault, method):
                fault.count -= 1
                self._happened[kind] += 1
                if not fault.count:
                    self._armed.remove(fault)
                self._tell()
                return fault
        return None

    def refuse(self, method: str) -> None:
        """Refuse a request where that is armed.

        Raises:
            RefusalError: It is.
        """
        for position, (refused, refusal) in enumerate(self._refusals):
            if refused == method:
                del self._refusals[position]
                raise refusal
        if method == "getUpdates" and self.take("409"):
            raise RefusalError(
                409,
                "Conflict: terminated by other getUpdates request; make sure that only one bot "
                "instance is running",
            )
        if self.take("502", method):
            raise RefusalError(502, "Bad Gateway")
        if fault := self.take("429", method):
            wait = max(1, round(fault.seconds))
            raise RefusalError(429, f"Too Many Requests: retry after {wait}", retry_after=wait)

    def _tell(self) -> None:
        self._events.publish("faults", self.view)

    @property
    def view(self) -> Json:
        """What is armed and what has happened, for the page."""
        armed: list[Any] = [
            {"kind": one.kind, "method": one.method, "count": one.count, "seconds": one.seconds}
            for one in self._armed
        ]
        return {"armed": armed, "happened": dict(self._happened)}


def _concerns(fault: Fault, method: str | None) -> bool:
    if fault.method is not None:
        return method is not None and fault.method.lower() == method.lower()
    return method != "getUpdates"
