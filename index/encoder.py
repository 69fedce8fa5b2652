"""Texts to embeddings, by the bundled model or any other of sentence-transformers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt
from sentence_transformers import SentenceTransformer

from index import bundled, e5_graph
from index.errors import EncodingError, ModelError
from index.hub import full_name, load_model

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from torch import Tensor

Embeddings = npt.NDArray[np.float32]
Tokens = npt.NDArray[np.float32]
"""Embeddings of a text's tokens, shape (tokens, token_dim)."""

BUNDLED = "bundled"
BUNDLED_PLAIN = "bundled-plain"
_BUNDLED_NAMES = {BUNDLED: bundled.NAME, BUNDLED_PLAIN: bundled.PLAIN}
# These need prompts, and their repositories do not say so. Source: their model cards.
_E5 = re.compile(r"intfloat/(multilingual-)?e5-(small|base|large)(-v2)?")


class Encoder(Protocol):
    """Turns texts into embeddings.

    Attributes:
        name: Embeddings are labelled with it; another name means other embeddings.
        dim: The length of an embedding.
        token_dim: The length of the embedding of a token; 0 where the model gives none.
    """

    name: str
    dim: int
    token_dim: int

    def encode_queries(self, texts: Sequence[str]) -> Embeddings:
        """Embed queries; see `SentenceEncoder.encode_queries`."""
        ...

    def encode_passages(self, texts: Sequence[str]) -> Embeddings:
        """Embed passages; see `SentenceEncoder.encode_passages`."""
        ...

    def read_queries(self, texts: Sequence[str]) -> tuple[Embeddings, list[Tokens]]:
        """Embed queries and their tokens; see `SentenceEncoder.read_queries`."""
        ...

    def read_passages(self, texts: Sequence[str]) -> tuple[Embeddings, list[Tokens]]:
        """Embed passages and their tokens; see `SentenceEncoder.read_passages`."""
        ...


class SentenceEncoder:
    """A SentenceTransformer as an `Encoder`. May be used from several threads at once.

    Args:
        model: Its prompts "query" and "document" are put before the texts.
        name: What its embeddings are labelled with.
    """

    def __init__(self, model: SentenceTransformer, name: str) -> None:
        self.name = name
        self._model = model
        self.dim = model.get_embedding_dimension() or len(model.encode(""))
        self.token_dim: int = getattr(model[0], "token_dim", 0)

    def encode_queries(self, texts: Sequence[str]) -> Embeddings:
        """Embed queries with the model's query prompt.

        Args:
            texts: As they were asked. Tokens past the model's limit are cut.

        Returns:
            float32, shape (len(texts), dim), unit L2 norm, so the inner product is the cosine
            in [-1, 1]. Shape (0, dim) when texts is empty.

        Raises:
            EncodingError: The model gave something that is no embedding.
        """
        return self._encoded(self._model.encode_query, texts)

    def encode_passages(self, texts: Sequence[str]) -> Embeddings:
        """Embed passages, or sentences of passages, with the model's document prompt.

        Args:
            texts: In any order; they are encoded by length, so many at once are faster.
                Tokens past the model's limit are cut.

        Returns:
            As `encode_queries`, in the order of the texts.

        Raises:
            EncodingError: The model gave something that is no embedding.
        """
        return self._encoded(self._model.encode_document, texts)

    def read_queries(self, texts: Sequence[str]) -> tuple[Embeddings, list[Tokens]]:
        """Embed queries as `encode_queries`, and their tokens with them.

        Returns:
            The embeddings, and for each query those of its tokens, each as long as what it
            counts; all of a query count 1. The product of a query's with a passage's tokens,
            the highest for each token of the query, summed, is in [-1, 1]. Shape (0, token_dim)
            where nothing was asked, or where the model gives none.

        Raises:
            EncodingError: The model gave something that is no embedding.
        """
        embeddings, read = self._read(self._model.encode_query, texts)
        return embeddings, [
            tokens * (counted / max(counted.sum(), 1e-6))[:, np.newaxis] for tokens, counted in read
        ]

    def read_passages(self, texts: Sequence[str]) -> tuple[Embeddings, list[Tokens]]:
        """Embed passages as `encode_passages`, and their tokens with them.

        Returns:
            The embeddings, and for each passage those of its tokens, of unit length. Shape
            (0, token_dim) where the model gives none.

        Raises:
            EncodingError: The model gave something that is no embedding.
        """
        embeddings, read = self._read(self._model.encode_document, texts)
        return embeddings, [tokens for tokens, _ in read]

    def _encoded(self, encode: Callable[..., Any], texts: Sequence[str]) -> Embeddings:
        encoded = encode(list(texts), show_progress_bar=False, normalize_embeddings=True)
        return self._checked(encoded, len(texts))

    def _read(
        self, encode: Callable[..., Any], texts: Sequence[str]
    ) -> tuple[Embeddings, list[tuple[Tokens, npt.NDArray[np.float32]]]]:
        """The texts' embeddings; of each, those of its own tokens, and what each counts."""
        if not self.token_dim or not texts:
            none = np.empty((0, self.token_dim), np.float32), np.empty(0, np.float32)
            return self._encoded(encode, texts), [none] * len(texts)
        read = encode(list(texts), show_progress_bar=False, output_value=None)
        means = np.stack([features[e5_graph.OUTPUT].numpy() for features in read])
        embeddings = means / np.linalg.norm(means, axis=1, keepdims=True)
        return self._checked(embeddings, len(texts)), [_own_tokens(features) for features in read]

    def _checked(self, embeddings: npt.NDArray[np.floating], count: int) -> Embeddings:
        checked = np.ascontiguousarray(embeddings, np.float32).reshape(count, self.dim)
        norms = np.linalg.norm(checked, axis=1)
        # A comparison with NaN is false, so this finds what is not finite, too.
        wrong = np.flatnonzero(~(np.abs(norms - 1) < 1e-3))
        if len(wrong):
            raise EncodingError(
                f"the model {self.name} gave no unit vector for {len(wrong)} of {count} texts: "
                "choose another model"
            )
        return checked


