"""Alembic's door: what the submission's database must look like."""

from services.submission import (  # noqa: F401 - each brings its tables
    denial_store,
    learning_store,
    limit_store,
    remittance_store,
    route_store,
)
from services.submission.store import Base
from shared.db import InfrastructureBase
from shared.db.migration import run

run(target=[InfrastructureBase.metadata, Base.metadata])
