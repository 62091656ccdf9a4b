"""Whatever is done to a trail of six entries shows, with its place and kind."""

from __future__ import annotations

import pytest

from shared import audit
from shared.audit import Fault, FaultKind, verification
from shared.audit.chain import Link
from shared.audit.tables import AuditEntryRow
from shared.db import Database
from tests.shared.audit.acts import context, faults, record_acts, tamper

CHANGED, REMOVED, INSERTED = FaultKind.CHANGED, FaultKind.REMOVED, FaultKind.INSERTED
_COLUMNS = ", ".join(column.name for column in AuditEntryRow.__table__.columns if column.name != "seq")
_SWAP = [f"UPDATE audit_entry SET seq = {new} WHERE seq = {old}" for old, new in ((2, 99), (3, 2), (99, 3))]  # noqa: S608
_SHIFT = [f"UPDATE audit_entry SET seq = {seq + 1} WHERE seq = {seq}" for seq in (6, 5, 4)]  # noqa: S608


def _copy(seq: int, to: int) -> str:
    return f"INSERT INTO audit_entry (seq, {_COLUMNS}) SELECT {to}, {_COLUMNS} FROM audit_entry WHERE seq = {seq}"  # noqa: S608


@pytest.fixture
async def trail_of_six(audited: Database) -> Database:
    await record_acts(audited, 6)
    return audited


async def test_an_untouched_trail_has_no_fault(trail_of_six: Database) -> None:
    assert await faults(trail_of_six) == []


async def test_a_trail_that_was_never_begun_has_no_fault(audited: Database) -> None:
    assert await faults(audited) == []


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        (["UPDATE audit_entry SET actor = 'bob' WHERE seq = 3"], [Fault(CHANGED, 3, 3)]),
        (["UPDATE audit_entry SET at = '2026-11-01T00:00:00.000000+00:00' WHERE seq = 1"], [Fault(CHANGED, 1, 1)]),
        (["UPDATE audit_entry SET details = '{}' WHERE seq = 6"], [Fault(CHANGED, 6, 6)]),
        (["UPDATE audit_entry SET hash = previous_hash WHERE seq = 3"], [Fault(CHANGED, 3, 3)]),
        (["UPDATE audit_entry SET previous_hash = hash WHERE seq = 3"], [Fault(CHANGED, 3, 3)]),
        (["DELETE FROM audit_entry WHERE seq = 1"], [Fault(REMOVED, 1, 1)]),
        (["DELETE FROM audit_entry WHERE seq IN (3, 4)"], [Fault(REMOVED, 3, 4)]),
        (["DELETE FROM audit_entry WHERE seq >= 5"], [Fault(REMOVED, 5, 6)]),
        (["DELETE FROM audit_entry"], [Fault(REMOVED, 1, 6)]),
        ([_copy(6, 7)], [Fault(INSERTED, 7, 7)]),
        ([_copy(1, 0)], [Fault(INSERTED, 0, 0)]),
        (_SWAP, [Fault(FaultKind.REORDERED, 2, 2), Fault(FaultKind.REORDERED, 3, 3)]),
        (["DELETE FROM audit_head"], [Fault(FaultKind.HEAD_REMOVED, 6, 6)]),
        (["UPDATE audit_head SET seq = 5"], [Fault(CHANGED, 5, 5), Fault(INSERTED, 6, 6)]),
        (["UPDATE audit_head SET seq = 9"], [Fault(REMOVED, 7, 9)]),
    ],
)
async def test_each_tampering_is_named_with_its_place(
    trail_of_six: Database, statements: list[str], expected: list[Fault]
) -> None:
    await tamper(trail_of_six, *statements)
    assert await faults(trail_of_six) == expected


async def test_an_entry_pushed_in_between_is_found(trail_of_six: Database) -> None:
    await tamper(trail_of_six, *_SHIFT, _copy(3, 4), "UPDATE audit_head SET seq = 7")
    found = await faults(trail_of_six)
    assert found[0].seq == 4
    assert {fault.seq for fault in found} == {4, 5, 6, 7}


async def _forge(database: Database, seq: int) -> None:
    """Change an entry and give it the hash that fits, as one who knows the method but not the key."""
    async with database.read() as session:
        row = await session.get_one(AuditEntryRow, ("north", seq))
        kept = {column.name: getattr(row, column.name) for column in AuditEntryRow.__table__.columns}
    kept.pop("hash")
    forged = Link(**kept | {"actor": "bob"}).hash(None)
    await tamper(database, f"UPDATE audit_entry SET actor = 'bob', hash = '{forged}' WHERE seq = {seq}")  # noqa: S608


@pytest.mark.parametrize("seq", [1, 3, 6])
async def test_an_entry_changed_together_with_its_hash_is_found_by_what_follows_it(
    trail_of_six: Database, seq: int
) -> None:
    await _forge(trail_of_six, seq)
    assert await faults(trail_of_six) == [Fault(CHANGED, seq, seq)]


async def test_without_the_key_nobody_makes_an_entry_that_stands(database_url: str, audited: Database) -> None:
    keyed = Database.open(database_url, audit_key=b"a key that the database does not know")
    await record_acts(keyed, 2)
    assert await faults(keyed) == []
    assert [fault.kind for fault in await faults(audited)] == [CHANGED, CHANGED]
    await _forge(keyed, 2)
    assert await faults(keyed) == [Fault(CHANGED, 2, 2)]
    await keyed.close()


async def test_no_more_faults_are_listed_than_asked_for(trail_of_six: Database) -> None:
    await tamper(trail_of_six, "UPDATE audit_entry SET actor = 'bob'")
    async with trail_of_six.read() as session:
        assert [fault.seq for fault in await audit.verify(session, "north", at_most=2)] == [1, 2]


async def test_a_chain_longer_than_one_piece_is_read_whole(
    trail_of_six: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verification, "ROWS_AT_ONCE", 2)
    assert await faults(trail_of_six) == []
    await tamper(trail_of_six, "DELETE FROM audit_entry WHERE seq = 3")
    assert await faults(trail_of_six) == [Fault(REMOVED, 3, 3)]


async def test_a_trail_goes_on_after_a_fault_and_the_fault_stays(trail_of_six: Database) -> None:
    await tamper(trail_of_six, "DELETE FROM audit_entry WHERE seq = 2")
    async with trail_of_six.unit_of_work(context()) as uow:
        audit.record(uow, "chart.coded", "chart", "c-1")
    assert await faults(trail_of_six) == [Fault(REMOVED, 2, 2)]
