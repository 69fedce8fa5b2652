"""The truth: documents, their revisions and passages, on SQLAlchemy Core.

Every change is one transaction that makes one new revision of the corpus, so a process
that dies at any instant leaves a change whole or not at all.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import (
    Connection,
    Row,
    delete,
    exists,
    func,
    insert,
    select,
    update,
)

from corpus import schema
from corpus.errors import MissingError
from corpus.models import Document

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from corpus.database import Database
    from corpus.models import Language, Passage, Script

Action = Literal["add", "replace", "remove", "restore", "purge"]


@dataclass(frozen=True, slots=True)
class Draft:
    """A document's content, ready to be stored.

    Attributes:
        source: Identifies the document: a second draft from the same source replaces it.
        title: Not empty.
        text: Cleaned text; the passages are spans of it.
        passages: At least one.
    """

    source: str
    title: str
    text: str
    language: Language
    script: Script
    published: date | None
    url: str | None
    passages: tuple[Passage, ...]

    @property
    def content_hash(self) -> str:
        """SHA-256 of the text, hexadecimal."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def embedding_key(self, passage: Passage) -> str:
        """What the passage's embeddings are made of, hashed, 32 hexadecimal digits."""
        parts = [self.title, passage.heading]
        parts += [self.text[sentence.start : sentence.end] for sentence in passage.sentences]
        parts.append(self.text[passage.start : passage.end])
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the audit trail."""

    at: datetime
    by: str
    action: Action
    document_id: str
    revision: int
    title: str


class Store:
    """The documents of one corpus, in one database.

    Safe to use from several threads. Every method that takes `by` writes a line of the
    audit trail.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def revision(self) -> int:
        """The corpus's revision: 0 when nothing was ever added, else it only grows."""
        with self._database.reading() as connection:
            return latest_revision(connection)

    def documents(self, *, removed: bool = False) -> list[Document]:
        """The documents of the corpus, or those that were removed, oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                select(schema.documents)
                .where(schema.documents.c.removed.is_(removed))
                .order_by(schema.documents.c.added_at, schema.documents.c.id)
            )
            return [document_of(row) for row in rows]

    def document(self, document_id: str) -> Document:
        """The document with this id, removed or not.

        Raises:
            MissingError: There is none.
        """
        with self._database.reading() as connection:
            return document_of(_document_row(connection, document_id))

    def find(self, source: str) -> Document | None:
        """The document from this source, removed or not."""
        return self._find(schema.documents.c.source == source)

    def find_content(self, content_hash: str) -> Document | None:
        """A document with this text, preferably one that is not removed."""
        return self._find(schema.documents.c.content_hash == content_hash)

    def _find(self, condition: Any) -> Document | None:  # noqa: ANN401  # SQLAlchemy's clauses
        with self._database.reading() as connection:
            row = connection.execute(
                select(schema.documents)
                .where(condition)
                .order_by(schema.documents.c.removed, schema.documents.c.added_at)
            ).first()
            return None if row is None else document_of(row)

    def text(self, document_id: str) -> str:
        """The whole text of a document, removed or not.

        Raises:
            MissingError: There is no such document.
        """
        with self._database.reading() as connection:
            row = _document_row(connection, document_id)
            return text_of(connection, row.content_hash)

    def save(self, draft: Draft, by: str) -> Document:
        """Store a new document, or replace the one from the same source.

        A replaced document keeps its id; one that was removed comes back.

        Raises:
            ValueError: The draft has no title or no passage.
        """
        if not draft.title or not draft.passages:
            raise ValueError(f"a draft needs a title and a passage: {draft.source}")
        with self._database.writing() as connection:
            content_hash = draft.content_hash
            known = select(exists().where(schema.texts.c.hash == content_hash))
            if not connection.execute(known).scalar_one():
                connection.execute(insert(schema.texts).values(hash=content_hash, text=draft.text))
            old = connection.execute(
                select(schema.documents).where(schema.documents.c.source == draft.source)
            ).first()
            content: dict[str, Any] = {
                "source": draft.source,
                "title": draft.title,
                "language": draft.language,
                "script": draft.script,
                "published": draft.published,
                "url": draft.url,
                "content_hash": content_hash,
                "removed": False,
            }
            document_id = secrets.token_hex(4) if old is None else old.id
            revision = _record(
                connection, document_id, content, "add" if old is None else "replace", by
            )
            values = content | {"words": len(draft.text.split()), "revision": revision}
            if old is None:
                values |= {"id": document_id, "added_by": by, "added_at": datetime.now(UTC)}
                connection.execute(insert(schema.documents).values(**values))
            else:
                connection.execute(
                    update(schema.documents)
                    .where(schema.documents.c.id == document_id)
                    .values(**values)
                )
                _delete_passages(connection, document_id)
            _insert_passages(connection, document_id, draft)
            return document_of(_document_row(connection, document_id))

    def remove(self, document_id: str, by: str) -> Document:
        """Take a document out of the corpus; `restore` brings it back.

        Removing it twice changes nothing.

        Raises:
            MissingError: There is no such document.
        """
        return self._set_removed(document_id, by, removed=True)

    def restore(self, document_id: str, by: str) -> Document:
        """Bring a removed document back.

        Raises:
            MissingError: There is no such document.
        """
        return self._set_removed(document_id, by, removed=False)

    def _set_removed(self, document_id: str, by: str, *, removed: bool) -> Document:
        with self._database.writing() as connection:
            row = _document_row(connection, document_id)
            if row.removed != removed:
                content = {
                    column.name: row._mapping[column.name]  # noqa: SLF001  # SQLAlchemy's public name
                    for column in schema.revisions.c
                    if column.name not in ("revision", "document_id", "removed")
                }
                content["removed"] = removed
                action: Action = "remove" if removed else "restore"
                revision = _record(connection, document_id, content, action, by)
                connection.execute(
                    update(schema.documents)
                    .where(schema.documents.c.id == document_id)
                    .values(removed=removed, revision=revision)
                )
            return document_of(_document_row(connection, document_id))

    def purge(self, document_id: str, by: str) -> None:
        """Delete a removed document with its texts and embeddings, for good.

        The audit trail keeps that it was there.

        Raises:
            MissingError: There is no such document.
            ValueError: It has not been removed before.
        """
        with self._database.writing() as connection:
            row = _document_row(connection, document_id)
            if not row.removed:
                raise ValueError(f"document {document_id} is not removed: remove it first")
            _add_to_audit(connection, document_id, row.revision, "purge", by)
            _delete_passages(connection, document_id)
            connection.execute(delete(schema.documents).where(schema.documents.c.id == document_id))
            hashes = select(schema.revisions.c.content_hash).where(
                schema.revisions.c.document_id == document_id
            )
            others = select(schema.revisions.c.content_hash).where(
                schema.revisions.c.document_id != document_id
            )
            connection.execute(
                delete(schema.texts).where(
                    schema.texts.c.hash.in_(hashes), schema.texts.c.hash.not_in(others)
                )
            )
            connection.execute(
                update(schema.revisions)
                .where(schema.revisions.c.document_id == document_id)
                .values(source="", title="", url=None, published=None, content_hash="")
            )
            connection.execute(
                delete(schema.embeddings).where(
                    schema.embeddings.c.embedding_key.not_in(
                        select(schema.passages.c.embedding_key)
                    )
                )
            )

    def history(self, document_id: str | None = None) -> list[Change]:
        """Who did what and when, the latest first; of one document, or of all.

        The title is the one that the change left; "" where the document was purged.
        """
        query = (
            select(schema.audit, schema.revisions.c.title)
            .join(schema.revisions, schema.revisions.c.revision == schema.audit.c.revision)
            .order_by(schema.audit.c.id.desc())
        )
        if document_id is not None:
            query = query.where(schema.audit.c.document_id == document_id)
        with self._database.reading() as connection:
            return [
                Change(row.at, row.by, row.action, row.document_id, row.revision, row.title)
                for row in connection.execute(query)
            ]


def latest_revision(connection: Connection) -> int:
    """The corpus's revision: 0 when nothing was ever added."""
    latest = connection.execute(select(func.max(schema.revisions.c.revision))).scalar_one()
    return latest or 0


