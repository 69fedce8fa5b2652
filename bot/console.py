"""What the command line prints: plain lines, colour and progress bars on a terminal only."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from bot.messages import Messages
from bot.smalltalk import reply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.smalltalk import SmallTalk
    from corpus.models import Document
    from index.models import Answer, Hit

    Advance = Callable[[int, int], None]

# Where there is no terminal, a line is printed whenever this share more is done.
PLAIN_STEP = 0.1

# Wider than any line: what is not for a terminal is not broken.
MAX_WIDTH = 1_000_000


@contextmanager
def progress(description: str) -> Iterator[Advance]:
    """Show how far long work is, on standard error.

    Yields:
        A function to call with how much is done, and how much there is. Nothing is shown
        before the first call.
    """
    if not sys.stderr.isatty():
        yield _PlainProgress(description)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(description, total=None, visible=False)

        def advance(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total, visible=True)

        yield advance


class _PlainProgress:
    def __init__(self, description: str) -> None:
        self._description = description
        self._next = 0.0

    def __call__(self, done: int, total: int) -> None:
        share = done / total if total else 1.0
        if share >= self._next or done == total:
            click.echo(f"{self._description}: {done} of {total}", err=True)
            self._next = share + PLAIN_STEP


def document_as_json(document: Document) -> dict[str, Any]:
    """A document as it is shown to programs."""
    fields = asdict(document)
    fields["published"] = None if document.published is None else document.published.isoformat()
    fields["added_at"] = document.added_at.isoformat()
    return fields


def answer_as_json(answer: Answer) -> dict[str, Any]:
    """An answer as it is shown to programs."""
    return {
        "question": answer.query,
        "language": answer.language.language,
        "answered": answer.answered,
        "confidence": round(answer.confidence, 4),
        "hits": [_hit_as_json(hit) for hit in answer.hits],
        "took_ms": {stage: round(time, 2) for stage, time in asdict(answer.took_ms).items()},
    }


def _hit_as_json(hit: Hit) -> dict[str, Any]:
    document, sentence = hit.document, hit.sentence
    return {
        "rank": hit.rank,
        "score": round(hit.score, 4),
        "confidence": round(hit.confidence, 4),
        "passage_id": str(hit.passage_id),
        "document": {
            "id": document.id,
            "title": document.title,
            "source": document.source,
            "url": document.url,
            "language": document.language,
            "published": None if document.published is None else document.published.isoformat(),
        },
        "heading": hit.heading,
        "text": hit.text,
        "start": hit.start,
        "end": hit.end,
        "sentence": {
            "text": hit.quote(sentence),
            "start": sentence.start,
            "end": sentence.end,
        },
    }


def echo_answer(answer: Answer) -> None:
    """Print an answer: the best passage and where it stands, or the nearest titles."""
    if answer.answered:
        echo_hit(answer.hits[0])
        return
    click.echo("Nothing found that answers this.")
    titles = list(dict.fromkeys(hit.document.title for hit in answer.hits))[:3]
    if titles:
        click.echo("The nearest: " + "; ".join(titles))


def echo_small_talk(talk: SmallTalk) -> None:
    """Print what the bot says to small talk."""
    click.echo(reply(talk.kind, Messages().for_language(talk.language(None))))


def echo_hit(hit: Hit) -> None:
    """Print a passage to the letter, its nearest sentence in bold, and where it stands.

    Lines are broken to the terminal's width, and left as they are elsewhere.
    """
    console = Console(highlight=False, markup=False, emoji=False)
    quote = Text(hit.text)
    quote.stylize("bold", hit.sentence.start - hit.start, hit.sentence.end - hit.start)
    document = hit.document
    where = [document.title, hit.heading, document.source]
    if document.published is not None:
        where.append(document.published.isoformat())
    if document.url is not None:
        where.append(document.url)
    _echo_beside(console, "  │ ", quote)
    _echo_beside(console, "  — ", Text(" · ".join(part for part in where if part), style="dim"))


def _echo_beside(console: Console, margin: str, text: Text) -> None:
    width = console.width - len(margin) if console.is_terminal else MAX_WIDTH
    for line in text.wrap(console, width):
        console.print(Text(margin) + line, soft_wrap=True)
