"""Which messages were just judged: for ten minutes, in memory only."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Final, TypeAlias

from bot.memory import SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.records.judgements import Receipt

MOST: Final = 10_000

# A chat, a message in it, and the passage that it shows.
Place: TypeAlias = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Mark:
    """How a message was judged.

    Attributes:
        receipt: Of the judgement.
        by: Who reacted; None where a button was pressed.
    """

    receipt: Receipt
    by: int | None


class Marks:
    """The messages that were judged in the last ten minutes; nothing of it is ever written.

    So a reaction can be taken back, and who presses twice, before the buttons tell that they
    were pressed, judges once.

    Attributes:
        changing: To be held from looking for a mark until setting it.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self.changing = asyncio.Lock()
        self._clock = clock
        # In the order in which they were set, so that the oldest are the first.
        self._marks: OrderedDict[Place, tuple[float, Mark]] = OrderedDict()

    def find(self, place: Place) -> Mark | None:
        """How a message was judged; None where that is not known."""
        self._forget_old()
        found = self._marks.get(place)
        return found[1] if found else None

    def set(self, place: Place, mark: Mark | None) -> None:
        """Remember how a message was judged, or with None, that it is not any more."""
        self._marks.pop(place, None)
        if mark is not None:
            self._marks[place] = (self._clock(), mark)
        self._forget_old()

    def _forget_old(self) -> None:
        oldest = self._clock() - SECONDS
        while self._marks:
            at, _ = next(iter(self._marks.values()))
            if at > oldest and len(self._marks) <= MOST:
                break
            self._marks.popitem(last=False)
