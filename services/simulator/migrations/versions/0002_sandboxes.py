"""What the clearinghouse keeps of each customer, which was in the memory of one process."""

import sqlalchemy as sa
from alembic import op

from shared.db import JsonDocument, UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "customer",
        sa.Column("tenant", sa.String(), primary_key=True),
        sa.Column("box", sa.String(36), nullable=False),
        sa.Column("behaviour", JsonDocument(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("next_control_number", sa.Integer(), nullable=False),
        sa.Column("next_sequence", sa.Integer(), nullable=False),
        sa.Column("next_position", sa.Integer(), nullable=False),
    )
    op.create_table(
        "receipt",
        sa.Column("tenant", sa.String(), primary_key=True),
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("sender", sa.String(15), nullable=False),
        sa.Column("control_number", sa.String(9), nullable=False),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
    )
    op.create_index("receipt_by_number", "receipt", ["tenant", "sender", "control_number"])
    op.create_table(
        "mark",
        sa.Column("tenant", sa.String(), primary_key=True),
        sa.Column("kind", sa.String(7), primary_key=True),
        sa.Column("digest", sa.String(32), primary_key=True),
    )
    op.create_table(
        "file",
        sa.Column("tenant", sa.String(), primary_key=True),
        sa.Column("sequence", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(5), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=True),
    )
    op.create_index("file_by_position", "file", ["tenant", "position"], unique=True)
    op.create_index("file_by_due", "file", ["tenant", "position", "due_at"])


def downgrade() -> None:
    for table in ("file", "mark", "receipt", "customer"):
        op.drop_table(table)
