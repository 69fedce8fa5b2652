"""The plots of an evaluation. Needs matplotlib."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from matplotlib import rc_context
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from index.figures import LOOKED_AT, by_language, figures

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from matplotlib.axes import Axes

    from index.evaluate import Evaluation
    from index.figures import AtThreshold, Bin

    Draw = Callable[[Figure, "Theme"], None]

WIDTH, HEIGHT, DOTS_PER_INCH = 7.2, 4.2, 160


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of a plot.

    Attributes:
        name: Goes into the file's name; "" for the one that is shown by default.
    """

    name: str
    background: str
    ink: str
    faint: str
    first: str
    second: str
    third: str


LIGHT = Theme("", "#ffffff", "#1f2328", "#d0d7de", "#0b62b8", "#c2410c", "#57606a")
DARK = Theme("dark", "#0d1117", "#e6edf3", "#30363d", "#58a6ff", "#ff9d5c", "#9aa4af")


def save_plot(draw: Draw, theme: Theme, path: Path) -> None:
    """Draw one plot in one theme, as a PNG."""
    with rc_context(
        {
            "axes.edgecolor": theme.faint,
            "axes.facecolor": theme.background,
            "axes.grid": False,
            "axes.labelcolor": theme.ink,
            "axes.spines.right": False,
            "axes.spines.top": False,
            "figure.facecolor": theme.background,
            "font.size": 10,
            "legend.frameon": False,
            "legend.labelcolor": theme.ink,
            "xtick.color": theme.ink,
            "ytick.color": theme.ink,
        }
    ):
        figure = Figure(figsize=(WIDTH, HEIGHT), dpi=DOTS_PER_INCH, layout="constrained")
        draw(figure, theme)
        figure.savefig(path)


@dataclass(frozen=True, slots=True)
class RecallTable:
    """Recall by language of the question, and by what is looked at.

    Attributes:
        rows: Languages of the questions.
        columns: Languages of the paragraphs, or "R@1" and so on.
        cells: By row, then column; None where there is no question.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[float | None, ...], ...]


def recall_table(evaluation: Evaluation) -> RecallTable:
    """What the heat map shows: R@1 by pair of languages, or recall by the question's."""
    if not evaluation.pairs:
        parts = {name: figures(part) for name, part in by_language(evaluation.outcomes).items()}
        return RecallTable(
            tuple(parts),
            ("R@1", "R@3", "R@10"),
            tuple((part.r_at_1, part.r_at_3, part.r_at_10) for part in parts.values()),
        )
    found = {
        (pair.question_language, pair.paragraph_language): pair.r_at_1 for pair in evaluation.pairs
    }
    rows = tuple(dict.fromkeys(asked for asked, _ in found))
    columns = tuple(dict.fromkeys(written for _, written in found))
    cells = tuple(tuple(found[asked, written] for written in columns) for asked in rows)
    return RecallTable(rows, columns, cells)


def draw_recall(figure: Figure, theme: Theme, table: RecallTable) -> None:
    """A heat map, with its numbers."""
    axes = figure.subplots()
    values = np.array(table.cells, dtype=float)  # None becomes NaN, which is left blank
    shades = LinearSegmentedColormap.from_list("shades", [theme.background, theme.first])
    # From somewhat below the lowest, so that differences among high values are seen.
    low = max(0.0, float(np.nan_to_num(values, nan=1).min()) - 0.1)
    axes.imshow(values, cmap=shades, vmin=low, vmax=1, aspect="auto")
    axes.set_xticks(range(len(table.columns)), table.columns)
    axes.set_yticks(range(len(table.rows)), table.rows)
    axes.set_ylabel("question")
    if table.columns[0] in table.rows:
        axes.set_xlabel("paragraphs")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    for row, cells in enumerate(table.cells):
        for column, value in enumerate(cells):
            if value is not None:
                ink = theme.background if value > (low + 1) / 2 else theme.ink
                axes.text(column, row, f"{value:.3f}", ha="center", va="center", color=ink)


def draw_reliability(figure: Figure, theme: Theme, bins: Sequence[Bin], threshold: float) -> None:
    """How often one of the first hits is right by confidence, and how many questions there are."""
    curve, counts = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    filled = [each for each in bins if each.questions]
    curve.plot([0, 1], [0, 1], color=theme.third, linestyle=":", label="honest")
    curve.plot(
        [each.confidence for each in filled],
        [each.right for each in filled],
        color=theme.first,
        marker="o",
        label="measured",
    )
    curve.set_ylabel(f"one of {LOOKED_AT} hits right")
    curve.set_ylim(-0.02, 1.02)
    curve.yaxis.set_major_formatter(PercentFormatter(1))
    _mark_threshold(curve, theme, threshold)
    curve.legend(loc="upper left")
    counts.bar(
        [(each.low + each.high) / 2 for each in bins],
        [each.questions for each in bins],
        width=0.08,
        color=theme.first,
    )
    counts.set_xlim(0, 1)
    counts.set_ylabel("questions")
    counts.set_xlabel("confidence of the first hit")


def draw_thresholds(
    figure: Figure, theme: Theme, points: Sequence[AtThreshold], threshold: float
) -> None:
    """What would be answered and what missed, for every threshold."""
    axes = figure.subplots()
    at = [point.threshold for point in points]
    lines = (
        ("answered", [point.answered for point in points], theme.third, "-"),
        ("of the answered, first hit wrong", [point.wrong for point in points], theme.second, "-"),
        (
            "of the unanswerable, answered",
            [point.false_answer_rate for point in points],
            theme.second,
            "--",
        ),
        (
            "of the answerable, not answered",
            [point.missed_answer_rate for point in points],
            theme.first,
            "--",
        ),
    )
    for label, values, color, style in lines:
        numbers = np.array(values, dtype=float)
        if not np.isnan(numbers).all():
            axes.plot(at, numbers, color=color, linestyle=style, label=label)
    axes.set_xlim(0, 1)
    axes.set_ylim(-0.02, 1.02)
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    axes.set_xlabel("threshold")
    axes.set_ylabel("share of questions")
    _mark_threshold(axes, theme, threshold)
    figure.legend(loc="outside lower center", ncols=2)


def draw_latency(
    figure: Figure, theme: Theme, latency: Mapping[str, Mapping[str, float] | None]
) -> None:
    """Median and 95th percentile of every stage, in milliseconds."""
    axes = figure.subplots()
    stages = {stage: times for stage, times in latency.items() if times is not None}
    names = list(stages)[::-1]
    medians = [stages[name]["p50"] for name in names]
    slow = [stages[name]["p95"] for name in names]
    axes.barh(names, slow, color=theme.faint, height=0.6, label="95th percentile")
    axes.barh(names, medians, color=theme.first, height=0.6, label="median")
    for row, (median, late) in enumerate(zip(medians, slow, strict=True)):
        axes.text(late, row, f"  {median:.1f} / {late:.1f} ms", va="center", color=theme.ink)
    axes.set_xlim(0, 1.25 * max(slow, default=1))
    axes.set_xlabel("milliseconds")
    figure.legend(loc="outside lower center", ncols=2, reverse=True)


def _mark_threshold(axes: Axes, theme: Theme, threshold: float) -> None:
    axes.axvline(threshold, color=theme.ink, linewidth=1)
    axes.annotate(
        f"threshold {threshold:.2f}",
        (threshold, 1),
        xycoords=("data", "axes fraction"),
        xytext=(4, -12),
        textcoords="offset points",
        color=theme.ink,
    )
