"""The command line: the composition root of everything but the handlers."""

from __future__ import annotations

import logging
import sys
from contextlib import ExitStack
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
from bot.playground.server import Playground
from bot.serving import as_played, check_token, serve
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

# How many of the sample questions introduce the playground.
SHOWN_QUESTIONS = 3


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
  daviedka run --sample        without a token: the playground, over the sample corpus
  DAVIEDKA_PLAYGROUND_PORT=0 daviedka run
  DAVIEDKA_TELEGRAM_TOKEN=123:abc daviedka run
"""
)
@click.option("--sample", is_flag=True, help="Load the sample corpus where the corpus is empty.")
def run(*, sample: bool) -> None:
    """Run the bot until it is stopped.

    It serves Telegram where a token is set, and else a playground: a page on this machine where
    you can be anybody who talks to it.
    """
    settings = load_settings()
    with ExitStack() as stack:
        playground = None
        if settings.telegram_token is None:
            playground = stack.enter_context(Playground(settings.playground_port))
            settings = as_played(settings, playground)
            token = playground.token
        else:
            token = settings.telegram_token.get_secret_value()
            check_token(token)
        workspace = stack.enter_context(open_workspace(settings, write=True))
        if sample and (added := workspace.load_sample()):
            click.echo(f"The corpus was empty: {added} sample documents are in it now.", err=True)
        searcher = workspace.open_searcher(in_background=True)
        searcher.warm_up()
        _log(settings.log_level)
        workspace.change_model()
        if playground is not None:
            _warn_if_empty(workspace)
            _show_sample_questions(workspace, searcher)
            click.echo(f"Daviedka's playground: {playground.url} (only this machine can open it)")
        records = stack.enter_context(
            workspace.open_records("bot.db" if playground is None else "playground.db")
        )
        keeping = Keeping(workspace.store, searcher.index, records.drafts)
        serve(token, Backend(settings, searcher, keeping, records))


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


def _show_sample_questions(workspace: Workspace, searcher: Searcher) -> None:
    """Ask some of the sample corpus's questions, where it is there, and print the answers."""
    sources = [document.source for document in workspace.store.documents()]
    for judged in sample_questions()[:SHOWN_QUESTIONS]:
        if any(source.endswith(judged.docs) for source in sources):
            click.echo(click.style(f"? {judged.question}", bold=True))
            echo_answer(searcher.search(judged.question))
            click.echo()


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
    handler = logging.StreamHandler()
    handler.addFilter(_without_updates)
    logging.basicConfig(
        level=level,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        handlers=[handler],
        force=True,  # a library may have set up its own by now
    )
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


def _without_updates(record: logging.LogRecord) -> bool:
    """Take out the updates that the library logs where it cannot read them."""
    if "Received data was" in record.getMessage():
        record.msg, record.args, record.exc_info = "an update could not be read", (), None
    return True
