"""Reads the question and a passage together, where an operator has chosen a model for that."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt
import torch
from sentence_transformers import CrossEncoder

from index.errors import ModelError
from index.hub import full_name, load_model

if TYPE_CHECKING:
    from collections.abc import Sequence

Scores = npt.NDArray[np.float32]

# What a model that was trained to score a pair calls itself. Any other would be given a last
# layer of random weights, and rank at random.
_SCORING = ("ForSequenceClassification", "ForCausalLM")


class Reranker(Protocol):
    """Scores passages for a query; slower and better than comparing embeddings.

    Attributes:
        name: Another name means other scores.
    """

    name: str

    def scores(self, query: str, passages: Sequence[str]) -> Scores:
        """Score passages; see `CrossEncoderReranker.scores`."""
        ...


class CrossEncoderReranker:
    """A CrossEncoder as a `Reranker`. May be used from several threads; one at a time is served.

    Args:
        model: Gives one score for a pair of texts.
        name: What a calibration for its scores is labelled with.
    """

    def __init__(self, model: CrossEncoder, name: str) -> None:
        self.name = name
        self._model = model
        # Its tokenizer sets how to cut and pad before each batch, and refuses to when in use.
        self._using = Lock()

    def scores(self, query: str, passages: Sequence[str]) -> Scores:
        """How well each passage answers the query.

        Args:
            query: As it was asked.
            passages: In any order. Tokens past the model's limit are cut.

        Returns:
            float32, shape (len(passages),), in the passages' order; higher is better, in
            [0, 1], but no probability before it is calibrated. Shape (0,) without passages.

        Raises:
            ModelError: The model gave something that is no score.
        """
        with self._using:
            found = self._model.predict(
                [(query, passage) for passage in passages],
                activation_fn=torch.nn.Sigmoid(),
                show_progress_bar=False,
            )
        scores = np.asarray(found, np.float32)
        if not np.isfinite(scores).all():
            raise ModelError(f"the model {self.name} gave no score: choose another reranker")
        return scores


def load_reranker(model: str) -> CrossEncoderReranker:
    """Load a cross-encoder by name.

    Args:
        model: The name of a model on the hub, or a path.

    Raises:
        ModelError: The model cannot be found, downloaded or loaded, or does not score pairs.
    """
    cross_encoder = load_model(model, CrossEncoder, instead="choose another reranker, or none")
    architectures = cross_encoder.config.architectures or []
    if cross_encoder.num_labels != 1 or not any(
        architecture.endswith(_SCORING) for architecture in architectures
    ):
        raise ModelError(
            f"the model {model} does not give one score for a question and a passage: "
            "choose a reranker, or none"
        )
    return CrossEncoderReranker(cross_encoder, full_name(model, cross_encoder.config))
