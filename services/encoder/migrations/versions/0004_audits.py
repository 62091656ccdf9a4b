"""Audits, their draws and findings; the coders' time."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "coder_acts",
        sa.Column("tenant", sa.String(), primary_key=True),
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("coder", sa.String(), nullable=False),
        sa.Column("chart_id", sa.String(), nullable=False),
        sa.Column("claim_id", sa.String(), nullable=False),
        sa.Column("work_type", sa.String(), nullable=False),
        sa.Column("facility_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
    )
    op.create_index("coder_acts_time", "coder_acts", ["tenant", "at"])
    op.create_index("coder_acts_kind", "coder_acts", ["tenant", "kind", "coder", "at"])
    op.create_table(
        "audits",
        sa.Column("tenant", sa.String(), primary_key=True),
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("state", sa.Text(), nullable=False),
    )
    op.create_table(
        "audit_cases",
        sa.Column("tenant", sa.String(), primary_key=True),
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("audit_id", sa.String(), nullable=False),
        sa.Column("chart_id", sa.String(), nullable=False),
        sa.Column("coder", sa.String(), nullable=False),
        sa.Column("auditor", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("finalized_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
    )
    op.create_index("audit_cases_audit", "audit_cases", ["tenant", "audit_id", "status", "id"])
    op.create_index("audit_cases_time", "audit_cases", ["tenant", "finalized_at"])
    op.create_index("audit_cases_chart", "audit_cases", ["tenant", "chart_id"])


def downgrade() -> None:
    for table in ("audit_cases", "audits", "coder_acts"):
        op.drop_table(table)