def _document_row(connection: Connection, document_id: str) -> Row[Any]:
    row = connection.execute(
        select(schema.documents).where(schema.documents.c.id == document_id)
    ).first()
    if row is None:
        raise MissingError(document_id)
    return row


def document_of(row: Row[Any]) -> Document:
    """The document in a row that has the columns of `schema.documents`."""
    return Document(
        id=row.id,
        source=row.source,
        title=row.title,
        language=row.language,
        script=row.script,
        published=row.published,
        url=row.url,
        content_hash=row.content_hash,
        words=row.words,
        added_by=row.added_by,
        added_at=row.added_at,
        revision=row.revision,
        removed=row.removed,
    )


def text_of(connection: Connection, content_hash: str) -> str:
    """The text with this hash."""
    query = select(schema.texts.c.text).where(schema.texts.c.hash == content_hash)
    return str(connection.execute(query).scalar_one())


def _record(
    connection: Connection, document_id: str, content: Mapping[str, Any], action: Action, by: str
) -> int:
    """Make a new revision of the corpus and a line of the audit trail."""
    revision: int = connection.execute(
        insert(schema.revisions)
        .values(document_id=document_id, **content)
        .returning(schema.revisions.c.revision)
    ).scalar_one()
    _add_to_audit(connection, document_id, revision, action, by)
    return revision


def _add_to_audit(
    connection: Connection, document_id: str, revision: int, action: Action, by: str
) -> None:
    connection.execute(
        insert(schema.audit).values(
            at=datetime.now(UTC), by=by, action=action, document_id=document_id, revision=revision
        )
    )


def _insert_passages(connection: Connection, document_id: str, draft: Draft) -> None:
    spans: list[dict[str, int]] = []
    for position, passage in enumerate(draft.passages):
        passage_id = connection.execute(
            insert(schema.passages)
            .values(
                document_id=document_id,
                position=position,
                heading=passage.heading,
                start=passage.start,
                end=passage.end,
                embedding_key=draft.embedding_key(passage),
            )
            .returning(schema.passages.c.id)
        ).scalar_one()
        spans += [
            {"passage_id": passage_id, "position": number, "start": span.start, "end": span.end}
            for number, span in enumerate(passage.sentences)
        ]
    connection.execute(insert(schema.sentences), spans)


def _delete_passages(connection: Connection, document_id: str) -> None:
    # Sentences go with their passages: the foreign key cascades.
    connection.execute(delete(schema.passages).where(schema.passages.c.document_id == document_id))
