"""`daviedka calibrate` as an operator runs it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from bot.cli import cli
from index import bundled
from index.calibration import SIGNAL_NAMES, calibration_path, load_calibration

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def calibrations(tmp_path: Path, cache_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the operator's own calibrations are kept."""
    monkeypatch.setenv("DAVIEDKA_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("DAVIEDKA_CACHE_DIR", str(cache_dir))
    return tmp_path / "data" / "calibrations"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([], "give --questions FILE with --documents DIR, or --sample, or --xquad-r DIR"),
        (["--documents", "."], "give one --documents DIR for each --questions FILE"),
        (["--questions", "missing.jsonl"], "does not exist"),
    ],
)
def test_wrong_usage_is_told_in_one_line(arguments: list[str], reason: str) -> None:
    done = CliRunner().invoke(cli, ["calibrate", *arguments])

    assert done.exit_code == 2
    assert reason in done.stderr.splitlines()[-1]


@pytest.mark.model
def test_sample_is_fitted_and_the_next_start_takes_it_up(calibrations: Path) -> None:
    done = CliRunner().invoke(cli, ["calibrate", "--sample", "--json"])

    assert done.exit_code == 0, done.output
    printed = json.loads(done.stdout)
    assert printed["written"] == str(calibration_path(bundled.NAME, calibrations))
    fitted = load_calibration(bundled.NAME, calibrations)
    assert fitted is not None
    assert printed["calibration"] == {
        "model": bundled.NAME,
        "intercept": fitted.intercept,
        "coefficients": fitted.coefficients,
        "threshold": fitted.threshold,
    }
    assert set(fitted.coefficients) == set(SIGNAL_NAMES)
    for when in ("before", "after"):
        assert printed[when]["materials"]["sample"]["abstention_auc"] > 0.7


@pytest.mark.model
def test_dry_run_writes_nothing_and_output_writes_elsewhere(
    calibrations: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "calibration.json"

    dry = CliRunner().invoke(cli, ["calibrate", "--sample", "--dry-run"])
    done = CliRunner().invoke(cli, ["calibrate", "--sample", "--output", str(elsewhere)])

    assert (dry.exit_code, done.exit_code) == (0, 0)
    assert dry.stdout.splitlines()[-1] == "Nothing is written."
    assert done.stdout.splitlines()[-1] == f"Written to {elsewhere}"
    assert not calibrations.exists()
    assert json.loads(elsewhere.read_bytes())["model"] == bundled.NAME


@pytest.mark.model
def test_too_few_questions_are_told_in_one_line(calibrations: Path, tmp_path: Path) -> None:
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "a.md").write_text("# Title\n\nThe library lends books.\n")
    question = {
        "id": "1",
        "lang": "en",
        "question": "library?",
        "answerable": True,
        "docs": ["a.md"],
    }
    questions = tmp_path / "questions.jsonl"
    questions.write_text(json.dumps(question))

    done = CliRunner().invoke(
        cli, ["calibrate", "--questions", str(questions), "--documents", str(documents)]
    )

    assert done.exit_code == 1
    assert "it takes 20; give more judged questions" in done.stderr.splitlines()[-1]
    assert not calibrations.exists()
