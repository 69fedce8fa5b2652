"""Brings the index to the corpus's revision; safe to be killed at any instant.

The store is the truth. An index is the set of passages that it holds, so bringing it up to
date is the difference of two sets of ids: what was removed goes, what is missing comes.
Nothing else is remembered, so nothing else can be wrong: doing it twice, or again after a
kill, gives the same index.

On disk, in a directory for each model:

    state.json            the revision applied, a checksum of the ids that it holds,
                          and the vectors' file with its checksum
    vectors-0a1b….faiss   embeddings of most of these passages; the rest is in the store
    lexical/              tantivy's own files

The vectors are written first, then the lexical index, and state.json takes their place in one
step at the end. A kill in between leaves the older state with its older vectors; a lexical
index that is ahead of it is brought to the same set again.

A change of a few passages does not write all vectors anew: they are kept beside those of the
file, and read from the store at the next start. When they have become many, a new file is
made: at once where that is a matter of a second, in the background where there are so many
passages that the new one is approximate and must be measured.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import shutil
import threading
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from corpus.errors import CorpusError
from index.embedding import PASSAGES_PER_BATCH, contents_of, encode, lexical_text, unpack
from index.errors import SearchError, SnapshotError
from index.lexical import LexicalIndex
from index.vectors import VectorIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from corpus.passages import PassageStore
    from corpus.store import Draft
    from index.encoder import Embeddings, Encoder
    from index.lexical import LexicalSearcher
    from index.vectors import Ids

    Progress = Callable[[int, int], None]
    """Called with how many passages are encoded, and how many there are to encode."""

FORMAT = 2

# How many passages' texts are read and folded, or embeddings compared, at a time.
PASSAGES_AT_ONCE = 2048

# How many passages of a draft are embedded at a time: those who ask meanwhile share the processor
# with them for a fraction of a second.
PASSAGES_AHEAD = 8

# How many sentences stand for questions where the recall of a large index is measured.
STAND_IN_QUESTIONS = 100

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One state of the index; it never changes.

    Attributes:
        encoder: Made its embeddings, and must make those of the queries.
        revision: The corpus's revision that it holds; -1 where it holds none as a whole.
        vectors: Its passages by embedding.
        lexical: The same passages by grams.
    """

    encoder: Encoder
    revision: int
    vectors: VectorIndex
    lexical: LexicalSearcher


