"""Documents are live, hidden or removed; a date to check them by; what an undo takes back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    for table in ("documents", "revisions"):
        op.add_column(
            table,
            sa.Column("state", sa.String(length=8), nullable=False, server_default="live"),
        )
        op.add_column(table, sa.Column("check_by", sa.Date(), nullable=True))
        op.execute(f"UPDATE {table} SET state = 'removed' WHERE removed")  # noqa: S608  # no input
        # Not in a batch: a table made anew would lose what references it with ON DELETE CASCADE.
        op.drop_column(table, "removed")
    op.add_column("audit", sa.Column("undoes", sa.Integer(), nullable=True))
