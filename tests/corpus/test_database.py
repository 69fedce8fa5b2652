"""The database is opened, migrated, and says in one line what is wrong."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import alembic.command
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, select, text

from corpus import schema
from corpus.database import MIGRATIONS, Database
from corpus.errors import StoreError
from corpus.passages import PassageStore, PassageVectors
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


def test_corpus_of_the_first_version_keeps_its_documents_and_passages(tmp_path: Path) -> None:
    path = tmp_path / "corpus.db"
    _make_version(path, "0001")
    with sqlite3.connect(path) as connection:
        connection.executescript(
            """
            INSERT INTO texts VALUES ('h1', 'One.'), ('h2', 'Two.');
            INSERT INTO documents VALUES
                ('d1', '/1', 'One', 'en', 'Latn', NULL, NULL, 'h1', 1, 'me', '2025-01-01', 1, 0),
                ('d2', '/2', 'Two', 'en', 'Latn', NULL, NULL, 'h2', 1, 'me', '2025-01-01', 3, 1);
            INSERT INTO revisions VALUES
                (1, 'd1', '/1', 'One', 'en', 'Latn', NULL, NULL, 'h1', 0),
                (2, 'd2', '/2', 'Two', 'en', 'Latn', NULL, NULL, 'h2', 0),
                (3, 'd2', '/2', 'Two', 'en', 'Latn', NULL, NULL, 'h2', 1);
            INSERT INTO audit VALUES
                (1, '2025-01-01', 'me', 'add', 'd1', 1),
                (2, '2025-01-01', 'me', 'add', 'd2', 2),
                (3, '2025-01-01', 'me', 'remove', 'd2', 3);
            INSERT INTO passages VALUES (1, 'd1', 0, '', 0, 4, 'k1'), (2, 'd2', 0, '', 0, 4, 'k2');
            INSERT INTO sentences VALUES (1, 0, 0, 4), (2, 0, 0, 4);
            """
        )
    connection.close()

    database = Database.open(path)

    store, passages = Store(database), PassageStore(database)
    assert [document.id for document in store.documents()] == ["d1"]
    assert [document.id for document in store.documents("removed")] == ["d2"]
    assert [passage.text for passage in passages.passages([1, 2]).values()] == ["One."]
    store.undo(3, "ann")
    assert [document.id for document in store.documents()] == ["d1", "d2"]
    database.close()


def test_embeddings_from_before_those_of_tokens_are_kept_and_have_none(tmp_path: Path) -> None:
    path = tmp_path / "corpus.db"
    _make_version(path, "0002")
    with sqlite3.connect(path) as connection:
        connection.executescript(
            """
            INSERT INTO texts VALUES ('h1', 'One. Two.');
            INSERT INTO documents
                (id, source, title, language, script, content_hash, words, added_by, added_at,
                    revision)
                VALUES ('d1', '/1', 'One', 'en', 'Latn', 'h1', 2, 'me', '2025-01-01', 1);
            INSERT INTO passages VALUES (1, 'd1', 0, '', 0, 4, 'k1'), (2, 'd1', 1, '', 5, 9, 'k2');
            INSERT INTO sentences VALUES (1, 0, 0, 4), (2, 0, 5, 9);
            INSERT INTO embeddings VALUES (1, 'model', 'k1', x'01', x'02');
            """
        )
    connection.close()

    database = Database.open(path)

    passages = PassageStore(database)
    assert passages.vectors("model", [1, 2]) == [PassageVectors(1, "d1", "en", b"\1", b"\2")]
    assert passages.tokens("model", [1, 2]) == {1: b""}
    passages.save_embeddings("model", {"k2": (b"p", b"s", b"t")})
    assert passages.tokens("model", [1, 2]) == {1: b"", 2: b"t"}
    database.close()


def _make_version(path: Path, version: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        alembic.command.upgrade(config, version)
    engine.dispose()
