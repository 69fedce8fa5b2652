"""`daviedka feedback`: what people thought of answers, as judged questions."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from bot.commands import as_json, echo_json
from bot.settings import load_settings
from bot.workspace import open_workspace
from corpus.errors import ExchangeError, MissingError
from corpus.judged import JudgedQuestion
from corpus.language import detect_language

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from bot.records.judgements import Judgement, JudgementKind
    from corpus.models import Document
    from corpus.store import Store

# Who sends a quote on has seen little of it: two of them count as much as one who judges.
WEIGHTS: Final[Mapping[JudgementKind, float]] = {"button": 1.0, "reaction": 1.0, "chosen": 0.5}
_COLUMNS: Final = {"for": 1, "against": -1}


@dataclass(frozen=True, slots=True)
class Exported:
    """Judged questions, and how many pairs of a question and a passage were left out.

    Attributes:
        questions: In the order in which they were judged first.
        nameless: How many judgements have no question.
        rejected: How many pairs were judged, in sum, not to answer, or not clearly enough.
        outdated: How many pairs quote what no document says any more.
    """

    questions: tuple[JudgedQuestion, ...]
    nameless: int
    rejected: int
    outdated: int


@click.group(
    invoke_without_command=True,
    epilog="""\b
Examples:
  daviedka feedback
  daviedka feedback export judged.jsonl
  daviedka feedback forget --before 2026-06-01
""",
)
@as_json
@click.pass_context
def feedback(context: click.Context, *, as_json: bool) -> None:
    """Count what people thought of answers."""
    if context.invoked_subcommand is not None:
        return
    judgements = _judgements()
    counts: Counter[tuple[str, int]] = Counter(
        (judgement.kind, judgement.verdict) for judgement in judgements
    )
    rows = {
        kind: {name: counts[kind, verdict] for name, verdict in _COLUMNS.items()}
        for kind in WEIGHTS
    }
    nameless = sum(not judgement.question for judgement in judgements)
    if as_json:
        echo_json({"judgements": len(judgements), "without_question": nameless, **rows})
        return
    click.echo(f"{'':10}{'for':>7}{'against':>9}")
    for kind, row in rows.items():
        click.echo(f"{kind:10}{row['for']:7}{row['against']:9}")
    if nameless:
        click.echo(f"{nameless} of them without a question: its words might tell who asked.")


@feedback.command(
    "export",
    epilog="""\b
Examples:
  daviedka feedback export judged.jsonl
  daviedka export corpus/
  daviedka eval --questions judged.jsonl --documents corpus/documents/
""",
)
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE.jsonl")
@click.option(
    "--min",
    "least",
    default=1,
    show_default=True,
    type=click.IntRange(1),
    help="How many more must find that a passage answers than that it does not.",
)
def feedback_export(target: Path, least: int) -> None:
    """Write a file of judged questions, as `eval` and `calibrate` read them.

    A question goes in with every passage that people found to answer it. Where they disagree,
    what is for a passage and what is against it is summed; an inline result that was sent
    counts half.
    """
    with open_workspace(load_settings(), write=False) as workspace:
        with workspace.open_records() as records:
            judgements = records.judgements.all()
        exported = judged_questions(judgements, workspace.store, least)
    for count, what in (
        (exported.nameless, "without their question"),
        (exported.rejected, "found not to answer, or not by enough people"),
        (exported.outdated, "quote what no document says any more"),
    ):
        if count:
            click.echo(f"left out: {count} {what}", err=True)
    if not exported.questions:
        raise click.ClickException("there is nothing to export: wait for people to press 👍")
    lines = [json.dumps(asdict(question), ensure_ascii=False) for question in exported.questions]
    try:
        with target.open("x", encoding="utf-8") as stream:
            stream.writelines(f"{line}\n" for line in lines)
    except OSError as error:
        raise ExchangeError(f"cannot write {target} ({error.strerror})") from error
    click.echo(f"{len(lines)} judged questions written to {target}.")


@feedback.command(
    "forget",
    epilog="""\b
Example:
  daviedka feedback forget --before 2026-06-01
""",
)
@click.option(
    "--before",
    required=True,
    type=click.DateTime(["%Y-%m-%d"]),
    help="The first day of which judgements are kept.",
)
def feedback_forget(before: datetime) -> None:
    """Delete what people thought before a day."""
    with (
        open_workspace(load_settings(), write=True) as workspace,
        workspace.open_records() as records,
    ):
        deleted = records.judgements.forget_before(before.date())
    click.echo(f"{deleted} judgements deleted.")


def judged_questions(judgements: Sequence[Judgement], store: Store, least: float) -> Exported:
    """Make judged questions of judgements.

    A passage that answers is known by its core sentence, so that it is found again whatever
    else of its document has changed, and however that is cut into passages.

    Args:
        judgements: In the order in which they were given.
        store: What is quoted must still stand in it.
        least: What a passage's verdicts must sum up to, in thumbs.
    """
    sums: defaultdict[tuple[str, str, str], float] = defaultdict(float)
    first: dict[str, Judgement] = {}
    nameless = 0
    for judgement in judgements:
        if not judgement.question:
            nameless += 1
            continue
        question = judgement.question.casefold()
        first.setdefault(question, judgement)
        sums[question, judgement.document_id, judgement.quote] += (
            WEIGHTS[judgement.kind] * judgement.verdict
        )
    right: defaultdict[str, list[tuple[Document, str]]] = defaultdict(list)
    rejected = outdated = 0
    for (question, document_id, quote), total in sums.items():
        if total < least:
            rejected += 1
        elif (document := _quoted(store, document_id, quote)) is None:
            outdated += 1
        else:
            right[question].append((document, quote))
    questions = tuple(
        _judged_question(judgement, right[question])
        for question, judgement in first.items()
        if question in right
    )
    return Exported(questions, nameless, rejected, outdated)


def _judged_question(judgement: Judgement, right: Sequence[tuple[Document, str]]) -> JudgedQuestion:
    """A question with all that was found to answer it."""
    question = judgement.question
    number = hashlib.blake2b(question.casefold().encode(), digest_size=6).hexdigest()
    latin = judgement.language == "be" and detect_language(question).script == "Latn"
    return JudgedQuestion(
        id=f"judged-{number}",
        lang="be-latn" if latin else judgement.language,
        question=question,
        answerable=True,
        docs=tuple(dict.fromkeys(end for document, _ in right for end in _ends(document))),
        must_contain=(tuple(dict.fromkeys(quote for _, quote in right)),),
    )


def _ends(document: Document) -> tuple[str, str]:
    """What the document's source ends with, where it came from and in an export of the corpus."""
    source = document.source
    if "://" not in source:
        # Of a path only as much as tells files of one name apart: the rest is the machine's.
        source = "/".join(source.replace("\\", "/").split("/")[-2:])
    return source, f"documents/{document.id}.md"


def _quoted(store: Store, document_id: str, quote: str) -> Document | None:
    """The document of a quote; None where it is not live, or does not say that any more."""
    try:
        document = store.document(document_id)
        text = store.text(document_id)
    except MissingError:
        return None
    return document if document.state == "live" and quote in text else None


def _judgements() -> list[Judgement]:
    with (
        open_workspace(load_settings(), write=False) as workspace,
        workspace.open_records() as records,
    ):
        return records.judgements.all()
