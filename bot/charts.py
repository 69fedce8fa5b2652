"""The picture of /stats, to be read on a phone. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Final

from babel import Locale
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.textpath import TextToPath
from matplotlib.ticker import MaxNLocator, PercentFormatter

from bot.voices import in_script, language_in, write_day

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from gettext import NullTranslations

    from matplotlib.axes import Axes

    from bot.records.counts import DayCount, Usage
    from bot.voices import Voice

# 1080 x 1350 dots, four to five: as large as Telegram shows a picture on a phone.
WIDTH, HEIGHT, DOTS_PER_INCH = 6.0, 7.5, 180
MOST_DOCUMENTS: Final = 5
# What there is room for above a bar, in points.
TITLE_WIDTH: Final = 345
# A day's share jumps where little is asked: it is told of so many days together.
SHARE_DAYS: Final = 7

_DATES: Final = 5
_SMALL: Final = 9

_INK: Final = "#1f2328"
_PALE: Final = "#57606a"
_FAINT: Final = "#d0d7de"
# Blue and orange are told apart by the colour-blind, too.
_ANSWERED: Final = "#0b62b8"
_UNANSWERED: Final = "#f0883e"

# It comes with matplotlib, and has Cyrillic and the letters of all languages served.
_FAMILY: Final = "DejaVu Sans"


@dataclass(frozen=True, slots=True)
class Chart:
    """What the picture shows.

    Attributes:
        usage: The numbers, of at least one question.
        titles: Of quoted documents, by their ids. A document without one is left out.
    """

    usage: Usage
    titles: Mapping[str, str]


def draw(chart: Chart, reader: Voice, words: NullTranslations) -> bytes:
    """Draw the picture; takes about a second.

    Args:
        chart: What to show.
        reader: How to speak to who looks at it.
        words: The catalogue of that language.

    Returns:
        A PNG file.
    """
    layout = ConstrainedLayoutEngine(h_pad=0.09, w_pad=0.12)
    figure = Figure((WIDTH, HEIGHT), DOTS_PER_INCH, facecolor="white", layout=layout)
    FigureCanvasAgg(figure)
    documents = [
        (title, count)
        for document_id, count in chart.usage.quoted.items()
        if (title := _drawable(chart.titles.get(document_id, "")))
    ][:MOST_DOCUMENTS]
    names = Locale(language_in(reader)).languages
    languages = [
        (_capitalised(in_script(names.get(language, language), reader)), count)
        for language, count in chart.usage.languages.items()
    ]
    # A title stands above its bar, so a document needs more room than a language.
    rows = [3.6, 1.8, 0.44 * len(languages), 0.76 * len(documents)]
    if not documents:
        rows.pop()
    panels = list(figure.subplots(len(rows), 1, gridspec_kw={"height_ratios": rows}))
    _draw_days(panels[0], chart.usage.days, reader, words)
    _draw_share(panels[1], chart.usage.days, reader, words)
    _draw_bars(panels[2], languages, words.gettext("Languages of the questions"))
    if documents:
        _draw_documents(panels[3], documents, words.gettext("Most quoted documents"))
    picture = BytesIO()
    figure.savefig(picture, format="png")
    return picture.getvalue()


def shares(days: Sequence[DayCount]) -> list[float]:
    """For each day, which share of the questions of the last days was answered.

    Returns:
        In [0, 1], over `SHARE_DAYS` days or as many as there are; NaN where nothing was asked.
    """
    found = []
    for last in range(1, len(days) + 1):
        some = days[max(0, last - SHARE_DAYS) : last]
        asked = sum(day.answered + day.unanswered for day in some)
        found.append(sum(day.answered for day in some) / asked if asked else math.nan)
    return found


def _draw_days(
    axes: Axes, days: Sequence[DayCount], reader: Voice, words: NullTranslations
) -> None:
    """A bar a day, what found nothing upon what was answered."""
    positions = range(len(days))
    answered = [day.answered for day in days]
    axes.bar(positions, answered, color=_ANSWERED, label=words.gettext("answered"))
    axes.bar(
        positions,
        [day.unanswered for day in days],
        bottom=answered,
        color=_UNANSWERED,
        label=words.gettext("found nothing"),
    )
    axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    _prepare(axes, words.gettext("Questions a day"))
    axes.grid(axis="y", color=_FAINT, linewidth=0.6)
    _label_days(axes, days, reader)
    legend = axes.legend(
        loc="lower right",
        bbox_to_anchor=(1, 1),
        ncols=2,
        frameon=False,
        borderpad=0,
        fontsize=_SMALL,
    )
    for text in legend.get_texts():
        text.set_color(_INK)


def _draw_share(
    axes: Axes, days: Sequence[DayCount], reader: Voice, words: NullTranslations
) -> None:
    found = shares(days)
    axes.plot(range(len(days)), found, color=_ANSWERED, linewidth=2)
    # A line has no length where there is one day, or one between two without questions.
    alone = [
        number
        for number, share in enumerate(found)
        if not math.isnan(share) and all(math.isnan(next_to) for next_to in _around(found, number))
    ]
    axes.plot(alone, [found[number] for number in alone], "o", color=_ANSWERED, markersize=5)
    last = max((n for n, share in enumerate(found) if not math.isnan(share)), default=None)
    if last is not None:
        axes.annotate(
            f"{found[last]:.0%}",
            (last, found[last]),
            xytext=(4, 0),
            textcoords="offset points",
            color=_INK,
            va="center",
            annotation_clip=False,
        )
    axes.set_ylim(0, 1.08)
    axes.set_yticks([0, 0.5, 1])
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    _prepare(
        axes,
        words.ngettext(
            "Answered, over {count} day", "Answered, over {count} days", SHARE_DAYS
        ).format(count=SHARE_DAYS),
    )
    axes.grid(axis="y", color=_FAINT, linewidth=0.6)
    _label_days(axes, days, reader)


def _draw_bars(axes: Axes, bars: Sequence[tuple[str, int]], title: str) -> None:
    """Bars with their names before them and their numbers behind."""
    drawn = axes.barh(range(len(bars)), [count for _, count in bars], color=_ANSWERED, height=0.62)
    axes.bar_label(drawn, padding=4, color=_INK, fontsize=_SMALL)
    axes.set_yticks(range(len(bars)), [name for name, _ in bars])
    _prepare_bars(axes, bars, title)


def _draw_documents(axes: Axes, bars: Sequence[tuple[str, int]], title: str) -> None:
    """Thin bars with their titles above them, over the whole width."""
    drawn = axes.barh(range(len(bars)), [count for _, count in bars], color=_ANSWERED, height=0.26)
    axes.bar_label(drawn, padding=4, color=_INK, fontsize=_SMALL)
    for row, (name, _) in enumerate(bars):
        axes.annotate(
            name,
            (0, row - 0.2),
            xytext=(1, 1),
            textcoords="offset points",
            fontsize=_SMALL,
            color=_INK,
            va="bottom",
            annotation_clip=False,
            parse_math=False,
        )
    axes.set_yticks([])
    _prepare_bars(axes, bars, title)
    axes.set_ylim(len(bars) - 0.7, -0.75)


def _prepare_bars(axes: Axes, bars: Sequence[tuple[str, int]], title: str) -> None:
    axes.set_xlim(0, max(count for _, count in bars) * 1.12)
    axes.set_xticks([])
    axes.invert_yaxis()
    _prepare(axes, title)
    axes.spines["bottom"].set_visible(False)


def _prepare(axes: Axes, title: str) -> None:
    axes.set_title(title, loc="left", fontsize=11, fontweight="bold", color=_INK, pad=8)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(_FAINT)
    axes.tick_params(length=0, labelsize=_SMALL, labelcolor=_INK)
    axes.set_axisbelow(True)
    for label in (axes.title, *axes.get_xticklabels(), *axes.get_yticklabels()):
        label.set_fontfamily(_FAMILY)


def _label_days(axes: Axes, days: Sequence[DayCount], reader: Voice) -> None:
    """A few dates, the first and the last day among them."""
    last = len(days) - 1
    count = min(_DATES, len(days))
    shown = sorted({round(last * number / max(1, count - 1)) for number in range(count)})
    axes.set_xticks(shown, [write_day(days[number].day, reader) for number in shown])
    axes.tick_params(axis="x", pad=5)
    if last > 0:  # so that they do not stand out on either side
        labels = axes.get_xticklabels()
        labels[0].set_horizontalalignment("left")
        labels[-1].set_horizontalalignment("right")
    margin = max(1.0, len(days) * 0.02)
    # A single day is a bar in the middle rather than a wall.
    axes.set_xlim(-margin if last else -3, last + (margin if last else 3))


def _around(found: Sequence[float], number: int) -> list[float]:
    return [found[near] for near in (number - 1, number + 1) if 0 <= near < len(found)]


def _capitalised(name: str) -> str:
    return name[:1].upper() + name[1:]


def _drawable(title: str) -> str:
    """A title on one line, cut to its width, without what the font has no sign for."""
    known = _known_characters()
    line = " ".join(
        "".join(character if ord(character) in known else " " for character in title).split()
    )
    cut, end = line, len(line)
    while _width(cut) > TITLE_WIDTH:
        end = min(end - 1, int(end * TITLE_WIDTH / _width(cut)))
        cut = line[:end].rstrip() + "…"
    return cut


def _width(text: str) -> float:
    """In points."""
    font = FontProperties(family=_FAMILY, size=_SMALL)
    width, _, _ = TextToPath().get_text_width_height_descent(text, font, ismath=False)
    return float(width)


@cache
def _known_characters() -> frozenset[int]:
    return frozenset(get_font(findfont(FontProperties(family=_FAMILY))).get_charmap())
