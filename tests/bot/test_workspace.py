"""What settings of models make of the workspace."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from bot.cli import cli
from bot.settings import Settings
from bot.workspace import open_workspace
from index.encoder import SentenceEncoder, load_encoder
from index.errors import ModelError
from tests.support.drafts import make_draft
from tests.support.tiny import save_bert, save_sentence_transformer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from index.encoder import Embeddings

QUESTION = "where is the bus stop"


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


class TestChangeOfModel:
    """The sample corpus is embedded by one model, and another one is set."""

    @pytest.fixture
    def before(self, tmp_path: Path) -> Path:
        """The model that has embedded the corpus, at a place of its own."""
        model = save_sentence_transformer(tmp_path / "before", save_bert(tmp_path / "bert-before"))
        with open_workspace(settings(tmp_path, model), write=True) as workspace:
            workspace.load_sample()
            workspace.sync(workspace.open_index())
        return model

    @pytest.fixture
    def after(self, tmp_path: Path, before: Path, other_model: Path) -> Settings:
        return settings(tmp_path, other_model)

    def test_model_before_answers_at_once_and_the_other_one_in_the_end(
        self, after: Settings, before: Path, other_model: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        name = load_encoder(str(before), after.cache_dir).name
        with open_workspace(after, write=True) as workspace:
            searcher = workspace.open_searcher(in_background=True)

            assert searcher.index.encoder.name == name
            assert len(searcher.search(QUESTION).hits) == 8
            count = workspace.models()[name]
            assert workspace.models() == {name: count}
            said = capsys.readouterr().err
            assert f"embedded anew by {other_model}@" in said
            assert f"until that is done, {name} answers" in said

            workspace.change_model()
            assert workspace._change is not None
            workspace._change.wait()

            assert searcher.index.encoder.name.startswith(f"{other_model}@")
            assert len(searcher.search(QUESTION).hits) == 8
            assert workspace.models() == {searcher.index.encoder.name: count}
            assert searcher.index.problems() == []

    def test_commands_wait(self, after: Settings, other_model: Path) -> None:
        with open_workspace(after, write=True) as workspace:
            searcher = workspace.open_searcher()

            assert searcher.index.encoder.name.startswith(f"{other_model}@")
            assert searcher.index.problems() == []
            # Nothing that the bot may still answer from is deleted by a command.
            assert len(set(workspace.models().values())) == 1
            assert len(workspace.models()) == 2

    def test_bot_waits_where_the_model_before_is_gone(
        self,
        after: Settings,
        before: Path,
        other_model: Path,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        shutil.rmtree(before)
        with open_workspace(after, write=True) as workspace:
            searcher = workspace.open_searcher(in_background=True)

            assert searcher.index.encoder.name.startswith(f"{other_model}@")
            assert searcher.index.problems() == []
        (line,) = [line for line in capsys.readouterr().err.splitlines() if "cannot" in line]
        assert line.startswith(f"The corpus was embedded by {before}@")

    def test_bot_waits_where_the_model_before_is_another_one_by_now(
        self,
        after: Settings,
        before: Path,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        (before / "README.md").write_text("Trained further.", encoding="utf-8")
        with open_workspace(after, write=True) as workspace:
            searcher = workspace.open_searcher(in_background=True)

            assert searcher.index.encoder.name.startswith(after.model)
        assert "has become" in capsys.readouterr().err

    def test_bot_that_was_stopped_goes_on_where_it_was(
        self, after: Settings, before: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        encode = SentenceEncoder.encode_passages
        calls: list[int] = []

        with open_workspace(after, write=True) as workspace:

            def encode_some(self: SentenceEncoder, texts: Sequence[str]) -> Embeddings:
                calls.append(len(texts))
                if len(calls) == 3:
                    assert workspace._change is not None
                    workspace._change._closing.set()
                return encode(self, texts)

            workspace.open_searcher(in_background=True)
            monkeypatch.setattr(SentenceEncoder, "encode_passages", encode_some)
            workspace.change_model()
            assert workspace._change is not None
            workspace._change.wait()
            made, count = sorted(workspace.models().values())
        assert 0 < made < count

        calls.clear()
        with open_workspace(after, write=True) as workspace:
            searcher = workspace.open_searcher(in_background=True)
            assert searcher.index.encoder.name.startswith(str(before))
            assert calls == []
            assert sorted(workspace.models().values()) == [made, count]

    def test_model_that_never_got_far_does_not_answer(
        self, tmp_path: Path, tiny_model: Path, other_model: Path
    ) -> None:
        with open_workspace(settings(tmp_path, tiny_model), write=True) as workspace:
            workspace.load_sample()
            assert workspace.open_index().encode_missing(until=lambda: True)
        with open_workspace(settings(tmp_path, other_model), write=True) as workspace:
            searcher = workspace.open_searcher(in_background=True)

            assert searcher.index.encoder.name.startswith(f"{other_model}@")
            whole, few = sorted(workspace.models().values(), reverse=True)
            assert few < whole == len(searcher.index.snapshot.vectors)

    def test_what_is_left_of_the_model_before_is_told_and_goes_with_the_bot(
        self, after: Settings, before: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("data_dir", "cache_dir", "model"):
            monkeypatch.setenv(f"DAVIEDKA_{name.upper()}", str(getattr(after, name)))

        def run(*arguments: str) -> Any:
            return CliRunner().invoke(cli, arguments)

        assert "another's place" not in run("documents").stderr
        verified = json.loads(run("verify", "--json").stdout)
        count = verified["passages"]
        assert verified["whole"]
        assert verified["model"].startswith(after.model)
        assert list(verified["embedded_by_others"].values()) == [count]
        assert f"{count} passages are also embedded by {before}@" in run("verify").stdout
        assert f"{count} by {before}@" in run("documents").stderr

        with open_workspace(after, write=True) as workspace:
            workspace.open_searcher(in_background=True)
            workspace.change_model()
            assert workspace._change is not None
            workspace._change.wait()
            assert workspace.models() == {verified["model"]: count}

    def test_reader_beside_the_bot_answers_by_the_model_that_the_bot_uses(
        self, after: Settings, before: Path
    ) -> None:
        with (
            open_workspace(after, write=True) as bot,
            open_workspace(after, write=False) as reader,
        ):
            bot.open_searcher(in_background=True)

            searcher = reader.open_searcher()

            assert not reader.writable
            assert searcher.index.encoder.name.startswith(str(before))
            assert len(searcher.search(QUESTION).hits) == 8

    def test_what_was_added_and_removed_while_it_was_off_is_found_and_not_found(
        self, after: Settings, before: Path, tmp_path: Path
    ) -> None:
        with open_workspace(after, write=True) as workspace:
            document = workspace.store.documents()[0]
            workspace.store.remove(document.id, by="me")
            workspace.store.save(make_draft("The bus stop is near the school."), by="me")

            searcher = workspace.open_searcher(in_background=True)

            assert searcher.index.encoder.name.startswith(str(before))
            assert searcher.index.problems() == []
            titles = [hit.document.title for hit in searcher.search(QUESTION, k=100).hits]
            assert "Title" in titles
            assert document.title not in titles
