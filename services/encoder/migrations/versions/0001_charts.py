"""Charts, their contents and documents, facility profiles."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime
from shared.db.infrastructure import create_v1

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_v1(op)
    op.create_table(
        "charts",
        sa.Column("tenant", sa.String(), primary_key=True),
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("claim_id", sa.String(), nullable=False),
        sa.Column("facility_id", sa.String(), nullable=False),
        sa.Column("encounter_id", sa.String(), nullable=False),
        sa.Column("work_type", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("service_date", sa.Date(), nullable=False),
        sa.Column("value_cents", sa.BigInteger(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("content_digest", sa.String(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.UniqueConstraint("tenant", "facility_id", "encounter_id", name="charts_encounter"),
        sa.UniqueConstraint("tenant", "claim_id", name="charts_claim"),
    )
    op.create_index("charts_queue", "charts", ["tenant", "status", "service_date", "value_cents", "id"])
    op.create_index("charts_owner", "charts", ["tenant", "owner"])
    op.create_table(
        "chart_contents",
        sa.Column("tenant", sa.String(), primary_key=True),
        sa.Column("chart_id", sa.String(), primary_key=True),
        sa.Column("encounter", sa.Text(), nullable=False),
        sa.Column("warnings", sa.Text(), nullable=False),
        sa.Column("codes", sa.Text(), nullable=False),
    )
    op.create_table(
        "chart_documents",
        sa.Column("tenant", sa.String(), primary_key=True),
        sa.Column("chart_id", sa.String(), primary_key=True),
        sa.Column("position", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("document_id", sa.String(), nullable=False),
        sa.Column("characters", sa.Integer(), nullable=False),
        sa.Column("head", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
    )
    op.create_table(
        "facility_profiles",
        sa.Column("tenant", sa.String(), primary_key=True),
        sa.Column("facility_id", sa.String(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
    )


def downgrade() -> None:
    for table in ("facility_profiles", "chart_documents", "chart_contents", "charts"):
        op.drop_table(table)
