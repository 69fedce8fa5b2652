"""`daviedka eval`: how well judged questions are answered."""

from __future__ import annotations

from contextlib import ExitStack, closing, contextmanager
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

    from bot.settings import Settings
    from index.encoder import Encoder
    from index.evaluate import Evaluation
    from index.material import Material

# Short, so that a row fits on 80 columns. What they mean: `Figures`.
COLUMNS = {
    "questions": "asked",
    "answerable": "answ.",
    "r_at_1": "R@1",
    "r_at_3": "R@3",
    "r_at_10": "R@10",
    "mrr_at_10": "MRR",
    "mean_average_precision": "mAP",
    "sentence_r_at_1": "core",
    "abstention_auc": "AUC",
    "false_answer_rate": "false",
    "missed_answer_rate": "missed",
    "right_when_answered": "right",
}


@click.command(
    "eval",
    epilog="""\b
Examples:
  daviedka eval --sample
  daviedka eval --questions questions.jsonl --documents guide/ --report report/
  daviedka eval --xquad-r xquad-r/ --languages en,ru,de --json

\b
Figures:
  asked, answ.    questions, and those of them that the documents answer
  R@1, R@3, R@10  answerable questions with a right passage among the first 1, 3, 10
  MRR             mean of 1 / rank of the first right passage, up to rank 10
  mAP             mean average precision over the parallel paragraphs (XQuAD-R)
  core            the marked sentence of a right first passage holds the answer (XQuAD-R)
  AUC             how well the confidence tells answerable questions from others
  false           questions without an answer that were answered all the same
  missed          questions with an answer that were not answered
  right           answered questions whose first passage is right
  same, cross     a document that answers is in the question's language, or none is;
                  with XQuAD-R the means over the pairs of languages
""",
)
@judged_material
@click.option(
    "--k",
    default=10,
    show_default=True,
    type=click.IntRange(10, 100),
    help="How many hits are asked for.",
)
@click.option(
    "--apertium",
    is_flag=True,
    help="Read Belarusian questions in Russian too; needs the program apertium-bel-rus.",
)
@click.option(
    "--report",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write tables, plots and a page to this folder.",
)
@as_json
def evaluation(
    questions: tuple[Path, ...],
    documents: tuple[Path, ...],
    *,
    sample: bool,
    xquad: Path | None,
    languages: str,
    k: int,
    apertium: bool,
    report: Path | None,
    as_json: bool,
) -> None:
    """Ask judged questions and show how well they are answered.

    The documents are put into a corpus of their own; yours is not touched. What is encoded is
    remembered in the cache directory, so that a second run takes seconds.
    """
    require_material(questions, documents, sample=sample, xquad=xquad)
    if xquad is not None and (sample or questions):
        raise click.UsageError("--xquad-r goes alone: its figures are of another kind")
    codes = _codes(languages)
    settings = load_settings()
    if report is not None:  # what would fail at the end should fail now
        _prepare_report(report)
    # PyTorch takes seconds to import: commands that need no model do without.
    from index.evaluate import evaluate_xquad, joined  # noqa: PLC0415

    encoder = open_encoder(settings)
    with _options(settings, encoder, apertium=apertium) as options:
        if xquad is None:
            pairs = list(zip(documents, questions, strict=True))
            found = joined(list(_evaluate(settings, encoder, pairs, options, k=k, sample=sample)))
        else:
            found = evaluate_xquad(
                xquad,
                codes,
                encoder,
                settings.cache_dir,
                k=k,
                show=progress,
                **options,
            )
    fields = {"model": encoder.name, "k": k, **found.as_json()}
    if report is not None:
        page = _write_report(found, fields, report)
        click.echo(f"The report is in {page}", err=True)
    if as_json:
        echo_json(_rounded(fields))
    else:
        _echo_tables(fields)


