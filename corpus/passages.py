"""Passages as the index needs them, and the embeddings that are kept for it.

A passage never changes under its id, and an id is never used twice: an index is brought
up to date by comparing sets of ids.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Row,
    Select,
    bindparam,
    delete,
    exists,
    func,
    insert,
    select,
)

from corpus import schema
from corpus.database import Database, parts
from corpus.models import Document, Sentence
from corpus.revisions import latest_revision
from corpus.store import document_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage with what it stands in."""

    id: int
    document: Document
    heading: str
    text: str
    start: int
    end: int
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class PassageContent:
    """What of a passage is embedded and indexed."""

    id: int
    embedding_key: str
    title: str
    heading: str
    text: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PassageVectors:
    """A passage's stored embeddings, as the index packed them.

    Attributes:
        document_id: The document that it stands in.
        passage: The passage's embedding.
        sentences: Its sentences' embeddings, one after the other.
    """

    id: int
    document_id: str
    language: str
    passage: bytes
    sentences: bytes


class PassageStore:
    """The passages of one corpus, in one database. Safe to use from several threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def passage_ids(self) -> tuple[int, list[int]]:
        """The corpus's revision, and the ids of all passages that may be found at it."""
        with self._database.reading() as connection:
            return latest_revision(connection), _live_ids(connection)

    def passages(self, ids: Sequence[int]) -> dict[int, StoredPassage]:
        """The passages with these ids; those that are gone or removed are left out."""
        found: dict[int, StoredPassage] = {}
        with self._database.reading() as connection:
            for part in parts(ids):
                spans = _sentences(connection, part)
                for row in connection.execute(_PASSAGES, {"ids": part}):
                    found[row.passage_id] = StoredPassage(
                        id=row.passage_id,
                        document=document_of(row),
                        heading=row.heading,
                        text=row.passage_text,
                        start=row.start,
                        end=row.end,
                        sentences=spans[row.passage_id],
                    )
        return found

    def latest_ids(self, count: int, skip: int = 0) -> list[int]:
        """The first passages of the documents that were added last, the newest first."""
        query = (
            select(schema.passages.c.id)
            .select_from(_live_passages())
            .where(schema.documents.c.state == "live", schema.passages.c.position == 0)
            .order_by(schema.documents.c.added_at.desc(), schema.documents.c.id)
        )
        with self._database.reading() as connection:
            return list(connection.execute(query.limit(count).offset(skip)).scalars())

    def ids_in(self, document_id: str) -> list[int]:
        """The passages of a document in its order; none where it is not live."""
        query = (
            select(schema.passages.c.id)
            .select_from(_live_passages())
            .where(schema.documents.c.state == "live", schema.documents.c.id == document_id)
            .order_by(schema.passages.c.position)
        )
        with self._database.reading() as connection:
            return list(connection.execute(query).scalars())

    def contents(self, ids: Sequence[int]) -> Iterator[PassageContent]:
        """What of these passages is embedded and indexed, in the order of their ids."""
        for part in parts(sorted(ids)):
            with self._database.reading() as connection:
                spans = _sentences(connection, part)
                rows = connection.execute(
                    select(
                        schema.passages,
                        schema.documents.c.title,
                        _passage_text().label("passage_text"),
                    )
                    .select_from(_live_passages().join(schema.texts))
                    .where(schema.passages.c.id.in_(part))
                    .order_by(schema.passages.c.id)
                ).all()
            for row in rows:
                yield PassageContent(
                    id=row.id,
                    embedding_key=row.embedding_key,
                    title=row.title,
                    heading=row.heading,
                    text=row.passage_text,
                    sentences=tuple(
                        row.passage_text[span.start - row.start : span.end - row.start]
                        for span in spans[row.id]
                    ),
                )

    def unembedded_ids(self, model: str, among: Sequence[int] | None = None) -> list[int]:
        """The passages that may be found but have no embedding by this model, in order.

        Args:
            model: The name of the model.
            among: Look at these only; at all where it is None.
        """
        made = exists().where(
            schema.embeddings.c.embedding_key == schema.passages.c.embedding_key,
            schema.embeddings.c.model == model,
        )
        query = (
            select(schema.passages.c.id)
            .select_from(_live_passages())
            .where(schema.documents.c.state == "live", ~made)
            .order_by(schema.passages.c.id)
        )
        with self._database.reading() as connection:
            if among is None:
                return list(connection.execute(query).scalars())
            return [
                passage_id
                for part in parts(sorted(among))
                for passage_id in connection.execute(
                    query.where(schema.passages.c.id.in_(part))
                ).scalars()
            ]

    def unembedded_keys(self, model: str, keys: Sequence[str]) -> set[str]:
        """Those of these keys for which there is no embedding by this model."""
        with self._database.reading() as connection:
            made = {
                key
                for part in parts(keys)
                for key in connection.execute(
                    select(schema.embeddings.c.embedding_key).where(
                        schema.embeddings.c.model == model,
                        schema.embeddings.c.embedding_key.in_(part),
                    )
                ).scalars()
            }
        return set(keys) - made

    def save_embeddings(
        self, model: str, vectors: Mapping[str, tuple[bytes, bytes, bytes]]
    ) -> None:
        """Keep embeddings by key: the passage's, its sentences', and its tokens'.

        Those already there for a key are replaced.
        """
        with self._database.writing() as connection:
            for part in parts(list(vectors)):
                connection.execute(
                    delete(schema.embeddings).where(
                        schema.embeddings.c.model == model,
                        schema.embeddings.c.embedding_key.in_(part),
                    )
                )
                connection.execute(
                    insert(schema.embeddings),
                    [
                        {
                            "model": model,
                            "embedding_key": key,
                            "passage": vectors[key][0],
                            "sentences": vectors[key][1],
                            "tokens": vectors[key][2],
                        }
                        for key in part
                    ],
                )

    def embeddings(self, model: str, ids: Sequence[int]) -> list[tuple[int, bytes]]:
        """The ids of those passages that may be found, with their own embeddings alone."""
        with self._database.reading() as connection:
            return [
                (row[0], row[1])
                for part in parts(ids)
                for row in connection.execute(_EMBEDDINGS, {"model": model, "ids": part})
            ]

    def vectors(self, model: str, ids: Sequence[int]) -> list[PassageVectors]:
        """The embeddings by this model of those passages that may be found."""
        with self._database.reading() as connection:
            return [
                PassageVectors(*row)
                for part in parts(ids)
                for row in connection.execute(_VECTORS, {"model": model, "ids": part})
            ]

    def tokens(self, model: str, ids: Sequence[int]) -> dict[int, bytes]:
        """The embeddings of the tokens of those passages that may be found, by this model."""
        with self._database.reading() as connection:
            return {
                row[0]: row[1]
                for part in parts(ids)
                for row in connection.execute(_TOKENS, {"model": model, "ids": part})
            }

    def models(self) -> dict[str, int]:
        """The models that have made embeddings of passages that may be found, and of how many."""
        query = (
            select(schema.embeddings.c.model, func.count())
            .select_from(
                _live_passages().join(
                    schema.embeddings,
                    schema.embeddings.c.embedding_key == schema.passages.c.embedding_key,
                )
            )
            .where(schema.documents.c.state == "live")
            .group_by(schema.embeddings.c.model)
        )
        with self._database.reading() as connection:
            return dict(connection.execute(query).all())

    def delete_embeddings(self, *, keep: str) -> Iterator[int]:
        """Delete the embeddings by all models but one.

        Each few are a transaction, so that nobody waits long to write.

        Yields:
            How many were deleted in one transaction.
        """
        others = schema.embeddings.c.model != keep
        with self._database.reading() as connection:
            ids = sorted(connection.execute(select(schema.embeddings.c.id).where(others)).scalars())
        for part in parts(ids):
            with self._database.writing() as connection:
                # Once more by the model: a number that is free may have been given again.
                connection.execute(
                    delete(schema.embeddings).where(others, schema.embeddings.c.id.in_(part))
                )
            yield len(part)

    def problems(self) -> list[str]:
        """What is wrong inside the database, a line each; empty when it is whole.

        Every span is read again: a passage and its sentences must stand in their text.
        """
        found: list[str] = []
        with self._database.reading() as connection:
            if connection.dialect.name == "sqlite":
                verdict = connection.exec_driver_sql("PRAGMA quick_check").scalar_one()
                if verdict != "ok":
                    found.append(f"the database is damaged: {verdict}")
            documents = connection.execute(select(schema.documents)).all()
            for document in documents:
                found += _problems_of(connection, document)
        return found


