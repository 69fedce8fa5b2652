"""Brings the index to the corpus's revision; safe to be killed at any instant.

The store is the truth. An index is the set of passages that it holds, so bringing it up to
date is the difference of two sets of ids: what was removed goes, what is missing comes.
Nothing else is remembered, so nothing else can be wrong: doing it twice, or again after a
kill, gives the same index.

The lexical index is written first, then all else (`index/snapshot.py`). A kill in between leaves
one that is ahead of the rest; it is brought to the same set again.

A change of a few passages does not write all vectors anew: they are kept beside those of the
file, and read from the store at the next start. When they have become many, a new file is
made: at once where that is a matter of a second, in the background where there are so many
passages that the new one is approximate and must be measured.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from corpus.errors import CorpusError
from index.checking import find_problems
from index.embedding import PASSAGES_PER_BATCH, contents_of, encode, lexical_text, unpack
from index.errors import SearchError, SnapshotError
from index.lexical import LexicalIndex
from index.snapshot import Snapshot, SnapshotFiles, digest
from index.vectors import VectorIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from corpus.passages import PassageStore
    from corpus.store import Draft
    from index.encoder import Embeddings, Encoder
    from index.vectors import Ids

    Progress = Callable[[int, int], None]
    """Called with how many passages are encoded, and how many there are to encode."""

# How many passages' texts are read and folded, or embeddings read, at a time.
PASSAGES_AT_ONCE = 2048

# How many passages of a draft, or by another model that is to take over, are embedded at a time:
# those who ask meanwhile share the processor with them for a fraction of a second.
PASSAGES_AHEAD = 8

# How many sentences stand for questions where the recall of a large index is measured.
STAND_IN_QUESTIONS = 100

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Synced:
    """What a sync did, in passages."""

    revision: int
    encoded: int
    added: int
    removed: int


class PassageIndex:
    """The index of one corpus by one model, in a directory of its own.

    One process at a time may write. Within it, any thread may search `snapshot` while
    another one syncs.

    Attributes:
        passages: The truth.
        encoder: Makes the embeddings, until `become` puts another one in its place. Who searches
            takes the one of the snapshot.
        snapshot: The state to search now.
    """

    def __init__(
        self,
        passages: PassageStore,
        encoder: Encoder,
        directory: Path,
        *,
        writable: bool = True,
    ) -> None:
        """Open the index; it may be behind the corpus until `sync`.

        Args:
            passages: The truth.
            encoder: Makes what embeddings are missing.
            directory: Holds one directory for each model; made where it is missing.
            writable: False where another process keeps the index: nothing is written, and
                `snapshot` stays as it was found.

        Raises:
            SnapshotError: The index is missing or damaged, and not writable. One that is
                writable is made anew instead.
        """
        self.passages = passages
        self.encoder = encoder
        self._files = SnapshotFiles(directory, encoder.name)
        self._writing = threading.Lock()
        self._compacting = threading.Lock()
        self._background: threading.Thread | None = None
        self._closing = threading.Event()
        self._lexical: LexicalIndex
        self.snapshot: Snapshot
        self._open(writable=writable)

    def _open(self, *, writable: bool) -> None:
        try:
            state, vectors = self._files.open()
            self._lexical = LexicalIndex.open(self._files.lexical)
            lexical = self._lexical.searcher()
            ids = np.sort(lexical.ids())
            revision = -1
            # After a kill, or where it was lost, the lexical index holds other passages.
            if digest(ids) == state.ids:
                vectors = self._changed(vectors, ids)
                if np.array_equal(vectors.ids, ids):
                    revision = state.revision
            self.snapshot = Snapshot(self.encoder, revision, vectors, lexical)
        except SnapshotError as error:
            if not writable:
                raise SnapshotError(
                    f"{error}; another process keeps it: try again in a moment"
                ) from error
            # What was never whole, as in a change of model, is not lost.
            if any(path.is_file() for path in self._files.directory.glob("*")):
                log.warning("%s; it is made anew from the stored embeddings", error)
            self._reset()

    def _reset(self) -> None:
        self._files.clear()
        self._begin()

    def _begin(self) -> None:
        """Hold nothing but what is in the lexical index."""
        self._lexical = LexicalIndex.open(self._files.lexical)
        self.snapshot = Snapshot(
            self.encoder, -1, VectorIndex.empty(self.encoder.dim), self._lexical.searcher()
        )

    def sync(self, progress: Progress | None = None) -> Synced:
        """Bring the index to the corpus's revision.

        Embeddings are kept as they are made, so what was encoded before a kill is not
        encoded again.

        Where so many passages have changed that a large index must be compacted, that is
        begun in the background; see `wait` and `close`.

        Args:
            progress: Called as passages are encoded; not at all where none has to be.

        Raises:
            StoreError: The database fails.
            EncodingError: The model fails.
            SnapshotError: The index cannot be written.
        """
        with self._writing:
            before = self.snapshot
            synced = self._catch_up(progress)
            vectors = self.snapshot.vectors
        if self.snapshot is not before and vectors.is_worn:
            if vectors.is_large:
                self._compact_in_background()
            else:
                self.compact()
        return synced

    def _catch_up(self, progress: Progress | None = None) -> Synced:
        # In this order: what is added from here on waits for the next sync.
        revision, live = self.passages.passage_ids()
        wanted = np.array(live, dtype=np.int64)
        del live  # 40 MB at 1,000,000 passages
        old = self.snapshot
        present = old.vectors.ids
        encoded = self._encode_missing(np.setdiff1d(wanted, present), progress)
        if revision == old.revision:
            return Synced(revision, encoded, 0, 0)
        vectors = self._changed(old.vectors, wanted)
        ids = vectors.ids
        self._bring_lexical_to(ids)
        self._files.save(vectors, ids, revision)
        self.snapshot = Snapshot(self.encoder, revision, vectors, self._lexical.searcher())
        return Synced(
            revision,
            encoded,
            added=len(np.setdiff1d(ids, present)),
            removed=len(np.setdiff1d(present, ids)),
        )

    def encode_missing(
        self,
        until: Callable[[], bool],
        progress: Progress | None = None,
        *,
        at_once: int = PASSAGES_PER_BATCH,
    ) -> int:
        """Embed what is in the corpus, so that the next sync has less to do.

        Args:
            until: Asked after each batch; True ends it there.
            progress: See `sync`.
            at_once: How many passages make a batch at most.

        Returns:
            How many passages were embedded.

        Raises:
            StoreError: The database fails.
            EncodingError: The model fails.
        """
        with self._writing:
            _, live = self.passages.passage_ids()
            missing = np.setdiff1d(np.array(live, np.int64), self.snapshot.vectors.ids)
            return self._encode_missing(missing, progress, until, at_once)

    def embed_ahead(self, draft: Draft, until: Callable[[], bool] = lambda: False) -> int:
        """Embed a draft, so that nothing is left to encode once it is in the corpus.

        The embeddings are kept, whatever becomes of the draft. Syncs go on meanwhile.

        Args:
            draft: What may be stored soon, with the title that it will have.
            until: Asked after every few passages; True ends it there.

        Returns:
            How many passages were embedded.

        Raises:
            StoreError: The database fails.
            EncodingError: The model fails.
        """
        encoder = self.encoder
        contents = {content.embedding_key: content for content in contents_of(draft)}
        missing = self.passages.unembedded_keys(encoder.name, list(contents))
        passages = [content for key, content in contents.items() if key in missing]
        done = 0
        for first in range(0, len(passages), PASSAGES_AHEAD):
            for packed in encode(encoder, passages[first : first + PASSAGES_AHEAD]):
                self.passages.save_embeddings(encoder.name, packed)
                done += len(packed)
            if until():
                break
        return done

    def compact(self) -> None:
        """Put all vectors into a new file, where many have changed since the last was made.

        Searches and syncs go on meanwhile.

        Raises:
            StoreError: The database fails.
            EncodingError: The model fails.
            SnapshotError: The index cannot be written.
        """
        with self._compacting:
            old = self.snapshot.vectors
            if not old.is_worn or self._closing.is_set():
                return
            compacted = old.compacted(self._stand_in_questions(old))
            with self._writing:
                if self._closing.is_set():
                    return
                now = self.snapshot
                ids = now.vectors.ids
                vectors = self._changed(compacted, ids)
                self._files.save(vectors, ids, now.revision, new_base=True)
                self.snapshot = Snapshot(now.encoder, now.revision, vectors, now.lexical)
        if vectors.recall < 1:
            log.info(
                "%d passages: %.1f %% of the nearest are found", len(ids), 100 * vectors.recall
            )

    def wait(self) -> None:
        """Wait until what goes on in the background is done."""
        if self._background is not None:
            self._background.join()

    def close(self) -> None:
        """Give up what goes on in the background; at 1,000,000 passages after minutes."""
        self._closing.set()
        self.wait()

    def _compact_in_background(self) -> None:
        if self._background is None or not self._background.is_alive():
            self._background = threading.Thread(target=self._try_to_compact, name="compact")
            self._background.start()

    def _try_to_compact(self) -> None:
        try:
            self.compact()
        except (CorpusError, SearchError) as error:
            # The index is whole without it, and the next sync tries again.
            log.warning("the index could not be compacted: %s", error)

    def _stand_in_questions(self, vectors: VectorIndex) -> Embeddings:
        """Sentences of the corpus, encoded as questions; none where few passages are there."""
        if not vectors.is_large:
            return np.empty((0, self.encoder.dim), np.float32)
        ids = vectors.ids
        sample = np.random.default_rng(0).choice(
            ids, min(STAND_IN_QUESTIONS, len(ids)), replace=False
        )
        return self.encoder.encode_queries(
            [content.sentences[-1] for content in self.passages.contents(sample.tolist())]
        )

    def coverage(self) -> tuple[int, int]:
        """How many of the passages that may be found are in it, and how many there are."""
        _, live = self.passages.passage_ids()
        return len(np.intersect1d(np.array(live, np.int64), self.snapshot.vectors.ids)), len(live)

    def copy_words(self, other: PassageIndex) -> None:
        """Take another model's lexical index, where nothing of this one is there yet.

        Words are the same for all models, and to fold those of 100,000 passages takes minutes.

        Raises:
            SnapshotError: It cannot be copied.
        """
        with self._writing:
            if self._files.is_saved:
                return
            with other._writing:
                self._files.copy_lexical(other._files)
            self._begin()

    def become(self, successor: PassageIndex) -> None:
        """Go on as another model's index of the same corpus: searches that begin now use it.

        The successor is brought to the corpus's revision, and is of no use of its own from then
        on. It should have little left to do, as syncs wait meanwhile; searches do not. What is
        kept of the model before stays; see `forget_other_models`.

        Raises:
            StoreError: The database fails.
            EncodingError: The model fails.
            SnapshotError: The index cannot be written.
        """
        successor.wait()
        with self._compacting, self._writing:
            successor._catch_up()
            self.encoder = successor.encoder
            self._files = successor._files
            self._lexical = successor._lexical
            self.snapshot = successor.snapshot
            del successor.snapshot  # it would stay in memory, however far this one goes on

    def forget_other_models(self, until: Callable[[], bool]) -> int:
        """Delete the indexes and the embeddings that other models have made.

        Args:
            until: Asked after every few embeddings; True ends it there.

        Returns:
            How many embeddings were deleted.

        Raises:
            StoreError: The database fails.
        """
        self._files.clear_other_models()
        deleted = 0
        for count in self.passages.delete_embeddings(keep=self.encoder.name):
            deleted += count
            if until():
                break
        return deleted

    def rebuild(self, progress: Progress | None = None) -> Synced:
        """Make the index anew from the stored embeddings; encode only what has none."""
        with self._writing:
            self._reset()
        return self.sync(progress)

    def problems(self) -> list[str]:
        """What is wrong with the index, a line each; empty when it is whole.

        Every passage and every embedding is compared with the store.
        """
        found = find_problems(self.passages, self.snapshot)
        try:
            self._files.read()
        except SnapshotError as error:
            found.append(f"{error}: run `daviedka rebuild`")
        return found

    def _encode_missing(
        self,
        ids: Ids,
        progress: Progress | None,
        until: Callable[[], bool] = lambda: False,
        at_once: int = PASSAGES_PER_BATCH,
    ) -> int:
        missing = self.passages.unembedded_ids(self.encoder.name, ids.tolist())
        done = 0
        for first in range(0, len(missing), PASSAGES_AT_ONCE):
            part = missing[first : first + PASSAGES_AT_ONCE]
            for packed in encode(self.encoder, list(self.passages.contents(part)), at_once):
                self.passages.save_embeddings(self.encoder.name, packed)
                done += len(packed)
                if progress is not None:
                    progress(min(done, len(missing)), len(missing))
                if until():
                    return done
        return done

    def _changed(self, vectors: VectorIndex, wanted: Ids) -> VectorIndex:
        """The vectors of these passages, without those that were removed meanwhile."""
        present = vectors.ids
        return vectors.changed(
            removed=np.setdiff1d(present, wanted),
            added=self._embeddings(np.setdiff1d(wanted, present)),
        )

    def _embeddings(self, ids: Ids) -> Iterator[tuple[Ids, Embeddings]]:
        """Ids and stored embeddings, some at a time; those removed meanwhile are left out."""
        for first in range(0, len(ids), PASSAGES_AT_ONCE):
            part = ids[first : first + PASSAGES_AT_ONCE].tolist()
            if rows := self.passages.embeddings(self.encoder.name, part):
                found, packed = zip(*rows, strict=True)
                yield np.array(found, np.int64), unpack(b"".join(packed), self.encoder.dim)

    def _bring_lexical_to(self, wanted: Ids) -> None:
        present = self._lexical.searcher().ids()
        missing = np.setdiff1d(wanted, present)
        texts = (
            (passage.id, lexical_text(passage))
            for first in range(0, len(missing), PASSAGES_AT_ONCE)
            for passage in self.passages.contents(
                missing[first : first + PASSAGES_AT_ONCE].tolist()
            )
        )
        self._lexical.change(removed=np.setdiff1d(present, wanted).tolist(), added=texts)
