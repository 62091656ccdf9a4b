"""How claims pass through the scrubber, for its figures: they begin with this revision. Who coded them."""

import sqlalchemy as sa
from alembic import op

from shared.db import MoneyColumn, UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "passages",
        sa.Column("tenant", sa.String(100), primary_key=True),
        sa.Column("claim_id", sa.String(50), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("payer", sa.String(80), nullable=False),
        sa.Column("facility", sa.String(50), nullable=False),
        sa.Column("coder", sa.String(255), nullable=False),
        sa.Column("total_charge", MoneyColumn(), nullable=False),
        sa.Column("came_at", UtcDateTime(), nullable=False),
        sa.Column("came_on", sa.Date(), nullable=False),
        sa.Column("clean", sa.Boolean(), nullable=False),
        sa.Column("touched", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("seconds_to_fix", sa.Integer(), nullable=True),
    )
    op.create_index("passages_came", "passages", ["tenant", "came_on"])
    op.create_index("passages_ended", "passages", ["tenant", "ended_on"])
    op.create_table(
        "passage_edits",
        sa.Column("tenant", sa.String(100), primary_key=True),
        sa.Column("claim_id", sa.String(50), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("edit_id", sa.String(100), primary_key=True),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("findings", sa.Integer(), nullable=False),
        sa.Column("overridden", sa.Boolean(), nullable=False),
    )
    op.create_index("passage_edits_day", "passage_edits", ["tenant", "held_on", "edit_id"])
    op.create_table(
        "coded_charts",
        sa.Column("tenant", sa.String(100), primary_key=True),
        sa.Column("claim_id", sa.String(50), primary_key=True),
        sa.Column("revision", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("coder", sa.String(255), nullable=False),
    )


def downgrade() -> None:
    for table in ("coded_charts", "passage_edits", "passages"):
        op.drop_table(table)
