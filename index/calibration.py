"""From a first hit's signals to the probability of an answer: what is fitted, and its files.

A calibration belongs to one model. Those of the models that the project knows are shipped in
`calibrations/`; `daviedka calibrate` fits one for any other. See `index/fitting.py`.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, fields
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import numpy.typing as npt
from pydantic import Field, FiniteFloat, TypeAdapter, ValidationError

from index.errors import ModelError
from index.models import Signals

if TYPE_CHECKING:
    from collections.abc import Mapping

Floats = npt.NDArray[np.float32]

# Packages are installed as plain files; a Traversable of such a package is its path.
SHIPPED = Path(str(resources.files("index"))) / "calibrations"

SIGNAL_NAMES = tuple(field.name for field in fields(Signals))


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic model over the signals of a passage.

    Attributes:
        model: What it is for; see `calibrated_name`.
        intercept: The logit where all signals are 0.
        coefficients: What each signal adds to the logit for every 1 of it, by the name of a
            field of `Signals`, at least one. Signals that are not named have no say.
        threshold: The confidence from which on a query is said to be answered, in [0, 1].
    """

    model: Annotated[str, Field(min_length=1)]
    intercept: FiniteFloat
    coefficients: Annotated[dict[str, FiniteFloat], Field(min_length=1)]
    threshold: Annotated[float, Field(ge=0, le=1)]

    def confidences(self, signals: Mapping[str, npt.ArrayLike]) -> Floats:
        """The confidence of each passage: see `Hit.confidence`.

        Args:
            signals: Arrays of the same length by the name of a field of `Signals`; those
                that are true or false count as 1 and 0. There may be more than are named here.

        Returns:
            float32 in [0, 1], as long as the arrays.
        """
        logits = self.intercept + sum(
            coefficient * np.asarray(signals[name], np.float64)
            for name, coefficient in self.coefficients.items()
        )
        # 1 / (1 + exp(-logit)), written so that nothing overflows.
        return np.asarray((1 + np.tanh(logits / 2)) / 2, np.float32)


_calibration = TypeAdapter(Calibration)


def load_calibration(model: str, directory: Path | None) -> Calibration | None:
    """The calibration of a model: the operator's own where there is one, else the shipped.

    Args:
        model: See `calibrated_name`.
        directory: Where the operator's own are kept; need not be there.

    Returns:
        None where the model has none.

    Raises:
        ModelError: There is a file for the model, and it is no calibration of it.
    """
    for folder in (directory, SHIPPED):
        if folder is not None and (path := calibration_path(model, folder)).exists():
            return _read(path, model)
    return None


def save_calibration(calibration: Calibration, path: Path) -> None:
    """Write a calibration, making the directory where it is missing.

    Raises:
        ModelError: It cannot be written.
    """
    text = json.dumps(asdict(calibration), indent=2, ensure_ascii=False)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise ModelError(
            f"cannot write the calibration {path} ({error.strerror}): choose another place"
        ) from error


def calibrated_name(encoder: str, reranker: str | None = None) -> str:
    """The name that a calibration goes by: the encoder's, and the reranker's where there is one."""
    return encoder if reranker is None else f"{encoder}+{reranker}"


def calibration_path(model: str, directory: Path) -> Path:
    """Where the calibration of a model is kept in a directory of them."""
    return directory / (re.sub(r"[^\w.+-]+", "-", model) + ".json")


def _read(path: Path, model: str) -> Calibration:
    remedy = "run `daviedka calibrate` again, or delete the file"
    try:
        calibration = _calibration.validate_json(path.read_bytes(), strict=True)
    except (OSError, ValidationError) as error:
        raise ModelError(f"{path} is no calibration that can be read: {remedy}") from error
    if calibration.model != model:
        raise ModelError(f"{path} is for the model {calibration.model}, not {model}: {remedy}")
    if unknown := set(calibration.coefficients) - set(SIGNAL_NAMES):
        raise ModelError(
            f"{path} weighs what this version does not know ({', '.join(sorted(unknown))}): "
            f"{remedy}"
        )
    return calibration
