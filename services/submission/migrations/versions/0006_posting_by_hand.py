"""Remittances worked by hand, whose provider adjustments are, and customers' own times for appeals and replacements."""

import sqlalchemy as sa
from alembic import op

from shared.db import JsonDocument, UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("remittance", "remitted_claim", "provider_adjustment"):
        op.add_column(table, sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("remitted_claim", sa.Column("state_before", sa.String(20), nullable=True))
    op.add_column("provider_adjustment", sa.Column("state", sa.String(10), nullable=False, server_default="open"))
    op.add_column("provider_adjustment", sa.Column("claim_id", sa.String(36), nullable=True))
    op.create_index("adjustment_by_state", "provider_adjustment", ["tenant", "state", "remittance_id", "position"])
    op.add_column("claim", sa.Column("member_id", sa.String(80), nullable=True))
    op.create_index("claim_by_member", "claim", ["tenant", "member_id"])
    op.create_index("claim_by_charge", "claim", ["tenant", "total_charge"])
    op.create_table(
        "payer_limits",
        sa.Column("tenant", sa.String(), primary_key=True),
        sa.Column("payer_id", sa.String(80), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("editions", JsonDocument(), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
    )
    op.add_column("denial", sa.Column("filing_indicator", sa.String(2), nullable=False, server_default=""))
    op.add_column("denial", sa.Column("remarks", JsonDocument(), nullable=True))
    op.add_column("denial", sa.Column("appeal_basis", sa.String(10), nullable=False, server_default="unknown"))
    op.add_column("denial", sa.Column("appeal_source", sa.String(200), nullable=True))
    op.add_column("denial", sa.Column("filing_basis", sa.String(10), nullable=False, server_default="unknown"))
    op.add_column("denial", sa.Column("filing_source", sa.String(200), nullable=True))
    _fill_in()


def _fill_in() -> None:
    """What was kept before is given the terms by which it was counted then."""
    op.execute(
        "UPDATE denial SET appeal_basis = 'rule', appeal_source = '42 CFR 405.942(a)' WHERE appeal_deadline IS NOT NULL"
    )
    op.execute("UPDATE denial SET filing_basis = 'claim' WHERE filing_deadline IS NOT NULL")
    # Of the first coverage: good enough to find a claim by until it is written again.
    if op.get_bind().dialect.name == "postgresql":
        member = "document #>> '{coverages,0,subscriber,member_id}'"
    else:
        member = "json_extract(document, '$.coverages[0].subscriber.member_id')"
    op.execute(f"UPDATE claim SET member_id = upper(replace(replace({member}, '-', ''), ' ', ''))")  # noqa: S608


def downgrade() -> None:
    for column in ("filing_source", "filing_basis", "appeal_source", "appeal_basis", "remarks", "filing_indicator"):
        op.drop_column("denial", column)
    op.drop_table("payer_limits")
    op.drop_index("claim_by_charge", "claim")
    op.drop_index("claim_by_member", "claim")
    op.drop_column("claim", "member_id")
    op.drop_index("adjustment_by_state", "provider_adjustment")
    for column in ("claim_id", "state", "version"):
        op.drop_column("provider_adjustment", column)
    op.drop_column("remitted_claim", "state_before")
    for table in ("remitted_claim", "remittance"):
        op.drop_column(table, "version")
