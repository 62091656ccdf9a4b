"""What payers reject again and again, and the claims that it was learned from."""

import sqlalchemy as sa
from alembic import op

from shared.db import JsonDocument

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rejection_pattern",
        sa.Column("tenant", sa.String(), primary_key=True),
        sa.Column("id", sa.String(24), primary_key=True),
        sa.Column("payer_id", sa.String(80), nullable=False),
        sa.Column("fingerprint", JsonDocument, nullable=False),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.Column("first_seen", sa.Date(), nullable=False),
        sa.Column("last_seen", sa.Date(), nullable=False),
        sa.Column("suggested_on", sa.Date(), nullable=True),
    )
    op.create_index("rejection_pattern_by_claims", "rejection_pattern", ["tenant", "claims"])
    op.create_table(
        "rejection_pattern_claim",
        sa.Column("tenant", sa.String(), primary_key=True),
        sa.Column("pattern_id", sa.String(24), primary_key=True),
        sa.Column("claim_id", sa.String(36), primary_key=True),
        sa.Column("rejected_on", sa.Date(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("rejection_pattern_claim")
    op.drop_table("rejection_pattern")
