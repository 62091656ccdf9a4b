"""What a unit of work promises, on both databases alike."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from shared.db import CommitOutsideUnitOfWork, Database, ReadSessionChanged, UnitOfWork
from tests.shared.db.rows import CONTEXT, NoteRow, note_count, note_ids


async def _write_b_and_a_again(uow: UnitOfWork) -> None:
    async with uow.session.begin_nested():
        await uow.session.execute(insert(NoteRow).values(id="b"))
        await uow.session.execute(insert(NoteRow).values(id="a"))


async def test_what_a_unit_wrote_is_there_when_its_block_has_ended(notes: Database) -> None:
    async with notes.unit_of_work(CONTEXT) as uow:
        uow.session.add(NoteRow(id="a"))
    assert await note_ids(notes) == {"a"}


async def test_an_exception_takes_back_what_the_unit_wrote(notes: Database) -> None:
    async def fail_half_way() -> None:
        async with notes.unit_of_work(CONTEXT) as uow:
            uow.session.add(NoteRow(id="a"))
            await uow.session.flush()
            raise LookupError

    with pytest.raises(LookupError):
        await fail_half_way()
    assert await note_ids(notes) == set()


async def test_nobody_sees_a_unit_before_its_end(notes: Database) -> None:
    async with notes.unit_of_work(CONTEXT) as uow:
        uow.session.add(NoteRow(id="a"))
        await uow.session.flush()
        assert await note_ids(notes) == set()


async def test_steps_before_the_commit_run_in_order_the_last_ones_last_and_in_the_transaction(notes: Database) -> None:
    ran: list[str] = []

    async with notes.unit_of_work(CONTEXT) as uow:

        async def step(name: str) -> None:
            ran.append(name)
            uow.session.add(NoteRow(id=name))

        async def first() -> None:
            await step("first")
            uow.before_commit(lambda: step("added by first"))

        uow.before_commit(lambda: step("audit"), last=True)
        uow.before_commit(first)
        uow.before_commit(lambda: step("second"))
        assert ran == []

    assert ran == ["first", "second", "added by first", "audit"]
    assert await note_ids(notes) == set(ran)


async def test_a_step_that_fails_before_the_commit_takes_everything_back(notes: Database) -> None:
    async def fail() -> None:
        raise LookupError

    async def write() -> None:
        async with notes.unit_of_work(CONTEXT) as uow:
            uow.session.add(NoteRow(id="a"))
            uow.before_commit(fail)
            uow.after_commit(lambda: woken.append("relay"))

    woken: list[str] = []
    with pytest.raises(LookupError):
        await write()
    assert await note_ids(notes) == set()
    assert woken == []


async def test_steps_after_the_commit_run_when_others_can_see_the_change(notes: Database) -> None:
    seen: list[asyncio.Task[set[str]]] = []
    async with notes.unit_of_work(CONTEXT) as uow:
        uow.session.add(NoteRow(id="a"))
        uow.after_commit(lambda: seen.append(asyncio.create_task(note_ids(notes))))
    assert await seen[0] == {"a"}


async def test_a_violated_constraint_is_raised_as_it_is(notes: Database) -> None:
    async def write() -> None:
        async with notes.unit_of_work(CONTEXT) as uow:
            uow.session.add(NoteRow(id="a"))

    await write()
    with pytest.raises(IntegrityError):
        await write()


async def test_a_nested_transaction_fails_alone(notes: Database) -> None:
    async with notes.unit_of_work(CONTEXT) as uow:
        uow.session.add(NoteRow(id="a"))
        await uow.session.flush()
        with pytest.raises(IntegrityError):
            await _write_b_and_a_again(uow)
    assert await note_ids(notes) == {"a"}


async def test_a_session_is_not_committed_or_rolled_back_by_who_was_given_it(notes: Database) -> None:
    async with notes.unit_of_work(CONTEXT) as uow:
        with pytest.raises(CommitOutsideUnitOfWork):
            await uow.session.commit()
        with pytest.raises(CommitOutsideUnitOfWork):
            await uow.session.rollback()
    async with notes.read() as session:
        with pytest.raises(CommitOutsideUnitOfWork):
            await session.commit()


async def test_a_read_session_refuses_changed_objects(notes: Database) -> None:
    async with notes.read() as session:
        session.add(NoteRow(id="a"))
        with pytest.raises(ReadSessionChanged):
            await session.flush()
        session.expunge_all()


async def test_the_database_refuses_a_statement_that_writes_in_a_read_session(notes: Database) -> None:
    async with notes.read() as session:
        with pytest.raises(DBAPIError):
            await session.execute(update(NoteRow).values(writer="x"))


async def test_a_read_session_sees_one_state_while_others_write(notes: Database) -> None:
    async with notes.read() as session:
        before = set(await session.scalars(select(NoteRow.id)))
        async with notes.unit_of_work(CONTEXT) as uow:
            uow.session.add(NoteRow(id="a"))
        assert set(await session.scalars(select(NoteRow.id))) == before
    assert await note_ids(notes) == {"a"}


async def test_of_two_hundred_units_at_once_those_that_succeed_stay_and_those_that_fail_leave_nothing(
    notes: Database,
) -> None:
    async def write(number: int) -> None:
        async with notes.unit_of_work(CONTEXT) as uow:
            for part in ("x", "y"):
                uow.session.add(NoteRow(id=f"{number}-{part}"))
                await uow.session.flush()
                await asyncio.sleep(0)
            if number % 3 == 0:
                raise LookupError(str(number))
            if number % 7 == 0:
                await uow.session.execute(insert(NoteRow).values(id=f"{number}-x"))

    outcomes = await asyncio.gather(*(write(number) for number in range(200)), return_exceptions=True)

    kept = [number for number in range(200) if number % 3 and number % 7]
    assert [number for number, outcome in enumerate(outcomes) if outcome is None] == kept
    assert await note_ids(notes) == {f"{number}-{part}" for number in kept for part in ("x", "y")}


async def test_units_that_are_cancelled_at_any_point_leave_nothing_and_spoil_no_other(notes: Database) -> None:
    reached = asyncio.Event()

    async def write(number: int) -> None:
        async with notes.unit_of_work(CONTEXT) as uow:
            uow.session.add(NoteRow(id=str(number)))
            await uow.session.flush()
            if number % 2:
                reached.set()
                await asyncio.Event().wait()

    waiting = [asyncio.create_task(write(number)) for number in range(20)]
    cancelled = waiting[1::2]
    await asyncio.wait_for(reached.wait(), 30)
    for task in cancelled:
        task.cancel()
    await asyncio.wait_for(asyncio.gather(*waiting, return_exceptions=True), 30)

    assert all(task.cancelled() for task in cancelled)
    assert await note_ids(notes) == {str(number) for number in range(0, 20, 2)}


async def test_a_closed_database_has_finished_the_units_that_were_begun(notes: Database) -> None:
    async def write(number: int) -> None:
        async with notes.unit_of_work(CONTEXT) as uow:
            uow.session.add(NoteRow(id=str(number)))

    await asyncio.gather(*(write(number) for number in range(10)))
    await notes.ping()
    assert await note_count(notes) == 10


async def test_a_core_statement_that_gives_rows_may_be_used_inside_a_unit(notes: Database) -> None:
    table = NoteRow.__table__
    async with notes.unit_of_work(CONTEXT) as uow:
        made = await uow.session.execute(insert(table).values(id="a").returning(table.c.id))
        assert made.scalars().all() == ["a"]
        assert (await uow.session.execute(select(table.c.id))).scalars().all() == ["a"]
        assert (await uow.session.execute(select(table.c.id))).scalar_one() == "a"
