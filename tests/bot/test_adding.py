"""Documents go in, and are embedded meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.adding import Adding
from bot.settings import Settings
from bot.workspace import Workspace, open_workspace
from index.errors import EncodingError
from tests.support.encoder import FakeEncoder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from index.encoder import Embeddings

DOCUMENTS = 30


class FailingEncoder(FakeEncoder):
    def encode_passages(self, texts: Sequence[str]) -> Embeddings:
        raise EncodingError("the model is broken")


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    monkeypatch.setattr("index.encoder.load_encoder", lambda *_, **__: FakeEncoder())
    with open_workspace(Settings(data_dir=tmp_path / "state"), write=True) as workspace:
        yield workspace


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    for number in range(DOCUMENTS):
        text = f"# Library {number}\n\nThe library number {number} lends {number} books to all.\n"
        (folder / f"{number:02}.md").write_text(text, encoding="utf-8")
    (folder / "empty.md").write_bytes(b"")
    return folder


def test_everything_is_stored_in_order_embedded_and_whole(
    workspace: Workspace, folder: Path
) -> None:
    with Adding(workspace) as adding:
        results = list(adding.add([str(folder)], by="me"))
        embedded = adding.finish()

    assert [bool(result.error) for result in results] == [False] * DOCUMENTS + [True]
    titles = [result.document.title for result in results if result.document is not None]
    assert titles == [f"Library {number}" for number in range(DOCUMENTS)]
    index = workspace.open_index()
    assert embedded == DOCUMENTS == len(index.snapshot.vectors)
    assert index.problems() == []


def test_adding_again_embeds_nothing(workspace: Workspace, folder: Path) -> None:
    for expected in (DOCUMENTS, 0):
        with Adding(workspace) as adding:
            list(adding.add([str(folder)], by="me"))
            assert adding.finish() == expected


def test_nothing_stored_needs_no_model(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workspace, "open_index", lambda: pytest.fail("the model was loaded"))
    with Adding(workspace) as adding:
        results = list(adding.add([str(tmp_path / "nothing.md")], by="me"))

        assert adding.finish() == 0
    assert results[0].error


def test_failure_of_the_model_is_told_at_the_end_and_the_documents_stay(
    workspace: Workspace, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.encoder.load_encoder", lambda *_, **__: FailingEncoder())
    with Adding(workspace) as adding:
        results = list(adding.add([str(folder)], by="me"))
        with pytest.raises(EncodingError, match="the model is broken"):
            adding.finish()

    assert len(results) == DOCUMENTS + 1
    assert len(workspace.store.documents()) == DOCUMENTS


def test_leaving_early_leaves_the_rest_to_the_next_sync(workspace: Workspace, folder: Path) -> None:
    with Adding(workspace) as adding:
        next(adding.add([str(folder)], by="me"))

    assert len(workspace.store.documents()) == 1
    index = workspace.open_index()
    index.sync()
    assert len(index.snapshot.vectors) == 1
    assert index.problems() == []
