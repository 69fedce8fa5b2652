"""The command line: the composition root of everything but the handlers."""

from __future__ import annotations

import logging
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from bot.adding import Adding
from bot.app import Backend
from bot.commands import as_json, echo_ingested, echo_json, user
from bot.commands.calibration import calibrate
from bot.commands.documents import documents
from bot.commands.evaluation import evaluation
from bot.commands.exchange import export, import_
from bot.commands.feedback import feedback
from bot.commands.index import rebuild, sync, verify
from bot.console import (
    answer_as_json,
    document_as_json,
    echo_answer,
    echo_hit,
    echo_small_talk,
)
from bot.errors import BotError
from bot.keeping import Keeping
from bot.polling import check_token, poll
from bot.settings import load_settings
from bot.smalltalk import find_small_talk, strip_greeting
from bot.workspace import open_workspace
from corpus.errors import CorpusError
from corpus.language import detect_language
from corpus.sample import sample_questions
from index.errors import SearchError
from index.models import Answer, StageTimes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.workspace import Workspace
    from corpus.ingest import Ingested
    from index.search import Searcher


class Commands(click.Group):
    """The commands; an expected failure is one line and exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401  # click's signature
        """Run what was asked for."""
        try:
            return super().invoke(ctx)
        except (CorpusError, SearchError, BotError) as error:
            raise click.ClickException(str(error)) from error


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Examples:
  daviedka add guides/ https://example.org/article
  daviedka ask "Як атрымаць PESEL?"
  DAVIEDKA_TELEGRAM_TOKEN=123:abc daviedka run

Settings are environment variables, or lines of a file .env: see the README.""",
)
@click.version_option(package_name="daviedka", message="%(prog)s %(version)s")
def cli() -> None:
    """Answer questions with verbatim quotes from documents that you trust."""


@cli.command(
    epilog="""\b
Examples:
  daviedka run                 without a token: a conversation in this terminal
  daviedka run --sample        the same, over the sample corpus where there is no other
  DAVIEDKA_TELEGRAM_TOKEN=123:abc daviedka run
"""
)
@click.option("--sample", is_flag=True, help="Load the sample corpus where the corpus is empty.")
def run(*, sample: bool) -> None:
    """Run the bot.

    It serves Telegram where a token is set, and else this terminal. Without a token and
    without a terminal, the sample questions are asked and answered.
    """
    settings = load_settings()
    token = settings.telegram_token
    if token is not None:
        check_token(token.get_secret_value())
    with open_workspace(settings, write=True) as workspace:
        if sample and (added := workspace.load_sample()):
            click.echo(f"The corpus was empty: {added} sample documents are in it now.", err=True)
        searcher = workspace.open_searcher()
        if token is not None:
            _log(settings.log_level)
            searcher.warm_up()
            with workspace.open_records() as records:
                keeping = Keeping(workspace.store, searcher.index, records.drafts)
                poll(
                    token.get_secret_value(),
                    settings.telegram_api,
                    Backend(settings, searcher, keeping, records),
                )
            return
        _warn_if_empty(workspace)
        if sys.stdin.isatty():
            _converse(searcher)
        else:
            _ask_sample_questions(searcher)


@cli.command(
    epilog="""\b
Examples:
  daviedka ask "What parts of the sanctions were lifted?"
  daviedka ask --json --k 3 "Хто адмовіўся выязджаць з Беларусі?"
"""
)
@click.argument("question")
@click.option(
    "--k", default=5, show_default=True, type=click.IntRange(1, 100), help="How many hits."
)
@as_json
def ask(question: str, k: int, *, as_json: bool) -> None:
    """Answer one QUESTION.

    A greeting, thanks or a question about the bot itself is not searched; with --json it is
    not answered and has no hits.
    """
    if (talk := find_small_talk(question)) is not None:
        if as_json:
            echo_json(answer_as_json(_not_searched(question)))
        else:
            echo_small_talk(talk)
        return
    with open_workspace(load_settings(), write=False) as workspace:
        answer = workspace.open_searcher().search(strip_greeting(question), k)
        _warn_if_empty(workspace)
    if as_json:
        echo_json(answer_as_json(replace(answer, query=question.strip())))
    else:
        echo_answer(answer)


@cli.command(
    epilog="""\b
Examples:
  daviedka chat
  printf '%s\\n' "Ile osób zwolniono?" "Kas tai?" | daviedka chat
"""
)
def chat() -> None:
    """Talk in this terminal, or answer the lines of standard input."""
    with open_workspace(load_settings(), write=False) as workspace:
        searcher = workspace.open_searcher()
        _warn_if_empty(workspace)
        _converse(searcher)