def _live_passages() -> Any:  # noqa: ANN401  # SQLAlchemy's join
    return schema.passages.join(
        schema.documents, schema.documents.c.id == schema.passages.c.document_id
    )


def _live_ids(connection: Connection) -> list[int]:
    rows = connection.execute(
        select(schema.passages.c.id)
        .select_from(_live_passages())
        .where(schema.documents.c.state == "live")
        .order_by(schema.passages.c.id)
    )
    return list(rows.scalars())


def _passage_text() -> Any:  # noqa: ANN401  # SQLAlchemy's expression
    # SQL counts characters from 1.
    return func.substr(
        schema.texts.c.text,
        schema.passages.c.start + 1,
        schema.passages.c.end - schema.passages.c.start,
    )


def _sentences(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[Sentence, ...]]:
    spans: defaultdict[int, list[Sentence]] = defaultdict(list)
    for passage_id, start, end in connection.execute(_SENTENCES, {"ids": ids}):
        spans[passage_id].append(Sentence(start, end))
    return {passage_id: tuple(found) for passage_id, found in spans.items()}


def _problems_of(connection: Connection, document: Row[Any]) -> list[str]:
    text = text_of(connection, document.content_hash)
    found: list[str] = []
    if hashlib.sha256(text.encode()).hexdigest() != document.content_hash:
        found.append(f"document {document.id}: its text is not the one that was stored")
    rows = connection.execute(
        select(schema.passages).where(schema.passages.c.document_id == document.id)
    ).all()
    if not rows:
        found.append(f"document {document.id} has no passage")
    spans = _sentences(connection, [row.id for row in rows])
    for row in rows:
        inside = spans.get(row.id, ())
        # Boundaries in the order in which they must stand.
        bounds = [0, row.start, *(bound for span in inside for bound in (span.start, span.end))]
        bounds += [row.end, len(text)]
        whole = bool(inside) and bounds == sorted(bounds)
        whole = whole and all(span.start < span.end for span in inside)
        if not whole:
            found.append(f"document {document.id}, passage {row.id}: its spans do not fit")
    return found


