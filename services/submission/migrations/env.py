"""Alembic's door: what the submission's database must look like."""

from services.submission import denial_store, learning_store, remittance_store  # noqa: F401 - each brings its tables
from services.submission.store import Base
from shared.db import InfrastructureBase
from shared.db.migration import run

run(target=[InfrastructureBase.metadata, Base.metadata])
