"""A change of model: another model's index is made in the background, and then takes over.

The model that has embedded the corpus serves on, and embeds what comes in meanwhile, so that it is
found at once. The other one embeds all of it in a thread of its own, some passages at a time; each
few are kept as they are made, so that a process that ends loses nothing. When none is missing, its
index is made, and the next search uses it. Then what the model before has made is deleted: a
process that is killed in between does that at its next start.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from typing import TYPE_CHECKING

from corpus.errors import CorpusError
from index.errors import SearchError
from index.sync import PASSAGES_AHEAD

if TYPE_CHECKING:
    from index.sync import PassageIndex

# More than the process itself has. Where a question wants the processor, too, the thread gets a
# tenth of what the question gets. A question's median is then 1.2 times that without a change; with
# 0 it is 1.9 times, with 19 it is 1.1 times (six runs of 150 questions each, on 2 cores that others
# used as well). But with 19 those who add documents may have to wait for the thread where it holds
# a lock.
_NICENESS = 10

# A line is logged whenever this share more is done.
_STEP = 0.1

log = logging.getLogger(__name__)


class ModelChange:
    """Takes an index over to another model while it serves, in a thread of its own.

    Args:
        index: Serves, by the model before.
        successor: The same corpus's by the other model. None where the index is by the right model
            already, and only what other models have left is to be deleted.
    """

    def __init__(self, index: PassageIndex, successor: PassageIndex | None = None) -> None:
        self._index = index
        self._successor = successor
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._try, name="change of model")

    def start(self) -> None:
        """Begin; to be called once."""
        self._thread.start()

    def wait(self) -> None:
        """Wait until it has come to an end, good or bad."""
        self._thread.join()

    def close(self) -> None:
        """Give it up as it stands, to be gone on with at the next start."""
        self._closing.set()
        if self._successor is not None:
            self._successor.close()
        if self._thread.is_alive():
            self._thread.join()

    def _try(self) -> None:
        if sys.platform == "linux":  # elsewhere it would slow the whole process, or nothing
            os.nice(_NICENESS)  # there it is the thread's alone
        try:
            if self._successor is not None:
                self._take_over(self._successor)
            if not self._closing.is_set() and (
                deleted := self._index.forget_other_models(self._closing.is_set)
            ):
                log.info("%d passages' embeddings by other models deleted", deleted)
        except (CorpusError, SearchError) as error:
            log.error(  # noqa: TRY400  # one line says it all
                "the change of model has stopped: %s; %s goes on answering. "
                "Start the bot again to go on with the change",
                error,
                self._index.encoder.name,
            )

    def _take_over(self, successor: PassageIndex) -> None:
        before, after = self._index.encoder.name, successor.encoder.name
        progress = _Progress(after)
        self._embed_all(successor, progress)
        if self._closing.is_set():
            return
        successor.copy_words(self._index)
        successor.sync()
        successor.wait()  # a large index is of no use before it is compacted
        # That may have taken minutes; to embed what came in then would hold up the next to come.
        self._embed_all(successor, progress)
        if self._closing.is_set():
            return
        self._index.become(successor)
        log.info("%s answers from now on, %s no more", after, before)

    def _embed_all(self, successor: PassageIndex, progress: _Progress) -> None:
        # What comes in meanwhile is missing again.
        while successor.encode_missing(self._closing.is_set, progress, at_once=PASSAGES_AHEAD):
            if self._closing.is_set():
                return


class _Progress:
    """Logs by tenths how far it is."""

    def __init__(self, model: str) -> None:
        self._model = model
        self._next = 0.0

    def __call__(self, done: int, total: int) -> None:
        if done / total >= self._next or done == total:
            log.info("%d of %d passages embedded by %s", done, total, self._model)
            self._next = done / total + _STEP
