"""Fixtures that every layer's tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

pytest_plugins = ["tests.support.model"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--screenshots", default="screenshots", help="where browser tests leave their pictures"
    )


@pytest.fixture(scope="session")
def pictures(pytestconfig: pytest.Config) -> Path:
    """Where screenshots go."""
    return Path(pytestconfig.rootpath, pytestconfig.getoption("--screenshots"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared evaluation material, which is not part of the project."""
    root = Path(__file__).resolve().parent.parent
    path = Path(os.environ.get("DAVIEDKA_SHARED") or root.parent / "shared")
    if not path.is_dir():
        message = f"no shared material at {path} (set DAVIEDKA_SHARED)"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return path
