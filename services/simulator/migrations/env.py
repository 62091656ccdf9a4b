"""Alembic's door: the simulator keeps nothing of its own; what every service's database has is all there is."""

from shared.db import InfrastructureBase
from shared.db.migration import run

run(target=[InfrastructureBase.metadata])
