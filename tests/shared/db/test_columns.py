"""Values come back as they were given, from both databases."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.exc import StatementError

from shared.db import Context, Database, new_id
from shared.db.columns import json_text
from tests.shared.db.rows import AT, CONTEXT, ValueRow


async def _kept(database: Database, **values: Any) -> ValueRow:
    async with database.unit_of_work(CONTEXT) as uow:
        uow.session.add(ValueRow(id=1, **values))
    async with database.read() as session:
        return (await session.scalars(select(ValueRow))).one()


async def test_a_moment_of_another_zone_comes_back_in_utc(notes: Database) -> None:
    east = datetime(2026, 11, 1, 1, 30, 0, 123456, tzinfo=timezone(timedelta(hours=-4)))
    row = await _kept(notes, moment=east)
    assert row.moment == east
    assert row.moment.tzinfo is UTC or row.moment.utcoffset() == timedelta(0)


async def test_a_naive_moment_is_refused(notes: Database) -> None:
    with pytest.raises(StatementError):
        await _kept(notes, moment=datetime(2026, 11, 1))  # noqa: DTZ001 - the very thing that is refused


@pytest.mark.parametrize("amount", ["0.00", "0.10", "-12.34", "999999999999.99"])
async def test_money_comes_back_to_the_cent(notes: Database, amount: str) -> None:
    row = await _kept(notes, amount=Decimal(amount))
    assert str(row.amount) == amount


@pytest.mark.parametrize("wrong", [0.1, Decimal("0.001")])
async def test_money_is_neither_float_nor_a_fraction_of_a_cent(notes: Database, wrong: Any) -> None:
    with pytest.raises(StatementError):
        await _kept(notes, amount=wrong)


async def test_a_sum_of_money_is_exact(notes: Database) -> None:
    async with notes.unit_of_work(CONTEXT) as uow:
        uow.session.add_all(ValueRow(id=number, amount=Decimal("0.10")) for number in range(3))
    async with notes.read() as session:
        assert await session.scalar(select(func.sum(ValueRow.amount))) == Decimal("0.30")
        assert len((await session.scalars(select(ValueRow).where(ValueRow.amount > Decimal("0.09")))).all()) == 3


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(_values)
def test_whatever_is_json_is_written_as_it_reads_back(value: Any) -> None:
    assert json.loads(json_text(value)) == value


@pytest.mark.parametrize("value", [2**64, -(2**63) - 1, "half \ud800"])
def test_what_few_can_read_is_written_all_the_same(value: Any) -> None:
    assert json.loads(json_text({"value": value})) == {"value": value}


@pytest.mark.parametrize("value", [AT, Decimal("0.10"), {1, 2}, Context], ids=lambda value: type(value).__name__)
def test_what_is_no_json_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        json_text(value)


async def test_a_document_comes_back_equal_and_none_is_null(notes: Database) -> None:
    document = {"z": [1, 2.5, None, {"ä": "ö"}], "a": True}
    row = await _kept(notes, document=document)
    assert row.document == document
    async with notes.unit_of_work(CONTEXT) as uow:
        uow.session.add(ValueRow(id=2, document=None))
    async with notes.read() as session:
        assert (await session.scalars(select(ValueRow.id).where(ValueRow.document.is_(None)))).all() == [2]


def test_new_ids_are_version_7_and_sort_by_their_making() -> None:
    ids = [new_id() for _ in range(1000)]
    assert ids == sorted(set(ids))
    assert {one[14] for one in ids} == {"7"}


def test_a_context_is_of_a_moment_in_utc() -> None:
    with pytest.raises(ValueError, match="UTC"):
        Context("north", "ann", "r-1", AT.astimezone(timezone(timedelta(hours=1))))
