"""Leases, holds and routing of the queue; physician queries."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_RANK_BY_DAY = {
    "sqlite": "UPDATE charts SET rank = 86400 * CAST(julianday(service_date) - julianday('1970-01-01') AS INTEGER)",
    "postgresql": "UPDATE charts SET rank = 86400 * (service_date - DATE '1970-01-01')",
}


def upgrade() -> None:
    _place_charts()
    _create_queue_tables()
    _create_queries()


def _place_charts() -> None:
    """Charts that are there sort by their day until the rules have placed them, which they soon do: version -1."""
    for column in (
        sa.Column("queue", sa.String(), nullable=False, server_default="general"),
        sa.Column("credential", sa.String(), nullable=True),
        sa.Column("trainees", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("rank", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("rules_version", sa.Integer(), nullable=False, server_default="-1"),
        sa.Column("placed_on", sa.Date(), nullable=True),
        sa.Column("discharged", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("specialty", sa.String(), nullable=True),
        sa.Column("lease_expires_at", UtcDateTime(), nullable=True),
        sa.Column("held_until", UtcDateTime(), nullable=True),
        sa.Column("hold_reasons", sa.String(), nullable=False, server_default=""),
        sa.Column("touchless", sa.String(), nullable=True),
    ):
        op.add_column("charts", column)
    op.execute(_RANK_BY_DAY[op.get_bind().dialect.name])
    op.drop_index("charts_queue", "charts")
    op.create_index("charts_queue", "charts", ["tenant", "status", "rank", "value_cents", "id"])
    op.create_index("charts_lease", "charts", ["lease_expires_at"])
    op.create_index("charts_hold", "charts", ["held_until"])


def _create_queue_tables() -> None:
    op.create_table(
        "queue_rules",
        sa.Column("tenant", sa.String(), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("effective", sa.Date(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
    )
    op.create_table(
        "coder_profiles",
        sa.Column("tenant", sa.String(), primary_key=True),
        sa.Column("subject", sa.String(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
    )
    op.create_table(
        "touchless_policies",
        sa.Column("tenant", sa.String(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
    )


def _create_queries() -> None:
    op.create_table(
        "queries",
        sa.Column("tenant", sa.String(), primary_key=True),
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("chart_id", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("physician", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
    )
    op.create_index("queries_chart", "queries", ["tenant", "chart_id"])
    op.create_index("queries_physician", "queries", ["tenant", "physician", "status", "id"])
    op.create_index("queries_due", "queries", ["status", "due_at"])


def downgrade() -> None:
    for table in ("queries", "touchless_policies", "coder_profiles", "queue_rules"):
        op.drop_table(table)
    for index in ("charts_hold", "charts_lease", "charts_queue"):
        op.drop_index(index, "charts")
    for column in (
        "touchless",
        "hold_reasons",
        "held_until",
        "lease_expires_at",
        "specialty",
        "discharged",
        "placed_on",
        "rules_version",
        "rank",
        "trainees",
        "credential",
        "queue",
    ):
        op.drop_column("charts", column)
    op.create_index("charts_queue", "charts", ["tenant", "status", "service_date", "value_cents", "id"])
