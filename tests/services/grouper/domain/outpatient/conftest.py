from __future__ import annotations

import pytest

from shared.tables import Tables
from tests.services.grouper.domain.outpatient.visits import addenda_of_2025


@pytest.fixture(scope="session")
def tables_of_2025(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """Addenda A and B of January 2025 before the tables of a fresh install."""
    return addenda_of_2025(tmp_path_factory.mktemp("opps"))


@pytest.fixture(scope="session")
def addenda_alone(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """The addenda without the I/OCE: what a customer has for days after it ends."""
    return addenda_of_2025(tmp_path_factory.mktemp("opps_alone"), beside_editor=False)
