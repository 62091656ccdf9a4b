"""How long a held claim is its owner's. Owners from before have no lease: their claims go back onto the worklist."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_OWNED = sa.text("owner IS NOT NULL")


def upgrade() -> None:
    op.add_column("claims", sa.Column("lease_expires_at", UtcDateTime(), nullable=True))
    op.create_index("claims_owned", "claims", ["lease_expires_at"], sqlite_where=_OWNED, postgresql_where=_OWNED)


def downgrade() -> None:
    op.drop_index("claims_owned", "claims")
    op.drop_column("claims", "lease_expires_at")
