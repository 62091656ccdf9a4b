"""Alembic's door: what the scrubber's database must look like."""

from services.scrubber import history_store, passage_store, rules_store  # noqa: F401 - each brings its tables
from services.scrubber.store import Base
from shared.db import InfrastructureBase
from shared.db.migration import run

run(target=[InfrastructureBase.metadata, Base.metadata])
