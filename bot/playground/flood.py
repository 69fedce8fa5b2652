"""How much a bot may send.

Telegram says: no more than 30 messages a second in all, one a second in one chat, 20 a minute
in one group; it lets short bursts pass and tells nobody how long they may be. Here a chat takes
`BURST` messages at once and one a second after that. Edits count as messages do.

Source: "My bot is hitting limits" in Telegram's FAQ for bots.
"""

from __future__ import annotations

import math
from collections import defaultdict, deque
from time import monotonic
from typing import TYPE_CHECKING, Final

from bot.playground.errors import RefusalError

if TYPE_CHECKING:
    from collections.abc import Callable

BURST: Final = 10
_IN_ALL: Final = (30, 1.0)
_IN_A_GROUP: Final = (20, 60.0)
_COUNTED: Final = ("send", "forward", "copy", "edit")
_UNCOUNTED: Final = {"sendChatAction"}


class Flood:
    """Counts what is sent and refuses what is too much.

    Args:
        clock: Tells the time in seconds.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._all: deque[float] = deque(maxlen=_IN_ALL[0])
        self._groups: dict[int, deque[float]] = defaultdict(lambda: deque(maxlen=_IN_A_GROUP[0]))
        # When the burst of a chat is whole again.
        self._whole: dict[int, float] = {}

    def count(self, method: str, chat_id: int) -> None:
        """Count one request to a chat; a refused one does not count.

        Args:
            method: Only what sends or edits counts.
            chat_id: Negative for groups and channels.

        Raises:
            RefusalError: It is too much; `retry_after` tells when to try again, in seconds.
        """
        if not method.startswith(_COUNTED) or method in _UNCOUNTED:
            return
        now = self._clock()
        wait = max(
            _full(self._all, _IN_ALL, now),
            _full(self._groups[chat_id], _IN_A_GROUP, now) if chat_id < 0 else 0.0,
            self._whole.get(chat_id, now) - now - (BURST - 1),
        )
        if wait > 0:
            seconds = math.ceil(wait)
            raise RefusalError(
                429, f"Too Many Requests: retry after {seconds}", retry_after=seconds
            )
        self._all.append(now)
        if chat_id < 0:
            self._groups[chat_id].append(now)
        self._whole[chat_id] = max(now, self._whole.get(chat_id, now)) + 1.0


def _full(sent: deque[float], limit: tuple[int, float], now: float) -> float:
    """How long until one more may be sent, in seconds; 0 where it may be now."""
    most, seconds = limit
    return sent[0] + seconds - now if len(sent) == most else 0.0
