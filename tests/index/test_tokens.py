"""Tokens of passages in 4 bits, and how near those of a query are to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from index.tokens import Nearness, nearness, pack_tokens, unpack_tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from index.encoder import Tokens

STEP, LIMIT = unpack_tokens(b"\xf9", 2)[0].tolist()  # one level above 0, and seven
LEVELS = st.integers(1, 15)
EVEN = st.integers(1, 8).map(lambda half: 2 * half)


def make_tokens(count: int, token_dim: int, seed: int = 7) -> Tokens:
    """Tokens of unit length in any direction."""
    directions = np.random.default_rng(seed).normal(size=(count, token_dim)).astype(np.float32)
    unit: Tokens = directions / np.linalg.norm(directions, axis=1, keepdims=True)
    return unit


def make_query(count: int, token_dim: int) -> Tokens:
    """Tokens that count 1 together."""
    counted: Tokens = make_tokens(count, token_dim, seed=1) / np.float32(count)
    return counted


def nearness_one_by_one(query: Tokens, passages: Sequence[bytes]) -> Nearness:
    """The oracle: for each token of the query all of the passage's, one after the other."""
    found = Nearness(np.zeros(len(passages), np.float32), np.zeros(len(passages), np.float32))
    for number, packed in enumerate(passages):
        if not packed:
            continue
        own = unpack_tokens(packed, query.shape[1])
        for token in query:
            cosines = [float(token @ other) for other in own]
            found.nearest[number] += max(cosines)
            found.mean[number] += sum(cosines) / len(cosines)
    return found


@given(
    EVEN.flatmap(
        lambda token_dim: arrays(
            np.float32,
            st.tuples(st.integers(0, 5), st.just(token_dim)),
            elements=st.floats(-1, 1, width=32),
        )
    )
)
def test_each_dimension_comes_back_to_half_a_step_or_at_the_limit(tokens: Tokens) -> None:
    packed = pack_tokens(tokens)
    unpacked = unpack_tokens(packed, tokens.shape[1])

    assert len(packed) == tokens.size // 2
    assert unpacked.shape == tokens.shape
    assert unpacked.dtype == np.float32
    nearest = np.clip(tokens, -LIMIT, LIMIT)
    np.testing.assert_allclose(unpacked, nearest, rtol=0, atol=STEP / 2 + 1e-6)
    np.testing.assert_allclose(unpacked[abs(tokens) >= LIMIT], nearest[abs(tokens) >= LIMIT])


@given(st.lists(st.builds(lambda low, high: low | high << 4, LEVELS, LEVELS)))
def test_what_was_unpacked_packs_to_the_same(levels: list[int]) -> None:
    packed = bytes(levels[: len(levels) // 4 * 4])

    assert pack_tokens(unpack_tokens(packed, 8)) == packed


def test_levels_come_back_as_they_were() -> None:
    tokens = np.array([[0, STEP], [-STEP, LIMIT], [-LIMIT, 4 * STEP]], np.float32)

    assert pytest.approx(7 * STEP) == LIMIT
    np.testing.assert_allclose(unpack_tokens(pack_tokens(tokens), 2), tokens, rtol=1e-6)


def test_tokens_of_an_odd_length_are_refused() -> None:
    with pytest.raises(ValueError, match="equal division"):
        pack_tokens(make_tokens(2, 5))


@pytest.mark.parametrize("token_dim", [2, 64, 128])
@pytest.mark.parametrize("asked", [1, 9])
def test_nearness_is_that_of_each_token_by_itself(token_dim: int, asked: int) -> None:
    query = make_query(asked, token_dim)
    passages = [
        pack_tokens(make_tokens(count, token_dim, seed=count)) for count in (3, 1, 40, 0, 7, 0)
    ]

    found = nearness(query, passages)

    assert found.nearest.dtype == found.mean.dtype == np.float32
    np.testing.assert_allclose(found, nearness_one_by_one(query, passages), atol=1e-5)


def test_query_whose_tokens_are_in_the_passage_is_as_near_as_can_be() -> None:
    query = np.kron(np.eye(2), np.full((1, 16), 0.25 / 2)).astype(np.float32)
    tokens = 2 * query  # of unit length

    found = nearness(query, [pack_tokens(tokens[::-1]), pack_tokens(tokens[:1])])

    assert found.nearest.tolist() == pytest.approx([1, 0.5])
    assert found.mean.tolist() == pytest.approx([0.5, 0.5])


def test_one_token_is_as_near_as_the_nearest_of_the_passage() -> None:
    query = np.array([[0.6, 0.8]], np.float32)
    passage = STEP * np.array([[5, 0], [0, 5], [-5, -5]], np.float32)

    assert nearness(query, [pack_tokens(passage)]).nearest.tolist() == pytest.approx([4 * STEP])


def test_token_far_from_all_of_the_passage_counts_against_it() -> None:
    query = np.array([[1, 0]], np.float32)

    assert nearness(query, [pack_tokens(-query)]).nearest.tolist() == pytest.approx([-LIMIT])


def test_passages_keep_their_order() -> None:
    query = make_query(4, 16)
    passages = [pack_tokens(make_tokens(count, 16, seed=count)) for count in (5, 2, 0, 8)]

    np.testing.assert_allclose(
        nearness(query, passages[::-1]), np.array(nearness(query, passages))[:, ::-1], atol=1e-6
    )
    for passage, alone in zip(passages, np.array(nearness(query, passages)).T, strict=True):
        assert np.ravel(nearness(query, [passage])) == pytest.approx(alone, abs=1e-6)


@pytest.mark.parametrize("passages", [[b""], [b"", b"", b""]])
def test_passages_without_tokens_are_not_near(passages: list[bytes]) -> None:
    assert np.array(nearness(make_tokens(3, 16), passages)).tolist() == [[0] * len(passages)] * 2


@pytest.mark.parametrize("shape", [(0, 16), (0, 0)])
def test_query_without_tokens_is_near_to_nothing(shape: tuple[int, int]) -> None:
    query = np.empty(shape, np.float32)

    assert (
        np.array(nearness(query, [pack_tokens(make_tokens(3, 16)), b""])).tolist() == [[0, 0]] * 2
    )


def test_no_passages_give_nothing() -> None:
    assert np.shape(nearness(make_tokens(3, 16), [])) == (2, 0)
