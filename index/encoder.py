"""Texts to embeddings, by the bundled model or any other of sentence-transformers."""

from __future__ import annotations

import hashlib
import logging
import re
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt
from huggingface_hub import get_session
from huggingface_hub.constants import ENDPOINT
from sentence_transformers import SentenceTransformer
from transformers.utils import logging as transformers_logging

from index import bundled
from index.errors import EncodingError, ModelError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Embeddings = npt.NDArray[np.float32]

BUNDLED = "bundled"
_HUB_TIMEOUT = 10.0  # seconds
# These need prompts, and their repositories do not say so. Source: their model cards.
_E5 = re.compile(r"intfloat/(multilingual-)?e5-(small|base|large)(-v2)?")


class Encoder(Protocol):
    """Turns texts into embeddings.

    Attributes:
        name: Embeddings are labelled with it; another name means other embeddings.
        dim: The length of an embedding.
    """

    name: str
    dim: int

    def encode_queries(self, texts: Sequence[str]) -> Embeddings:
        """Embed queries; see `SentenceEncoder.encode_queries`."""
        ...

    def encode_passages(self, texts: Sequence[str]) -> Embeddings:
        """Embed passages; see `SentenceEncoder.encode_passages`."""
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
        return self._checked(
            self._model.encode_query(
                list(texts), show_progress_bar=False, normalize_embeddings=True
            ),
            len(texts),
        )

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
        return self._checked(
            self._model.encode_document(
                list(texts), show_progress_bar=False, normalize_embeddings=True
            ),
            len(texts),
        )

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


def load_encoder(
    model: str, cache_dir: Path, *, progress: bundled.Progress | None = None
) -> SentenceEncoder:
    """Load a model by name.

    Args:
        model: "bundled", the name of a model on the hub, or a path.
        cache_dir: Where the bundled model is kept, and built on first use.
        progress: See `build_bundled`.

    Raises:
        ModelError: The model cannot be found, downloaded, built or loaded.
    """
    if model == BUNDLED:
        return _load_bundled(bundled.build_bundled(cache_dir, progress=progress))
    with _quiet():
        try:
            here = Path(model).is_dir() or not _is_hub_reachable()
            transformer = SentenceTransformer(model, local_files_only=here)
        # The hub, transformers and a model's own code each have their exceptions.
        except Exception as error:
            reason = " ".join(str(error).split()) or type(error).__name__
            raise ModelError(
                f"the model {model} cannot be loaded ({reason}): check its name and the network, "
                f"or choose the model {BUNDLED}"
            ) from error
    if _E5.fullmatch(model) and not any(transformer.prompts.values()):
        transformer.prompts = dict(bundled.PROMPTS)
    return SentenceEncoder(transformer, f"{model}@{_revision(model, transformer)}")


def _is_hub_reachable() -> bool:
    """Whether it makes sense to ask: without an answer, the hub is tried again for a minute."""
    try:
        get_session().head(ENDPOINT, timeout=_HUB_TIMEOUT)
    except Exception:  # noqa: BLE001 - whatever stands in the way, the hub is not there
        return False
    return True


def _load_bundled(directory: Path) -> SentenceEncoder:
    transformer = SentenceTransformer(
        modules=[bundled.BundledE5(directory)], prompts=bundled.PROMPTS, device="cpu"
    )
    return SentenceEncoder(transformer, bundled.NAME)


def _revision(model: str, transformer: SentenceTransformer) -> str:
    """What tells one version of a model from the next, as far as it is known."""
    directory = Path(model)
    if not directory.is_dir():
        commit = getattr(transformer.config, "_commit_hash", None)
        return commit[:12] if commit else "unknown"
    digest = hashlib.sha256()
    for path in sorted(directory.rglob("*")):
        if path.is_file():
            digest.update(str(path.relative_to(directory)).encode())
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:12]


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the hub's and transformers' bars and advice off the terminal, for a while."""
    loggers = [
        logging.getLogger(name)
        for name in ("huggingface_hub", "sentence_transformers", "transformers")
    ]
    levels = [logger.level for logger in loggers]
    bars = transformers_logging.is_progress_bar_enabled()  # the hub's go with them
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # untyped there
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
        if bars:
            transformers_logging.enable_progress_bar()  # type: ignore[no-untyped-call]  # as above
