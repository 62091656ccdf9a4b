"""What is written to the trail, and when."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from shared import audit
from shared.audit.tables import AuditEntryRow
from shared.db import Database
from tests.shared.audit.acts import AT, context, faults, record_acts


async def _count(database: Database) -> int:
    async with database.read() as session:
        return await session.scalar(select(func.count()).select_from(AuditEntryRow)) or 0


async def test_the_trail_of_a_record_says_who_did_what_when_oldest_first(audited: Database) -> None:
    await record_acts(audited, 4)
    async with audited.read() as session:
        found = await audit.trail(session, "north", "chart", "c-0")
    assert [(entry.seq, entry.actor, entry.action, entry.details["version"]) for entry in found] == [
        (1, "ann", "chart.coded", 0),
        (4, "ann", "chart.coded", 3),
    ]
    assert found[0].at == AT
    assert found[0].request_id == "r-0"


async def test_a_unit_that_fails_leaves_no_entry(audited: Database) -> None:
    async def fail() -> None:
        async with audited.unit_of_work(context()) as uow:
            audit.record(uow, "chart.coded", "chart", "c-1")
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    assert await _count(audited) == 0


async def test_details_are_read_when_the_act_is_recorded(audited: Database) -> None:
    details: dict[str, Any] = {"version": 1}
    async with audited.unit_of_work(context()) as uow:
        audit.record(uow, "chart.coded", "chart", "c-1", details)
        details["version"] = 2
    async with audited.read() as session:
        assert (await audit.trail(session, "north", "chart", "c-1"))[0].details == {"version": 1}


async def test_units_that_come_together_form_one_chain_without_a_gap(audited: Database) -> None:
    async def act(number: int) -> None:
        async with audited.unit_of_work(context(request_id=f"r-{number}")) as uow:
            audit.record(uow, "chart.coded", "chart", str(number))
            audit.record(uow, "chart.finalized", "chart", str(number))

    await asyncio.gather(*(act(number) for number in range(40)))
    async with audited.read() as session:
        assert list(await session.scalars(select(AuditEntryRow.seq).order_by(AuditEntryRow.seq))) == list(range(1, 81))
        assert await audit.verify(session, "north") == []


async def test_each_tenant_has_a_chain_of_its_own(audited: Database) -> None:
    await record_acts(audited, 3, "north")
    await record_acts(audited, 2, "south")
    assert await faults(audited, "north") == await faults(audited, "south") == []
    async with audited.read() as session:
        assert await session.scalar(select(func.max(AuditEntryRow.seq)).filter_by(tenant="south")) == 2


@pytest.mark.parametrize("statement", ["UPDATE audit_entry SET actor = 'bob'", "DELETE FROM audit_entry"])
async def test_the_database_refuses_to_change_an_entry(audited: Database, statement: str) -> None:
    await record_acts(audited, 1)
    with pytest.raises(DBAPIError, match="only grows"):
        async with audited.unit_of_work(context()) as uow:
            await uow.session.execute(text(statement))


async def test_what_is_not_json_is_refused_where_it_is_recorded(audited: Database) -> None:
    async with audited.unit_of_work(context()) as uow:
        with pytest.raises(TypeError):
            audit.record(uow, "chart.coded", "chart", "c-1", {"amount": object()})  # type: ignore[dict-item] # the point
