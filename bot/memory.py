"""What was just talked about: for ten minutes, in memory only, so that a question may follow it."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.voices import Voice

SECONDS: Final = 600.0
# How much of it, as a conversation takes three keys: some megabytes.
MOST: Final = 30_000

# What somebody said last in a chat's topic; or a message, by its id: a question or an answer.
_Key: TypeAlias = tuple[str, int, int, int]


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and its answer.

    Attributes:
        question: As it was typed, without a greeting before it.
        topic: What was searched for: of a follow-up, together with what it follows.
        subject: What a question that follows is about: of a follow-up, that of the one before.
        passage_id: What was quoted; None where nothing was found.
        document_id: Where that stands, or what is nearest; None where there was nothing at all.
        voice: How the asker was spoken to.
        question_id: The message with the question.
        answer_id: The message with the answer.
        before: What was asked before, with nothing before it: where the question is edited, it
            still follows that.
    """

    question: str
    topic: str
    subject: str
    passage_id: int | None
    document_id: str | None
    voice: Voice
    question_id: int
    answer_id: int
    before: Exchange | None = None


class Memory:
    """The conversations of the last ten minutes. Nothing of it is ever written anywhere.

    For use on the event loop only.

    Args:
        clock: Gives seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        # In the order in which they were remembered, so that the oldest are the first.
        self._exchanges: OrderedDict[_Key, tuple[float, Exchange]] = OrderedDict()

    def __len__(self) -> int:
        """How many keys there are; for an exchange up to three."""
        self._forget_old()
        return len(self._exchanges)

    def remember(
        self, exchange: Exchange, *, chat_id: int, user_id: int, thread_id: int | None = None
    ) -> None:
        """Keep what somebody asked, in a chat or a topic of it, and was answered."""
        self._forget_old()
        for key in (
            ("said", chat_id, thread_id or 0, user_id),
            ("question", chat_id, 0, exchange.question_id),
            ("answer", chat_id, 0, exchange.answer_id),
        ):
            self._exchanges.pop(key, None)
            self._exchanges[key] = (self._clock(), exchange)
        while len(self._exchanges) > MOST:
            self._exchanges.popitem(last=False)

    def last(self, *, chat_id: int, user_id: int, thread_id: int | None = None) -> Exchange | None:
        """What somebody asked last, in a chat or a topic of it."""
        return self._find(("said", chat_id, thread_id or 0, user_id))

    def of_answer(self, chat_id: int, message_id: int) -> Exchange | None:
        """The exchange whose answer this message is, whoever asked."""
        return self._find(("answer", chat_id, 0, message_id))

    def of_question(self, chat_id: int, message_id: int) -> Exchange | None:
        """The exchange whose question this message is."""
        return self._find(("question", chat_id, 0, message_id))

    def forget(self, user_id: int) -> None:
        """Forget what somebody said, in every chat; for a private chat, all of it."""
        for key in [
            key
            for key in self._exchanges
            if (key[0] == "said" and key[3] == user_id) or key[1] == user_id
        ]:
            del self._exchanges[key]

    def clear(self) -> None:
        """Forget everything."""
        self._exchanges.clear()

    def _find(self, key: _Key) -> Exchange | None:
        self._forget_old()
        found = self._exchanges.get(key)
        return found[1] if found else None

    def _forget_old(self) -> None:
        now = self._clock()
        while self._exchanges:
            at, _ = next(iter(self._exchanges.values()))
            if now - at < SECONDS:
                break
            self._exchanges.popitem(last=False)
