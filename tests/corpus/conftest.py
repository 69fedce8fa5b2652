"""Fixtures of the corpus layer's tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from corpus.database import Database
from corpus.passages import PassageStore
from corpus.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database.open(tmp_path / "corpus.db")
    yield database
    database.close()


@pytest.fixture
def store(database: Database) -> Store:
    return Store(database)


@pytest.fixture
def passages(database: Database) -> PassageStore:
    return PassageStore(database)
