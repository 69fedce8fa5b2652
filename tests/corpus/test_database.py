"""The database is opened, migrated, and says in one line what is wrong."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select, text

from corpus import schema
from corpus.database import Database
from corpus.errors import StoreError
from corpus.store import Store
from tests.support.drafts import make_draft

if TYPE_CHECKING:
    from pathlib import Path


def test_migrations_make_exactly_the_tables_of_the_schema(database: Database) -> None:
    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})

        assert compare_metadata(context, schema.metadata) == []


def test_opening_twice_keeps_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "corpus.db"
    first = Database.open(path)
    document = Store(first).save(make_draft("One."), by="me")
    first.close()

    second = Database.open(path)

    assert Store(second).documents() == [document]
    second.close()


def test_file_is_in_wal_mode(database: Database) -> None:
    with database.reading() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"


def test_file_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "corpus.db"
    Database.open(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()

    with pytest.raises(StoreError, match="newer version"):
        Database.open(path)


def test_file_that_is_no_database_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "corpus.db"
    path.write_bytes(b"no database at all" * 100)

    with pytest.raises(StoreError, match="cannot open the database") as caught:
        Database.open(path)

    assert "\n" not in str(caught.value)


def test_failed_transaction_changes_nothing(database: Database) -> None:
    def fail() -> None:
        with database.writing() as connection:
            connection.execute(schema.texts.insert().values(hash="a", text="b"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    with database.reading() as connection:
        assert connection.execute(select(schema.texts)).all() == []


def test_reader_sees_one_state_while_another_writes(database: Database) -> None:
    store = Store(database)
    with database.reading() as connection:
        before = connection.execute(select(schema.documents)).all()
        store.save(make_draft("One."), by="me")
        after = connection.execute(select(schema.documents)).all()

    assert before == after == []
    assert len(store.documents()) == 1


def test_broken_rule_of_the_database_is_a_store_error(database: Database) -> None:
    with (
        pytest.raises(StoreError, match="nothing was changed"),
        database.writing() as connection,
    ):
        connection.execute(
            schema.sentences.insert().values(passage_id=1, position=0, start=0, end=1)
        )
