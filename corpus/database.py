"""The database behind the corpus: opened, migrated, and its errors made plain."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import alembic.command
import alembic.util
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import SQLAlchemyError

from corpus.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# SQLite allows 32,766 variables in a statement; other databases fewer.
IDS_PER_STATEMENT = 900

MIGRATIONS = Path(__file__).parent / "migrations"


class Database:
    """One open database. Safe to use from several threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, location: Path | str, migrations: Path = MIGRATIONS) -> Database:
        """Open the database and bring its tables to this version.

        Args:
            location: A file for SQLite, made where it is missing, or an SQLAlchemy URL.
            migrations: Alembic's directory with the steps; the corpus's own by default.

        Raises:
            StoreError: It cannot be opened or written, is damaged, or was made by a newer
                version.
        """
        try:
            engine = create_engine(
                f"sqlite:///{location}" if isinstance(location, Path) else location
            )
            if engine.dialect.name == "sqlite":
                event.listen(engine, "connect", _prepare_sqlite)
                event.listen(engine, "begin", _begin_sqlite)
            _migrate(engine, migrations)
        except alembic.util.CommandError as error:
            raise StoreError(
                f"{location} was made by a newer version of Daviedka; upgrade, "
                "or choose another DAVIEDKA_DATA_DIR"
            ) from error
        except SQLAlchemyError as error:
            raise StoreError(f"cannot open the database {location}: {_reason(error)}") from error
        return cls(engine)

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one state of the database.

        Raises:
            StoreError: It cannot be read.
        """
        try:
            with self._engine.connect() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise StoreError(f"cannot read the database: {_reason(error)}") from error

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction: all that is done in it is kept, or nothing.

        Raises:
            StoreError: It cannot be written.
        """
        try:
            with self._engine.execution_options(writes=True).begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise StoreError(
                f"cannot write to the database, nothing was changed: {_reason(error)}"
            ) from error


def parts(ids: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Cut a list of ids so that each part fits into one statement."""
    for first in range(0, len(ids), IDS_PER_STATEMENT):
        yield ids[first : first + IDS_PER_STATEMENT]


def _migrate(engine: Engine, migrations: Path) -> None:
    config = Config()
    config.set_main_option("script_location", str(migrations))
    with engine.execution_options(writes=True).begin() as connection:
        config.attributes["connection"] = connection
        alembic.command.upgrade(config, "head")


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401  # the driver's own type
    """Readers do not wait for the writer, and what is committed survives a power cut."""
    connection.isolation_level = None  # transactions are begun by hand, see below
    cursor = connection.cursor()
    for pragma in (
        "page_size=16384",  # of a new file: a passage's embeddings lie in one page
        "journal_mode=WAL",
        "synchronous=FULL",
        "secure_delete=ON",  # what is deleted leaves no trace in the file
        "foreign_keys=ON",
        "busy_timeout=10000",
        "cache_size=-32000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """Begin for real: by default the driver begins at the first write only.

    So a reader sees one state, and a writer waits for its turn before it reads.
    """
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _reason(error: SQLAlchemyError) -> str:
    """The database's own words, without the statement and its parameters."""
    return " ".join(str(getattr(error, "orig", None) or error).split())