@cli.command(
    epilog="""\b
Examples:
  daviedka add article.pdf notes.md
  daviedka add guides/
  daviedka add --json https://example.org/article
"""
)
@click.argument("targets", nargs=-1, required=True, metavar="PATH_OR_URL...")
@as_json
def add(targets: Sequence[str], *, as_json: bool) -> None:
    """Add files, folders and web pages to the corpus.

    Markdown, plain text, HTML, PDF and DOCX are read. What is there already is left as it
    is; a file that has changed replaces what was read from it before. A file that fails is
    reported, and the others go in; the exit code is then 1.
    """
    with open_workspace(load_settings(), write=True) as workspace, Adding(workspace) as adding:
        results: list[Ingested] = []
        for result in adding.add(targets, by=user()):
            results.append(result)
            if not as_json:
                echo_ingested(result)
        if not results:
            raise click.ClickException(
                "nothing to add: no file there is Markdown, plain text, HTML, PDF or DOCX"
            )
        embedded = adding.finish()
    counts = {
        outcome: sum(result.outcome == outcome for result in results)
        for outcome in ("added", "replaced", "restored", "unchanged")
    }
    counts["failed"] = sum(bool(result.error) for result in results)
    if as_json:
        documents = [_ingested_as_json(result) for result in results]
        echo_json({"documents": documents, **counts, "passages_embedded": embedded})
    else:
        summary = ", ".join(f"{count} {outcome}" for outcome, count in counts.items() if count)
        click.echo(f"{summary}; {embedded} passages embedded.")
    if counts["failed"]:
        sys.exit(1)


for command in (
    documents,
    evaluation,
    calibrate,
    feedback,
    sync,
    verify,
    rebuild,
    export,
    import_,
):
    cli.add_command(command)


def _warn_if_empty(workspace: Workspace) -> None:
    """Say so where there is nothing to answer from."""
    if not workspace.store.documents():
        click.echo(
            "The corpus is empty. Add documents: daviedka add PATH_OR_URL...  "
            "Or try the sample: daviedka run --sample",
            err=True,
        )


def _not_searched(text: str) -> Answer:
    query = text.strip()
    return Answer(
        query,
        detect_language(query),
        answered=False,
        confidence=0.0,
        hits=(),
        took_ms=StageTimes(),
    )


def _ask_sample_questions(searcher: Searcher) -> None:
    """Ask the sample corpus's questions, print what is answered, and count."""
    answered = expected = 0
    questions = sample_questions()
    for judged in questions:
        answer = searcher.search(judged.question)
        answered += answer.answered
        if answer.answered:
            best = answer.hits[0]
            expected += judged.is_right(best.document.source, best.text)
        click.echo(click.style(f"? {judged.question}", bold=True))
        echo_answer(answer)
        click.echo()
    click.echo(
        f"{len(questions)} sample questions: {answered} answered with a quote, {expected} of them "
        f"with the very passage that was expected; {len(questions) - answered} not answered."
    )


def _converse(searcher: Searcher) -> None:
    """Answer line by line until the input ends."""
    talking = sys.stdin.isatty()
    if talking:
        searcher.warm_up()
        click.echo("Ask in your language. + shows the next passage, /quit or Ctrl-D ends.")
    answer: Answer | None = None
    shown = 0
    for line in _lines(prompt="› " if talking else ""):
        if line in ("/quit", "/exit"):
            break
        if line in ("+", "/next"):
            shown += 1
            if answer is None or shown >= len(answer.hits):
                click.echo("There is nothing more.")
            else:
                echo_hit(answer.hits[shown])
        elif (talk := find_small_talk(line)) is not None:
            echo_small_talk(talk)
        elif line:
            answer, shown = searcher.search(strip_greeting(line)), 0
            echo_answer(answer)


def _lines(prompt: str) -> Iterator[str]:
    while True:
        try:
            yield input(prompt).strip()
        except (EOFError, KeyboardInterrupt):
            click.echo()
            return


def _ingested_as_json(result: Ingested) -> dict[str, Any]:
    document = None if result.document is None else document_as_json(result.document)
    return {
        "source": result.source,
        "outcome": result.outcome or "failed",
        "document": document,
        "passages": result.passages,
        "error": result.error or None,
        "notes": list(result.notes),
    }


def _log(level: str) -> None:
    """Log to standard error, without what would betray the token or those who ask."""
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # At INFO it logs addresses, and those of the Bot API hold the token.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    # At INFO it tells of every step of a new database.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    # Errors of jobs come to our own handler; what it would log itself is that jobs end with us.
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
    # At DEBUG it logs requests, and those hold what people wrote.
    logging.getLogger("telegram").setLevel(max(logging.INFO, logging.getLevelName(level)))
    # A token that is refused at the start comes with a traceback that holds it; the command
    # itself tells what is wrong.
    logging.getLogger("telegram.ext").addFilter(
        lambda record: not record.getMessage().startswith("Network Retry Loop")
    )
