"""How each route is: paused by somebody, down since when."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "route_state",
        sa.Column("route", sa.String(40), primary_key=True),
        sa.Column("paused_at", UtcDateTime(), nullable=True),
        sa.Column("paused_by", sa.String(), nullable=True),
        sa.Column("down_since", UtcDateTime(), nullable=True),
        sa.Column("last_error", sa.String(200), nullable=True),
        sa.Column("delivered_at", UtcDateTime(), nullable=True),
    )
    op.create_index("interchange_by_route", "interchange", ["state", "route", "id"])


def downgrade() -> None:
    op.drop_index("interchange_by_route", "interchange")
    op.drop_table("route_state")
