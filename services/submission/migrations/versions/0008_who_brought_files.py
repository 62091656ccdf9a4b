"""Who brought a file by the HTTP door: it can speak of the claims of their tenant alone."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("response", sa.Column("tenant", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("response", "tenant")
