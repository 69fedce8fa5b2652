"""One state of an index: as it is searched, and as it is kept on disk.

In a directory for each model:

    state.json            the revision applied, a checksum of the ids that it holds,
                          and the vectors' file with its checksum
    vectors-0a1b….faiss   embeddings of most of these passages; the rest is in the store
    lexical/              tantivy's own files

The lexical index is written first, then the vectors, and state.json takes its place in one step
at the end. A kill in between leaves the older state with its older vectors.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from index.errors import SnapshotError
from index.vectors import VectorIndex

if TYPE_CHECKING:
    from pathlib import Path

    from index.encoder import Encoder
    from index.lexical import LexicalSearcher
    from index.vectors import Ids

FORMAT = 2


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
        ids: `digest` of the ids of all passages in the index.
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


class SnapshotFiles:
    """What is kept of one model's index, in a directory of its own.

    Args:
        parent: Holds one directory for each model.
        model: The encoder's name.

    Attributes:
        directory: The model's; need not be there.
        lexical: The directory of its lexical index.
    """

    def __init__(self, parent: Path, model: str) -> None:
        self.directory = parent / re.sub(r"[^\w.-]+", "-", model)
        self.lexical = self.directory / "lexical"
        self._model = model
        self._state: State | None = None  # whose file holds the base of the vectors in use

    @property
    def is_saved(self) -> bool:
        """Whether a state was opened or saved since the files were cleared."""
        return self._state is not None

    def open(self) -> tuple[State, VectorIndex]:
        """Read what is kept, to go on with it; see `read`."""
        self._state, vectors = self.read()
        return self._state, vectors

    def read(self) -> tuple[State, VectorIndex]:
        """What is kept, without the lexical index.

        Raises:
            SnapshotError: It is missing, damaged or of another version.
        """
        path = self.directory / "state.json"
        try:
            state = State(**json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError as error:
            raise SnapshotError(f"there is no index in {self.directory}") from error
        except (OSError, ValueError, TypeError) as error:
            raise SnapshotError(f"the index's {path} is damaged") from error
        if (state.format, state.model) != (FORMAT, self._model):
            raise SnapshotError(f"the index {self.directory} was made by another version")
        vectors = self.directory / state.vectors
        if not vectors.is_file() or _sha256(vectors) != state.sha256:
            raise SnapshotError(f"the index's {vectors} is missing or damaged")
        return state, VectorIndex.load(vectors, recall=state.recall)

    def save(
        self, vectors: VectorIndex, ids: Ids, revision: int, *, new_base: bool = False
    ) -> None:
        """Say on disk what the index holds; the lexical index must hold it already.

        Args:
            vectors: Their base is written, too, where no file has it.
            ids: Those of the vectors.
            revision: The corpus's that they are of.
            new_base: True where the vectors' base is not the one that was opened or saved last.

        Raises:
            SnapshotError: It cannot be written.
        """
        if new_base:
            self._state = None
        if self._state is None:
            name, sha256 = self._save_vectors(vectors)
        else:
            name, sha256 = self._state.vectors, self._state.sha256
        state = State(FORMAT, self._model, revision, digest(ids), name, sha256, vectors.recall)
        path = self.directory / "state.json"
        temporary = path.with_suffix(".new")
        try:
            with temporary.open("w", encoding="utf-8") as file:
                json.dump(asdict(state), file)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
            for old in self.directory.glob("vectors-*.faiss"):
                if old.name != name:
                    old.unlink(missing_ok=True)
        except OSError as error:
            raise SnapshotError(f"cannot write the index {path}: {error}") from error
        self._state = state

    def clear(self) -> None:
        """Delete all that is kept, as far as it can be deleted."""
        shutil.rmtree(self.directory, ignore_errors=True)
        self._state = None

    def copy_lexical(self, other: SnapshotFiles) -> None:
        """Put a copy of another model's lexical index in the place of all that is kept.

        Raises:
            SnapshotError: It cannot be copied.
        """
        self.clear()
        try:
            shutil.copytree(other.lexical, self.lexical)
        except OSError as error:
            raise SnapshotError(f"cannot copy the lexical index: {error}") from error

    def clear_other_models(self) -> None:
        """Delete what is kept of other models' indexes, as far as it can be deleted."""
        for directory in self.directory.parent.iterdir():
            if directory != self.directory:
                shutil.rmtree(directory, ignore_errors=True)

    def _save_vectors(self, vectors: VectorIndex) -> tuple[str, str]:
        """Write the vectors' base to a file; its name and checksum."""
        temporary = self.directory / "vectors.new"
        vectors.save(temporary)
        sha256 = _sha256(temporary)
        path = self.directory / f"vectors-{sha256[:16]}.faiss"
        try:
            temporary.replace(path)
        except OSError as error:
            raise SnapshotError(f"cannot write the index {path}: {error}") from error
        return path.name, sha256


def digest(ids: Ids) -> str:
    """SHA-256 of ids in their order."""
    return hashlib.sha256(ids.astype("<i8").tobytes()).hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
