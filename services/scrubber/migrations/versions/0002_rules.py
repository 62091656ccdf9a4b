"""Customer rules with all their versions, what they were true of, what payers answered; queues of the worklist."""

import sqlalchemy as sa
from alembic import op

from shared.db import JsonDocument

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("claims", sa.Column("queue", sa.String(50), nullable=True))
    op.create_index("claims_changed", "claims", ["tenant", "changed_at"])
    op.create_table(
        "rules",
        sa.Column("tenant", sa.String(100), primary_key=True),
        sa.Column("id", sa.String(50), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("running_version", sa.Integer(), nullable=True),
    )
    op.create_table(
        "rule_versions",
        sa.Column("tenant", sa.String(100), primary_key=True),
        sa.Column("rule_id", sa.String(50), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("record", JsonDocument(), nullable=False),
    )
    op.create_table(
        "rule_editions",
        sa.Column("tenant", sa.String(100), primary_key=True),
        sa.Column("edition", sa.String(50), nullable=False),
    )
    op.create_table(
        "rule_matches",
        sa.Column("tenant", sa.String(100), primary_key=True),
        sa.Column("rule_id", sa.String(50), primary_key=True),
        sa.Column("rule_version", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("claim_id", sa.String(50), primary_key=True),
        sa.Column("matched_on", sa.Date(), nullable=False),
        sa.Column("shadow", sa.Boolean(), nullable=False),
        sa.Column("failed", sa.Boolean(), nullable=False),
        sa.Column("would_hold", sa.Boolean(), nullable=False),
    )
    op.create_index("rule_matches_by_day", "rule_matches", ["tenant", "rule_id", "matched_on"])
    op.create_table(
        "payer_answers",
        sa.Column("tenant", sa.String(100), primary_key=True),
        sa.Column("claim_id", sa.String(50), primary_key=True),
        sa.Column("rejected_on", sa.Date(), nullable=True),
        sa.Column("accepted_on", sa.Date(), nullable=True),
    )


def downgrade() -> None:
    for table in ("payer_answers", "rule_matches", "rule_editions", "rule_versions", "rules"):
        op.drop_table(table)
    op.drop_index("claims_changed", "claims")
    op.drop_column("claims", "queue")
