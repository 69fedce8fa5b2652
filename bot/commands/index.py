"""`daviedka sync`, `verify` and `rebuild`: the index over the corpus."""

from __future__ import annotations

import sys

import click

from bot.commands import as_json, echo_json
from bot.settings import load_settings
from bot.workspace import open_workspace


@click.command(
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


@click.command(
    epilog="""\b
Example:
  daviedka verify --json
"""
)
@as_json
def verify(*, as_json: bool) -> None:
    """Check that all is whole.

    The exit code is 1 where it is not. The index is first brought to the state of the documents,
    by the model that is set. Then every span is read again, and every passage and embedding in
    the index is compared with the store.
    """
    with open_workspace(load_settings(), write=True) as workspace:
        passage_index = workspace.open_index()
        synced = workspace.sync(passage_index)
        problems = passage_index.passages.problems() + passage_index.problems()
        count = len(passage_index.snapshot.vectors)
        number = len(workspace.store.documents())
        model = passage_index.encoder.name
        others = {name: made for name, made in workspace.models().items() if name != model}
    if as_json:
        echo_json(
            {
                "whole": not problems,
                "documents": number,
                "passages": count,
                "revision": synced.revision,
                "model": model,
                "embedded_by_others": others,
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
                f"revision {synced.revision}, by {model}."
            )
        for name, made in others.items():
            click.echo(f"{made} passages are also embedded by {name}: the bot deletes that.")
    if problems:
        sys.exit(1)


@click.command(
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
