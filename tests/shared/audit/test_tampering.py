"""Any single act of tampering with a chain is found: Hypothesis does the tampering."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shared.audit import Fault
from shared.db import Database
from tests.shared.audit.acts import create_tables, faults, record_acts

LENGTH = 8
TEXTS = ("at", "actor", "action", "record_type", "record_id", "details", "request_id", "previous_hash", "hash")
ALL = ", ".join(("tenant", *TEXTS))

Tampering = Callable[[sqlite3.Connection], object]
seqs = st.integers(1, LENGTH)
places = st.integers(-2, LENGTH + 3)
texts = st.text(st.characters(codec="utf-8"), max_size=80)


@st.composite
def changes(draw: st.DrawFn) -> Tampering:
    column, value, seq = draw(st.sampled_from(TEXTS)), draw(texts | st.binary(max_size=8)), draw(seqs)
    return lambda chain: chain.execute(f"UPDATE audit_entry SET {column} = ? WHERE seq = ?", (value, seq))  # noqa: S608


@st.composite
def removals(draw: st.DrawFn) -> Tampering:
    first, count = draw(seqs), draw(st.integers(0, LENGTH))
    return lambda chain: chain.execute("DELETE FROM audit_entry WHERE seq BETWEEN ? AND ?", (first, first + count))


@st.composite
def moves(draw: st.DrawFn) -> Tampering:
    """To another place; whoever stands there goes to the place that was left."""
    seq, place = draw(seqs), draw(places)
    steps = [(9999, place), (place, seq), (seq, 9999)]
    return lambda chain: chain.executemany("UPDATE audit_entry SET seq = ? WHERE seq = ?", steps)


@st.composite
def copies(draw: st.DrawFn) -> Tampering:
    seq, place = draw(seqs), draw(places)
    statement = f"INSERT OR REPLACE INTO audit_entry (seq, {ALL}) SELECT ?, {ALL} FROM audit_entry WHERE seq = ?"  # noqa: S608
    return lambda chain: chain.execute(statement, (place, seq))


@st.composite
def other_heads(draw: st.DrawFn) -> Tampering:
    seq, value = draw(places), draw(texts)
    return draw(
        st.sampled_from(
            [
                lambda chain: chain.execute("DELETE FROM audit_head"),
                lambda chain: chain.execute("UPDATE audit_head SET seq = ?", (seq,)),
                lambda chain: chain.execute("UPDATE audit_head SET hash = ?", (value,)),
            ]
        )
    )


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> sqlite3.Connection:
    """A chain without triggers, held in memory."""
    path = tmp_path_factory.mktemp("chain") / "chain.db"

    async def write() -> None:
        database = Database.open(f"sqlite+aiosqlite:///{path}")
        await create_tables(database)
        await record_acts(database, LENGTH)
        await database.close()

    asyncio.run(write())
    chain = sqlite3.connect(":memory:")
    with closing(sqlite3.connect(path)) as source:
        source.backup(chain)
    chain.executescript("DROP TRIGGER audit_entry_no_update; DROP TRIGGER audit_entry_no_delete")
    return chain


async def _verify(path: Path) -> list[Fault]:
    database = Database.open(f"sqlite+aiosqlite:///{path}", pool_size=1)
    try:
        return await faults(database)
    finally:
        await database.close()


@settings(deadline=None, max_examples=150)
@given(tampering=st.one_of(changes(), removals(), moves(), copies(), other_heads()))
def test_any_single_tampering_is_found(
    untouched: sqlite3.Connection, tmp_path_factory: pytest.TempPathFactory, tampering: Tampering
) -> None:
    path = tmp_path_factory.mktemp("tampered") / "chain.db"
    with closing(sqlite3.connect(path)) as chain:
        untouched.backup(chain)
        tampering(chain)
        chain.commit()
        assume(set(chain.iterdump()) != set(untouched.iterdump()))
    assert asyncio.run(_verify(path)) != []
