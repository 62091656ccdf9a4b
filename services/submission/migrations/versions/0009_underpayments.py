"""What is expected to be paid for a claim, and on the denial worklist that less was allowed."""

import sqlalchemy as sa
from alembic import op

from shared.db import JsonDocument

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("claim", sa.Column("expected", JsonDocument(), nullable=True))
    op.add_column("denial", sa.Column("underpayment", JsonDocument(), nullable=True))
    op.add_column("denial", sa.Column("closing_reason", sa.String(500), nullable=True))


def downgrade() -> None:
    op.drop_column("denial", "closing_reason")
    op.drop_column("denial", "underpayment")
    op.drop_column("claim", "expected")
