"""Runs the steps on the connection that `corpus.database` hands over."""

from __future__ import annotations

from alembic import context

from corpus.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite cannot alter a table in place: Alembic makes it anew and copies.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
