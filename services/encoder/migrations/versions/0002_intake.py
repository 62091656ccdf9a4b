"""Late documents, cancelled and merged encounters, messages received."""

import json

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("chart_documents", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("chart_documents", sa.Column("status", sa.String(), nullable=False, server_default="current"))
    op.add_column("chart_documents", sa.Column("filing", sa.Text(), nullable=True))
    op.add_column("chart_contents", sa.Column("medical_record_number", sa.String(), nullable=True))
    op.create_index("chart_contents_patient", "chart_contents", ["tenant", "medical_record_number"])
    _name_the_patients()
    op.create_table(
        "messages",
        sa.Column("tenant", sa.String(), primary_key=True),
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("control_id", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("facility_id", sa.String(), nullable=True),
        sa.Column("encounter_id", sa.String(), nullable=True),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("acknowledgement", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.UniqueConstraint("tenant", "sender", "control_id", name="messages_control_id"),
    )
    op.create_index("messages_status", "messages", ["tenant", "status", "id"])
    op.create_index("messages_encounter", "messages", ["tenant", "facility_id", "encounter_id", "status"])
    op.create_table(
        "encounter_aliases",
        sa.Column("tenant", sa.String(), primary_key=True),
        sa.Column("facility_id", sa.String(), primary_key=True),
        sa.Column("encounter_id", sa.String(), primary_key=True),
        sa.Column("chart_id", sa.String(), nullable=False),
    )


def _name_the_patients() -> None:
    """The charts of before get the medical record number by which merges find them."""
    contents = sa.table(
        "chart_contents",
        *map(sa.column, ("tenant", "chart_id", "encounter", "medical_record_number")),
    )
    connection = op.get_bind()
    for row in connection.execute(sa.select(contents.c.tenant, contents.c.chart_id, contents.c.encounter)).fetchall():
        number = json.loads(row.encounter)["patient"]["medical_record_number"]
        of_row = (contents.c.tenant == row.tenant) & (contents.c.chart_id == row.chart_id)
        connection.execute(sa.update(contents).where(of_row).values(medical_record_number=number))


def downgrade() -> None:
    op.drop_table("encounter_aliases")
    op.drop_table("messages")
    op.drop_index("chart_contents_patient", "chart_contents")
    op.drop_column("chart_contents", "medical_record_number")
    for column in ("filing", "status", "version"):
        op.drop_column("chart_documents", column)
