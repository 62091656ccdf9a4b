"""What each claim bills for a patient, found by a digest of who that is: for duplicates and global periods."""

import sqlalchemy as sa
from alembic import op

from shared.db import JsonDocument

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "patient_claims",
        sa.Column("tenant", sa.String(100), primary_key=True),
        sa.Column("claim_id", sa.String(50), primary_key=True),
        sa.Column("patient_key", sa.String(32), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("services", JsonDocument(), nullable=False),
    )
    op.create_index("patient_claims_by_day", "patient_claims", ["tenant", "patient_key", "last_day"])


def downgrade() -> None:
    op.drop_table("patient_claims")
