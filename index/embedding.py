"""What of a passage is encoded, and how its embeddings are kept.

Embeddings are stored as 16-bit floats: half the room, and cosines that differ by less than
0.0005 from those of 32 bits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from corpus.passages import PassageContent
from index.tokens import pack_tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from corpus.store import Draft
    from index.encoder import Embeddings, Encoder

# A batch is what a killed process may have to encode again.
PASSAGES_PER_BATCH = 64


def contents_of(draft: Draft) -> list[PassageContent]:
    """A draft's passages as they are encoded once they are stored, by their positions."""
    return [
        PassageContent(
            id=position,
            embedding_key=draft.embedding_key(passage),
            title=draft.title,
            heading=passage.heading,
            text=draft.text[passage.start : passage.end],
            sentences=tuple(draft.text[span.start : span.end] for span in passage.sentences),
        )
        for position, passage in enumerate(draft.passages)
    ]


def passage_text(passage: PassageContent) -> str:
    """The passage under its headings, as it is encoded and indexed."""
    path = " › ".join(part for part in (passage.title, passage.heading) if part)
    return f"{path}\n{passage.text}"


def lexical_text(passage: PassageContent) -> str:
    """The passage as its words are indexed: what the title names counts twice."""
    return f"{passage.title}\n{passage_text(passage)}"


def pack(embeddings: Embeddings) -> bytes:
    """Embeddings of shape (n, dim) or (dim,) as little-endian 16-bit floats."""
    return embeddings.astype("<f2").tobytes()


def unpack(packed: bytes, dim: int) -> Embeddings:
    """The embeddings that `pack` was given, to 16 bits: float32, shape (n, dim)."""
    return np.frombuffer(packed, dtype="<f2").astype(np.float32).reshape(-1, dim)


def encode(
    encoder: Encoder, passages: Sequence[PassageContent], at_once: int = PASSAGES_PER_BATCH
) -> Iterator[dict[str, tuple[bytes, bytes, bytes]]]:
    """Embed passages, their sentences and tokens, so many at once, packed and by embedding key.

    A sentence is encoded by itself, without headings.
    """
    for first in range(0, len(passages), at_once):
        batch = passages[first : first + at_once]
        embeddings, tokens = encoder.read_passages([passage_text(passage) for passage in batch])
        sentences = encoder.encode_passages(
            [sentence for passage in batch for sentence in passage.sentences]
        )
        packed: dict[str, tuple[bytes, bytes, bytes]] = {}
        position = 0
        for passage, embedding, own in zip(batch, embeddings, tokens, strict=True):
            end = position + len(passage.sentences)
            packed[passage.embedding_key] = (
                pack(embedding),
                pack(sentences[position:end]),
                pack_tokens(own),
            )
            position = end
        yield packed
