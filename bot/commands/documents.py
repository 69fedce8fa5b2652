"""`daviedka documents`: what is in the corpus."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from bot.commands import as_json, echo_json, user
from bot.console import document_as_json
from bot.settings import load_settings
from bot.workspace import open_workspace

if TYPE_CHECKING:
    from collections.abc import Sequence


@click.group(
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
        echo_json([document_as_json(document) for document in found])
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
        echo_json(fields | {"text": text})
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
            document = workspace.store.remove(document_id, by=user())
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
            document = workspace.store.restore(document_id, by=user())
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
        workspace.store.purge(document_id, by=user())
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
        echo_json([asdict(change) | {"at": change.at.isoformat()} for change in changes])
        return
    for change in changes:
        click.echo(
            f"{change.at:%Y-%m-%d %H:%M}  {change.by:12}  {change.action:8}  "
            f"{change.document_id}  {change.title}"
        )
