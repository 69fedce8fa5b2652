"""An encoder for fast tests: words and their trigrams, counted in a few slots."""

from __future__ import annotations

import re
from functools import reduce
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from index.encoder import Embeddings, Tokens


class FakeEncoder:
    """Texts that share words, or parts of words, are similar; nothing else is.

    Each word adds 2 to the slot `crc32(word) % dim`, and 1 for each of its trigrams, in lower
    case; slot 0 of every text has 1 more, so that no text is without a direction. The vector is
    then brought to length 1. Queries and passages are encoded alike.
    """

    name = "fake-64"
    dim = 64
    token_dim = 0

    def encode_queries(self, texts: Sequence[str]) -> Embeddings:
        return self._encode(texts)

    def encode_passages(self, texts: Sequence[str]) -> Embeddings:
        return self._encode(texts)

    def read_queries(self, texts: Sequence[str]) -> tuple[Embeddings, list[Tokens]]:
        return self.encode_queries(texts), [np.empty((0, 0), np.float32) for _ in texts]

    def read_passages(self, texts: Sequence[str]) -> tuple[Embeddings, list[Tokens]]:
        return self.encode_passages(texts), [np.empty((0, 0), np.float32) for _ in texts]

    def _encode(self, texts: Sequence[str]) -> Embeddings:
        counts = np.zeros((len(texts), self.dim), np.float32)
        counts[:, 0] = 1
        for row, text in zip(counts, texts, strict=True):
            for word in re.findall(r"\w+", text.lower()):
                row[self._slot(word)] += 2
                for start in range(len(word) - 2):
                    row[self._slot(word[start : start + 3])] += 1
        unit: Embeddings = counts / np.linalg.norm(counts, axis=1, keepdims=True)
        return unit

    def _slot(self, gram: str) -> int:
        return crc32(gram.encode()) % self.dim


# Sixteen signs each, no two alike: every row is at a right angle to every other one.
_SIGNS = reduce(np.kron, [np.array([[1, 1], [1, -1]])] * 4)


class TokenEncoder(FakeEncoder):
    """A `FakeEncoder` that gives a token for each word.

    A word's token is row `crc32(word) % 64` of 64 that are of length 1 and at right angles to one
    another, in lower case. Those of a query count alike. So how near the tokens of a query are to
    those of a passage is the share of its words that the passage has; what packing keeps of a
    token is the whole of it, as each number in it is 0 or a quarter.
    """

    name = "fake-64-tokens"
    token_dim = 64

    _rows = np.kron(np.eye(4), _SIGNS / 4).astype(np.float32)

    def read_queries(self, texts: Sequence[str]) -> tuple[Embeddings, list[Tokens]]:
        tokens = [self._tokens(text) for text in texts]
        return self.encode_queries(texts), [own / np.float32(max(len(own), 1)) for own in tokens]

    def read_passages(self, texts: Sequence[str]) -> tuple[Embeddings, list[Tokens]]:
        return self.encode_passages(texts), [self._tokens(text) for text in texts]

    def _tokens(self, text: str) -> Tokens:
        words = re.findall(r"\w+", text.lower())
        rows: Tokens = self._rows[[crc32(word.encode()) % self.token_dim for word in words]]
        return rows
