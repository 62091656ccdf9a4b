"""SQLite's one writer: what its units share, and what they do not."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import event, insert, text
from sqlalchemy.exc import OperationalError

from shared.db import Database
from tests.shared.db.rows import CONTEXT, NoteRow, create_tables, note_count, note_ids

ROOT = Path(__file__).parents[3]


@pytest.fixture
async def notes(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database.open(f"sqlite+aiosqlite:///{tmp_path / 'notes.db'}")
    await create_tables(database)
    yield database
    await database.close()


async def _write(database: Database, name: str) -> None:
    async with database.unit_of_work(CONTEXT) as uow:
        await uow.session.execute(insert(NoteRow).values(id=name))


def _count_commits(database: Database) -> list[object]:
    commits: list[object] = []
    event.listen(database.engine.sync_engine, "commit", commits.append)
    return commits


async def test_units_that_come_together_share_a_commit(notes: Database) -> None:
    commits = _count_commits(notes)
    await asyncio.gather(*(_write(notes, str(number)) for number in range(20)))
    assert len(commits) < 20
    assert await note_count(notes) == 20


async def test_a_unit_alone_is_committed_at_once(notes: Database) -> None:
    commits = _count_commits(notes)
    await _write(notes, "a")
    assert len(commits) == 1


async def test_a_commit_that_fails_fails_every_unit_of_its_group_and_none_after_it(notes: Database) -> None:
    def fail(_connection: object) -> None:
        event.remove(notes.engine.sync_engine, "commit", fail)
        raise sqlite3.OperationalError("disk I/O error")

    event.listen(notes.engine.sync_engine, "commit", fail)
    units = [asyncio.create_task(_write(notes, str(number))) for number in range(5)]
    outcomes = await asyncio.gather(*units, return_exceptions=True)

    assert [type(outcome) for outcome in outcomes] == [OperationalError] * 5
    assert len({id(outcome) for outcome in outcomes}) == 5
    await _write(notes, "after")
    assert await note_ids(notes) == {"after"}


@pytest.mark.parametrize("noticed", [True, False])
async def test_a_transaction_that_sqlite_gave_up_fails_its_whole_group(notes: Database, noticed: bool) -> None:
    """On a full or failing disk SQLite rolls back by itself; `ROLLBACK` by hand does the same here."""

    async def break_transaction() -> None:
        async with notes.unit_of_work(CONTEXT) as uow:
            await uow.session.execute(insert(NoteRow).values(id="broken"))
            await uow.session.execute(text("ROLLBACK"))
            if noticed:
                raise LookupError

    units = _write(notes, "before"), break_transaction(), _write(notes, "next")
    before, broken, after = await asyncio.gather(*units, return_exceptions=True)
    assert isinstance(before, OperationalError)
    assert isinstance(broken, OperationalError)
    assert after is None
    assert await note_ids(notes) == {"next"}


async def test_a_unit_cancelled_while_it_waits_for_its_turn_does_not_stop_the_queue(notes: Database) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        async with notes.unit_of_work(CONTEXT) as uow:
            await uow.session.execute(insert(NoteRow).values(id="holder"))
            begun.set()
            await go_on.wait()

    holder = asyncio.create_task(hold())
    await asyncio.wait_for(begun.wait(), 30)
    waiting = [asyncio.create_task(_write(notes, name)) for name in ("a", "b", "c")]
    await asyncio.sleep(0)
    waiting[1].cancel()
    waiting[2].cancel()
    go_on.set()
    await asyncio.wait_for(asyncio.wait([holder, *waiting]), 30)
    assert await note_ids(notes) == {"holder", "a"}


async def test_a_unit_inside_a_unit_is_refused_for_it_would_wait_for_itself(notes: Database) -> None:
    async with notes.unit_of_work(CONTEXT):
        with pytest.raises(RuntimeError, match="inside a unit of work"):
            await _write(notes, "inner")
    await _write(notes, "after")
    assert await note_ids(notes) == {"after"}


async def test_another_process_that_writes_is_waited_for(notes: Database, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "notes.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    unit = asyncio.create_task(_write(notes, "a"))
    await note_ids(notes)
    assert not unit.done()
    other.execute("COMMIT")
    other.close()
    await asyncio.wait_for(unit, 30)
    assert await note_ids(notes) == {"a"}


def test_a_database_in_memory_is_refused() -> None:
    with pytest.raises(ValueError, match="a file"):
        Database.open("sqlite+aiosqlite://")


async def test_each_unit_that_was_acknowledged_survives_a_kill_and_no_half_unit_does(tmp_path: Path) -> None:
    path = tmp_path / "killed.db"
    database = Database.open(f"sqlite+aiosqlite:///{path}")
    await create_tables(database)
    acknowledged = await asyncio.to_thread(_kill_after, path, 500)

    kept = await note_ids(database)
    await database.close()
    whole = {name.partition("-")[0] for name in kept}
    assert acknowledged <= whole
    assert kept == {f"{number}-{part}" for number in whole for part in ("first", "second")}


def _kill_after(path: Path, units: int) -> set[str]:
    """Run the writer until so many units are acknowledged, then SIGKILL it; the units acknowledged by then."""
    command = [sys.executable, "-m", "tests.shared.db.endless_writer", str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        lines = [writer.stdout.readline() for _ in range(units)]
        writer.kill()
        lines += writer.stdout.readlines()
    # The last line may be cut off by the kill.
    return {line.strip() for line in lines if line.endswith("\n")}
