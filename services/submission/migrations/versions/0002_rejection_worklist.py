"""The rejection worklist: leases, how urgent a rejected claim is, by what it is found; the numbers of a claim."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("claim", sa.Column("lease_expires_at", UtcDateTime(), nullable=True))
    op.add_column("claim", sa.Column("filing_deadline", sa.Date(), nullable=True))
    op.add_column("claim", sa.Column("rejected_at", UtcDateTime(), nullable=True))
    op.add_column("claim", sa.Column("priority", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("claim", sa.Column("ranked_on", sa.Date(), nullable=True))
    op.create_index("claim_by_priority", "claim", ["tenant", "state", "priority"])
    op.create_index("claim_by_payer_number", "claim", ["payer_claim_control_number"])
    op.create_index("claim_by_control_number", "claim", ["patient_control_number"], unique=True)
    op.create_table(
        "rejection_status",
        sa.Column("tenant", sa.String(), primary_key=True),
        sa.Column("claim_id", sa.String(36), primary_key=True),
        sa.Column("category", sa.String(10), primary_key=True),
        sa.Column("status", sa.String(10), primary_key=True),
        sa.Column("entity", sa.String(10), primary_key=True),
        sa.ForeignKeyConstraint(["tenant", "claim_id"], ["claim.tenant", "claim.id"]),
    )
    op.create_index("rejection_by_status", "rejection_status", ["tenant", "status", "category"])
    # Those that wait already have waited since they last changed; the next upkeep ranks them.
    op.execute("UPDATE claim SET rejected_at = changed_at WHERE state = 'rejected'")


def downgrade() -> None:
    op.drop_table("rejection_status")
    op.drop_index("claim_by_control_number", "claim")
    op.drop_index("claim_by_payer_number", "claim")
    op.drop_index("claim_by_priority", "claim")
    for column in ("ranked_on", "priority", "rejected_at", "filing_deadline", "lease_expires_at"):
        op.drop_column("claim", column)
