from __future__ import annotations

import pytest

from shared.db import Database
from tests.shared.audit.acts import create_tables


@pytest.fixture
async def audited(database: Database) -> Database:
    """A database with the shared tables and the triggers of the trail, once for each dialect."""
    await create_tables(database)
    return database
