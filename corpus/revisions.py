"""What every change of a document leaves behind: a revision, and a line of the audit trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import Connection, Row, func, insert, select

from corpus import schema

if TYPE_CHECKING:
    from collections.abc import Mapping

Action = Literal["add", "replace", "edit", "hide", "show", "remove", "restore", "undo", "purge"]

# What a revision keeps of a document besides its text's hash; all of it can be taken back.
CONTENT = (
    "source",
    "title",
    "language",
    "script",
    "published",
    "url",
    "content_hash",
    "state",
    "check_by",
)


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the audit trail.

    Attributes:
        title: As the change left it; "" where the document was purged.
        undoes: The revision that it takes back, where it is an undo.
        undone: True where a later change takes it back, and is not itself taken back.
        changed: The names among `CONTENT` of what differs from before; none where it was added
            or purged.
    """

    at: datetime
    by: str
    action: Action
    document_id: str
    revision: int
    title: str
    undoes: int | None = None
    undone: bool = False
    changed: tuple[str, ...] = ()


def latest_revision(connection: Connection) -> int:
    """The corpus's revision: 0 when nothing was ever added."""
    latest = connection.execute(select(func.max(schema.revisions.c.revision))).scalar_one()
    return latest or 0


def content_of(row: Row[Any]) -> dict[str, Any]:
    """What of a document's row, or a revision's, can be changed and taken back."""
    return {name: row._mapping[name] for name in CONTENT}  # noqa: SLF001  # SQLAlchemy's public name


def _undone(connection: Connection) -> set[int]:
    """The revisions that are taken back by one that is not taken back itself."""
    undone: set[int] = set()
    undos = connection.execute(
        select(schema.audit.c.revision, schema.audit.c.undoes)
        .where(schema.audit.c.undoes.is_not(None))
        .order_by(schema.audit.c.revision.desc())
    )
    for row in undos:  # the latest first: whether an undo holds is known before it counts
        if row.revision not in undone:
            undone.add(row.undoes)
    return undone


def record(
    connection: Connection,
    document_id: str,
    content: Mapping[str, Any],
    action: Action,
    by: str,
    *,
    undoes: int | None = None,
) -> int:
    """Make a new revision of the corpus and a line of the audit trail."""
    revision: int = connection.execute(
        insert(schema.revisions)
        .values(document_id=document_id, **content)
        .returning(schema.revisions.c.revision)
    ).scalar_one()
    add_to_audit(connection, document_id, revision, action, by, undoes=undoes)
    return revision


def add_to_audit(
    connection: Connection,
    document_id: str,
    revision: int,
    action: Action,
    by: str,
    *,
    undoes: int | None = None,
) -> None:
    """Write a line of the audit trail."""
    connection.execute(
        insert(schema.audit).values(
            at=datetime.now(UTC),
            by=by,
            action=action,
            document_id=document_id,
            revision=revision,
            undoes=undoes,
        )
    )


def history(
    connection: Connection,
    document_id: str | None = None,
    *,
    limit: int | None = None,
    offset: int = 0,
) -> list[Change]:
    """Who did what and when, the latest first; see `Store.history`."""
    revisions, earlier, before = (
        schema.revisions.c,
        schema.revisions.alias(),
        schema.revisions.alias(),
    )
    latest_before = (
        select(func.max(earlier.c.revision))
        .where(
            earlier.c.document_id == revisions.document_id,
            earlier.c.revision < revisions.revision,
        )
        .scalar_subquery()
    )
    differs = [
        (revisions[name].is_distinct_from(before.c[name])).label(f"changed_{name}")
        for name in CONTENT
    ]
    query = (
        select(schema.audit, revisions.title, before.c.revision.label("before"), *differs)
        .join(schema.revisions, revisions.revision == schema.audit.c.revision)
        .outerjoin(before, before.c.revision == latest_before)
        .order_by(schema.audit.c.id.desc())
        .limit(limit)
        .offset(offset)
    )
    if document_id is not None:
        query = query.where(schema.audit.c.document_id == document_id)
    undone = _undone(connection)
    return [
        Change(
            at=row.at,
            by=row.by,
            action=row.action,
            document_id=row.document_id,
            revision=row.revision,
            title=row.title,
            undoes=row.undoes,
            undone=row.action != "purge" and row.revision in undone,
            changed=()
            if row.action == "purge" or row.before is None
            else tuple(name for name in CONTENT if row._mapping[f"changed_{name}"]),  # noqa: SLF001
        )
        for row in connection.execute(query)
    ]


def is_last(connection: Connection, document_id: str, revision: int) -> bool:
    """Whether nothing that was done to a document after a change still holds.

    What was done since may have been taken back, each change by an undo that came after it.
    """
    return all(
        change.undone or (change.undoes is not None and change.undoes > revision)
        for change in history(connection, document_id)
        if change.revision > revision
    )
