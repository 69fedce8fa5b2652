"""The truth: documents, their revisions and passages, on SQLAlchemy Core.

Every change is one transaction that makes one new revision of the corpus, so a process
that dies at any instant leaves a change whole or not at all.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from sqlalchemy import (
    Connection,
    Row,
    delete,
    exists,
    insert,
    select,
    update,
)

from corpus import schema
from corpus.errors import ConflictError, MissingError
from corpus.models import Document
from corpus.revisions import (
    Action,
    Change,
    add_to_audit,
    content_of,
    history,
    is_last,
    latest_revision,
    record,
)
from corpus.splitting import split

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from corpus.database import Database
    from corpus.models import Language, Passage, Script, State


class Metadata(TypedDict, total=False):
    """What of a document can be edited; what is left out stays as it is."""

    title: str
    published: date | None
    url: str | None
    check_by: date | None


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


class Store:
    """The documents of one corpus, in one database.

    Safe to use from several threads. Every method that takes `by` writes a line of the
    audit trail.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def database(self) -> Database:
        """Where they are kept, for what reads all of it, as an export does."""
        return self._database

    def revision(self) -> int:
        """The corpus's revision: 0 when nothing was ever added, else it only grows."""
        with self._database.reading() as connection:
            return latest_revision(connection)

    def documents(self, *states: State) -> list[Document]:
        """The documents in these states, oldest first; those that are live where none is named."""
        with self._database.reading() as connection:
            rows = connection.execute(
                select(schema.documents)
                .where(schema.documents.c.state.in_(states or ("live",)))
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
                .order_by(schema.documents.c.state != "live", schema.documents.c.added_at)
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

    def content(self, document_id: str) -> Draft:
        """The content of a document as it would be stored now, removed or not.

        Raises:
            MissingError: There is no such document.
        """
        with self._database.reading() as connection:
            return draft_of(
                connection, _content(connection, _document_row(connection, document_id))
            )

    def save(self, draft: Draft, by: str, *, replaces: str | None = None) -> Document:
        """Store a new document, or put a new content in the place of an old one.

        A replaced document keeps its id; one that was removed or hidden comes back. A new
        content is as good as checked: its date to be checked by goes.

        Args:
            draft: The content. It replaces the document from the same source, if there is one.
            by: Who does it.
            replaces: The document whose content and source it replaces.

        Raises:
            ValueError: The draft has no title or no passage.
            MissingError: There is no document to replace.
            ConflictError: Another document than the one to replace is from the same source.
        """
        if not draft.title or not draft.passages:
            raise ValueError(f"a draft needs a title and a passage: {draft.source}")
        with self._database.writing() as connection:
            self._keep_text(connection, draft)
            same_source = connection.execute(
                select(schema.documents).where(schema.documents.c.source == draft.source)
            ).first()
            old = same_source if replaces is None else _document_row(connection, replaces)
            if same_source is not None and old is not None and same_source.id != old.id:
                if same_source.state != "removed":
                    raise ConflictError(
                        same_source.id, f"is from the same source, {draft.source}: replace that one"
                    )
                _give_way(connection, same_source)
            content: dict[str, Any] = {
                "source": draft.source,
                "title": draft.title,
                "language": draft.language,
                "script": draft.script,
                "published": draft.published,
                "url": draft.url,
                "content_hash": draft.content_hash,
                "state": "live",
                "check_by": None,
            }
            document_id = secrets.token_hex(4) if old is None else old.id
            revision = record(
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
            insert_passages(connection, document_id, draft)
            return document_of(_document_row(connection, document_id))

    def edit(self, document_id: str, by: str, **metadata: Unpack[Metadata]) -> Document:
        """Change what is known of a document, but not its text.

        Nothing is written where nothing differs.

        Raises:
            MissingError: There is no such document.
            ValueError: The title is empty.
        """
        if not metadata.get("title", "-").strip():
            raise ValueError("a document needs a title")
        return self._change(document_id, by, "edit", **metadata)

    def remove(self, document_id: str, by: str) -> Document:
        """Take a document out of the corpus; `restore` brings it back.

        Removing it twice changes nothing.

        Raises:
            MissingError: There is no such document.
        """
        return self._change(document_id, by, "remove", state="removed")

    def restore(self, document_id: str, by: str) -> Document:
        """Bring a removed document back.

        Raises:
            MissingError: There is no such document.
        """
        return self._change(document_id, by, "restore", state="live")

    def hide(self, document_id: str, by: str) -> Document:
        """Take a document out of sight for a while; `show` brings it back.

        Raises:
            MissingError: There is no such document.
        """
        return self._change(document_id, by, "hide", state="hidden")

    def show(self, document_id: str, by: str) -> Document:
        """Let a hidden document be found again.

        Raises:
            MissingError: There is no such document.
        """
        return self._change(document_id, by, "show", state="live")

    def _change(self, document_id: str, by: str, action: Action, **values: Any) -> Document:  # noqa: ANN401  # columns
        with self._database.writing() as connection:
            row = _document_row(connection, document_id)
            content = _content(connection, row)
            if content | values != content:
                _apply(connection, row, content | values, action, by)
            return document_of(_document_row(connection, document_id))

    def undo(self, revision: int, by: str) -> Document:
        """Take one change of a document back: it becomes what it was before.

        A document that the change added is removed. An undo is a change as any other, and can
        be taken back itself.

        Raises:
            MissingError: There is no such change, or the document was purged.
            ConflictError: Something else was changed since, and has to be taken back first.
        """
        with self._database.writing() as connection:
            made = connection.execute(
                select(schema.revisions).where(schema.revisions.c.revision == revision)
            ).first()
            row = _document_row(connection, "" if made is None else made.document_id)
            if made is None or not is_last(connection, row.id, revision):
                raise ConflictError(row.id, "was changed since: take the later change back first")
            before = connection.execute(
                select(schema.revisions)
                .where(
                    schema.revisions.c.document_id == row.id,
                    schema.revisions.c.revision < revision,
                )
                .order_by(schema.revisions.c.revision.desc())
                .limit(1)
            ).first()
            content = content_of(made if before is None else before)
            if before is None:
                content["state"] = "removed"
            _apply(connection, row, content, "undo", by, undoes=revision)
            return document_of(_document_row(connection, row.id))

    @staticmethod
    def _keep_text(connection: Connection, draft: Draft) -> None:
        known = select(exists().where(schema.texts.c.hash == draft.content_hash))
        if not connection.execute(known).scalar_one():
            connection.execute(
                insert(schema.texts).values(hash=draft.content_hash, text=draft.text)
            )

    def purge(self, document_id: str, by: str) -> None:
        """Delete a removed document with its texts and embeddings, for good.

        The audit trail keeps that it was there.

        Raises:
            MissingError: There is no such document.
            ValueError: It has not been removed before.
        """
        with self._database.writing() as connection:
            row = _document_row(connection, document_id)
            if row.state != "removed":
                raise ValueError(f"document {document_id} is not removed: remove it first")
            add_to_audit(connection, document_id, row.revision, "purge", by)
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

    def history(
        self, document_id: str | None = None, *, limit: int | None = None, offset: int = 0
    ) -> list[Change]:
        """Who did what and when, the latest first; of one document, or of all.

        Args:
            document_id: Leaves the others out.
            limit: At most so many.
            offset: After so many.
        """
        with self._database.reading() as connection:
            return history(connection, document_id, limit=limit, offset=offset)


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
        state=row.state,
        check_by=row.check_by,
    )


def text_of(connection: Connection, content_hash: str) -> str:
    """The text with this hash."""
    query = select(schema.texts.c.text).where(schema.texts.c.hash == content_hash)
    return str(connection.execute(query).scalar_one())


def draft_of(connection: Connection, content: Mapping[str, Any]) -> Draft:
    """What a document's row, or a revision's, says, with the passages of its text."""
    text = text_of(connection, content["content_hash"])
    return Draft(
        source=content["source"],
        title=content["title"],
        text=text,
        language=content["language"],
        script=content["script"],
        published=content["published"],
        url=content["url"],
        passages=split(text),
    )


def _apply(
    connection: Connection,
    row: Row[Any],
    content: dict[str, Any],
    action: Action,
    by: str,
    *,
    undoes: int | None = None,
) -> None:
    """Make a document be what `content` says; its passages change only where they must.

    Where another document is from its source by now, it steps aside: two cannot be from one,
    and neither may get lost.
    """
    source = content["source"]
    other = connection.execute(
        select(schema.documents).where(
            schema.documents.c.source == source, schema.documents.c.id != row.id
        )
    ).first()
    if other is not None and other.state == "removed" != content["state"]:
        _give_way(connection, other)
    elif other is not None:
        source = _aside(source, row.id)
    revision = record(connection, row.id, content, action, by, undoes=undoes)
    if (row.title, row.content_hash) != (content["title"], content["content_hash"]):
        draft = draft_of(connection, content)
        content = content | {"words": len(draft.text.split())}
        _delete_passages(connection, row.id)
        insert_passages(connection, row.id, draft)
    connection.execute(
        update(schema.documents)
        .where(schema.documents.c.id == row.id)
        .values(**content | {"source": source}, revision=revision)
    )


def _content(connection: Connection, row: Row[Any]) -> dict[str, Any]:
    """What a document is by its last revision; in its own row, the source may have given way."""
    query = select(schema.revisions).where(schema.revisions.c.revision == row.revision)
    return content_of(connection.execute(query).one())


def _give_way(connection: Connection, removed: Row[Any]) -> None:
    """Let another document be from the source of a removed one.

    Its history keeps where it came from, and it comes back there if the place is free then.
    """
    connection.execute(
        update(schema.documents)
        .where(schema.documents.c.id == removed.id)
        .values(source=_aside(removed.source, removed.id))
    )


def _aside(source: str, document_id: str) -> str:
    """A source beside another document's; history keeps the real one."""
    return f"{source}#{document_id}"


def insert_passages(connection: Connection, document_id: str, draft: Draft) -> None:
    """Store a document's passages with their sentences."""
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
