"""Alembic's door: what the scrubber's database must look like."""

from services.scrubber.history_store import PatientClaimRow
from shared.db import InfrastructureBase
from shared.db.migration import run

run(target=[InfrastructureBase.metadata, PatientClaimRow.metadata])
