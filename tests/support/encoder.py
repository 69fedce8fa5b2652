"""An encoder for fast tests: words and their trigrams, counted in a few slots."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from index.encoder import Embeddings


class FakeEncoder:
    """Texts that share words, or parts of words, are similar; nothing else is.

    Each word adds 2 to the slot `crc32(word) % dim`, and 1 for each of its trigrams, in lower
    case; slot 0 of every text has 1 more, so that no text is without a direction. The vector is
    then brought to length 1. Queries and passages are encoded alike.
    """

    name = "fake-64"
    dim = 64

    def encode_queries(self, texts: Sequence[str]) -> Embeddings:
        return self._encode(texts)

    def encode_passages(self, texts: Sequence[str]) -> Embeddings:
        return self._encode(texts)

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
