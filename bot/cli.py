"""The command line: the composition root of everything but the handlers."""

from __future__ import annotations

import getpass
import json
import logging
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from bot.console import answer_as_json, document_as_json, echo_answer, echo_hit
from bot.errors import BotError
from bot.polling import check_token, poll
from bot.settings import load_settings
from bot.workspace import open_workspace
from corpus.errors import CorpusError
from corpus.ingest import ingest_all
from corpus.sample import sample_questions
from index.errors import SearchError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.workspace import Workspace
    from corpus.ingest import Ingested
    from index.models import Answer
    from index.search import Searcher

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")


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
            poll(token.get_secret_value(), settings.telegram_api, searcher)
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
    """Answer one QUESTION."""
    with open_workspace(load_settings(), write=False) as workspace:
        answer = workspace.open_searcher().search(question, k)
        _warn_if_empty(workspace)
    if as_json:
        _echo_json(answer_as_json(answer))
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
    with open_workspace(load_settings(), write=True) as workspace:
        results: list[Ingested] = []
        for result in ingest_all(workspace.store, targets, by=_user()):
            results.append(result)
            if not as_json:
                _echo_ingested(result)
        if not results:
            raise click.ClickException(
                "nothing to add: no file there is Markdown, plain text, HTML, PDF or DOCX"
            )
        embedded = 0
        if any(result.document is not None for result in results):
            embedded = workspace.sync(workspace.open_index()).encoded
    counts = {
        outcome: sum(result.outcome == outcome for result in results)
        for outcome in ("added", "replaced", "restored", "unchanged")
    }
    counts["failed"] = sum(bool(result.error) for result in results)
    if as_json:
        documents = [_ingested_as_json(result) for result in results]
        _echo_json({"documents": documents, **counts, "passages_embedded": embedded})
    else:
        summary = ", ".join(f"{count} {outcome}" for outcome, count in counts.items() if count)
        click.echo(f"{summary}; {embedded} passages embedded.")
    if counts["failed"]:
        sys.exit(1)


@cli.group(
    invoke_without_command=True,
    epilog="""\b
Examples:
  daviedka documents
  daviedka documents show 1f0c77aa
  daviedka documents remove 1f0c77aa
""",
)
@click.pass_context
def documents(context: click.Context) -> None:
    """List, show, remove and restore documents."""
    if context.invoked_subcommand is None:
        context.invoke(documents_list, removed=False, as_json=False)


@documents.command(
    "list",
    epilog="""\b
Example:
  daviedka documents list --removed
""",
)
@click.option("--removed", is_flag=True, help="Those that were removed and can be restored.")
@as_json
def documents_list(*, removed: bool, as_json: bool) -> None:
    """List the documents, oldest first."""
    with open_workspace(load_settings(), write=False) as workspace:
        found = workspace.store.documents(removed=removed)
    if as_json:
        _echo_json([document_as_json(document) for document in found])
        return
    for document in found:
        published = "-" if document.published is None else document.published.isoformat()
        click.echo(
            f"{document.id}  {document.language}  {published:10}  {document.words:6} words  "
            f"{document.title}"
        )
    if not found:
        click.echo("No documents. Add some: daviedka add PATH_OR_URL...", err=True)


@documents.command(
    "show",
    epilog="""\b
Example:
  daviedka documents show 1f0c77aa --json
""",
)
@click.argument("document_id", metavar="ID")
@as_json
def documents_show(document_id: str, *, as_json: bool) -> None:
    """Show one document with its whole text."""
    with open_workspace(load_settings(), write=False) as workspace:
        document = workspace.store.document(document_id)
        text = workspace.store.text(document_id)
    fields = document_as_json(document)
    if as_json:
        _echo_json(fields | {"text": text})
        return
    for name, value in fields.items():
        click.echo(f"{name + ':':14}{'-' if value is None else value}")
    click.echo()
    click.echo(text)


@documents.command(
    "remove",
    epilog="""\b
Example:
  daviedka documents remove 1f0c77aa
""",
)
@click.argument("document_ids", nargs=-1, required=True, metavar="ID...")
def documents_remove(document_ids: Sequence[str]) -> None:
    """Remove documents: they are not found any more, and can be restored."""
    with open_workspace(load_settings(), write=True) as workspace:
        for document_id in document_ids:
            document = workspace.store.remove(document_id, by=_user())
            click.echo(
                f"removed  {document.title}  (back: daviedka documents restore {document.id})"
            )


@documents.command(
    "restore",
    epilog="""\b
Example:
  daviedka documents restore 1f0c77aa
""",
)
@click.argument("document_ids", nargs=-1, required=True, metavar="ID...")
def documents_restore(document_ids: Sequence[str]) -> None:
    """Bring removed documents back."""
    with open_workspace(load_settings(), write=True) as workspace:
        for document_id in document_ids:
            document = workspace.store.restore(document_id, by=_user())
            click.echo(f"restored  {document.title}")


