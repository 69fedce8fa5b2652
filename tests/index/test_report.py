"""The folder that an evaluation is looked at in."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

from index.evaluate import Evaluation, Pair
from index.plots import recall_table
from index.report import fault_of, write_report
from tests.support.outcomes import make_outcome

if TYPE_CHECKING:
    from pathlib import Path

    from index.figures import Outcome

PNG = b"\x89PNG\r\n\x1a\n"
PLOTS = ("recall", "reliability", "threshold", "latency")

JUDGED = Evaluation(
    name="<guide> & more",
    documents=2,
    threshold=0.5,
    outcomes=(
        make_outcome(lang="be", ranks=(1,), confidence=0.9, relation="same"),
        make_outcome(lang="en", ranks=(2,), confidence=0.4, answered=False, relation="cross"),
        make_outcome(lang="en", answerable=False, confidence=0.2, answered=False),
    ),
    times=(),
)
PAIRS = tuple(
    Pair(asked, written, 1, r_at_1=0.5, r_at_3=0.75, mrr_at_10=0.6, sentence_r_at_1=0.25)
    for asked in ("en", "ru")
    for written in ("en", "ru")
)
XQUAD = Evaluation(
    name="xquad-r en,ru",
    documents=2,
    threshold=0.5,
    outcomes=JUDGED.outcomes,
    times=(),
    pairs=PAIRS,
)


class Links(HTMLParser):
    """The files that a page shows."""

    def __init__(self) -> None:
        super().__init__()
        self.files: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.files |= {
            value for name, value in attrs if name in ("src", "srcset", "href") and value
        }


def write(evaluation: Evaluation, directory: Path) -> Path:
    fields = {"model": "fake", "k": 10, **evaluation.as_json()}
    return write_report(evaluation, fields, directory)


@pytest.mark.parametrize("evaluation", [JUDGED, XQUAD], ids=["judged", "xquad"])
def test_page_shows_plots_that_are_there_and_nothing_from_elsewhere(
    evaluation: Evaluation, tmp_path: Path
) -> None:
    page = write(evaluation, tmp_path / "new" / "report")

    text = page.read_text(encoding="utf-8")
    links = Links()
    links.feed(text)
    assert links.files == {f"{plot}{theme}.png" for plot in PLOTS for theme in ("", "-dark")}
    for name in links.files:
        assert (page.parent / name).read_bytes().startswith(PNG)
    assert "://" not in text


def test_names_are_escaped(tmp_path: Path) -> None:
    text = write(JUDGED, tmp_path).read_text(encoding="utf-8")

    assert "&lt;guide&gt; &amp; more" in text
    assert "<guide>" not in text


def test_json_holds_the_figures_and_the_curves(tmp_path: Path) -> None:
    write(JUDGED, tmp_path)

    report: dict[str, Any] = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert report["overall"]["r_at_1"] == 0.5
    assert report["threshold"] == 0.5
    assert sum(each["questions"] for each in report["reliability"]) == 3
    assert len(report["by_threshold"]) == 101


def test_table_has_a_row_for_each_language_and_pair(tmp_path: Path) -> None:
    write(XQUAD, tmp_path)

    with (tmp_path / "figures.csv").open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    assert head[:4] == ["", "questions", "answerable", "r_at_1"]
    assert [row[0] for row in rows] == [
        "overall", "be", "en", "same", "cross", "en → en", "en → ru", "ru → en", "ru → ru",
    ]  # fmt: skip
    assert rows[-1][1:4] == ["1", "", "0.500"]


@pytest.mark.parametrize(
    ("outcome", "fault"),
    [
        (make_outcome(ranks=(1,)), ""),
        (make_outcome(ranks=(1,), answered=False), "not answered, though the first hit is right"),
        (make_outcome(ranks=(3, 4)), "answered wrongly: right is hit 3"),
        (make_outcome(answered=False), "not answered: no hit is right"),
        (make_outcome(answerable=False), "answered, though nothing answers it"),
        (make_outcome(answerable=False, answered=False), ""),
    ],
)
def test_fault_is_named(outcome: Outcome, fault: str) -> None:
    assert fault_of(outcome) == fault


def test_page_lists_what_went_wrong_the_most_confident_first(tmp_path: Path) -> None:
    outcomes = tuple(
        make_outcome(confidence=number / 1000, first=f"<{number}>") for number in range(250)
    )

    text = write(replace(JUDGED, outcomes=outcomes), tmp_path).read_text(encoding="utf-8")

    found = re.findall(r"&lt;(\d+)&gt;</td>", text)
    assert found == [str(number) for number in range(249, 49, -1)]
    assert "200 of 250 questions" in text


def test_each_question_is_told(tmp_path: Path) -> None:
    write(JUDGED, tmp_path)

    with (tmp_path / "questions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["right_rank"] for row in rows] == ["1", "2", ""]
    assert [row["answered"] for row in rows] == ["True", "False", "False"]


def test_later_report_replaces_the_first(tmp_path: Path) -> None:
    write(JUDGED, tmp_path)

    text = write(XQUAD, tmp_path).read_text(encoding="utf-8")

    assert re.findall("<h1>(.*)</h1>", text) == ["Evaluation: xquad-r en,ru"]


def test_heat_map_is_of_pairs_where_there_are_any() -> None:
    table = recall_table(XQUAD)

    assert (table.rows, table.columns) == (("en", "ru"), ("en", "ru"))
    assert table.cells == ((0.5, 0.5), (0.5, 0.5))


def test_heat_map_is_of_languages_otherwise() -> None:
    table = recall_table(JUDGED)

    assert (table.rows, table.columns) == (("be", "en"), ("R@1", "R@3", "R@10"))
    assert table.cells == ((1, 1, 1), (0, 1, 1))
