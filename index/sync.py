"""Brings the index to the corpus's revision; safe to be killed at any instant.

The store is the truth. An index is the set of passages that it holds, so bringing it up to
date is the difference of two sets of ids: what was removed goes, what is missing comes.
Nothing else is remembered, so nothing else can be wrong: doing it twice, or again after a
kill, gives the same index.

On disk, in a directory for each model:

    state.json            the revision applied, and the vectors' file with its checksum
    vectors-17.faiss      embeddings of passages at revision 17
    lexical/              tantivy's own files

The vectors are written first, then the lexical index, and state.json takes their place in one
step at the end. A kill in between leaves the older state with its older vectors; a lexical
index that is ahead of it is brought to the same set again.
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

from index.embedding import encode, passage_text, unpack
from index.errors import SnapshotError
from index.lexical import LexicalIndex
from index.vectors import VectorIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from corpus.passages import PassageStore
    from index.encoder import Embeddings, Encoder
    from index.lexical import LexicalSearcher
    from index.vectors import Ids

    Progress = Callable[[int, int], None]
    """Called with how many passages are encoded, and how many there are to encode."""

FORMAT = 1

# How many passages' texts are read and folded, or embeddings compared, at a time.
PASSAGES_AT_ONCE = 2048

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One state of the index; it never changes.

    Attributes:
        revision: The corpus's revision that it holds; -1 where it holds none as a whole.
        vectors: Its passages by embedding.
        lexical: The same passages by grams.
    """

    revision: int
    vectors: VectorIndex
    lexical: LexicalSearcher


@dataclass(frozen=True, slots=True)
class State:
    """What state.json says."""

    format: int
    model: str
    revision: int
    vectors: str
    sha256: str


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
        encoder: Made the embeddings, and must make those of the queries.
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
        self._lexical: LexicalIndex
        self.snapshot: Snapshot
        self._open(writable=writable)

    def _open(self, *, writable: bool) -> None:
        try:
            state, vectors = self._load()
            self._lexical = LexicalIndex.open(self._directory / "lexical")
            lexical = self._lexical.searcher()
            # After a kill, or where it was lost, the lexical index holds other passages.
            whole = np.array_equal(np.sort(lexical.ids()), np.sort(vectors.ids))
            self.snapshot = Snapshot(state.revision if whole else -1, vectors, lexical)
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
        self._lexical = LexicalIndex.open(self._directory / "lexical")
        self.snapshot = Snapshot(-1, VectorIndex.empty(self.encoder.dim), self._lexical.searcher())

    def sync(self, progress: Progress | None = None) -> Synced:
        """Bring the index to the corpus's revision.

        Embeddings are kept as they are made, so what was encoded before a kill is not
        encoded again.

        Args:
            progress: Called as passages are encoded; not at all where none has to be.

        Raises:
            StoreError: The database fails.
            EncodingError: The model fails.
            SnapshotError: The index cannot be written.
        """
        with self._writing:
            # In this order: what is added from here on waits for the next sync.
            revision, live = self.passages.passage_ids()
            encoded = self._encode_missing(progress)
            old = self.snapshot
            if revision == old.revision:
                return Synced(revision, encoded, 0, 0)
            wanted = np.array(live, dtype=np.int64)
            removed = np.setdiff1d(old.vectors.ids, wanted)
            added, embeddings = self._embeddings(np.setdiff1d(wanted, old.vectors.ids))
            vectors = old.vectors.changed(removed=removed, added=added, embeddings=embeddings)
            state = self._save_vectors(vectors, revision)
            self._bring_lexical_to(vectors.ids)
            self._save_state(state)
            self.snapshot = Snapshot(revision, vectors, self._lexical.searcher())
            return Synced(revision, encoded, len(added), len(removed))

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
        dim = self.encoder.dim
        indexed = np.intersect1d(ids, snapshot.vectors.ids)
        in_index = dict(zip(indexed.tolist(), snapshot.vectors.reconstruct(indexed), strict=True))
        sentences = {passage.id: len(passage.sentences) for passage in self.passages.contents(ids)}
        stored = {row.id: row for row in self.passages.vectors(self.encoder.name, ids)}
        found: list[str] = []
        for passage_id in ids:
            row = stored.get(passage_id)
            if row is None:
                found.append(f"passage {passage_id} has no embedding: run `daviedka sync`")
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

    def _encode_missing(self, progress: Progress | None) -> int:
        missing = self.passages.unembedded_ids(self.encoder.name)
        done = 0
        for first in range(0, len(missing), PASSAGES_AT_ONCE):
            part = missing[first : first + PASSAGES_AT_ONCE]
            for packed in encode(self.encoder, list(self.passages.contents(part))):
                self.passages.save_embeddings(self.encoder.name, packed)
                done += len(packed)
                if progress is not None:
                    progress(min(done, len(missing)), len(missing))
        return done

    def _embeddings(self, ids: Ids) -> tuple[Ids, Embeddings]:
        """The stored embeddings of passages; those removed meanwhile are left out."""
        dim = self.encoder.dim
        found = np.empty(len(ids), np.int64)
        embeddings = np.empty((len(ids), dim), np.float32)
        count = 0
        for first in range(0, len(ids), PASSAGES_AT_ONCE):
            part = ids[first : first + PASSAGES_AT_ONCE].tolist()
            for row in self.passages.vectors(self.encoder.name, part):
                found[count] = row.id
                embeddings[count] = unpack(row.passage, dim)[0]
                count += 1
        return found[:count], embeddings[:count]

    def _bring_lexical_to(self, wanted: Ids) -> None:
        present = self._lexical.searcher().ids()
        missing = np.setdiff1d(wanted, present)
        texts = (
            (passage.id, passage_text(passage))
            for first in range(0, len(missing), PASSAGES_AT_ONCE)
            for passage in self.passages.contents(
                missing[first : first + PASSAGES_AT_ONCE].tolist()
            )
        )
        self._lexical.change(removed=np.setdiff1d(present, wanted).tolist(), added=texts)

    def _save_vectors(self, vectors: VectorIndex, revision: int) -> State:
        path = self._directory / f"vectors-{revision}.faiss"
        vectors.save(path)
        return State(FORMAT, self.encoder.name, revision, path.name, _sha256(path))

    def _save_state(self, state: State) -> None:
        path = self._directory / "state.json"
        temporary = path.with_suffix(".new")
        try:
            with temporary.open("w", encoding="utf-8") as file:
                json.dump(asdict(state), file)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
            for old in self._directory.glob("vectors-*.faiss"):
                if old.name != state.vectors:
                    old.unlink(missing_ok=True)
        except OSError as error:
            raise SnapshotError(f"cannot write the index {path}: {error}") from error

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
        return state, VectorIndex.load(vectors)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
