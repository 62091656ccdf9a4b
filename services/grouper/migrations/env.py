"""Alembic's door: what the grouper's database must look like."""

from services.grouper.store import Base
from shared.db import InfrastructureBase
from shared.db.migration import run

run(target=[InfrastructureBase.metadata, Base.metadata])