def _own_tokens(features: Mapping[str, Tensor]) -> tuple[Tokens, npt.NDArray[np.float32]]:
    """The tokens that stand for what was written, and what each counts."""
    own = features[bundled.OWN_TOKENS].numpy()
    tokens, counted = (features[name].numpy()[own] for name in e5_graph.TOKENS)
    return tokens, counted


def load_encoder(
    model: str,
    cache_dir: Path,
    *,
    progress: bundled.Progress | None = None,
    download: bool = True,
) -> SentenceEncoder:
    """Load a model by name.

    Args:
        model: "bundled", "bundled-plain" for it without its adapter, the name of a model on the
            hub, or a path.
        cache_dir: Where the bundled model is kept, and built on first use.
        progress: See `build_bundled`.
        download: False to load only what is on this machine already.

    Raises:
        ModelError: The model cannot be found, downloaded, built or loaded.
    """
    if model in _BUNDLED_NAMES:
        name = _BUNDLED_NAMES[model]
        return load_bundled(bundled.build_bundled(cache_dir, name, progress=progress))
    transformer = load_model(
        model, SentenceTransformer, instead=f"choose the model {BUNDLED}", download=download
    )
    if _E5.fullmatch(model) and not any(transformer.prompts.values()):
        transformer.prompts = dict(bundled.PROMPTS)
    return SentenceEncoder(transformer, full_name(model, transformer.config))


def reopen_encoder(name: str, cache_dir: Path) -> SentenceEncoder:
    """Load the very model that has made embeddings, where it is still on this machine.

    Args:
        name: What the embeddings are labelled with.
        cache_dir: Where the bundled models are kept; those of earlier versions, too, which this
            one cannot build.

    Raises:
        ModelError: It is not there, or not as it was.
    """
    if name in _BUNDLED_NAMES.values():
        return load_bundled(bundled.build_bundled(cache_dir, name))
    model, _, version = name.rpartition("@")
    if not model:
        built = bundled.find_built(cache_dir, version)
        try:
            return load_bundled(built)
        except Exception as error:  # what it was built for may be in a form of its own
            raise ModelError(f"the model {name} is of a form that is not known any more") from error
    encoder = load_encoder(model, cache_dir, download=False)
    if encoder.name != name:
        raise ModelError(f"the model {name} has become {encoder.name}")
    return encoder


def load_bundled(directory: Path) -> SentenceEncoder:
    """Load what `build_bundled` built; its name is the directory's."""
    transformer = SentenceTransformer(
        modules=[bundled.BundledE5(directory)], prompts=bundled.PROMPTS, device="cpu"
    )
    return SentenceEncoder(transformer, directory.name)
