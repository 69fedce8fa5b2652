"""`daviedka documents`: what is in the corpus."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

import click

from bot.commands import as_json, echo_json, user
from bot.console import document_as_json
from bot.settings import load_settings
from bot.workspace import open_workspace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpus.models import State
    from corpus.store import Metadata


class _Date(click.ParamType[date | Literal["-"]]):
    """A day, or "-" for none."""

    name = "YYYY-MM-DD"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> date | Literal["-"]:
        """Read what was typed."""
        if value == "-":
            return "-"
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no date; write it as 2027-06-01", param, ctx)


@click.group(
    invoke_without_command=True,
    epilog="""\b
Examples:
  daviedka documents
  daviedka documents show 1f0c77aa
  daviedka documents edit 1f0c77aa --check-by 2027-06-01
  daviedka documents remove 1f0c77aa
""",
)
@click.pass_context
def documents(context: click.Context) -> None:
    """List, show, edit, hide, remove and restore documents."""
    if context.invoked_subcommand is None:
        context.invoke(documents_list, hidden=False, removed=False, as_json=False)


@documents.command(
    "list",
    epilog="""\b
Example:
  daviedka documents list --removed
""",
)
@click.option("--hidden", is_flag=True, help="Those that are out of sight for a while.")
@click.option("--removed", is_flag=True, help="Those that were removed and can be restored.")
@as_json
def documents_list(*, hidden: bool, removed: bool, as_json: bool) -> None:
    """List the documents, oldest first."""
    if hidden and removed:
        raise click.UsageError("name one of --hidden and --removed")
    state: State = "hidden" if hidden else "removed" if removed else "live"
    with open_workspace(load_settings(), write=False) as workspace:
        found = workspace.store.documents(state)
        models = {} if as_json else workspace.models()
    if as_json:
        echo_json([document_as_json(document) for document in found])
        return
    for document in found:
        published = "-" if document.published is None else document.published.isoformat()
        click.echo(
            f"{document.id}  {document.language}  {published:10}  {document.words:6} words  "
            f"{document.title}"
        )
    if len(models) > 1:
        embedded = ", ".join(f"{count} by {name}" for name, count in models.items())
        click.echo(f"One model takes another's place; passages embedded: {embedded}.", err=True)
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
    "edit",
    epilog="""\b
Examples:
  daviedka documents edit 1f0c77aa --title "Registration" --date 2026-05-01
  daviedka documents edit 1f0c77aa --check-by 2027-06-01 --url -
""",
)
@click.argument("document_id", metavar="ID")
@click.option("--title", help="How it is called.")
@click.option("--date", "published", type=_Date(), help="Of its publication; - for none.")
@click.option("--url", help="Where the original can be read; - for nowhere.")
@click.option("--check-by", type=_Date(), help="When to look whether it is true; - for never.")
def documents_edit(document_id: str, **options: Any) -> None:  # noqa: ANN401  # click's values
    """Change what is known of a document, but not its text."""
    metadata: Metadata = {}
    for name, value in options.items():
        if value is not None:
            metadata[name] = None if value == "-" else value  # type: ignore[literal-required]  # the options' names
    if not metadata:
        raise click.UsageError("name what to change: --title, --date, --url or --check-by")
    if metadata.get("title", "-") is None or not metadata.get("title", "-").strip():
        raise click.UsageError("a document needs a title")
    with open_workspace(load_settings(), write=True) as workspace:
        document = workspace.store.edit(document_id, user(), **metadata)
        if "title" in metadata:  # it is part of what is embedded
            workspace.sync(workspace.open_index())
    click.echo(f"edited  {document.title}")


@documents.command(
    "hide",
    epilog="""\b
Example:
  daviedka documents hide 1f0c77aa
""",
)
@click.argument("document_ids", nargs=-1, required=True, metavar="ID...")
def documents_hide(document_ids: Sequence[str]) -> None:
    """Take documents out of sight for a while: they are not found until `unhide`."""
    with open_workspace(load_settings(), write=True) as workspace:
        for document_id in document_ids:
            document = workspace.store.hide(document_id, by=user())
            click.echo(f"hidden  {document.title}  (back: daviedka documents unhide {document.id})")


@documents.command(
    "unhide",
    epilog="""\b
Example:
  daviedka documents unhide 1f0c77aa
""",
)
@click.argument("document_ids", nargs=-1, required=True, metavar="ID...")
def documents_unhide(document_ids: Sequence[str]) -> None:
    """Let hidden documents be found again."""
    with open_workspace(load_settings(), write=True) as workspace:
        for document_id in document_ids:
            document = workspace.store.show(document_id, by=user())
            click.echo(f"shown  {document.title}")


@documents.command(
    "undo",
    epilog="""\b
Example:
  daviedka documents history 1f0c77aa
  daviedka documents undo 17
""",
)
@click.argument("revision", type=click.IntRange(1))
def documents_undo(revision: int) -> None:
    """Take one change back, by the number that `history` shows for it."""
    with open_workspace(load_settings(), write=True) as workspace:
        document = workspace.store.undo(revision, by=user())
        workspace.sync(workspace.open_index())
    click.echo(f"undone  {document.title}  (it is {document.state} now)")


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
        # What people thought of it quotes it.
        with workspace.open_records() as records:
            records.judgements.forget_document(document_id)
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
    with (
        open_workspace(load_settings(), write=False) as workspace,
        workspace.open_records() as records,
    ):
        changes = [
            replace(change, by=records.name(change.by))
            for change in workspace.store.history(document_id)
        ]
    if as_json:
        echo_json([asdict(change) | {"at": change.at.isoformat()} for change in changes])
        return
    for change in changes:
        click.echo(
            f"{change.revision:5}  {change.at:%Y-%m-%d %H:%M}  {change.by:12}  {change.action:8}  "
            f"{change.document_id}  {change.title}{'  (undone)' if change.undone else ''}"
        )
