from __future__ import annotations

import hashlib
import json
import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from sentence_transformers import SentenceTransformer

from index.bundled import NAME
from index.encoder import SentenceEncoder, load_encoder, reopen_encoder
from index.errors import EncodingError, ModelError
from tests.support.encoder import FakeEncoder, TokenEncoder

if TYPE_CHECKING:
    from pathlib import Path

    from index.encoder import Encoder


@pytest.fixture(
    params=["fake", "fake tokens", "tiny", pytest.param("bundled", marks=pytest.mark.model)],
    scope="session",
)
def encoder(request: pytest.FixtureRequest) -> Encoder:
    """Each encoder there is: what holds for one must hold for all."""
    if request.param == "fake":
        return FakeEncoder()
    if request.param == "fake tokens":
        return TokenEncoder()
    if request.param == "bundled":
        found: SentenceEncoder = request.getfixturevalue("bundled_encoder")
        return found
    path: Path = request.getfixturevalue("tiny_model")
    return load_encoder(str(path), path)


TEXTS = ["bus stop", "where is the bus stop", "", "👍🏽 слова", "שלום", "bus " * 1024]


def test_embeddings_are_unit_float32_rows(encoder: Encoder) -> None:
    for embeddings in (encoder.encode_queries(TEXTS), encoder.encode_passages(TEXTS)):
        assert embeddings.shape == (len(TEXTS), encoder.dim)
        assert embeddings.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(embeddings, axis=1), 1, atol=1e-5)


def test_no_texts_give_no_rows(encoder: Encoder) -> None:
    for embeddings in (encoder.encode_queries([]), encoder.encode_passages(())):
        assert embeddings.shape == (0, encoder.dim)
        assert embeddings.dtype == np.float32


def test_rows_are_in_the_order_of_the_texts(encoder: Encoder) -> None:
    texts = ["bus stop " * (1 + i * 7 % 40) + "where" * (i % 3) for i in range(40)]
    together = encoder.encode_passages(texts)
    alone = np.concatenate([encoder.encode_passages([text]) for text in texts])
    assert np.einsum("ij,ij->i", together, alone).min() > 0.99


def test_reading_gives_the_embeddings_of_encoding(encoder: Encoder) -> None:
    for (read, _), encoded in (
        (encoder.read_queries(TEXTS), encoder.encode_queries(TEXTS)),
        (encoder.read_passages(TEXTS), encoder.encode_passages(TEXTS)),
    ):
        assert read.shape == encoded.shape
        assert read.dtype == np.float32
        assert np.vecdot(read, encoded).min() > 0.998


def test_tokens_of_passages_are_unit_float32_rows(encoder: Encoder) -> None:
    _, tokens = encoder.read_passages(TEXTS)
    assert len(tokens) == len(TEXTS)
    for own in tokens:
        assert own.shape == (len(own), encoder.token_dim)
        assert own.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(own, axis=1), 1, atol=1e-5)


def test_tokens_of_a_query_count_one_together(encoder: Encoder) -> None:
    _, tokens = encoder.read_queries(TEXTS)
    assert len(tokens) == len(TEXTS)
    for own in tokens:
        assert own.shape == (len(own), encoder.token_dim)
        assert own.dtype == np.float32
        counts = np.linalg.norm(own, axis=1).sum()
        assert counts == pytest.approx(1 if len(own) else 0, abs=1e-4)


def test_text_with_words_has_tokens_where_the_model_gives_any(encoder: Encoder) -> None:
    for read in (encoder.read_queries, encoder.read_passages):
        _, (one, more) = read(["bus", "where is the bus stop"])
        if encoder.token_dim:
            assert 0 < len(one) < len(more)
        else:
            assert one.shape == more.shape == (0, 0)


def test_no_texts_have_no_tokens(encoder: Encoder) -> None:
    for embeddings, tokens in (encoder.read_queries([]), encoder.read_passages(())):
        assert embeddings.shape == (0, encoder.dim)
        assert embeddings.dtype == np.float32
        assert tokens == []


def test_tokens_hardly_depend_on_the_other_texts(encoder: Encoder) -> None:
    texts = ["bus stop " * (1 + i * 7 % 40) + "where" * (i % 3) for i in range(40)]
    _, together = encoder.read_passages(texts)
    alone = [encoder.read_passages([text])[1][0] for text in texts]
    for one, other in zip(together, alone, strict=True):
        assert one.shape == other.shape
        assert np.vecdot(one, other).sum() >= 0.98 * len(one)


def test_same_text_gives_the_same_embedding(encoder: Encoder) -> None:
    np.testing.assert_array_equal(
        encoder.encode_queries(["where is the bus stop"]),
        encoder.encode_queries(["where is the bus stop"]),
    )


def test_text_is_nearer_to_one_with_its_words_than_to_another(encoder: Encoder) -> None:
    passages = encoder.encode_passages(["The bus stop is near the school.", "Цішыня ў бібліятэцы"])
    near, far = (passages @ encoder.encode_queries(["where is the bus stop"])[0]).tolist()
    assert near > far


def test_fake_embedding_can_be_computed_by_hand() -> None:
    # "ab" has no trigram: 2 in its slot, and 1 in slot 0.
    (embedding,) = FakeEncoder().encode_queries(["ab"])
    assert np.flatnonzero(embedding).tolist() == [0, 45]
    np.testing.assert_allclose(embedding[[0, 45]], np.array([1, 2]) / np.sqrt(5), rtol=1e-6)


def test_fake_tokens_tell_which_words_both_texts_have() -> None:
    _, (query,) = TokenEncoder().read_queries(["cat dog owl cat"])
    _, (passage,) = TokenEncoder().read_passages(["The dog, the Cat."])

    found = query @ passage.T

    expected = [[0, 0, 0, 1], [0, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, 1]]
    np.testing.assert_allclose(found, np.array(expected) / 4, atol=1e-6)


