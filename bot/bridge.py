"""The one place where the bot crosses from the event loop to threads."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, ParamSpec, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from index.models import Answer, Hit

# Questions are answered by so many threads. Python runs one at a time anyway: 64 askers at 100,000
# passages on 2 cores get 111 answers a second from 2 threads, 104 from 3, 100 from 4, 66 from 16.
# With 3, those that come while one is encoded are encoded together. Others wait their turn, in
# the order in which they came, so that nobody waits much longer than others.
THREADS = 3

P = ParamSpec("P")
T = TypeVar("T")


class Search(Protocol):
    """What the bot needs of the index: synchronous, callable from several threads at once."""

    def search(self, query: str, k: int = 8) -> Answer:
        """Find the passages that answer a query best."""
        ...

    def hit(self, passage_id: int, best: int = 0) -> Hit | None:
        """The passage of an earlier answer, with rank 1 and score 0; None once it is gone."""
        ...

    def document_text(self, document_id: str) -> str | None:
        """A document's text as it is stored now; None once it is gone or removed."""
        ...


class AsyncSearch:
    """A `Search` for the event loop.

    It has threads of its own, so that other work in the loop's default pool never makes a
    question wait.
    """

    def __init__(self, search: Search, *, threads: int = THREADS) -> None:
        self._search = search
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="search")

    async def search(self, query: str, k: int = 8) -> Answer:
        """Find the passages that answer a query best."""
        return await self._run(self._search.search, query, k)

    async def hit(self, passage_id: int, best: int = 0) -> Hit | None:
        """The passage of an earlier answer; None once it is gone."""
        return await self._run(self._search.hit, passage_id, best)

    async def document_text(self, document_id: str) -> str | None:
        """A document's text as it is stored now; None once it is gone or removed."""
        return await self._run(self._search.document_text, document_id)

    def close(self) -> None:
        """Drop what waits, let what runs finish, and end the threads."""
        self._executor.shutdown(wait=True, cancel_futures=True)

    async def _run(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, lambda: call(*args, **kwargs))
