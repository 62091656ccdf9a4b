"""How urgent held claims are and until when they may be filed. The job counts it for those from before."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("claims", sa.Column("priority", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("claims", sa.Column("ranked_on", sa.Date(), nullable=True))
    op.add_column("claims", sa.Column("filing_deadline", sa.Date(), nullable=True))
    op.create_index("claims_by_priority", "claims", ["tenant", "status", "priority", "held_since", "id"])


def downgrade() -> None:
    op.drop_index("claims_by_priority", "claims")
    for column in ("filing_deadline", "ranked_on", "priority"):
        op.drop_column("claims", column)
