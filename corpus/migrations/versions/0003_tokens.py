"""Embeddings of a passage's tokens, beside its own; none where the model gives none."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.add_column(
        "embeddings",
        sa.Column("tokens", sa.LargeBinary(), nullable=False, server_default=sa.text("x''")),
    )
