"""The models that the settings choose, and how sure their signals make."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import click

from bot.console import progress

if TYPE_CHECKING:
    from pathlib import Path

    from bot.settings import Settings
    from index.calibration import Calibration
    from index.encoder import SentenceEncoder
    from index.reranker import Reranker


@dataclass(frozen=True, slots=True)
class Confidence:
    """What tells how sure an answer is.

    Attributes:
        name: What a calibration of the encoder and the reranker goes by.
        calibrations: Where the operator's own calibrations are kept.
        calibration: None where nothing was ever fitted to them.
        reranker: Reads the best hits again, where the operator chose one.
    """

    name: str
    calibrations: Path
    calibration: Calibration | None
    reranker: Reranker | None

    def for_encoder(self, name: str) -> Confidence:
        """The same with another encoder.

        Raises:
            ModelError: There is a calibration for it that cannot be read.
        """
        # PyTorch takes seconds to import: commands that need no model do without.
        from index.calibration import calibrated_name, load_calibration  # noqa: PLC0415

        name = calibrated_name(name, self.reranker.name if self.reranker else None)
        return replace(self, name=name, calibration=load_calibration(name, self.calibrations))

    def as_options(self) -> dict[str, Any]:
        """What `Searcher` is told of it."""
        return {"calibration": self.calibration, "reranker": self.reranker}

    def warn_if_guessed(self) -> None:
        """Say so where the confidence can only be guessed."""
        if self.calibration is None:
            click.echo(
                f"How sure an answer is can only be guessed, as nothing was fitted to {self.name}: "
                "run `daviedka calibrate` with judged questions.",
                err=True,
            )


def open_encoder(settings: Settings) -> SentenceEncoder:
    """Load the encoder, building the bundled one where it is missing.

    Raises:
        ModelError: It cannot be loaded.
    """
    # PyTorch takes seconds to import: commands that need no model do without.
    from index.encoder import load_encoder  # noqa: PLC0415

    with progress("Building the model, once") as advance:
        return load_encoder(settings.model, settings.cache_dir, progress=advance)


def reopen_encoder(settings: Settings, name: str) -> SentenceEncoder:
    """Load the very model that has made embeddings, where it is still on this machine.

    Raises:
        ModelError: It is not there, or not as it was.
    """
    from index.encoder import reopen_encoder as reopen  # noqa: PLC0415  # see above

    return reopen(name, settings.cache_dir)


def open_confidence(settings: Settings, encoder_name: str) -> Confidence:
    """Load the reranker, where one is set, and the calibration.

    Raises:
        ModelError: One of them cannot be loaded.
    """
    reranker = None
    if settings.reranker is not None:
        from index.reranker import load_reranker  # noqa: PLC0415  # see above

        reranker = load_reranker(settings.reranker)
    confidence = Confidence("", settings.data_dir / "calibrations", None, reranker)
    return confidence.for_encoder(encoder_name)
