"""An encoder that remembers gives what the other one gives, and asks it once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.embedding_cache import FILE_NAME, open_caching
from index.errors import SearchError
from tests.support.encoder import FakeEncoder, TokenEncoder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from index.encoder import Embeddings


class CountingEncoder(FakeEncoder):
    """Notes what it was asked for."""

    def __init__(self, name: str = "counting") -> None:
        self.name = name
        self.asked: list[str] = []

    def encode_queries(self, texts: Sequence[str]) -> Embeddings:
        self.asked += texts
        return -super().encode_queries(texts)

    def encode_passages(self, texts: Sequence[str]) -> Embeddings:
        self.asked += texts
        return super().encode_passages(texts)


class CountingTokenEncoder(CountingEncoder, TokenEncoder):
    """Gives tokens, too."""


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]))))
def test_embeddings_are_those_of_the_encoder(tmp_path: Path, texts: list[str]) -> None:
    with open_caching(FakeEncoder(), tmp_path) as caching:
        first, again = caching.encode_passages(texts), caching.encode_passages(texts)

    expected = FakeEncoder().encode_passages(texts)
    assert first.shape == expected.shape
    assert np.array_equal(first, expected)
    assert np.array_equal(again, expected)


def test_each_text_is_encoded_once_over_runs(tmp_path: Path) -> None:
    encoder = CountingEncoder()
    with open_caching(encoder, tmp_path) as caching:
        caching.encode_passages(["a", "b", "a"])
    with open_caching(encoder, tmp_path) as caching:
        caching.encode_passages(["b", "c"])

    assert encoder.asked == ["a", "b", "c"]


def test_query_is_not_taken_for_a_passage(tmp_path: Path) -> None:
    with open_caching(CountingEncoder(), tmp_path) as caching:
        passage, query = caching.encode_passages(["a"]), caching.encode_queries(["a"])

    assert np.array_equal(query, -passage)


@pytest.mark.parametrize("make", [CountingEncoder, CountingTokenEncoder])
def test_texts_are_read_once_with_their_tokens_over_runs(
    tmp_path: Path, make: type[CountingEncoder]
) -> None:
    encoder, texts = make(), ["cat dog", "", "cat dog", "owl"]
    with open_caching(encoder, tmp_path) as caching:
        caching.read_queries(texts[:3])
        caching.read_passages(texts[:3])
    with open_caching(encoder, tmp_path) as caching:
        assert caching.token_dim == encoder.token_dim
        found = [caching.read_queries(texts), caching.read_passages(texts)]

    assert encoder.asked == ["cat dog", "", "cat dog", "", "owl", "owl"]
    for (embeddings, tokens), (expected, own) in zip(
        found, [make().read_queries(texts), make().read_passages(texts)], strict=True
    ):
        np.testing.assert_array_equal(embeddings, expected, strict=True)
        for one, other in zip(tokens, own, strict=True):
            np.testing.assert_array_equal(one, other, strict=True)


@pytest.mark.parametrize("make", [CountingEncoder, CountingTokenEncoder])
def test_no_texts_have_no_tokens(tmp_path: Path, make: type[CountingEncoder]) -> None:
    with open_caching(make(), tmp_path) as caching:
        for embeddings, tokens in (caching.read_queries([]), caching.read_passages([])):
            assert embeddings.shape == (0, caching.dim)
            assert tokens == []


def test_embedding_alone_is_not_taken_for_one_with_tokens(tmp_path: Path) -> None:
    encoder = CountingTokenEncoder()
    with open_caching(encoder, tmp_path) as caching:
        caching.encode_passages(["cat"])
        caching.read_passages(["cat"])
        embedding = caching.encode_passages(["cat"])

    assert encoder.asked == ["cat", "cat"]
    assert embedding.shape == (1, encoder.dim)


def test_other_model_finds_nothing_of_the_first(tmp_path: Path) -> None:
    encoder = CountingEncoder("other")
    with open_caching(CountingEncoder(), tmp_path) as caching:
        caching.encode_queries(["a"])
    with open_caching(encoder, tmp_path) as caching:
        caching.encode_queries(["a"])

    assert encoder.asked == ["a"]


def test_many_texts_at_once(tmp_path: Path) -> None:
    texts = [str(number) for number in range(2000)]
    with open_caching(FakeEncoder(), tmp_path) as caching:
        caching.encode_passages(texts[::2])
        found = caching.encode_passages(texts)

    assert np.array_equal(found, FakeEncoder().encode_passages(texts))


def test_damaged_file_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"no database" * 1000)

    with (
        pytest.raises(SearchError, match=rf"delete {FILE_NAME}"),
        open_caching(FakeEncoder(), tmp_path),
    ):
        pass


def test_cache_directory_that_is_a_file_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.touch()

    with pytest.raises(SearchError, match="DAVIEDKA_CACHE_DIR"), open_caching(FakeEncoder(), path):
        pass
