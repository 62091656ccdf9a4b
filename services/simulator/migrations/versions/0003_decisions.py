"""What payers have decided on, for replacements and voids to take back."""

import sqlalchemy as sa
from alembic import op

from shared.db import JsonDocument

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "decision",
        sa.Column("tenant", sa.String(), primary_key=True),
        sa.Column("payer_number", sa.String(50), primary_key=True),
        sa.Column("document", JsonDocument(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("decision")