@documents.command(
    "purge",
    epilog="""\b
Example:
  daviedka documents purge 1f0c77aa
""",
)
@click.argument("document_id", metavar="ID")
@click.option("--yes", is_flag=True, help="Do not ask.")
def documents_purge(document_id: str, *, yes: bool) -> None:
    """Delete a removed document for good, with all its revisions."""
    with open_workspace(load_settings(), write=True) as workspace:
        document = workspace.store.document(document_id)
        if not document.removed:
            raise click.ClickException(
                f"{document_id} is not removed: run `daviedka documents remove {document_id}` first"
            )
        if not yes:
            click.confirm(f"Delete «{document.title}» for good?", abort=True)
        workspace.store.purge(document_id, by=_user())
        click.echo(f"purged  {document.title}")


@documents.command(
    "history",
    epilog="""\b
Examples:
  daviedka documents history
  daviedka documents history 1f0c77aa
""",
)
@click.argument("document_id", metavar="[ID]", required=False)
@as_json
def documents_history(document_id: str | None, *, as_json: bool) -> None:
    """Show who did what and when, the latest first."""
    with open_workspace(load_settings(), write=False) as workspace:
        changes = workspace.store.history(document_id)
    if as_json:
        _echo_json([asdict(change) | {"at": change.at.isoformat()} for change in changes])
        return
    for change in changes:
        click.echo(
            f"{change.at:%Y-%m-%d %H:%M}  {change.by:12}  {change.action:8}  "
            f"{change.document_id}  {change.title}"
        )


@cli.command(
    epilog="""\b
Example:
  daviedka sync
"""
)
def sync() -> None:
    """Bring the index to the state of the documents."""
    with open_workspace(load_settings(), write=True) as workspace:
        synced = workspace.sync(workspace.open_index())
    click.echo(
        f"The index is at revision {synced.revision}: {synced.encoded} passages embedded, "
        f"{synced.added} put in, {synced.removed} taken out."
    )


@cli.command(
    epilog="""\b
Example:
  daviedka verify --json
"""
)
@as_json
def verify(*, as_json: bool) -> None:
    """Check that all is whole.

    The exit code is 1 where it is not. As at every start, the index is first brought to the
    state of the documents. Then every span is read again, and every passage and embedding in
    the index is compared with the store.
    """
    with open_workspace(load_settings(), write=True) as workspace:
        passage_index = workspace.open_index()
        synced = workspace.sync(passage_index)
        problems = passage_index.passages.problems() + passage_index.problems()
        count = len(passage_index.snapshot.vectors)
        number = len(workspace.store.documents())
    if as_json:
        _echo_json(
            {
                "whole": not problems,
                "documents": number,
                "passages": count,
                "revision": synced.revision,
                "caught_up": {"added": synced.added, "removed": synced.removed},
                "problems": problems,
            }
        )
    else:
        for problem in problems:
            click.echo(problem)
        if not problems:
            click.echo(
                f"The index is whole: {number} documents, {count} passages, "
                f"revision {synced.revision}."
            )
    if problems:
        sys.exit(1)


@cli.command(
    epilog="""\b
Example:
  daviedka rebuild
"""
)
def rebuild() -> None:
    """Make the index anew, without encoding again.

    Embeddings are taken from the store; only what has none is encoded.
    """
    with open_workspace(load_settings(), write=True) as workspace:
        synced = workspace.rebuild(workspace.open_index())
    click.echo(
        f"The index was made anew: {synced.added} passages, {synced.encoded} of them encoded."
    )


def _warn_if_empty(workspace: Workspace) -> None:
    """Say so where there is nothing to answer from."""
    if not workspace.store.documents():
        click.echo(
            "The corpus is empty. Add documents: daviedka add PATH_OR_URL...  "
            "Or try the sample: daviedka run --sample",
            err=True,
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
        elif line:
            answer, shown = searcher.search(line), 0
            echo_answer(answer)


def _lines(prompt: str) -> Iterator[str]:
    while True:
        try:
            yield input(prompt).strip()
        except (EOFError, KeyboardInterrupt):
            click.echo()
            return


def _echo_ingested(result: Ingested) -> None:
    if result.document is None:
        click.echo(f"failed     {result.source}: {result.error}", err=True)
        return
    document = result.document
    passages = f", {result.passages} passages" if result.passages else ""
    where = f"  (already there as {document.id})" if result.outcome == "unchanged" else ""
    click.echo(f"{result.outcome:10} {document.title}  ({document.language}{passages}){where}")
    for note in result.notes:
        click.echo(f"           note: {note}", err=True)


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


def _echo_json(value: Any) -> None:  # noqa: ANN401  # whatever JSON can hold
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _user() -> str:
    """Who is at the keyboard, for the audit trail."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # no such user in the system's list, as in containers
        return "operator"


def _log(level: str) -> None:
    """Log to standard error, without what would betray the token or those who ask."""
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # At INFO it logs addresses, and those of the Bot API hold the token.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    # At DEBUG it logs requests, and those hold what people wrote.
    logging.getLogger("telegram").setLevel(max(logging.INFO, logging.getLevelName(level)))
    # A token that is refused at the start comes with a traceback that holds it; the command
    # itself tells what is wrong.
    logging.getLogger("telegram.ext").addFilter(
        lambda record: not record.getMessage().startswith("Network Retry Loop")
    )
