"""Alembic's door: what the encoder's database must look like."""

from services.encoder import audit_store, queue_store  # noqa: F401 - their tables belong to the same metadata
from services.encoder.store import Base
from shared.db import InfrastructureBase
from shared.db.migration import run

run(target=[InfrastructureBase.metadata, Base.metadata])
