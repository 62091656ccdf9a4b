"""How answers come by each route: since when none can be fetched, when the last came; and when it last failed."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("route_state", sa.Column("failed_at", UtcDateTime(), nullable=True))
    op.add_column("route_state", sa.Column("answers_down_since", UtcDateTime(), nullable=True))
    op.add_column("route_state", sa.Column("answers_error", sa.String(200), nullable=True))
    op.add_column("route_state", sa.Column("answered_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    for column in ("answered_at", "answers_error", "answers_down_since", "failed_at"):
        op.drop_column("route_state", column)
