"""Of what someone asks while they type, only the newest is worked on."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from contextlib import asynccontextmanager
from time import monotonic
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

# In seconds: what somebody typed before that is not what they look for any more.
PATIENCE: Final = 1.0
INLINE_TURNS: Final = 2


class Turn:
    """One query, from its arrival on.

    Attributes:
        come: Whether its turn has come, once that is decided.
        overtaken: True once a newer query of the same person has come: whatever comes out of
            this one, nobody waits for it any more.
    """

    def __init__(self, until: float, clock: Callable[[], float]) -> None:
        self._until = until
        self._clock = clock
        self.come: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.overtaken = False

    @property
    def wanted(self) -> bool:
        """Whether to begin with it. May be asked from any thread."""
        return not self.overtaken and self._clock() <= self._until


class Newest:
    """Who is worked for, and who waits; in memory, and only for as long.

    A few are worked for at the same time. The others wait, one query each: a newer one comes in
    the place of the older one, for which nothing is done. Whoever has not typed for the longest
    time is next, as they are the most likely to have come to the end; so those who still type
    step behind those who look at an empty list, without anybody being made to wait while there
    is nothing to do.

    Args:
        turns: How many are worked for at the same time.
        patience: How many seconds old a query may be when it is begun.
        clock: Seconds that only grow.
    """

    def __init__(
        self,
        turns: int,
        *,
        patience: float = PATIENCE,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._free = turns
        self._patience = patience
        self._clock = clock
        # In the order in which they came.
        self._waiting: OrderedDict[int, Turn] = OrderedDict()
        # By person, waiting or worked on.
        self._newest: dict[int, Turn] = {}

    def __len__(self) -> int:
        return len(self._newest)

    @asynccontextmanager
    async def turn(self, user_id: int) -> AsyncIterator[Turn]:
        """Wait until a query is to be worked on, or not at all: ask `Turn.wanted`."""
        turn = Turn(self._clock() + self._patience, self._clock)
        if (older := self._newest.get(user_id)) is not None:
            older.overtaken = True
            if self._waiting.pop(user_id, None) and not older.come.done():
                older.come.set_result(False)
        self._newest[user_id] = self._waiting[user_id] = turn
        self._begin()
        try:
            await turn.come
            yield turn
        finally:
            if self._newest.get(user_id) is turn:
                del self._newest[user_id]
                self._waiting.pop(user_id, None)
            if turn.come.done() and not turn.come.cancelled():
                self._free += turn.come.result()
            self._begin()

    def _begin(self) -> None:
        """Give the turns that are free to those who have waited longest."""
        while self._free and self._waiting:
            _, turn = self._waiting.popitem(last=False)
            if not turn.come.done():  # it may be cancelled
                turn.come.set_result(turn.wanted)
                self._free -= turn.come.result()
