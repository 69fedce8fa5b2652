"""`daviedka eval`, from its arguments to what it prints and writes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

from bot.cli import cli
from tests.support.encoder import FakeEncoder
from tests.support.xquad import write_xquad

if TYPE_CHECKING:
    from pathlib import Path

LIBRARY = "The library lends five books for four weeks. No papers are asked for."


@pytest.fixture(autouse=True)
def operator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An operator's directories, and a model that needs no time."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DAVIEDKA_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("DAVIEDKA_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr("index.encoder.load_encoder", lambda *_, **__: FakeEncoder())
    return tmp_path


@pytest.fixture
def guide(tmp_path: Path) -> list[str]:
    """Arguments for a folder of one document, and a file of one question on it."""
    (tmp_path / "guide").mkdir()
    (tmp_path / "guide" / "library.md").write_text(f"# Library\n\n{LIBRARY}\n", encoding="utf-8")
    question = {"id": "q1", "lang": "en", "question": "How many books does the library lend?"}
    (tmp_path / "questions.jsonl").write_text(
        json.dumps(question | {"answerable": True, "docs": ["guide/library.md"]}), encoding="utf-8"
    )
    return ["--questions", "questions.jsonl", "--documents", "guide"]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["eval", *arguments])


def figures_of(*arguments: str) -> Any:
    done = run(*arguments, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_json_is_one_object_with_the_figures(guide: list[str]) -> None:
    found = figures_of(*guide)

    assert (found["model"], found["k"], found["material"]) == ("fake-64", 10, "questions.jsonl")
    assert (found["overall"]["questions"], found["overall"]["r_at_1"]) == (1, 1)
    assert found["by_language"].keys() == {"en"}
    assert found["same_language"]["r_at_1"] == 1
    assert found["cross_language"]["r_at_1"] is None


def test_operators_corpus_is_not_touched(guide: list[str], tmp_path: Path) -> None:
    figures_of(*guide)

    assert not (tmp_path / "data").exists()


def test_table_names_the_material_and_its_languages(guide: list[str]) -> None:
    done = run(*guide)

    assert done.exit_code == 0
    name, _, head, overall, *_ = done.stdout.splitlines()
    assert name == "questions.jsonl; documents: 1; model: fake-64"
    assert head.split()[:3] == ["asked", "answ.", "R@1"]
    assert overall.split()[:4] == ["overall", "1", "1", "1.000"]
    assert all(len(line) <= 80 for line in done.stdout.splitlines())


def test_several_pairs_and_the_sample_count_as_one(guide: list[str]) -> None:
    alone, sample = figures_of(*guide), figures_of("--sample")

    together = figures_of("--sample", *guide, *guide)

    assert together["overall"]["questions"] == (
        2 * alone["overall"]["questions"] + sample["overall"]["questions"]
    )
    assert together["material"] == "sample, questions.jsonl, questions.jsonl"


def test_document_that_cannot_be_read_is_told_and_the_run_goes_on(
    guide: list[str], tmp_path: Path
) -> None:
    (tmp_path / "guide" / "empty.txt").touch()

    done = run(*guide, "--json")

    assert done.exit_code == 0
    assert "empty.txt: is empty" in done.stderr
    assert json.loads(done.stdout)["documents"] == 1


def test_xquad_has_figures_by_pair(tmp_path: Path) -> None:
    found = figures_of("--xquad-r", str(write_xquad(tmp_path)), "--languages", "en, ru")

    assert [(pair["question_language"], pair["paragraph_language"]) for pair in found["pairs"]] == [
        ("en", "en"), ("en", "ru"), ("ru", "en"), ("ru", "ru"),
    ]  # fmt: skip
    assert found["overall"]["mean_average_precision"] is not None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "or --sample"),
        (["--questions", "questions.jsonl"], "one --documents DIR for each"),
        (["--sample", "--xquad-r", "."], "goes alone"),
        (["--xquad-r", ".", "--languages", "en,en"], "each once"),
        (["--xquad-r", ".", "--languages", "en,"], "each once"),
        (["--questions", "none.jsonl", "--documents", "guide"], "does not exist"),
        (["--questions", "questions.jsonl", "--documents", "none"], "does not exist"),
        (["--sample", "--k", "3"], "not in the range"),
    ],
)
def test_wrong_usage_is_told(guide: list[str], arguments: list[str], message: str) -> None:
    done = run(*arguments)

    assert done.exit_code == 2
    assert message in done.stderr


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("questions.jsonl", "{}", "line 1"),
        ("questions.jsonl", "", "holds no question"),
        ("guide/library.md", "", "library.md: is empty"),
    ],
)
def test_material_that_will_not_do_is_one_line(
    guide: list[str], tmp_path: Path, name: str, content: str, message: str
) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")

    done = run(*guide)

    assert done.exit_code == 1
    assert len(done.stderr.splitlines()) == 1
    assert message in done.stderr


def test_table_of_xquad_fits_on_80_columns(tmp_path: Path) -> None:
    done = run("--xquad-r", str(write_xquad(tmp_path)))

    rows = [line for line in done.stdout.splitlines() if "→" in line]
    assert done.exit_code == 0
    assert [row[:7] for row in rows] == [
        f"{asked} → {written}" for asked in ("en", "ru", "de") for written in ("en", "ru", "de")
    ]
    assert all(len(line) <= 80 and "…" not in line for line in done.stdout.splitlines())


def test_xquad_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    done = run("--xquad-r", str(tmp_path))

    assert done.exit_code == 1
    assert done.stderr.startswith("Error: ")
    assert len(done.stderr.splitlines()) == 1


def test_second_reading_that_is_not_installed_is_told(
    guide: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")

    done = run(*guide, "--apertium")

    assert done.exit_code == 1
    assert "apertium-bel-rus" in done.stderr


def test_report_is_written(guide: list[str], tmp_path: Path) -> None:

    done = run(*guide, "--report", "new/report", "--json")

    assert done.exit_code == 0, done.output
    assert "The report is in new/report/index.html" in done.stderr
    json.loads(done.stdout)
    assert (tmp_path / "new" / "report" / "recall.png").is_file()


def test_report_that_cannot_be_written_fails_before_the_questions(
    guide: list[str], tmp_path: Path
) -> None:
    (tmp_path / "file").touch()

    done = run(*guide, "--report", "file/report")

    assert done.exit_code == 1
    assert "cannot write the report" in done.stderr
    assert len(done.stderr.splitlines()) == 1
