"""The tables. A change here needs a migration: see `corpus/migrations`."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, kept in UTC: SQLite itself forgets the zone."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  # the signature is SQLAlchemy's
        """Bring a time to UTC and take the zone off."""
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  # the signature is SQLAlchemy's
        """Put the zone back."""
        return None if value is None else value.replace(tzinfo=UTC)


# Constraints have names on every database, so that a migration can speak of them.
NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMING)

# Texts by their SHA-256, so that a document and its revisions share one copy.
texts = Table(
    "texts",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("text", Text, nullable=False),
)

documents = Table(
    "documents",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("source", Text, nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("language", String(2), nullable=False),
    Column("script", String(4), nullable=False),
    Column("published", Date),
    Column("url", Text),
    Column("content_hash", String(64), ForeignKey("texts.hash"), nullable=False, index=True),
    Column("words", Integer, nullable=False),
    Column("added_by", Text, nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("state", String(8), nullable=False),
    Column("check_by", Date),
)

# One row for every change of a document, as the change left it. The number is the
# corpus's revision: it only grows, and a number is never used twice.
revisions = Table(
    "revisions",
    metadata,
    Column("revision", Integer, primary_key=True),
    # No foreign key: what happened to a purged document stays known, without its text.
    Column("document_id", String(16), nullable=False, index=True),
    Column("source", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("language", String(2), nullable=False),
    Column("script", String(4), nullable=False),
    Column("published", Date),
    Column("url", Text),
    Column("content_hash", String(64), nullable=False),
    Column("state", String(8), nullable=False),
    Column("check_by", Date),
    sqlite_autoincrement=True,
)

# A passage never changes under its id, and an id is never used twice: an index is
# brought up to date by comparing sets of ids.
passages = Table(
    "passages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column(
        "document_id",
        String(16),
        ForeignKey("documents.id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("position", Integer, nullable=False),
    Column("heading", Text, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    # What the embedding is made of, hashed: a passage that comes again is not encoded again.
    Column("embedding_key", String(32), nullable=False, index=True),
    UniqueConstraint("document_id", "position"),
    sqlite_autoincrement=True,
)

sentences = Table(
    "sentences",
    metadata,
    Column(
        "passage_id",
        Integer,
        ForeignKey("passages.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("position", Integer, primary_key=True),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    sqlite_with_rowid=False,
)

# The corpus does not look into these: they are the index's vectors, kept here so that
# a lost index is made again without encoding.
embeddings = Table(
    "embeddings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("model", Text, nullable=False),
    Column("embedding_key", String(32), nullable=False),
    Column("passage", LargeBinary, nullable=False),
    Column("sentences", LargeBinary, nullable=False),
    # The last one: who reads the others does not read its pages.
    Column("tokens", LargeBinary, nullable=False, server_default=text("x''")),
    Index("uq_embeddings_key", "embedding_key", "model", unique=True),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("by", Text, nullable=False),
    Column("action", String(16), nullable=False),
    Column("document_id", String(16), nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    # The revision that this one takes back, where it is an undo.
    Column("undoes", Integer),
    sqlite_autoincrement=True,
)
