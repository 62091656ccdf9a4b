"""That the package's tables are read for what they are, over all their rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest

from shared.tables import Table, Tables, ioce
from shared.tables.ioce import DatedRow, ProcedureRow

DAY = date(2026, 5, 1)


def every(tables: Tables, table: Table[Any]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    return tables.on(table, DAY).store.items()


@pytest.mark.parametrize(
    ("table", "keys", "rows"),
    [
        (ioce.PROCEDURES, 21_149, 31_213),
        (ioce.APCS, 1_321, 14_209),
        (ioce.STATUS_INDICATORS, 30, 34),
        (ioce.PAYMENT_INDICATORS, 17, 17),
        (ioce.MODIFIERS, 450, 457),
        (ioce.REVENUE, 540, 541),
        (ioce.DIAGNOSES, 75_215, 80_082),
        (ioce.COMPREHENSIVE, 3_556, 58_873),
        (ioce.COMPLEXITY_ADJUSTMENTS, 1_177, 1_454),
        (ioce.COMPOSITES, 142, 142),
        (ioce.DEVICE_OFFSETS, 953, 4_069),
        (ioce.EDITS, 140, 151),
    ],
    ids=lambda value: getattr(value, "name", str(value)),
)
def test_every_row_of_the_package_is_there(embedded_tables: Tables, table: Table[Any], keys: int, rows: int) -> None:
    release = embedded_tables.release(table, DAY)
    assert (release.keys, release.rows) == (keys, rows)
    assert release.sources[0].name == "pyoce 0.1.0: pyoce.mdb.xz"


@pytest.mark.parametrize("table", ioce.TABLES, ids=lambda table: str(table.name))
def test_no_two_rows_of_a_key_hold_on_one_day(embedded_tables: Tables, table: Table[Any]) -> None:
    for key, rows in every(embedded_tables, table):
        ordered: list[DatedRow] = sorted(rows, key=lambda row: row.first)
        for earlier, later in pairwise(ordered):
            assert earlier.last < later.first, key
        assert all(row.first <= row.last for row in ordered), key


def test_a_code_is_listed_over_its_adjoining_rows_and_no_further(embedded_tables: Tables) -> None:
    for code, rows in every(embedded_tables, ioce.PROCEDURES):
        spans: set[tuple[date, date]] = {(row.first, row.last) for row in rows}
        for row in rows:
            assert row.listed_from in {first for first, _last in spans}, code
            assert row.listed_through in {last for _first, last in spans}, code
            assert row.listed_from - timedelta(days=1) not in {last for _first, last in spans}, code
            assert row.listed_from <= row.first <= row.last <= row.listed_through, code


def test_a_code_that_came_back_has_two_spans(embedded_tables: Tables) -> None:
    """The HCPCS file of July 2024 has 2023-01-01 as the day of the last action on Q4236."""
    rows = embedded_tables.on(ioce.PROCEDURES, DAY).store.rows("Q4236")
    assert {(row.listed_from, row.listed_through) for row in rows} == {
        (date(2020, 7, 1), date(2021, 9, 30)),
        (date(2023, 1, 1), date(2026, 6, 30)),
    }


def test_descriptions_are_of_level_two_alone(embedded_tables: Tables) -> None:
    for code, rows in every(embedded_tables, ioce.PROCEDURES):
        if code[0].isdigit() or code[0] == "D":
            assert not any(row.short for row in rows), code


def test_apcs_and_indicators_are_written_as_in_the_addenda(embedded_tables: Tables) -> None:
    apcs = {apc for apc, _rows in every(embedded_tables, ioce.APCS)}
    assert all(len(apc) == 4 and apc.isdecimal() for apc in apcs)
    procedures: list[ProcedureRow] = [row for _code, rows in every(embedded_tables, ioce.PROCEDURES) for row in rows]
    assert "0000" not in {row.apc for row in procedures}
    assert {row.bilateral for row in procedures} == {"", "conditional", "independent", "inherent"}
    lists = {name for row in procedures for name in row.lists}
    assert {"non_covered", "device_procedure", "ph_duration", "ph_duration_2", "ph_duration_3"} <= lists
    assert not {"sex", "lo_age", "ncci_code1", "status_indicator", "lo_version"} & lists


def test_a_last_day_that_stands_for_none_is_none(embedded_tables: Tables) -> None:
    last_days = {row.approved_through for _code, rows in every(embedded_tables, ioce.PROCEDURES) for row in rows}
    assert max(day for day in last_days if day) == date(2026, 12, 31)
