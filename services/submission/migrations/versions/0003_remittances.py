"""Remittances, their claims, the entries on claims' accounts, provider adjustments, and the denial worklist."""

import sqlalchemy as sa
from alembic import op

from shared.db import JsonDocument, MoneyColumn, UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "remittance",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("response_id", sa.String(36), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("identity", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("repeats", sa.String(36), nullable=True),
        sa.Column("payer_id", sa.String(80), nullable=False),
        sa.Column("payer_name", sa.String(60), nullable=False),
        sa.Column("payee_id", sa.String(80), nullable=False),
        sa.Column("trace_number", sa.String(50), nullable=False),
        sa.Column("method", sa.String(3), nullable=False),
        sa.Column("amount", MoneyColumn(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("produced_on", sa.Date(), nullable=True),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.Column("claims_paid", MoneyColumn(), nullable=False),
        sa.Column("provider_adjusted", MoneyColumn(), nullable=False),
        sa.Column("is_balanced", sa.Boolean(), nullable=False),
        sa.Column("is_whole", sa.Boolean(), nullable=False),
        sa.Column("faults", JsonDocument(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["response_id"], ["response.id"]),
        sa.UniqueConstraint("response_id", "ordinal", "tenant"),
    )
    op.create_index("remittance_by_tenant", "remittance", ["tenant", "id"])
    op.create_index("remittance_by_identity", "remittance", ["tenant", "identity"])
    op.create_table(
        "remitted_claim",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("remittance_id", sa.String(36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.String(36), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=True),
        sa.Column("patient_control_number", sa.String(50), nullable=False),
        sa.Column("payer_claim_control_number", sa.String(50), nullable=False),
        sa.Column("status", sa.String(2), nullable=False),
        sa.Column("charged", MoneyColumn(), nullable=False),
        sa.Column("paid", MoneyColumn(), nullable=False),
        sa.Column("effect", sa.String(10), nullable=False),
        sa.Column("undone_by", sa.String(36), nullable=True),
        sa.Column("flags", JsonDocument(), nullable=False),
        sa.Column("faults", JsonDocument(), nullable=False),
        sa.Column("document", JsonDocument(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["remittance_id"], ["remittance.id"]),
        sa.UniqueConstraint("remittance_id", "position"),
    )
    op.create_index("remitted_by_claim", "remitted_claim", ["tenant", "claim_id"])
    op.create_index("remitted_by_effect", "remitted_claim", ["tenant", "effect", "id"])
    op.create_table(
        "account_entry",
        sa.Column("remitted_claim_id", sa.String(36), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("claim_id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(15), nullable=False),
        sa.Column("adjustment_group", sa.String(2), nullable=False),
        sa.Column("reason", sa.String(5), nullable=False),
        sa.Column("line", sa.Integer(), nullable=True),
        sa.Column("amount", MoneyColumn(), nullable=False),
        sa.ForeignKeyConstraint(["remitted_claim_id"], ["remitted_claim.id"]),
    )
    op.create_index("entry_by_claim", "account_entry", ["tenant", "claim_id"])
    op.create_table(
        "provider_adjustment",
        sa.Column("remittance_id", sa.String(36), primary_key=True),
        sa.Column("position", sa.Integer(), primary_key=True),
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("provider_id", sa.String(80), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(2), nullable=False),
        sa.Column("reference", sa.String(50), nullable=False),
        sa.Column("amount", MoneyColumn(), nullable=False),
        sa.ForeignKeyConstraint(["remittance_id"], ["remittance.id"]),
    )
    op.create_index("adjustment_by_provider", "provider_adjustment", ["tenant", "provider_id"])
    _create_denials()


def _create_denials() -> None:
    op.create_table(
        "denial",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("claim_id", sa.String(36), nullable=False),
        sa.Column("remitted_claim_id", sa.String(36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("payer_id", sa.String(80), nullable=False),
        sa.Column("payer_name", sa.String(60), nullable=False),
        sa.Column("category", sa.String(20), nullable=False),
        sa.Column("carc", sa.String(5), nullable=False),
        sa.Column("amount", MoneyColumn(), nullable=False),
        sa.Column("reasons", JsonDocument(), nullable=False),
        sa.Column("denied_on", sa.Date(), nullable=False),
        sa.Column("appeal_deadline", sa.Date(), nullable=True),
        sa.Column("filing_deadline", sa.Date(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("ranked_on", sa.Date(), nullable=False),
        sa.Column("outcome", sa.String(15), nullable=True),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("lease_expires_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["tenant", "claim_id"], ["claim.tenant", "claim.id"]),
        sa.ForeignKeyConstraint(["remitted_claim_id"], ["remitted_claim.id"]),
    )
    op.create_index("denial_by_state", "denial", ["tenant", "state", "payer_id", "carc"])
    op.create_index("denial_by_priority", "denial", ["tenant", "state", "priority"])
    op.create_index("denial_by_claim", "denial", ["tenant", "claim_id"])


def downgrade() -> None:
    for table in ("denial", "provider_adjustment", "account_entry", "remitted_claim", "remittance"):
        op.drop_table(table)
