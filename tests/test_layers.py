"""Imports point one way: bot → index → corpus."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BELOW = {"corpus": {"corpus"}, "index": {"index", "corpus"}, "bot": {"bot", "index", "corpus"}}
LAYERS = set(BELOW)
MODULES = sorted(path for layer in LAYERS for path in (ROOT / layer).rglob("*.py"))


def imported_layers(path: Path) -> set[str]:
    """The project's packages that a module imports, anywhere in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide the layer"
            names.add((node.module or "").split(".")[0])
    return names & LAYERS


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_module_imports_its_own_layer_and_those_below(path: Path) -> None:
    layer = path.relative_to(ROOT).parts[0]

    assert imported_layers(path) <= BELOW[layer]


def test_models_of_the_corpus_import_nothing_of_the_project() -> None:
    assert imported_layers(ROOT / "corpus" / "models.py") == set()


def test_lower_layers_do_not_know_settings() -> None:
    knowing = [
        path
        for path in MODULES
        if path.relative_to(ROOT).parts[0] != "bot"
        and "pydantic_settings" in path.read_text(encoding="utf-8")
    ]

    assert knowing == []
