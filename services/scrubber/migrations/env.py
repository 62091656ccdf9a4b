"""Alembic's door: what the scrubber's database must look like."""

from services.scrubber.rules_store import RuleRow
from shared.db import InfrastructureBase
from shared.db.migration import run

run(target=[InfrastructureBase.metadata, RuleRow.metadata])