def _of_embedded_passages(*columns: ColumnElement[Any]) -> Select[Any]:
    """Columns of passages that may be found and have an embedding, by `model` and `ids`."""
    return (
        select(*columns)
        .select_from(
            _live_passages().join(
                schema.embeddings,
                schema.embeddings.c.embedding_key == schema.passages.c.embedding_key,
            )
        )
        .where(
            schema.embeddings.c.model == bindparam("model"),
            schema.documents.c.state == "live",
            schema.passages.c.id.in_(_IDS),
        )
    )


# Statements of every question are built once: the embeddings of 200 passages take 3.2 ms of
# processor time; a statement of its own for each question takes 6.3. Numbers stand in the
# statement itself: half a millisecond less for 200 of them.
_IDS: BindParameter[Any] = bindparam("ids", expanding=True, literal_execute=True)
_PASSAGES = (
    select(
        schema.documents,
        schema.passages.c.id.label("passage_id"),
        schema.passages.c.heading,
        schema.passages.c.start,
        schema.passages.c.end,
        _passage_text().label("passage_text"),
    )
    .select_from(_live_passages().join(schema.texts))
    .where(schema.documents.c.state == "live", schema.passages.c.id.in_(_IDS))
)
_SENTENCES = (
    select(schema.sentences.c.passage_id, schema.sentences.c.start, schema.sentences.c.end)
    .where(schema.sentences.c.passage_id.in_(_IDS))
    .order_by(schema.sentences.c.passage_id, schema.sentences.c.position)
)
_EMBEDDINGS = _of_embedded_passages(schema.passages.c.id, schema.embeddings.c.passage)
_TOKENS = _of_embedded_passages(schema.passages.c.id, schema.embeddings.c.tokens)
_VECTORS = _of_embedded_passages(
    schema.passages.c.id,
    schema.documents.c.id,
    schema.documents.c.language,
    schema.embeddings.c.passage,
    schema.embeddings.c.sentences,
)
