"""The losses of a run as a picture."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

if TYPE_CHECKING:
    from pathlib import Path


def plot_losses(log: Path, target: Path) -> None:
    """Draw every loss of the log over the steps, as PNG."""
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    steps = [line["step"] for line in lines]
    names = [name for name in lines[0] if name not in ("step", "rate", "s")]
    figure = Figure(figsize=(4 * len(names), 4), layout="constrained")
    for place, name in enumerate(names, start=1):
        axes = figure.add_subplot(1, len(names), place)
        axes.plot(steps, [line[name] for line in lines])
        axes.set(title=name, xlabel="step")
    figure.savefig(target)
