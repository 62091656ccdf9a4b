"""Alembic's door: what the simulator's database must look like."""

from services.simulator.store import Base
from shared.db import InfrastructureBase
from shared.db.migration import run

run(target=[InfrastructureBase.metadata, Base.metadata])
