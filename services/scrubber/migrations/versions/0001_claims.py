"""Claims at the scrubber, what holds them, and the history of their reports."""

import sqlalchemy as sa
from alembic import op

from shared.db import JsonDocument, MoneyColumn, UtcDateTime
from shared.db.infrastructure import create_v1

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_v1(op)
    op.create_table(
        "claims",
        sa.Column("tenant", sa.String(100), primary_key=True),
        sa.Column("id", sa.String(50), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("payer_id", sa.String(80), nullable=True),
        sa.Column("payer_name", sa.String(60), nullable=False),
        sa.Column("total_charge", MoneyColumn(), nullable=False),
        sa.Column("held_since", UtcDateTime(), nullable=True),
        sa.Column("owner", sa.String(255), nullable=True),
        sa.Column("edits", JsonDocument(), nullable=False),
        sa.Column("record", JsonDocument(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
    )
    op.create_index("claims_worklist", "claims", ["tenant", "status", "total_charge", "held_since", "id"])
    op.create_table(
        "holds",
        sa.Column("tenant", sa.String(100), primary_key=True),
        sa.Column("claim_id", sa.String(50), primary_key=True),
        sa.Column("edit_id", sa.String(100), primary_key=True),
    )
    op.create_index("holds_by_edit", "holds", ["tenant", "edit_id", "claim_id"])
    op.create_table(
        "reports",
        sa.Column("tenant", sa.String(100), primary_key=True),
        sa.Column("claim_id", sa.String(50), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("entry", JsonDocument(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("reports")
    op.drop_table("holds")
    op.drop_table("claims")
