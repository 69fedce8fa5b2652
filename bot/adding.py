"""Documents go in: some are still read while others are embedded."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Self

from corpus.errors import CorpusError
from corpus.ingest import ingest_all
from index.errors import SearchError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import TracebackType

    from bot.workspace import Workspace
    from corpus.ingest import Ingested
    from index.sync import PassageIndex


class Adding:
    """Brings documents into a workspace, and embeds them meanwhile in a thread of its own.

    To be used as a context; what was stored when it is left early waits for the next sync.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._index: PassageIndex | None = None
        self._embedded = 0
        self._error: Exception | None = None
        self._stored = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._embed, name="embed")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._end()

    def add(self, targets: Iterable[str], by: str) -> Iterator[Ingested]:
        """Bring files, folders and web pages in; see `ingest_all`."""
        for ingested in ingest_all(self._workspace.store, targets, by):
            if ingested.document is not None:
                # Not before: loading the model takes seconds, and may not be needed.
                if not self._thread.is_alive() and not self._ended.is_set():
                    self._thread.start()
                self._stored.set()
            yield ingested

    def finish(self) -> int:
        """Embed what is left and bring the index to the corpus's revision, showing progress.

        Returns:
            How many passages were embedded since the context was entered.

        Raises:
            ModelError: The model cannot be loaded.
            EncodingError: The model fails.
            StoreError: The database fails.
            SnapshotError: The index cannot be written.
        """
        self._end()
        if self._error is not None:
            raise self._error
        if self._index is None:  # nothing was stored
            return 0
        return self._embedded + self._workspace.sync(self._index).encoded

    def _end(self) -> None:
        self._ended.set()
        self._stored.set()
        if self._thread.is_alive():
            self._thread.join()

    def _embed(self) -> None:
        try:
            self._index = self._workspace.open_index()
            while not self._ended.is_set():
                self._stored.wait()
                self._stored.clear()
                self._embedded += self._index.encode_missing(until=self._ended.is_set)
        except (CorpusError, SearchError) as error:
            self._error = error  # raised by `finish`
            self._ended.set()
