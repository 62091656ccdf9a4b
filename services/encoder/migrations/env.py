"""Alembic's door: what the encoder's database must look like."""

from services.encoder import audit_store, message_store, query_store, queue_store  # noqa: F401 - tables of one metadata
from services.encoder.rows import Base
from shared.db import InfrastructureBase
from shared.db.migration import run

run(target=[InfrastructureBase.metadata, Base.metadata])
