"""Many threads, few batches, everyone's own embeddings."""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from index.batching import BatchingEncoder
from index.errors import EncodingError
from tests.support.encoder import FakeEncoder, TokenEncoder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Future

    from index.encoder import Embeddings

QUERIES = [f"question number {number}" for number in range(40)]


class GatedEncoder(FakeEncoder):
    """Records its batches; the first one lasts until the gate opens."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.begun = threading.Event()
        self.gate = threading.Event()

    def encode_queries(self, texts: Sequence[str]) -> Embeddings:
        self.batches.append(list(texts))
        self.begun.set()
        assert self.gate.wait(10)
        if "bad" in texts:
            raise EncodingError("a bad one")
        if "worse" in texts:
            raise KeyboardInterrupt
        return super().encode_queries(texts)


class TellingQueue(deque[Any]):
    """Tells when a call has begun to wait."""

    def __init__(self) -> None:
        super().__init__()
        self.joined = threading.Semaphore(0)

    def append(self, call: object, /) -> None:
        super().append(call)
        self.joined.release()


def submit_in_order(
    threads: ThreadPoolExecutor, batching: BatchingEncoder, queries: Sequence[str]
) -> list[Future[Embeddings]]:
    """Ask from threads of their own, each when the one before it is in the queue."""
    batching._queue = queue = TellingQueue()
    calls = []
    for query in queries:
        calls.append(threads.submit(batching.encode_queries, [query]))
        assert queue.joined.acquire(timeout=10)
    return calls


def test_single_call_is_encoded_at_once() -> None:
    encoder = GatedEncoder()
    encoder.gate.set()

    found = BatchingEncoder(encoder).encode_queries(["one", "two"])

    np.testing.assert_array_equal(found, FakeEncoder().encode_queries(["one", "two"]))
    assert encoder.batches == [["one", "two"]]


def test_calls_that_come_meanwhile_are_the_next_batches_in_their_order() -> None:
    encoder = GatedEncoder()
    batching = BatchingEncoder(encoder, largest=3)
    with ThreadPoolExecutor(8) as threads:
        calls = [threads.submit(batching.encode_queries, [QUERIES[0]])]
        assert encoder.begun.wait(10)
        calls += submit_in_order(threads, batching, QUERIES[1:6])
        encoder.gate.set()
        found = [call.result(10)[0] for call in calls]

    assert encoder.batches == [QUERIES[:1], QUERIES[1:4], QUERIES[4:6]]
    np.testing.assert_array_equal(found, FakeEncoder().encode_queries(QUERIES[:6]))


def test_everyone_gets_the_embeddings_of_their_own_query() -> None:
    batching = BatchingEncoder(FakeEncoder(), largest=4)

    with ThreadPoolExecutor(16) as threads:
        found = list(threads.map(lambda query: batching.encode_queries([query])[0], QUERIES * 20))

    np.testing.assert_array_equal(found, FakeEncoder().encode_queries(QUERIES * 20))


def test_everyone_gets_the_tokens_of_their_own_queries() -> None:
    batching = BatchingEncoder(TokenEncoder(), largest=4)
    asked = [["more " * number, *QUERIES[: number % 3]] for number in range(40)]

    with ThreadPoolExecutor(16) as threads:
        found = list(threads.map(batching.read_queries, asked * 5))

    for queries, (embeddings, tokens) in zip(asked * 5, found, strict=True):
        expected, own = TokenEncoder().read_queries(queries)
        np.testing.assert_array_equal(embeddings, expected)
        assert [one.tolist() for one in tokens] == [one.tolist() for one in own]


def test_bad_query_spoils_no_other() -> None:
    encoder = GatedEncoder()
    batching = BatchingEncoder(encoder)
    with ThreadPoolExecutor(4) as threads:
        first = threads.submit(batching.encode_queries, ["first"])
        assert encoder.begun.wait(10)
        good, bad = submit_in_order(threads, batching, ["good", "bad"])
        encoder.gate.set()

        assert len(first.result(10)) == len(good.result(10)) == 1
        with pytest.raises(EncodingError, match="a bad one"):
            bad.result(10)

    assert len(batching.encode_queries(["afterwards"])) == 1


def test_interruption_reaches_all_of_a_batch_and_stops_no_later_one() -> None:
    encoder = GatedEncoder()
    batching = BatchingEncoder(encoder)
    with ThreadPoolExecutor(4) as threads:
        first = threads.submit(batching.encode_queries, ["first"])
        assert encoder.begun.wait(10)
        others = submit_in_order(threads, batching, ["good", "worse"])
        encoder.gate.set()
        first.result(10)
        for call in others:
            with pytest.raises(KeyboardInterrupt):
                call.result(10)

    assert len(batching.encode_queries(["afterwards"])) == 1


def test_no_queries_have_no_embeddings() -> None:
    assert BatchingEncoder(FakeEncoder()).encode_queries([]).shape == (0, FakeEncoder.dim)
    assert BatchingEncoder(TokenEncoder()).read_queries([])[1] == []


@pytest.mark.parametrize("encoder", [FakeEncoder(), TokenEncoder()])
def test_passages_and_labels_are_those_of_the_encoder(encoder: FakeEncoder) -> None:
    batching = BatchingEncoder(encoder)

    assert (batching.name, batching.dim) == (encoder.name, encoder.dim)
    assert batching.token_dim == encoder.token_dim
    expected, own = encoder.read_passages(QUERIES)
    found, tokens = batching.read_passages(QUERIES)
    np.testing.assert_array_equal(batching.encode_passages(QUERIES), expected)
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(tokens, own, strict=True)
