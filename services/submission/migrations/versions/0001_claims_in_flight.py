"""Claims in flight, interchanges, transmissions, responses and answers."""

import sqlalchemy as sa
from alembic import op

from shared.db import JsonDocument, MoneyColumn, UtcDateTime
from shared.db.infrastructure import create_v1

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_v1(op)
    op.create_table(
        "claim",
        sa.Column("tenant", sa.String(), primary_key=True),
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("kind", sa.String(13), nullable=False),
        sa.Column("payer_id", sa.String(80), nullable=False),
        sa.Column("payer_name", sa.String(60), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("patient_control_number", sa.String(38), nullable=False),
        sa.Column("billing_npi", sa.String(50), nullable=True),
        sa.Column("total_charge", MoneyColumn(), nullable=False),
        sa.Column("document", JsonDocument, nullable=False),
        sa.Column("rejection", JsonDocument, nullable=True),
        sa.Column("payer_claim_control_number", sa.String(50), nullable=True),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("touched", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
    )
    op.create_index("claim_by_state", "claim", ["tenant", "state", "payer_id", "id"])
    op.create_table(
        "interchange",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("route", sa.String(40), nullable=False),
        sa.Column("control_number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(13), nullable=False),
        sa.Column("payer_id", sa.String(80), nullable=False),
        sa.Column("payer_name", sa.String(60), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.Column("total_charge", MoneyColumn(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("delivery_attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(200), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("delivered_at", UtcDateTime(), nullable=True),
        sa.UniqueConstraint("route", "control_number"),
    )
    op.create_index("interchange_by_state", "interchange", ["state", "id"])
    op.create_index("ix_interchange_tenant", "interchange", ["tenant"])
    op.create_table(
        "transmission",
        sa.Column("tenant", sa.String(), primary_key=True),
        sa.Column("claim_id", sa.String(36), primary_key=True),
        sa.Column("attempt", sa.Integer(), primary_key=True),
        sa.Column("patient_control_number", sa.String(38), nullable=False),
        sa.Column("interchange_id", sa.String(36), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.UniqueConstraint("patient_control_number"),
        sa.ForeignKeyConstraint(["tenant", "claim_id"], ["claim.tenant", "claim.id"]),
        sa.ForeignKeyConstraint(["interchange_id"], ["interchange.id"]),
    )
    op.create_index("transmission_by_interchange", "transmission", ["interchange_id"])
    op.create_table(
        "control_number",
        sa.Column("route", sa.String(40), primary_key=True),
        sa.Column("last", sa.Integer(), nullable=False),
    )
    op.create_table(
        "response",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("route", sa.String(40), nullable=False),
        sa.Column("external_id", sa.String(128), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("problem", sa.String(200), nullable=True),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.UniqueConstraint("route", "external_id"),
    )
    op.create_index("response_by_state", "response", ["state", "id"])
    op.create_table(
        "answer",
        sa.Column("response_id", sa.String(36), primary_key=True),
        sa.Column("position", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("tenant", sa.String(), nullable=True),
        sa.Column("claim_id", sa.String(36), nullable=True),
        sa.Column("interchange_id", sa.String(36), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(5), nullable=False),
        sa.Column("reference", sa.String(50), nullable=False),
        sa.Column("statuses", JsonDocument, nullable=False),
        sa.Column("segments", JsonDocument, nullable=False),
        sa.Column("effect", sa.String(20), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["response_id"], ["response.id"]),
    )
    op.create_index("answer_by_claim", "answer", ["tenant", "claim_id"])
    op.create_index("answer_by_interchange", "answer", ["interchange_id"])
    op.create_table(
        "route_cursor",
        sa.Column("route", sa.String(40), primary_key=True),
        sa.Column("cursor", sa.String(200), nullable=False),
    )
