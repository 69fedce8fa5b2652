"""The picture of /stats can be drawn of anything."""

from __future__ import annotations

import math
from datetime import date, timedelta
from io import BytesIO

import numpy as np
import pytest
from matplotlib.image import imread

from bot.charts import DOTS_PER_INCH, HEIGHT, WIDTH, Chart, draw, shares
from bot.messages import Messages
from bot.records.counts import DayCount, Usage
from corpus.models import LANGUAGES, Language

LAST = date(2026, 11, 23)
MESSAGES = Messages()


def make_days(*counts: tuple[int, int]) -> tuple[DayCount, ...]:
    return tuple(
        DayCount(LAST - timedelta(len(counts) - 1 - number), answered, unanswered)
        for number, (answered, unanswered) in enumerate(counts)
    )


def size_of(picture: bytes) -> tuple[int, int]:
    height, width, _ = np.shape(imread(BytesIO(picture), format="png"))
    return width, height


@pytest.mark.parametrize("reader", LANGUAGES)
def test_picture_is_drawn_in_every_language(reader: Language) -> None:
    usage = Usage(
        make_days(*((number % 7, number % 3) for number in range(90))),
        {language: 10 + number for number, language in enumerate(LANGUAGES)},
        {f"d{number}": 9 - number for number in range(9)},
        0,
        0,
    )
    titles = {f"d{number}": "Як атрымаць, łacinka ŭ, ёЪї " * number for number in range(8)}
    picture = draw(Chart(usage, titles), reader, MESSAGES.for_language(reader))
    assert size_of(picture) == (WIDTH * DOTS_PER_INCH, HEIGHT * DOTS_PER_INCH)


@pytest.mark.parametrize(
    "days", [make_days((1, 0)), make_days((0, 1), (0, 0)), make_days((0, 0), (3, 1), (0, 0))]
)
def test_few_days_can_be_drawn(days: tuple[DayCount, ...]) -> None:
    picture = draw(Chart(Usage(days, {"be": 1}, {}, 0, 0), {}), "be", MESSAGES.for_language("be"))
    assert size_of(picture)[0] == WIDTH * DOTS_PER_INCH


@pytest.mark.parametrize(
    "title", ["", "$x$ \\frac{", "🇧🇾👩‍👩‍👧", "שלום عربى", "漢字", "\u0000\t\n", "Ш" * 4000]
)
def test_any_title_can_be_drawn(title: str) -> None:
    usage = Usage(make_days((1, 0)), {"be": 1}, {"d1": 1}, 0, 0)
    assert draw(Chart(usage, {"d1": title}), "en", MESSAGES.for_language("en"))


def test_share_is_of_the_last_days_together() -> None:
    days = make_days((0, 0), (1, 1), (2, 0), *[(0, 0)] * 6)
    found = shares(days)
    assert [math.isnan(share) for share in found] == [True, *[False] * 8]
    assert found[1:4] == [0.5, 0.75, 0.75]
    assert found[8] == 1.0  # the day of the one that found nothing is no longer among them


def test_no_day_has_no_share() -> None:
    assert shares(()) == []
