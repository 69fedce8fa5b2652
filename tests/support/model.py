"""The real model, built once, for every layer's tests. A pytest plugin."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from platformdirs import user_cache_path

if TYPE_CHECKING:
    from index.encoder import SentenceEncoder


@pytest.fixture(scope="session")
def cache_dir() -> Path:
    """Where the program itself keeps the model, so that it is built once for all tests."""
    return Path(os.environ.get("DAVIEDKA_CACHE_DIR") or user_cache_path("daviedka"))


@pytest.fixture(scope="session")
def bundled_encoder(cache_dir: Path) -> SentenceEncoder:
    # PyTorch takes seconds to import: tests that need no model do without.
    from index.encoder import load_encoder  # noqa: PLC0415

    return load_encoder("bundled", cache_dir)


@pytest.fixture(scope="session")
def plain_encoder(cache_dir: Path) -> SentenceEncoder:
    """The bundled model without its adapter."""
    from index.encoder import load_encoder  # noqa: PLC0415  # as above

    return load_encoder("bundled-plain", cache_dir)


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with a real sentence-transformers model of a few hundred parameters."""
    from tests.support.tiny import save_bert, save_sentence_transformer  # noqa: PLC0415  # as above

    root = tmp_path_factory.mktemp("tiny")
    return save_sentence_transformer(root / "model", save_bert(root / "bert"))
