"""What a process opens is closed again, in the opposite order, also when opening fails half-way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from shared.db import Database
from shared.runtime import Settings, open_runtime

opened: list[str] = []


class Recorded:
    """A part that is handed in from outside."""

    def __init__(self, name: str) -> None:
        self.name, self.closed = name, False

    async def close(self) -> None:
        self.closed = True


@pytest.fixture
def _no_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    async def migrate(self: Database, script_location: str) -> None:
        opened.append(script_location)

    monkeypatch.setattr(Database, "migrate", migrate)


@pytest.mark.usefixtures("_no_schema")
async def test_a_runtime_has_its_own_database_migrated_and_is_usable(tmp_path: Path) -> None:
    async with open_runtime("grouper", Settings(data_dir=tmp_path / "var")) as runtime:
        await runtime.database.ping()
        await runtime.bus.ping()
        assert runtime.clock().tzinfo is not None
    assert opened[-1] == "services/grouper/migrations"
    assert (tmp_path / "var" / "grouper.sqlite").exists()


@pytest.mark.usefixtures("_no_schema")
async def test_parts_that_are_given_stay_open(tmp_path: Path) -> None:
    bus: Any = Recorded("bus")
    authenticator: Any = Recorded("authenticator")
    settings = Settings(data_dir=tmp_path)
    async with open_runtime("grouper", settings, bus=bus, authenticator=authenticator) as runtime:
        assert runtime.bus is bus
    assert not bus.closed
    assert not authenticator.closed


async def test_a_schema_that_cannot_be_made_closes_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = []
    kind = type(Database.open(Settings(data_dir=tmp_path).database_url_for("grouper")))
    close = kind.close

    async def recorded(self: Database) -> None:
        closed.append(self)
        await close(self)

    async def broken(self: Database, script_location: str) -> None:
        raise RuntimeError("no such revision")

    monkeypatch.setattr(kind, "close", recorded)
    monkeypatch.setattr(kind, "migrate", broken)
    with pytest.raises(RuntimeError, match="no such revision"):
        async with open_runtime("grouper", Settings(data_dir=tmp_path)):
            pass
    assert len(closed) == 1
