"""An evaluation as a folder to look at: a page, tables, plots. Needs matplotlib."""

from __future__ import annotations

import csv
import html
import json
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any

from index.figures import LOOKED_AT, by_threshold, reliability
from index.plots import (
    DARK,
    LIGHT,
    Theme,
    draw_latency,
    draw_recall,
    draw_reliability,
    draw_thresholds,
    recall_table,
    save_plot,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from index.evaluate import Evaluation
    from index.figures import Outcome
    from index.plots import Draw

# More are in the table of all questions.
MOST_FAULTS = 200

# What the columns of a table are called, by the name of a figure.
HEADINGS = {
    "questions": "Questions",
    "answerable": "Answerable",
    "r_at_1": "R@1",
    "r_at_3": "R@3",
    "r_at_10": "R@10",
    "mrr_at_10": "MRR@10",
    "mean_average_precision": "mAP",
    "sentence_r_at_1": "Sentence R@1",
    "abstention_auc": "Abstention AUC",
    "false_answer_rate": "False answers",
    "missed_answer_rate": "Missed answers",
    "right_when_answered": "Right when answered",
}


def write_report(evaluation: Evaluation, fields: Mapping[str, Any], directory: Path) -> Path:
    """Write report.json, tables, plots and a page that shows them.

    Args:
        evaluation: What became of the questions.
        fields: What report.json begins with: at least `Evaluation.as_json` and "model".
        directory: Made where it is missing. Files of an earlier report are replaced.

    Returns:
        The page.

    Raises:
        OSError: The folder cannot be written.
    """
    directory.mkdir(parents=True, exist_ok=True)
    bins = reliability(evaluation.outcomes)
    points = by_threshold(evaluation.outcomes)
    curves = {
        "reliability": [asdict(each) for each in bins],
        "by_threshold": [asdict(each) for each in points],
    }
    (directory / "report.json").write_text(
        json.dumps({**fields, **curves}, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
    )
    rows = table_rows(fields)
    _write_table(directory / "figures.csv", rows)
    _write_questions(directory / "questions.csv", evaluation)
    recall = "R@1 by language of the question and of the paragraphs"
    if not evaluation.pairs:
        recall = "Recall by language of the question"
    plots: list[tuple[str, str, Draw]] = [
        ("recall", recall, partial(draw_recall, table=recall_table(evaluation))),
        (
            "reliability",
            f"How often one of the first {LOOKED_AT} hits is right, by the confidence",
            partial(draw_reliability, bins=bins, threshold=evaluation.threshold),
        ),
        (
            "threshold",
            "What would be answered, and what of it wrongly, by threshold",
            partial(draw_thresholds, points=points, threshold=evaluation.threshold),
        ),
        (
            "latency",
            "Time of a search by stage",
            partial(draw_latency, latency=fields["latency_ms"]),
        ),
    ]
    for name, _, draw in plots:
        for theme in (LIGHT, DARK):
            save_plot(draw, theme, directory / _file_name(name, theme))
    page = directory / "index.html"
    page.write_text(
        _page(fields, rows, [(name, caption) for name, caption, _ in plots], evaluation.outcomes),
        encoding="utf-8",
    )
    return page


def table_rows(fields: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The rows of figures by what they are of, from what `Evaluation.as_json` gives."""
    rows: dict[str, Mapping[str, Any]] = {"overall": fields["overall"]}
    rows |= fields["by_language"]
    rows |= {name: fields[f"{name}_language"] for name in ("same", "cross")}
    for pair in fields.get("pairs", ()):
        rows[f"{pair['question_language']} → {pair['paragraph_language']}"] = pair
    return rows


def fault_of(outcome: Outcome) -> str:
    """What went wrong with a question, in words; "" where nothing did."""
    if not outcome.question.answerable:
        return "answered, though nothing answers it" if outcome.answered else ""
    if outcome.first_right:
        return "" if outcome.answered else "not answered, though the first hit is right"
    where = f"right is hit {outcome.ranks[0]}" if outcome.ranks else "no hit is right"
    return f"{'answered wrongly' if outcome.answered else 'not answered'}: {where}"


def _file_name(plot: str, theme: Theme) -> str:
    return "-".join(part for part in (plot, theme.name) if part) + ".png"


def _shown(rows: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The figures that at least one row has."""
    return [name for name in HEADINGS if any(row.get(name) is not None for row in rows.values())]


def _cell(value: float | None) -> str:
    if value is None:
        return ""
    return str(value) if isinstance(value, int) else f"{value:.3f}"


def _write_table(path: Path, rows: Mapping[str, Mapping[str, Any]]) -> None:
    names = _shown(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["", *names])
        for label, row in rows.items():
            writer.writerow([label, *(_cell(row.get(name)) for name in names)])


def _write_questions(path: Path, evaluation: Evaluation) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            [
                "id",
                "lang",
                "question",
                "answerable",
                "right_rank",
                "confidence",
                "answered",
                "first_hit",
            ]
        )
        for outcome in evaluation.outcomes:
            question = outcome.question
            writer.writerow(
                [
                    question.id,
                    question.lang,
                    question.question,
                    question.answerable,
                    outcome.ranks[0] if outcome.ranks else "",
                    f"{outcome.confidence:.4f}",
                    outcome.answered,
                    outcome.first,
                ]
            )


def _page(
    fields: Mapping[str, Any],
    rows: Mapping[str, Mapping[str, Any]],
    plots: Sequence[tuple[str, str]],
    outcomes: Sequence[Outcome],
) -> str:
    names = _shown(rows)
    head = "".join(f"<th>{html.escape(HEADINGS[name])}</th>" for name in names)
    body = "\n".join(
        f"<tr><th>{html.escape(label)}</th>"
        + "".join(f"<td>{_cell(row.get(name))}</td>" for name in names)
        + "</tr>"
        for label, row in rows.items()
    )
    pictures = "\n".join(
        f"<figure><figcaption>{html.escape(caption)}</figcaption><picture>"
        f'<source srcset="{_file_name(name, DARK)}" media="(prefers-color-scheme: dark)">'
        f'<img src="{_file_name(name, LIGHT)}" alt="{html.escape(caption)}"></picture></figure>'
        for name, caption in plots
    )
    wrong = [(fault, outcome) for outcome in outcomes if (fault := fault_of(outcome))]
    wrong.sort(key=lambda pair: -pair[1].confidence)
    faults = "\n".join(
        f"<tr><th>{html.escape(outcome.question.id)}</th>"
        f"<td>{html.escape(outcome.question.question)}</td><td>{html.escape(fault)}</td>"
        f"<td>{outcome.confidence:.2f}</td><td>{html.escape(outcome.first)}</td></tr>"
        for fault, outcome in wrong[:MOST_FAULTS]
    )
    return PAGE.format(
        title=html.escape(f"Evaluation: {fields['material']}"),
        model=html.escape(str(fields["model"])),
        documents=fields["documents"],
        questions=fields["overall"]["questions"],
        head=head,
        body=body,
        figures=pictures,
        faults=faults,
        shown=min(len(wrong), MOST_FAULTS),
        wrong=len(wrong),
        light=LIGHT.background,
        light_ink=LIGHT.ink,
        light_faint=LIGHT.faint,
        dark=DARK.background,
        dark_ink=DARK.ink,
        dark_faint=DARK.faint,
    )


PAGE = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark }}
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 1180px; margin: 2rem auto; padding: 0 1rem;
  background: light-dark({light}, {dark}); color: light-dark({light_ink}, {dark_ink}) }}
