"""The losses of a run as a picture."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

if TYPE_CHECKING:
    from pathlib import Path


def plot_losses(log: Path, target: Path) -> None:
    """Draw the contrast and the distance to the teacher over the steps, as PNG."""
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    steps = [line["step"] for line in lines]
    figure = Figure(figsize=(8, 4), layout="constrained")
    for place, name in enumerate(("contrast", "distance"), start=1):
        axes = figure.add_subplot(1, 2, place)
        axes.plot(steps, [line[name] for line in lines])
        axes.set(title=name, xlabel="step")
    figure.savefig(target)
