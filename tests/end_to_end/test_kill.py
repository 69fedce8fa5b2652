"""A process that is killed leaves nothing half done."""

from __future__ import annotations

import random
import shutil
import subprocess
import threading
from typing import TYPE_CHECKING

import pytest

from bot.settings import Settings
from bot.workspace import open_workspace
from corpus.sample import sample_paths
from index.search import Searcher
from tests.end_to_end.conftest import Program

if TYPE_CHECKING:
    from pathlib import Path

    from index.encoder import Encoder

pytestmark = pytest.mark.model

KILLS = 20
DOCUMENTS = 12

# From the last document stored to the end: the model is loaded, passages are encoded, the
# index is written. Later instants find the work done, which must hold as well.
LONGEST_S = 8.0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Some of the sample documents."""
    folder = tmp_path / "documents"
    folder.mkdir()
    for path in sample_paths()[:DOCUMENTS]:
        shutil.copy(path, folder)
    return folder


@pytest.fixture
def loaded_model(monkeypatch: pytest.MonkeyPatch, bundled_encoder: Encoder) -> None:
    """Load the model once for all checks; the processes that are killed load it anew."""
    monkeypatch.setattr("index.encoder.load_encoder", lambda *_, **__: bundled_encoder)


def run_and_kill(program: Program, folder: Path, lines: int, after_s: float) -> list[str]:
    """Add a folder, and end the process with SIGKILL some time after it has said so much.

    Returns:
        The titles that it had reported as added.
    """
    reported: list[str] = []
    with subprocess.Popen(
        program.command("add", str(folder)),
        cwd=program.directory,
        env=program.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        timer = threading.Timer(after_s, process.kill)
        if lines == 0:
            timer.start()
        for line in process.stdout:
            if line.startswith("added"):
                reported.append(line.split(maxsplit=1)[1].rsplit("  (", 1)[0])
                if len(reported) == lines:
                    timer.start()
        process.wait()
        timer.cancel()
    return reported


def assert_whole(program: Program, reported: list[str]) -> int:
    """Start again: the index is whole, and every document that was reported is found.

    Returns:
        How many documents there are.
    """
    with open_workspace(Settings(data_dir=program.data_dir), write=True) as workspace:
        index = workspace.open_index()
        workspace.sync(index)
        searcher = Searcher(workspace.store, index)
        documents = workspace.store.documents()
        assert index.passages.problems() + index.problems() == []
        assert len({document.content_hash for document in documents}) == len(documents)
        for title in reported:
            assert title in [hit.document.title for hit in searcher.search(title).hits]
        return len(documents)


@pytest.mark.usefixtures("loaded_model")
def test_killed_at_any_instant_nothing_reported_is_lost(tmp_path: Path, folder: Path) -> None:
    chance = random.Random(20)  # noqa: S311  # no secret
    counts: list[int] = []
    for number in range(KILLS):
        directory = tmp_path / str(number)
        directory.mkdir()
        program = Program(directory)
        if number % 2:
            lines, after_s = DOCUMENTS, chance.uniform(0, LONGEST_S)
        else:
            lines, after_s = chance.randrange(DOCUMENTS), chance.uniform(0, 0.05)
        reported = run_and_kill(program, folder, lines, after_s)
        counts.append(assert_whole(program, reported))
        assert counts[-1] >= len(reported) >= min(lines, DOCUMENTS)

    # The instants were worth the name: some in the midst of storing, some after it.
    assert min(counts) < DOCUMENTS
    assert max(counts) == DOCUMENTS


@pytest.mark.usefixtures("loaded_model")
def test_after_a_kill_the_same_command_completes_the_work(program: Program, folder: Path) -> None:
    run_and_kill(program, folder, lines=DOCUMENTS // 2, after_s=0)

    done = program.run("add", str(folder))

    assert done.returncode == 0
    assert "The index is whole" in program.run("verify").stdout
    assert assert_whole(program, []) == DOCUMENTS
