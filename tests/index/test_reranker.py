from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from sentence_transformers import CrossEncoder

from index.errors import ModelError
from index.reranker import CrossEncoderReranker, load_reranker
from tests.support.tiny import save_bert

if TYPE_CHECKING:
    from pathlib import Path

PASSAGES = ["bus stop near school", "", "👍🏽 слова", "שלום", "school " * 4096, "where"]


@pytest.fixture(scope="session")
def cross_encoder(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(save_bert(tmp_path_factory.mktemp("cross-encoder"), scores=1))


@pytest.fixture(scope="session")
def reranker(cross_encoder: str) -> CrossEncoderReranker:
    return load_reranker(cross_encoder)


def test_scores_are_what_the_model_gives(
    reranker: CrossEncoderReranker, cross_encoder: str
) -> None:
    model = CrossEncoder(cross_encoder, device="cpu")
    logits = [
        float(model.predict([("where is", passage)], activation_fn=torch.nn.Identity())[0])
        for passage in PASSAGES
    ]

    scores = reranker.scores("where is", PASSAGES)

    np.testing.assert_allclose(scores, 1 / (1 + np.exp(-np.array(logits))), atol=1e-5)
    assert len(set(scores.tolist())) > 1


def test_scores_are_float32_between_0_and_1(reranker: CrossEncoderReranker) -> None:
    scores = reranker.scores("where is the bus stop 🚏", PASSAGES)

    assert scores.shape == (len(PASSAGES),)
    assert scores.dtype == np.float32
    assert (scores >= 0).all()
    assert (scores <= 1).all()


def test_no_passages_give_no_scores(reranker: CrossEncoderReranker) -> None:
    scores = reranker.scores("bus", [])

    assert scores.shape == (0,)
    assert scores.dtype == np.float32


def test_one_passage_gives_one_score(reranker: CrossEncoderReranker) -> None:
    assert reranker.scores("bus", ["bus stop"]).shape == (1,)


def test_threads_get_the_scores_of_their_own_queries(reranker: CrossEncoderReranker) -> None:
    queries = ["bus", "where is school", "near " * 40, ""] * 8
    expected = [reranker.scores(query, PASSAGES) for query in queries]

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda query: reranker.scores(query, PASSAGES), queries))

    np.testing.assert_array_equal(found, expected)


def test_name_follows_the_weights(cross_encoder: str, tmp_path: Path) -> None:
    other = CrossEncoder(cross_encoder, device="cpu")
    with torch.no_grad():
        next(other.parameters()).add_(1)
    other.save(str(tmp_path / "other"), create_model_card=False)

    name = load_reranker(cross_encoder).name

    assert name.startswith(f"{cross_encoder}@")
    assert load_reranker(cross_encoder).name == name
    assert load_reranker(str(tmp_path / "other")).name.rsplit("@")[1] != name.rsplit("@")[1]


def test_loading_prints_nothing(cross_encoder: str, capfd: pytest.CaptureFixture[str]) -> None:
    load_reranker(cross_encoder)

    assert capfd.readouterr() == ("", "")


def test_model_that_is_not_there_is_named_in_one_line() -> None:
    with pytest.raises(ModelError) as error:
        load_reranker("no/such/path/at-all")

    assert str(error.value).startswith("the model no/such/path/at-all cannot be loaded (")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("scores", [None, 3])
def test_model_that_gives_no_score_for_a_pair_is_refused(
    tmp_path: Path, scores: int | None
) -> None:
    model = str(save_bert(tmp_path, scores=scores))

    with pytest.raises(ModelError, match="does not give one score") as error:
        load_reranker(model)

    assert "\n" not in str(error.value)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_score_is_refused(cross_encoder: str, value: float) -> None:
    model = CrossEncoder(cross_encoder, device="cpu")
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.fill_(value)

    with pytest.raises(ModelError, match="the model broken gave no score"):
        CrossEncoderReranker(model, "broken").scores("bus", ["stop"])