h1 {{ font-size: 1.5rem; margin: 0 }}
p {{ margin: .25rem 0 1.5rem }}
.wide {{ overflow-x: auto }}
table {{ border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem }}
th, td {{ padding: .3rem .7rem; text-align: right;
  border-bottom: 1px solid light-dark({light_faint}, {dark_faint}) }}
th:first-child {{ text-align: left; white-space: nowrap }}
.text th, .text td {{ text-align: left; vertical-align: top; overflow-wrap: anywhere }}
details {{ margin-top: 2rem }}
summary {{ cursor: pointer; font-weight: 600 }}
main {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr));
  gap: 1.5rem; margin-top: 2rem }}
figure {{ margin: 0 }}
figcaption {{ font-weight: 600; margin-bottom: .5rem }}
img {{ width: 100%; height: auto }}
</style>
<h1>{title}</h1>
<p>{questions} questions on {documents} documents, {model}</p>
<div class="wide"><table>
<thead><tr><th></th>{head}</tr></thead>
<tbody>
{body}
</tbody>
</table></div>
<main>
{figures}
</main>
<details>
<summary>What went wrong: {shown} of {wrong} questions, the most confident first</summary>
<div class="wide"><table class="text">
<thead><tr><th></th><th>Question</th><th>Fault</th><th>Confidence</th><th>First hit</th></tr>
</thead>
<tbody>
{faults}
</tbody>
</table></div>
</details>
</html>
"""
