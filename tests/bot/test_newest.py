from __future__ import annotations

import asyncio
from random import Random

import pytest

from bot.newest import PATIENCE, Newest


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Desk:
    """Works on one query at a time, each until it is told to finish.

    Attributes:
        begun: What was worked on, as (person, query).
        dropped: What was not.
        overtaken: What was worked on for nothing.
    """

    def __init__(self, turns: int = 1) -> None:
        self.clock = Clock()
        self.newest = Newest(turns, clock=self.clock)
        self.begun: list[tuple[int, str]] = []
        self.dropped: list[tuple[int, str]] = []
        self.overtaken: list[tuple[int, str]] = []
        self.working = 0
        self.most_working = 0
        self._tasks: dict[tuple[int, str], tuple[asyncio.Task[None], asyncio.Event]] = {}

    async def type(self, user_id: int, query: str) -> None:
        done = asyncio.Event()
        task = asyncio.create_task(self._work(user_id, query, done))
        self._tasks[user_id, query] = task, done
        await settle()

    async def finish(self, user_id: int, query: str) -> None:
        self._tasks[user_id, query][1].set()
        await settle()

    async def cancel(self, user_id: int, query: str) -> None:
        task, _ = self._tasks[user_id, query]
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await settle()

    async def close(self) -> None:
        for _, done in self._tasks.values():
            done.set()
        await asyncio.gather(*(task for task, _ in self._tasks.values()), return_exceptions=True)

    async def _work(self, user_id: int, query: str, done: asyncio.Event) -> None:
        async with self.newest.turn(user_id) as turn:
            if not turn.wanted:
                self.dropped.append((user_id, query))
                return
            self.begun.append((user_id, query))
            self.working += 1
            self.most_working = max(self.most_working, self.working)
            try:
                await done.wait()
            finally:
                self.working -= 1
        if turn.overtaken:
            self.overtaken.append((user_id, query))


async def settle() -> None:
    """Let everything happen that can."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_query_is_begun_at_once_where_nobody_is_worked_for() -> None:
    desk = Desk()
    await desk.type(1, "п")
    assert desk.begun == [(1, "п")]
    await desk.close()


async def test_only_the_newest_query_of_those_that_wait_is_worked_on() -> None:
    desk = Desk()
    await desk.type(9, "busy")
    for query in ("п", "пэ", "пэс"):
        await desk.type(1, query)
    assert desk.dropped == [(1, "п"), (1, "пэ")]
    await desk.finish(9, "busy")
    assert desk.begun == [(9, "busy"), (1, "пэс")]
    await desk.close()
    assert desk.overtaken == []


async def test_query_that_is_worked_on_is_overtaken_by_a_newer_one() -> None:
    desk = Desk(turns=2)
    await desk.type(1, "п")
    await desk.type(1, "пэ")
    await desk.finish(1, "п")
    await desk.finish(1, "пэ")
    assert desk.begun == [(1, "п"), (1, "пэ")]
    assert desk.overtaken == [(1, "п")]


async def test_who_has_not_typed_for_longest_is_next() -> None:
    desk = Desk()
    await desk.type(9, "busy")
    for user_id in (1, 2, 3):
        await desk.type(user_id, "п")
    await desk.type(1, "пэ")
    for finished in ((9, "busy"), (2, "п"), (3, "п")):
        await desk.finish(*finished)
    assert desk.begun == [(9, "busy"), (2, "п"), (3, "п"), (1, "пэ")]
    await desk.close()


async def test_query_that_waited_too_long_is_dropped_and_its_turn_is_the_next_ones() -> None:
    desk = Desk()
    await desk.type(9, "busy")
    await desk.type(1, "old")
    desk.clock.now += PATIENCE
    await desk.type(2, "new")
    desk.clock.now += 0.01
    await desk.finish(9, "busy")
    assert desk.dropped == [(1, "old")]
    assert desk.begun == [(9, "busy"), (2, "new")]
    await desk.close()


async def test_cancelled_query_keeps_nobody_waiting() -> None:
    desk = Desk()
    await desk.type(9, "busy")
    await desk.type(1, "waits")
    await desk.type(2, "waits too")
    await desk.cancel(1, "waits")
    await desk.cancel(9, "busy")
    assert desk.begun == [(9, "busy"), (2, "waits too")]
    await desk.close()
    assert len(desk.newest) == 0


async def fail(newest: Newest) -> None:
    async with newest.turn(1) as turn:
        assert turn.wanted
        raise ZeroDivisionError


async def test_failure_keeps_nobody_waiting() -> None:
    newest = Newest(1)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            await fail(newest)
    assert len(newest) == 0


@pytest.mark.parametrize("seed", range(20))
async def test_whatever_is_typed_the_last_query_of_everyone_is_worked_on_or_too_old(
    seed: int,
) -> None:
    random = Random(seed)  # noqa: S311 - a test's
    desk = Desk(turns=random.randint(1, 3))
    last: dict[int, str] = {}
    for number in range(200):
        step = random.choice(["type", "type", "finish", "pause"])
        user_id = random.randint(1, 5)
        if step == "type":
            last[user_id] = f"{number}"
            await desk.type(user_id, last[user_id])
        elif step == "pause":
            desk.clock.now += random.random() / 10
        elif step == "finish" and desk.begun:
            await desk.finish(*random.choice(desk.begun))
    await desk.close()
    for asked in last.items():
        assert (asked in desk.begun) != (asked in desk.dropped)
    assert set(desk.begun).isdisjoint(desk.dropped)
    assert 1 <= desk.most_working <= 3
    assert len(desk.newest) == 0
    await desk.type(6, "free again")
    assert desk.begun[-1] == (6, "free again")
    await desk.close()
