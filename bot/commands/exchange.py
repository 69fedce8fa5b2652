"""`daviedka export` and `daviedka import`: the corpus as plain files, and back."""

from __future__ import annotations

from pathlib import Path

import click

from bot.settings import load_settings
from bot.workspace import open_workspace
from corpus.errors import ExchangeError
from corpus.export import export_files, import_files, write_directory, write_zip
from corpus.models import STATES


@click.command(
    "export",
    epilog="""\b
Examples:
  daviedka export backup/
  daviedka export backup-2026-11-23.zip
""",
)
@click.argument("target", type=click.Path(path_type=Path), metavar="DIR_OR_ZIP")
def export(target: Path) -> None:
    """Write every document as a Markdown file with front matter, and the whole history.

    DIR_OR_ZIP is a new directory, or a new file that ends in .zip.
    """
    with open_workspace(load_settings(), write=False) as workspace:
        files = export_files(workspace.database)
        if target.suffix.lower() == ".zip":
            try:
                with target.open("xb") as stream:
                    write_zip(files, stream)
            except OSError as error:
                raise ExchangeError(f"cannot write {target} ({error.strerror})") from error
        else:
            write_directory(files, target)
        count = len(workspace.store.documents(*STATES))
    click.echo(f"{count} documents written to {target}, hidden and removed ones among them.")


@click.command(
    "import",
    epilog="""\b
Examples:
  daviedka import backup/
  DAVIEDKA_DATA_DIR=/srv/new daviedka import backup-2026-11-23.zip
""",
)
@click.argument("source", type=click.Path(exists=True, path_type=Path), metavar="DIR_OR_ZIP")
def import_(source: Path) -> None:
    """Bring what `daviedka export` wrote into an empty corpus, history included."""
    with open_workspace(load_settings(), write=True) as workspace:
        count = import_files(workspace.database, source)
        click.echo(f"{count} documents imported from {source}.")
        synced = workspace.sync(workspace.open_index())
    click.echo(f"{synced.encoded} passages embedded.")
