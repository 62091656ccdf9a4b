"""The tables that every service has."""

from alembic import op

from shared.db.infrastructure import create_v1

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_v1(op)
