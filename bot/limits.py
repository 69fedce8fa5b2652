"""How much one person, and one chat, may ask: token buckets, in memory only."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from math import ceil
from time import monotonic
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

# Buckets beyond this are forgotten, those that were not used for the longest time first. Each
# takes 0.3 KB.
MOST_BUCKETS: Final = 10_000

# A client sends an inline query at nearly every letter: so many make a question.
INLINE_QUERIES_PER_QUESTION: Final = 20


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether something asked is answered.

    Attributes:
        admitted: True where it is.
        wait: After how many seconds the next question will be; 0 where this one is.
        tell: True at the first excess: there is one word, and silence after it.
    """

    admitted: bool
    wait: int = 0
    tell: bool = False


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled_at: float
    told: bool = False


class Buckets:
    """A token bucket for everyone: it holds a minute's worth, and fills as time goes by.

    Args:
        per_minute: How many tokens one may take in a minute on average, and how many at once.
        clock: Seconds that only grow.
        most: How many buckets are remembered; who is forgotten has a full one.
    """

    def __init__(
        self,
        per_minute: int,
        *,
        clock: Callable[[], float] = monotonic,
        most: int = MOST_BUCKETS,
    ) -> None:
        self._capacity = float(per_minute)
        self._clock = clock
        self._most = most
        self._buckets: OrderedDict[int, _Bucket] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def has(self, owner: int, tokens: float) -> bool:
        """Whether so many tokens are in someone's bucket, of which none are taken."""
        # What is added up from parts of a token may be short of it by a rounding.
        return self._filled(owner).tokens >= tokens - 1e-9

    def take(self, owner: int, tokens: float) -> None:
        """Take tokens that are there."""
        self._filled(owner).tokens -= tokens

    def refuse(self, owner: int, tokens: float) -> Admission:
        """The answer to one whose bucket has too little."""
        bucket = self._filled(owner)
        missing = (tokens - bucket.tokens) * 60 / self._capacity
        tell, bucket.told = not bucket.told, True
        return Admission(admitted=False, wait=max(1, ceil(missing)), tell=tell)

    def _filled(self, owner: int) -> _Bucket:
        now = self._clock()
        bucket = self._buckets.setdefault(owner, _Bucket(self._capacity, now))
        self._buckets.move_to_end(owner)
        if len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        came = (now - bucket.filled_at) * self._capacity / 60
        bucket.tokens, bucket.filled_at = min(self._capacity, bucket.tokens + came), now
        if bucket.tokens >= self._capacity / 2:
            bucket.told = False
        return bucket


class Limits:
    """Who may ask how much. Not for several threads.

    Args:
        per_user: Questions a minute of one person, wherever they ask.
        per_chat: Questions a minute of one group, whoever asks them.
        clock: Seconds that only grow.
    """

    def __init__(
        self, per_user: int, per_chat: int, *, clock: Callable[[], float] = monotonic
    ) -> None:
        self._users = Buckets(per_user, clock=clock)
        self._chats = Buckets(per_chat, clock=clock)

    def admit(self, user_id: int, chat_id: int) -> Admission:
        """Let a question through, or not.

        What is refused to the one costs the other nothing.

        Args:
            user_id: Who asks.
            chat_id: Where; a private chat, whose id is its user's, has no limit of its own.
        """
        if not self._users.has(user_id, 1):
            return self._users.refuse(user_id, 1)
        if chat_id != user_id:
            if not self._chats.has(chat_id, 1):
                return self._chats.refuse(chat_id, 1)
            self._chats.take(chat_id, 1)
        self._users.take(user_id, 1)
        return Admission(admitted=True)

    def admit_inline(self, user_id: int) -> Admission:
        """Let an inline query through, or not; it is a part of a question only."""
        part = 1 / INLINE_QUERIES_PER_QUESTION
        if not self._users.has(user_id, part):
            return self._users.refuse(user_id, part)
        self._users.take(user_id, part)
        return Admission(admitted=True)
