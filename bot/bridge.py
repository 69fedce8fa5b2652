"""The one place where the bot crosses from the event loop to threads."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Protocol, TypeVar

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

    def follow_up(
        self,
        query: str,
        before: str,
        document_id: str | None = None,
        passage_id: int | None = None,
        k: int = 8,
    ) -> Answer:
        """Find the passages that answer a question which goes on with the one before it."""
        ...

    def around(self, passage_id: int, count: int = 1) -> tuple[Hit, ...]:
        """A passage with its neighbours, in the document's order; none once it is gone."""
        ...

    def translation(self, hit: Hit, language: str) -> Hit | None:
        """The passage that says the same in another language; None where there is none."""
        ...

    def hit(self, passage_id: int, best: int = 0) -> Hit | None:
        """The passage of an earlier answer, with rank 1 and score 0; None once it is gone."""
        ...

    def document_text(self, document_id: str) -> str | None:
        """A document's text as it is stored now; None once it is gone or removed."""
        ...

    def latest(self, k: int, skip: int = 0) -> tuple[Hit, ...]:
        """The beginnings of the documents that were added last, the newest first."""
        ...


class Threads:
    """Threads for one kind of work, so that no other kind makes it wait.

    Calls begin in the order in which they came; with a single thread they run one after the
    other, and what one of them decides, no other one can change meanwhile.
    """

    def __init__(self, number: int, name: str) -> None:
        self._executor = ThreadPoolExecutor(number, thread_name_prefix=name)

    async def run(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a synchronous call and wait for its result without blocking the event loop."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, lambda: call(*args, **kwargs))

    def close(self) -> None:
        """Drop what waits, let what runs finish, and end the threads."""
        self._executor.shutdown(wait=True, cancel_futures=True)


class AsyncSearch:
    """A `Search` for the event loop, on threads of its own."""

    def __init__(self, search: Search, *, threads: int = THREADS) -> None:
        self._search = search
        self._threads = Threads(threads, "search")

    async def search(self, query: str, k: int = 8) -> Answer:
        """Find the passages that answer a query best."""
        return await self._threads.run(self._search.search, query, k)

    async def around(self, passage_id: int, count: int = 1) -> tuple[Hit, ...]:
        """A passage with its neighbours, in the document's order; none once it is gone."""
        return await self._threads.run(self._search.around, passage_id, count)

    async def translation(self, hit: Hit, language: str) -> Hit | None:
        """The passage that says the same in that language; None where the hit is in it."""
        if hit.document.language == language:
            return None
        return await self._threads.run(self._search.translation, hit, language)

    async def hit(self, passage_id: int, best: int = 0) -> Hit | None:
        """The passage of an earlier answer; None once it is gone."""
        return await self._threads.run(self._search.hit, passage_id, best)

    async def document_text(self, document_id: str) -> str | None:
        """A document's text as it is stored now; None once it is gone or removed."""
        return await self._threads.run(self._search.document_text, document_id)

    async def run(
        self, call: Callable[Concatenate[Search, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run several calls of the search in one turn."""
        return await self._threads.run(call, self._search, *args, **kwargs)

    def close(self) -> None:
        """Drop what waits, let what runs finish, and end the threads."""
        self._threads.close()
