"""What settings of models make of the workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.settings import Settings
from bot.workspace import open_workspace
from index.errors import ModelError
from tests.support.tiny import save_bert, save_sentence_transformer

if TYPE_CHECKING:
    from pathlib import Path


def settings(tmp_path: Path, model: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", cache_dir=tmp_path / "cache", model=str(model))


@pytest.fixture
def other_model(tmp_path: Path) -> Path:
    """The same weights at another path, so under another name."""
    return save_sentence_transformer(tmp_path / "other", save_bert(tmp_path / "bert"))


def test_any_model_answers(tmp_path: Path, tiny_model: Path) -> None:
    with open_workspace(settings(tmp_path, tiny_model), write=True) as workspace:
        workspace.load_sample()

        answer = workspace.open_searcher().search("where is the bus stop")

        assert len(answer.hits) == 8


def test_each_model_has_an_index_of_its_own(
    tmp_path: Path, tiny_model: Path, other_model: Path
) -> None:
    with open_workspace(settings(tmp_path, tiny_model), write=True) as workspace:
        workspace.load_sample()
        encoded = workspace.sync(workspace.open_index()).encoded
    with open_workspace(settings(tmp_path, other_model), write=True) as workspace:
        index = workspace.open_index()

        assert workspace.sync(index).encoded == encoded
        assert index.problems() == []
    with open_workspace(settings(tmp_path, tiny_model), write=True) as workspace:
        index = workspace.open_index()

        assert workspace.sync(index).encoded == 0
        assert index.problems() == []


def test_reranker_reads_the_first_hits(tmp_path: Path, tiny_model: Path) -> None:
    cross_encoder = save_bert(tmp_path / "cross-encoder", scores=1)
    chosen = settings(tmp_path, tiny_model).model_copy(update={"reranker": str(cross_encoder)})

    with open_workspace(chosen, write=True) as workspace:
        workspace.load_sample()
        answer = workspace.open_searcher().search("where is the bus stop")

    scores = [hit.signals.reranker for hit in answer.hits]
    assert len(set(scores)) > 1
    assert all(score > 0 for score in scores)


def test_reranker_that_is_not_there_is_named_in_one_line(tmp_path: Path, tiny_model: Path) -> None:
    wrong = settings(tmp_path, tiny_model).model_copy(update={"reranker": str(tmp_path / "none")})

    with (
        open_workspace(wrong, write=True) as workspace,
        pytest.raises(ModelError, match=r"the model .*none cannot be loaded") as error,
    ):
        workspace.open_searcher()

    assert "\n" not in str(error.value)
