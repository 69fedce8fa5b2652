"""What the documents say of the benchmarks."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
NAMES = sorted(
    {
        name
        for path in DOCUMENTS
        for name in re.findall(r"python -m benchmarks\.(\w+)", path.read_text(encoding="utf-8"))
    }
)


def test_documents_name_benchmarks() -> None:
    assert {"search", "peers", "ingest"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_documented_benchmark_starts_from_the_project_folder(name: str) -> None:
    command = [sys.executable, "-m", f"benchmarks.{name}", "--help"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith("usage:")
