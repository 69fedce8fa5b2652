"""The whole corpus as plain files, and back: each is the other's inverse, history included.

    daviedka.json          which form this is
    documents/<id>.md      every document as it is now, with its metadata as front matter
    texts/<hash>.md        what documents said before, as far as history needs it
    history.jsonl          every change, the first one first

Passages and embeddings are not among them: they are made again from the texts.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import zipfile
from datetime import date, datetime  # noqa: TC003  # pydantic reads them
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

import yaml
from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass
from sqlalchemy import Connection, insert, select

from corpus import schema
from corpus.errors import ExchangeError
from corpus.models import Language, Script, State  # noqa: TC001  # pydantic reads them
from corpus.revisions import Action, latest_revision  # pydantic reads them
from corpus.store import draft_of, insert_passages, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from corpus.database import Database

FORM: Final = {"form": "daviedka corpus", "version": 1}
_FORM_FILE: Final = "daviedka.json"
_HISTORY: Final = "history.jsonl"
_RULE: Final = "---\n"
# Zip files know no time before it; the same corpus gives the same bytes.
_ZIP_TIME: Final = (1980, 1, 1, 0, 0, 0)
_STRICT: Final = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True, config=_STRICT)
class _FrontMatter:
    """What stands above a document's text."""

    id: str
    title: str
    source: str
    url: str | None
    language: Language
    script: Script
    published: date | None
    state: State
    check_by: date | None
    added_by: str
    added_at: datetime
    revision: int


@dataclass(frozen=True, slots=True, config=_STRICT)
class _Change:
    """One line of the history; a purge has left nothing of the document's content."""

    at: datetime
    by: str
    action: Action
    document: str
    revision: int
    undoes: int | None
    source: str
    title: str
    url: str | None
    language: Language
    script: Script
    published: date | None
    state: State
    check_by: date | None
    text: str


_front_matter: Final = TypeAdapter(_FrontMatter)
_change: Final = TypeAdapter(_Change)


def export_files(database: Database) -> Iterator[tuple[str, bytes]]:
    """Every file of the export, by its name, in a fixed order.

    Raises:
        StoreError: The database cannot be read.
    """
    yield _FORM_FILE, _json(FORM)
    with database.reading() as connection:
        current: set[str] = set()
        for row in connection.execute(select(schema.documents).order_by(schema.documents.c.id)):
            current.add(row.content_hash)
            text = text_of(connection, row.content_hash)
            fields = {name: getattr(row, name) for name in _FrontMatter.__annotations__}
            head = yaml.safe_dump(
                _front_matter.dump_python(_FrontMatter(**fields), mode="json"),
                allow_unicode=True,
                sort_keys=False,
                width=10_000,
            )
            yield f"documents/{row.id}.md", f"{_RULE}{head}{_RULE}{text}\n".encode()
        for row in connection.execute(select(schema.texts).order_by(schema.texts.c.hash)):
            if row.hash not in current:
                yield f"texts/{row.hash}.md", f"{row.text}\n".encode()
        yield _HISTORY, b"".join(_history(connection))


def _history(connection: Connection) -> Iterator[bytes]:
    rows = connection.execute(
        select(schema.revisions, schema.audit)
        .join(schema.revisions, schema.revisions.c.revision == schema.audit.c.revision)
        .order_by(schema.audit.c.id)
    )
    for row in rows.mappings():
        fields = {
            name: row[name] for name in _Change.__annotations__ if name not in ("document", "text")
        }
        change = _Change(**fields, document=row["document_id"], text=row["content_hash"])
        yield _json(_change.dump_python(change, mode="json"))


def write_directory(files: Iterable[tuple[str, bytes]], directory: Path) -> None:
    """Write an export into a directory, whole or not at all.

    Raises:
        ExchangeError: The directory is there and not empty, or it cannot be written.
    """
    try:
        if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
            raise ExchangeError(f"{directory} is not empty: name a directory that is new")
        directory.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=directory.parent, prefix=".export-") as temporary:
            for name, content in files:
                path = Path(temporary) / "new" / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            (Path(temporary) / "new").replace(directory)
    except OSError as error:
        raise ExchangeError(f"cannot write {directory} ({error.strerror})") from error


def write_zip(files: Iterable[tuple[str, bytes]], stream: IO[bytes]) -> None:
    """Write an export as a zip file; the same corpus gives the same bytes."""
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            member = zipfile.ZipInfo(name, _ZIP_TIME)
            member.external_attr = 0o644 << 16
            archive.writestr(member, content, zipfile.ZIP_DEFLATED)


