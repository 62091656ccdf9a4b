"""Alembic's door: what the submission's database must look like."""

from services.submission.remittance_store import RemittanceRow
from shared.db import InfrastructureBase
from shared.db.migration import run

run(target=[InfrastructureBase.metadata, RemittanceRow.metadata])
