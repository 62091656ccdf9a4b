"""Decisions of the grouper."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime
from shared.db.infrastructure import create_v1

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_v1(op)
    op.create_table(
        "decisions",
        sa.Column("tenant", sa.String(), primary_key=True),
        sa.Column("claim_id", sa.String(), primary_key=True),
        sa.Column("revision", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("drg", sa.String(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("decisions")