def test_prompts_of_the_model_are_used(tiny_model: Path) -> None:
    encoder = load_encoder(str(tiny_model), tiny_model)
    plain = SentenceTransformer(str(tiny_model), device="cpu")
    for found, prompt in (
        (encoder.encode_queries(["bus stop"]), "query: "),
        (encoder.encode_passages(["bus stop"]), "passage: "),
    ):
        expected = plain.encode([prompt + "bus stop"], prompt="", normalize_embeddings=True)
        np.testing.assert_allclose(found, expected, atol=1e-6)


def test_name_follows_the_weights(tiny_model: Path, tmp_path: Path) -> None:
    first = load_encoder(str(tiny_model), tmp_path)
    again = load_encoder(str(tiny_model), tmp_path)
    assert first.name == again.name
    assert first.name.startswith(f"{tiny_model}@")
    changed = SentenceTransformer(str(tiny_model), device="cpu")
    with torch.no_grad():
        next(changed.parameters()).add_(1)
    changed.save(str(tmp_path / "changed"), create_model_card=False)
    other = load_encoder(str(tmp_path / "changed"), tmp_path)
    assert other.name.rsplit("@")[1] != first.name.rsplit("@")[1]


def test_e5_of_the_hub_gets_its_prompts(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = SentenceTransformer(str(tiny_model), prompts={"query": "", "document": ""}, device="cpu")
    bare.save(str(tmp_path / "intfloat/multilingual-e5-small"), create_model_card=False)
    monkeypatch.chdir(tmp_path)
    encoder = load_encoder("intfloat/multilingual-e5-small", tmp_path)
    expected = load_encoder(str(tiny_model), tmp_path)
    for texts in (["bus stop"], ["where is"]):
        np.testing.assert_array_equal(encoder.encode_queries(texts), expected.encode_queries(texts))
        np.testing.assert_array_equal(
            encoder.encode_passages(texts), expected.encode_passages(texts)
        )


def test_loading_prints_nothing(tiny_model: Path, capfd: pytest.CaptureFixture[str]) -> None:
    load_encoder(str(tiny_model), tiny_model)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("name", ["no/such/path/at-all", "./not-here"])
def test_model_that_is_not_there_is_named_in_one_line(name: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError) as error:
        load_encoder(name, tmp_path)
    assert str(error.value).startswith(f"the model {name} cannot be loaded (")
    assert "\n" not in str(error.value)


def test_directory_without_a_model_is_named_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=f"the model {tmp_path} cannot be loaded") as error:
        load_encoder(str(tmp_path), tmp_path)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 0.0])
def test_what_is_no_embedding_is_refused(value: float, tiny_model: Path) -> None:
    model = SentenceTransformer(str(tiny_model), device="cpu")
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.fill_(value)
    with pytest.raises(EncodingError, match="broken gave no unit vector for 1 of 1 texts"):
        SentenceEncoder(model, "broken").encode_passages(["bus stop"])


@pytest.mark.model
def test_bundled_model_has_its_own_name(bundled_encoder: SentenceEncoder) -> None:
    assert (bundled_encoder.name, bundled_encoder.dim) == (NAME, 384)
    assert bundled_encoder.token_dim == 128


class TestReopening:
    def test_model_is_found_by_what_its_embeddings_are_labelled_with(
        self, tiny_model: Path, tmp_path: Path
    ) -> None:
        name = load_encoder(str(tiny_model), tmp_path).name

        again = reopen_encoder(name, tmp_path)

        assert again.name == name
        assert again.encode_queries(["bus"]).shape == (1, again.dim)

    def test_model_that_was_changed_since_is_not_taken_for_the_same(
        self, tiny_model: Path, tmp_path: Path
    ) -> None:
        model = shutil.copytree(tiny_model, tmp_path / "model")
        name = load_encoder(str(model), tmp_path).name
        (model / "README.md").write_text("Trained further.", encoding="utf-8")

        with pytest.raises(ModelError, match="has become"):
            reopen_encoder(name, tmp_path)

    @pytest.mark.parametrize(
        "name", ["nobody/has-this-model@0123456789ab", "bundled-e5-small-int8-0", "fake-64", ""]
    )
    def test_model_that_is_not_here_is_told_without_a_look_at_the_network(
        self, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("index.hub._is_hub_reachable", lambda: pytest.fail("it looked"))

        with pytest.raises(ModelError) as error:
            reopen_encoder(name, tmp_path)

        assert "\n" not in str(error.value)

    @pytest.mark.model
    def test_bundled_model_of_an_earlier_version_is_opened_as_it_was_built(
        self, cache_dir: Path, bundled_encoder: SentenceEncoder, tmp_path: Path
    ) -> None:
        earlier = tmp_path / "models" / "bundled-e5-small-int8-0"
        shutil.copytree(cache_dir / "models" / NAME, earlier)
        manifest = json.loads((earlier / "manifest.json").read_bytes())
        manifest |= {"name": earlier.name, "adapter": "another"}
        (earlier / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")

        again = reopen_encoder(earlier.name, tmp_path)

        assert again.name == earlier.name
        np.testing.assert_array_equal(
            again.encode_queries(["дзе"]), bundled_encoder.encode_queries(["дзе"])
        )

        (earlier / "vocabulary.json").write_text("[]", encoding="utf-8")
        with pytest.raises(ModelError, match="no whole model"):
            reopen_encoder(earlier.name, tmp_path)

        manifest["files"]["vocabulary.json"] = hashlib.sha256(b"[]").hexdigest()
        (earlier / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        with pytest.raises(ModelError, match="not known any more"):
            reopen_encoder(earlier.name, tmp_path)