def import_files(database: Database, source: Path) -> int:
    """Bring an export into an empty corpus, whole or not at all.

    Args:
        database: Of a corpus to which nothing was ever added.
        source: The export: a directory, or a zip file.

    Returns:
        How many documents there are now, removed ones among them.

    Raises:
        ExchangeError: It is no whole export, or the corpus is not empty.
        StoreError: The database cannot be written.
    """
    files = _read_zip(source) if source.is_file() else _read_directory(source)
    if files.get(_FORM_FILE) != _json(FORM):
        raise ExchangeError(
            f"{source} is no export that this version reads: name what `daviedka export` wrote"
        )
    documents = [
        _read_document(name, content)
        for name, content in sorted(files.items())
        if name.startswith("documents/")
    ]
    changes = [_read_change(line) for line in files.get(_HISTORY, b"").splitlines()]
    texts = {
        hashlib.sha256(text.encode()).hexdigest(): text
        for text in [
            *(text for _, text in documents),
            *(
                content.decode().removesuffix("\n")
                for name, content in files.items()
                if name.startswith("texts/")
            ),
        ]
    }
    _require_whole(documents, changes, texts)
    with database.writing() as connection:
        if latest_revision(connection):
            raise ExchangeError("the corpus is not empty: import into a new DAVIEDKA_DATA_DIR")
        _insert(connection, documents, changes, texts)
    return len(documents)


def _require_whole(
    documents: list[tuple[_FrontMatter, str]], changes: list[_Change], texts: Mapping[str, str]
) -> None:
    """Refuse an export of which a part is missing or was changed by hand.

    Raises:
        ExchangeError: It is not whole.
    """
    last = {change.document: change for change in changes if change.action != "purge"}
    for front, text in documents:
        change = last.get(front.id)
        if change is None or not _fits(front, text, change):
            raise ExchangeError(
                f"documents/{front.id}.md is not as it was exported: export again, or add what "
                "you changed by `daviedka add`"
            )
    for change in changes:
        if change.text and change.text not in texts:
            raise ExchangeError(f"the text {change.text} of the history is missing: export again")


def _fits(front: _FrontMatter, text: str, change: _Change) -> bool:
    # The source may have given way to another document's.
    names = ("title", "url", "language", "script", "published", "state", "check_by")
    return (
        hashlib.sha256(text.encode()).hexdigest() == change.text
        and front.revision == change.revision
        and all(getattr(front, name) == getattr(change, name) for name in names)
    )


def _insert(
    connection: Connection,
    documents: list[tuple[_FrontMatter, str]],
    changes: list[_Change],
    texts: Mapping[str, str],
) -> None:
    for content_hash, text in texts.items():
        connection.execute(insert(schema.texts).values(hash=content_hash, text=text))
    for front, text in documents:
        values: dict[str, Any] = {
            name: getattr(front, name) for name in _FrontMatter.__annotations__
        }
        values["content_hash"] = hashlib.sha256(text.encode()).hexdigest()
        connection.execute(insert(schema.documents).values(**values, words=len(text.split())))
        insert_passages(connection, front.id, draft_of(connection, values))
    for change in changes:
        if change.action != "purge":
            values = {
                name: getattr(change, name)
                for name in _Change.__annotations__
                if name in schema.revisions.c
            }
            connection.execute(
                insert(schema.revisions).values(
                    **values, document_id=change.document, content_hash=change.text
                )
            )
        connection.execute(
            insert(schema.audit).values(
                at=change.at,
                by=change.by,
                action=change.action,
                document_id=change.document,
                revision=change.revision,
                undoes=change.undoes,
            )
        )


def _read_document(name: str, content: bytes) -> tuple[_FrontMatter, str]:
    try:
        _, head, text = content.decode().split(_RULE, 2)
        return _front_matter.validate_python(yaml.safe_load(head)), text.removesuffix("\n")
    except (ValueError, yaml.YAMLError) as error:
        raise ExchangeError(f"{name} has no front matter that can be read") from error


def _read_change(line: bytes) -> _Change:
    try:
        return _change.validate_json(line)
    except ValidationError as error:
        raise ExchangeError(f"{_HISTORY} has a line that cannot be read") from error


def _read_directory(directory: Path) -> dict[str, bytes]:
    try:
        return {
            path.relative_to(directory).as_posix(): path.read_bytes()
            for path in sorted(directory.rglob("*"))
            if path.is_file()
        }
    except OSError as error:
        raise ExchangeError(f"cannot read {directory} ({error.strerror})") from error


def _read_zip(path: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(path) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    except (OSError, zipfile.BadZipFile, RuntimeError) as error:
        raise ExchangeError(f"{path} is no zip file that can be read") from error


def _json(value: Mapping[str, Any]) -> bytes:
    return f"{json.dumps(value, ensure_ascii=False)}\n".encode()
