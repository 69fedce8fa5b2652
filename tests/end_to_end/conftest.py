"""The program as an operator runs it: as a process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class Program:
    """`daviedka` with a data directory of its own, and no other setting."""

    def __init__(self, directory: Path, **settings: str) -> None:
        self.directory = directory
        self.data_dir = directory / "data"
        kept = {name: value for name, value in os.environ.items() if "DAVIEDKA" not in name}
        if "DAVIEDKA_CACHE_DIR" in os.environ:  # the model is built once for all tests
            kept["DAVIEDKA_CACHE_DIR"] = os.environ["DAVIEDKA_CACHE_DIR"]
        self.environment = kept | {"DAVIEDKA_DATA_DIR": str(self.data_dir)} | settings

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "bot", *arguments]

    def run(
        self, *arguments: str, standard_input: str = "", **settings: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments),
            cwd=self.directory,
            env=self.environment | settings,
            input=standard_input,
            capture_output=True,
            text=True,
            check=False,
        )

    def ask(self, question: str, k: int = 5) -> Mapping[str, Any]:
        done = self.run("ask", "--json", "--k", str(k), question)
        assert done.returncode == 0, done.stderr
        answer: Mapping[str, Any] = json.loads(done.stdout)
        return answer


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path)


@pytest.fixture(scope="module")
def module_program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    return Program(tmp_path_factory.mktemp("program"))
