from __future__ import annotations

import pytest

from shared.db import Database
from tests.shared.db.rows import create_tables


@pytest.fixture
async def notes(database: Database) -> Database:
    """A database with the tests' tables, once for each dialect."""
    await create_tables(database)
    return database