def _evaluate(
    settings: Settings,
    encoder: Encoder,
    pairs: Sequence[tuple[Path, Path]],
    options: Mapping[str, Any],
    *,
    k: int,
    sample: bool,
) -> Iterator[Evaluation]:
    from index.evaluate import evaluate  # noqa: PLC0415  # see evaluation
    from index.material import open_material, open_sample  # noqa: PLC0415

    opened: list[Callable[..., AbstractContextManager[Material]]] = [open_sample] if sample else []
    opened += [partial(open_material, folder, file) for folder, file in pairs]
    for open_it in opened:
        with ExitStack() as stack:
            with progress("Embedding passages") as advance:
                material = stack.enter_context(
                    open_it(encoder, settings.cache_dir, progress=advance, **options)
                )
            for problem in material.problems:
                click.echo(problem, err=True)
            with progress(f"Asking {material.name}") as advance:
                yield evaluate(material, k=k, progress=advance)


@contextmanager
def _options(settings: Settings, encoder: Encoder, *, apertium: bool) -> Iterator[dict[str, Any]]:
    """What the bot's own searcher is given, too."""
    from index.second_reading import ApertiumReading  # noqa: PLC0415  # see evaluation

    confidence = open_confidence(settings, encoder.name)
    options = confidence.as_options()
    with ExitStack() as stack:
        if apertium:
            reading = ApertiumReading.find()
            if reading is None:
                raise click.ClickException(
                    "--apertium needs Apertium and its pair apertium-bel-rus"
                )
            options["second_reading"] = stack.enter_context(closing(reading))
        yield options
    confidence.warn_if_guessed()


def _prepare_report(directory: Path) -> None:
    """Make the folder before hours are spent."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _cannot_write(directory, error) from error


def _write_report(found: Evaluation, fields: Mapping[str, Any], directory: Path) -> Path:
    from index.report import write_report  # noqa: PLC0415  # matplotlib takes a second

    try:
        return write_report(found, fields, directory)
    except OSError as error:
        raise _cannot_write(directory, error) from error


def _cannot_write(directory: Path, error: OSError) -> click.ClickException:
    return click.ClickException(
        f"cannot write the report to {directory} ({error.strerror}): give another folder"
    )


def _codes(languages: str) -> list[str]:
    codes = [code.strip() for code in languages.split(",")]
    if not all(codes) or len(set(codes)) < len(codes):
        raise click.UsageError("--languages takes codes with commas, each once: en,ru,de")
    return codes


def _rounded(value: Any) -> Any:  # noqa: ANN401  # whatever JSON can hold
    """The same with four digits after the point."""
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {name: _rounded(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_rounded(inner) for inner in value]
    return value


def _echo_tables(fields: Mapping[str, Any]) -> None:
    """Print the figures as people read them."""
    rows = {"overall": fields["overall"], **fields["by_language"]}
    rows |= {name: fields[f"{name}_language"] for name in ("same", "cross")}
    rows |= {
        f"{pair['question_language']} → {pair['paragraph_language']}": pair
        for pair in fields.get("pairs", ())
    }
    shown = [name for name in COLUMNS if any(row.get(name) is not None for row in rows.values())]
    table = Table(box=None, padding=(0, 0, 0, 1), pad_edge=False)
    table.add_column("", no_wrap=True)
    for name in shown:
        table.add_column(COLUMNS[name], justify="right", no_wrap=True)
    for label, row in rows.items():
        table.add_row(label, *(_cell(row.get(name)) for name in shown))
    click.echo(
        f"{fields['material']}; documents: {fields['documents']}; model: {fields['model']}\n"
    )
    Console(highlight=False, markup=False, emoji=False).print(table)
    click.echo()
    for stage, times in fields["latency_ms"].items():
        if times is not None:
            click.echo(f"{stage:10} p50 {times['p50']:6.1f} ms, p95 {times['p95']:6.1f} ms")


def _cell(value: float | None) -> str:
    if value is None:
        return ""
    return str(value) if isinstance(value, int) else f"{value:.3f}"
