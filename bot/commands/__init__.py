"""The commands of the command line, one module for those that belong together.

What several of them share stands here.
"""

from __future__ import annotations

import getpass
import json
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from corpus.ingest import Ingested

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")


def echo_json(value: Any) -> None:  # noqa: ANN401  # whatever JSON can hold
    """Print a value for programs."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def echo_ingested(result: Ingested) -> None:
    """Say what became of one file or page: a failure and notes on standard error."""
    if result.document is None:
        click.echo(f"failed     {result.source}: {result.error}", err=True)
        return
    document = result.document
    passages = f", {result.passages} passages" if result.passages else ""
    where = f"  (already there as {document.id})" if result.outcome == "unchanged" else ""
    click.echo(f"{result.outcome:10} {document.title}  ({document.language}{passages}){where}")
    for note in result.notes:
        click.echo(f"           note: {note}", err=True)


def user() -> str:
    """Who is at the keyboard, for the audit trail."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # no such user in the system's list, as in containers
        return "operator"
