"""What every command works with: the data directory, its store, and the index over it."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
from filelock import FileLock, Timeout

from bot.console import progress
from bot.errors import DataError
from bot.models import open_confidence, open_encoder, reopen_encoder
from bot.records.database import Records
from corpus.database import Database
from corpus.ingest import ingest
from corpus.passages import PassageStore
from corpus.readers import read_file
from corpus.sample import sample_paths
from corpus.store import Store
from index.errors import ModelError, SnapshotError
from index.second_reading import ApertiumReading

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.settings import Settings
    from index.changing import ModelChange
    from index.encoder import Encoder
    from index.search import Searcher
    from index.sync import PassageIndex, Synced


# A model before answers only where it has so many times less left to embed than the one that is
# set: what came in last. One that never got far would have to embed the corpus first, too.
_LESS_TO_EMBED = 10


class Workspace:
    """An open data directory.

    Attributes:
        database: The corpus's.
        store: The documents.
        writable: False where another process holds the directory.
    """

    def __init__(self, settings: Settings, database: Database, *, writable: bool) -> None:
        self._settings = settings
        self.database = database
        self._indexes: list[PassageIndex] = []
        self._change: ModelChange | None = None
        self.store = Store(database)
        self.writable = writable
        self._second_reading: ApertiumReading | None = None

    def close(self) -> None:
        """End what was started, also what goes on in the background."""
        if self._change is not None:
            self._change.close()
        for passage_index in self._indexes:
            passage_index.close()
        if self._second_reading is not None:
            self._second_reading.close()

    def load_sample(self) -> int:
        """Add the sample corpus where nothing was ever added.

        Returns:
            How many documents were added.
        """
        if self.store.revision() > 0:
            return 0
        paths = sample_paths()
        for path in paths:
            ingest(self.store, read_file(path), source=f"sample/{path.name}", by="sample")
        return len(paths)

    @contextmanager
    def open_records(self, name: str = "bot.db") -> Iterator[Records]:
        """What the bot remembers besides the corpus, closed at the end.

        Args:
            name: The database's file in the data directory.

        Raises:
            StoreError: The database cannot be opened.
        """
        records = Records.open(self._settings.data_dir / name)
        try:
            yield records
        finally:
            records.close()

    def open_index(self) -> PassageIndex:
        """Load the model, building it where it is missing, and open the index.

        Raises:
            ModelError: The model cannot be loaded.
            SnapshotError: There is no index that can be read, and it may not be written.
        """
        return self._open_index_by(open_encoder(self._settings))

    def _open_index_by(self, encoder: Encoder) -> PassageIndex:
        # PyTorch takes seconds to import: commands that need no model do without.
        from index.batching import BatchingEncoder  # noqa: PLC0415
        from index.sync import PassageIndex  # noqa: PLC0415

        passage_index = PassageIndex(
            PassageStore(self.database),
            BatchingEncoder(encoder),
            self._settings.data_dir / "index",
            writable=self.writable,
        )
        self._indexes.append(passage_index)
        return passage_index

    def _open_index_before(self, model: str, at_least: int) -> PassageIndex | None:
        """The index by another model that has embedded so many passages.

        Returns:
            None where there is no such model, or none that can still be used.
        """
        models = self.models()
        others = [name for name, count in models.items() if name != model and count >= at_least]
        for name in sorted(others, key=lambda name: -models[name]):
            try:
                return self._open_index_by(reopen_encoder(self._settings, name))
            except (ModelError, SnapshotError) as error:
                click.echo(
                    f"The corpus was embedded by {name}, which cannot answer any more: {error}.",
                    err=True,
                )
        return None

    def models(self) -> dict[str, int]:
        """The models that have embedded passages that may be found, and how many.

        More than one only while one takes the place of another.
        """
        return PassageStore(self.database).models()

    def sync(self, passage_index: PassageIndex) -> Synced:
        """Bring the index to the corpus's revision, showing progress, and wait until it is done.

        So a command leaves nothing to be done in the background after it.
        """
        with progress("Embedding passages") as advance:
            synced = passage_index.sync(advance)
        passage_index.wait()
        return synced

    def rebuild(self, passage_index: PassageIndex) -> Synced:
        """Make the index anew from the stored embeddings, showing progress."""
        with progress("Embedding passages") as advance:
            synced = passage_index.rebuild(advance)
        passage_index.wait()
        return synced

    def open_searcher(self, *, in_background: bool = False) -> Searcher:
        """Get ready to answer; the index is brought up to date where it may be written.

        Args:
            in_background: Where the corpus is embedded by another model than the one that is
                set, let that one answer until the corpus is embedded anew: see `change_model`.
                Otherwise this waits until it is.

        Raises:
            ModelError: The model, its reranker or its calibration cannot be loaded.
            SnapshotError: There is no index that can be read, and it may not be written.
        """
        from index.changing import ModelChange  # noqa: PLC0415  # see _open_index_by
        from index.search import Searcher  # noqa: PLC0415  # as above

        encoder = open_encoder(self._settings)
        confidence = open_confidence(self._settings, encoder.name)
        confidence.warn_if_guessed()
        successors = {encoder.name: confidence.calibration}
        passage_index, successor = self._open_indexes(encoder, in_background=in_background)
        if (serving := passage_index.encoder.name) != encoder.name:
            confidence = confidence.for_encoder(serving)
            if confidence.calibration is None:
                click.echo(f"How sure {serving} is can only be guessed.", err=True)
        if self.writable:
            with progress("Embedding passages") as advance:
                passage_index.sync(advance)
        if in_background:
            self._change = ModelChange(passage_index, successor)
        self._second_reading = ApertiumReading.find()
        return Searcher(
            self.store,
            passage_index,
            successors=successors,
            second_reading=self._second_reading,
            **confidence.as_options(),
        )

    def change_model(self) -> None:
        """Go on in the background with what `open_searcher` has found to be done there."""
        if self._change is not None:
            self._change.start()

    def _open_indexes(
        self, encoder: Encoder, *, in_background: bool
    ) -> tuple[PassageIndex, PassageIndex | None]:
        """The index to answer from, and the one that is to take its place."""
        try:
            passage_index = self._open_index_by(encoder)
        except SnapshotError:
            # Perhaps the process that keeps the index still answers by the model before.
            before = None if self.writable else self._open_index_before(encoder.name, 1)
            if before is None:
                raise
            return before, None
        if in_background:
            known, total = passage_index.coverage()
            enough = total - (total - known) // _LESS_TO_EMBED
            before = self._open_index_before(encoder.name, enough) if known < total else None
            if before is not None:
                click.echo(
                    f"The corpus is embedded anew by {encoder.name}, in the background; "
                    f"until that is done, {before.encoder.name} answers.",
                    err=True,
                )
                return before, passage_index
        return passage_index, None


@contextmanager
def open_workspace(settings: Settings, *, write: bool) -> Iterator[Workspace]:
    """Open the data directory, making it where it is missing, and close it at the end.

    One process at a time holds the directory and may write.

    Args:
        settings: Where it is.
        write: True for work that changes documents or the index. Otherwise the directory
            is opened for reading where another process holds it.

    Raises:
        DataError: It cannot be written, or `write` is set and another process holds it.
        StoreError: The database cannot be opened.
    """
    directory = settings.data_dir
    lock = FileLock(directory / "daviedka.lock", timeout=0)
    holder = directory / "daviedka.pid"
    writable = True
    try:
        directory.mkdir(parents=True, exist_ok=True)
        lock.acquire()
        holder.write_text(f"{os.getpid()}\n", encoding="ascii")
    except Timeout as error:
        if write:
            raise DataError(
                f"the data directory {directory} is in use by another daviedka process"
                f"{_pid(holder)}: end it, or wait until it is done"
            ) from error
        writable = False
    except OSError as error:
        raise DataError(
            f"cannot write to the data directory {directory} ({error.strerror}): "
            "make it writable, or set DAVIEDKA_DATA_DIR to another one"
        ) from error
    try:
        database = Database.open(directory / "corpus.db")
        workspace = Workspace(settings, database, writable=writable)
        try:
            yield workspace
        finally:
            workspace.close()
            database.close()
    finally:
        if writable:
            lock.release()


def _pid(holder: Path) -> str:
    try:
        return f" ({holder.read_text(encoding='ascii').strip()})"
    except (OSError, UnicodeDecodeError):
        return ""
