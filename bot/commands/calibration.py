"""`daviedka calibrate`: fits the confidence to judged questions."""

from __future__ import annotations

from collections import defaultdict
from contextlib import ExitStack
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.table import Table

from bot.commands import as_json, echo_json
from bot.commands.material import judged_material, require_material
from bot.console import progress
from bot.models import open_confidence, open_encoder
from bot.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from corpus.judged import JudgedQuestion
    from index.figures import Outcome
    from index.fitting import Example, Values
    from index.material import Material

    Open = Callable[..., AbstractContextManager[Material]]
    Group = Callable[[JudgedQuestion], str]

# What they mean: `index.figures.Figures`.
COLUMNS = {
    "questions": "asked",
    "abstention_auc": "AUC",
    "false_answer_rate": "false",
    "missed_answer_rate": "missed",
}


@click.command(
    epilog="""\b
Examples:
  daviedka calibrate --questions questions.jsonl --documents guide/
  daviedka calibrate --sample --xquad-r xquad-r/ --languages en,ru,de --dry-run

\b
Figures:
  AUC      how well the confidence tells questions with an answer from others
  false    questions without an answer that are answered all the same
  missed   questions with an answer that are not answered
""",
)
@judged_material
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the calibration here, not into the data directory.",
)
@click.option("--dry-run", is_flag=True, help="Write nothing.")
@as_json
def calibrate(
    questions: tuple[Path, ...],
    documents: tuple[Path, ...],
    *,
    sample: bool,
    xquad: Path | None,
    languages: str,
    output: Path | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Fit the confidence of the present model to judged questions.

    The confidence says how probable it is that one of the first three hits answers. The
    questions are asked of a corpus of their own; yours is not touched. A question that has an
    answer is asked once more without the documents on its subject. The threshold is chosen for
    at most 5 % of false answers. What is told of the new confidence is told of questions that
    it was not fitted to. A bot that runs takes it up when it is started again.
    """
    require_material(questions, documents, sample=sample, xquad=xquad)
    settings = load_settings()
    # PyTorch takes seconds to import: commands that need no model do without.
    from index.calibration import calibration_path, save_calibration  # noqa: PLC0415
    from index.fitting import confidences_of, fit  # noqa: PLC0415

    encoder = open_encoder(settings)
    confidence = open_confidence(settings, encoder.name)
    before = confidence.calibration
    examples = [
        example
        for open_material, group in _materials(
            list(zip(documents, questions, strict=True)),
            sample=sample,
            xquad=xquad,
            languages=[code.strip() for code in languages.split(",")],
        )
        for example in _ask(
            partial(open_material, encoder, settings.cache_dir, **confidence.as_options()), group
        )
    ]
    after, confidences = fit(examples, confidence.name)
    fields: dict[str, Any] = {"calibration": asdict(after), "before": None, "written": None}
    if before is not None:
        fields["before"] = _figures(examples, confidences_of(examples, before), before.threshold)
    fields["after"] = _figures(examples, confidences, after.threshold)
    if not dry_run:
        path = output or calibration_path(confidence.name, confidence.calibrations)
        save_calibration(after, path)
        fields["written"] = str(path)
    if as_json:
        echo_json(fields)
    else:
        _echo_fields(fields)


def _materials(
    pairs: Sequence[tuple[Path, Path]],
    *,
    sample: bool,
    xquad: Path | None,
    languages: Sequence[str],
) -> Iterator[tuple[Open, Group | None]]:
    """How to open each of the materials, and what tells the subject of its questions."""
    from index.material import open_material, open_sample, open_xquad  # noqa: PLC0415

    if sample:
        yield open_sample, None
    for folder, file in pairs:
        yield partial(open_material, folder, file), None
    if xquad is not None:
        # What is near an answer in its article often answers as well.
        yield partial(open_xquad, xquad, languages), lambda question: question.id.split("/")[1]


def _ask(open_material: Open, group: Group | None) -> list[Example]:
    from index.fitting import gather_examples  # noqa: PLC0415

    with ExitStack() as stack:
        with progress("Embedding passages") as advance:
            material = stack.enter_context(open_material(progress=advance))
        for problem in material.problems:
            click.echo(problem, err=True)
        with progress(f"Asking {material.name}") as advance:
            return gather_examples(material, group=group, progress=advance)


def _figures(examples: Sequence[Example], confidences: Values, threshold: float) -> dict[str, Any]:
    """What a confidence is worth on each material.

    Where a material has questions that never could be answered, those whose documents were left
    out stand by themselves: they are harder, and do not set the threshold.
    """
    from index.figures import figures, reliability  # noqa: PLC0415
    from index.fitting import outcomes  # noqa: PLC0415

    found = outcomes(examples, confidences, threshold)
    parts: defaultdict[str, list[Outcome]] = defaultdict(list)
    telling = {
        example.material
        for example in examples
        if not (example.question.answerable or example.left_out)
    }
    for example, outcome in zip(examples, found, strict=True):
        apart = example.left_out and example.material in telling
        if not apart:
            parts[example.material].append(outcome)
        if apart or (example.question.answerable and example.material in telling):
            parts[f"{example.material}, left out"].append(outcome)
    return {
        "threshold": threshold,
        "materials": {
            name: {
                column: value
                for column, value in _rounded(asdict(figures(part))).items()
                if column in COLUMNS
            }
            for name, part in parts.items()
        },
        "reliability": [_rounded(asdict(bin_)) for bin_ in reliability(found) if bin_.questions],
    }


def _rounded(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: round(value, 4) if isinstance(value, float) else value
        for name, value in fields.items()
    }


def _echo_fields(fields: Mapping[str, Any]) -> None:
    """Print before and after as people read them."""
    table = Table(box=None, pad_edge=False)
    table.add_column("", overflow="fold")
    table.add_column("threshold", justify="right")
    for heading in COLUMNS.values():
        table.add_column(heading, justify="right")
    for when in ("before", "after"):
        if fields[when] is None:
            click.echo("This model had no calibration before.")
            continue
        for name, row in fields[when]["materials"].items():
            table.add_row(
                f"{when}, {name}",
                f"{fields[when]['threshold']:.4f}",
                *(_cell(row[column]) for column in COLUMNS),
            )
    console = Console(highlight=False, markup=False, emoji=False)
    console.print(table)
    console.print()
    console.print("confidence  right  questions")
    for bin_ in fields["after"]["reliability"]:
        console.print(f"{bin_['confidence']:10.2f}  {bin_['right']:5.2f}  {bin_['questions']:9}")
    written = fields["written"]
    console.print(f"\nWritten to {written}" if written else "\nNothing is written.", soft_wrap=True)


def _cell(value: float | None) -> str:
    if value is None:
        return ""
    return str(value) if isinstance(value, int) else f"{value:.3f}"