@dataclass(frozen=True, slots=True)
class State:
    """What state.json says.

    Attributes:
        ids: SHA-256 of the ids of all passages in the index, in order.
        vectors: The file that holds the vectors of most of them.
        sha256: Its checksum.
        recall: See `VectorIndex`.
    """

    format: int
    model: str
    revision: int
    ids: str
    vectors: str
    sha256: str
    recall: float


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
        self._directory = directory / re.sub(r"[^\w.-]+", "-", encoder.name)
        self._writing = threading.Lock()
        self._compacting = threading.Lock()
        self._background: threading.Thread | None = None
        self._closing = threading.Event()
        self._lexical: LexicalIndex
        self._state: State | None
        self.snapshot: Snapshot
        self._open(writable=writable)

    def _open(self, *, writable: bool) -> None:
        try:
            self._state, vectors = self._load()
            self._lexical = LexicalIndex.open(self._directory / "lexical")
            lexical = self._lexical.searcher()
            ids = np.sort(lexical.ids())
            revision = -1
            # After a kill, or where it was lost, the lexical index holds other passages.
            if _digest(ids) == self._state.ids:
                vectors = self._changed(vectors, ids)
                if np.array_equal(vectors.ids, ids):
                    revision = self._state.revision
            self.snapshot = Snapshot(self.encoder, revision, vectors, lexical)
        except SnapshotError as error:
            if not writable:
                raise SnapshotError(
                    f"{error}; another process keeps it: try again in a moment"
                ) from error
            if self._directory.exists():
                log.warning("%s; it is made anew from the stored embeddings", error)
            self._reset()

    def _reset(self) -> None:
        shutil.rmtree(self._directory, ignore_errors=True)
        self._begin()

    def _begin(self) -> None:
        """Hold nothing but what is in the lexical index."""
        self._state = None
        self._lexical = LexicalIndex.open(self._directory / "lexical")
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
        self._save_state(vectors, ids, revision)
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
                self._state = None  # so that the file is written
                self._save_state(vectors, ids, now.revision)
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
            if self._state is not None:
                return
            try:
                shutil.rmtree(self._directory)
                with other._writing:
                    shutil.copytree(
                        other._directory / "lexical",
                        self._directory / "lexical",
                    )
            except OSError as error:
                raise SnapshotError(f"cannot copy the lexical index: {error}") from error
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
            self._directory = successor._directory
            self._lexical = successor._lexical
            self._state = successor._state
            self.snapshot = successor.snapshot

    def forget_other_models(self, until: Callable[[], bool]) -> int:
        """Delete the indexes and the embeddings that other models have made.

        Args:
            until: Asked after every few embeddings; True ends it there.

        Returns:
            How many embeddings were deleted.

        Raises:
            StoreError: The database fails.
        """
        for directory in self._directory.parent.iterdir():
            if directory != self._directory:
                shutil.rmtree(directory, ignore_errors=True)
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
        snapshot = self.snapshot
        found: list[str] = []
        revision, live = self.passages.passage_ids()
        if snapshot.revision != revision:
            found.append(
                f"the index is at revision {snapshot.revision}, the corpus at {revision}: "
                "run `daviedka sync`"
            )
        wanted = np.array(live, dtype=np.int64)
        for name, ids in (
            ("vectors", snapshot.vectors.ids),
            ("lexical index", snapshot.lexical.ids()),
        ):
            if not np.array_equal(np.sort(ids), wanted):
                missing = len(np.setdiff1d(wanted, ids))
                stray = len(ids) - (len(wanted) - missing)
                found.append(
                    f"the {name}: {missing} passages missing, {stray} too many: "
                    "run `daviedka rebuild`"
                )
        for first in range(0, len(live), PASSAGES_AT_ONCE):
            found += self._wrong_embeddings(live[first : first + PASSAGES_AT_ONCE], snapshot)
        try:
            self._load()
        except SnapshotError as error:
            found.append(f"{error}: run `daviedka rebuild`")
        return found

    def _wrong_embeddings(self, ids: Sequence[int], snapshot: Snapshot) -> list[str]:
        dim = snapshot.encoder.dim
        indexed = np.intersect1d(ids, snapshot.vectors.ids)
        in_index = dict(zip(indexed.tolist(), snapshot.vectors.reconstruct(indexed), strict=True))
        sentences = {passage.id: len(passage.sentences) for passage in self.passages.contents(ids)}
        stored = {row.id: row for row in self.passages.vectors(snapshot.encoder.name, ids)}
        found: list[str] = []
        for passage_id in ids:
            row = stored.get(passage_id)
            if row is None:
                found.append(f"passage {passage_id} has no embedding: run `daviedka rebuild`")
            elif len(row.sentences) != sentences.get(passage_id, 0) * dim * 2:
                found.append(f"passage {passage_id}: its sentences' embeddings do not fit")
            elif passage_id in in_index and not np.array_equal(
                unpack(row.passage, dim)[0], in_index[passage_id]
            ):
                found.append(
                    f"passage {passage_id}: the index has another embedding than the store: "
                    "run `daviedka rebuild`"
                )
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

    def _save_state(self, vectors: VectorIndex, ids: Ids, revision: int) -> None:
        """Say on disk what the index holds; write the vectors where no file has their base."""
        if self._state is None:
            name, sha256 = self._save_vectors(vectors)
        else:
            name, sha256 = self._state.vectors, self._state.sha256
        state = State(
            FORMAT, self.encoder.name, revision, _digest(ids), name, sha256, vectors.recall
        )
        path = self._directory / "state.json"
        temporary = path.with_suffix(".new")
        try:
            with temporary.open("w", encoding="utf-8") as file:
                json.dump(asdict(state), file)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
            for old in self._directory.glob("vectors-*.faiss"):
                if old.name != name:
                    old.unlink(missing_ok=True)
        except OSError as error:
            raise SnapshotError(f"cannot write the index {path}: {error}") from error
        self._state = state

    def _save_vectors(self, vectors: VectorIndex) -> tuple[str, str]:
        """Write the vectors' base to a file; its name and checksum."""
        temporary = self._directory / "vectors.new"
        vectors.save(temporary)
        sha256 = _sha256(temporary)
        path = self._directory / f"vectors-{sha256[:16]}.faiss"
        try:
            temporary.replace(path)
        except OSError as error:
            raise SnapshotError(f"cannot write the index {path}: {error}") from error
        return path.name, sha256

    def _load(self) -> tuple[State, VectorIndex]:
        path = self._directory / "state.json"
        try:
            state = State(**json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError as error:
            raise SnapshotError(f"there is no index in {self._directory}") from error
        except (OSError, ValueError, TypeError) as error:
            raise SnapshotError(f"the index's {path} is damaged") from error
        if (state.format, state.model) != (FORMAT, self.encoder.name):
            raise SnapshotError(f"the index {self._directory} was made by another version")
        vectors = self._directory / state.vectors
        if not vectors.is_file() or _sha256(vectors) != state.sha256:
            raise SnapshotError(f"the index's {vectors} is missing or damaged")
        return state, VectorIndex.load(vectors, recall=state.recall)


def _digest(ids: Ids) -> str:
    """SHA-256 of ids in their order."""
    return hashlib.sha256(ids.astype("<i8").tobytes()).hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
