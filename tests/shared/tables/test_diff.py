from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.tables import Catalogue, Table, TableRow
from shared.tables.catalogue import SourceFile
from shared.tables.diff import Change, changes, codes_of, store_of
from shared.tables.formats import Reading
from shared.tables.loading import compiled_release
from shared.tables.registry import table_named
from shared.tables.spans import quarter

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
Rows = list[tuple[str, "UnitRow"]]


class UnitRow(TableRow, frozen=True):
    units: int


UNITS = Table("test.units", "Units", UnitRow, "a code", "CMS", "public domain")
PAIRS = Table("test.pairs", "Pairs", UnitRow, "two codes", "CMS", "public domain", pairs=True)


def compared(folder: Path, table: Table[Any], before: Rows, after: Rows) -> list[Change[Any]]:
    catalogue = Catalogue(folder)
    stores = []
    for first, rows in ((date(2026, 7, 1), before), (date(2026, 10, 1), after)):
        reading = Reading(table, quarter(first), rows, [SourceFile("f", "0" * 64, 0)])
        stores.append(store_of(catalogue, compiled_release(catalogue, reading, "by hand", AT), table))
    return list(changes(*stores))


def test_what_is_new_deleted_or_revised_is_told_in_the_order_of_the_keys(tmp_path: Path):
    before = [("10021", UnitRow(1)), ("36415", UnitRow(2)), ("99213", UnitRow(1))]
    after = [("10021", UnitRow(1)), ("36415", UnitRow(3)), ("99215", UnitRow(1))]
    assert compared(tmp_path, UNITS, before, after) == [
        Change("36415", "revised", (UnitRow(2),), (UnitRow(3),)),
        Change("99213", "deleted", (UnitRow(1),), ()),
        Change("99215", "new", (), (UnitRow(1),)),
    ]


def test_a_release_against_itself_has_no_changes(tmp_path: Path):
    rows = [("10021", UnitRow(1)), ("10021", UnitRow(2))]
    assert compared(tmp_path, UNITS, rows, rows) == []


def test_another_row_under_a_key_revises_it(tmp_path: Path):
    [change] = compared(tmp_path, UNITS, [("10021", UnitRow(1))], [("10021", UnitRow(1)), ("10021", UnitRow(2))])
    assert (change.kind, len(change.before), len(change.after)) == ("revised", 1, 2)


def test_pairs_are_compared_by_their_codes(tmp_path: Path):
    found = compared(tmp_path, PAIRS, [("A Z", UnitRow(1)), ("A1 B", UnitRow(1))], [("A1 B", UnitRow(1))])
    assert [(change.key, change.kind) for change in found] == [("A Z", "deleted")]


CODE = st.text("AB1", min_size=1, max_size=3)
RELEASE = st.dictionaries(st.tuples(CODE, CODE).map(" ".join), st.integers(0, 2))


@pytest.mark.parametrize("table", [UNITS, PAIRS], ids=lambda table: table.name)
@given(before=RELEASE, after=RELEASE)
def test_the_changes_make_the_later_release_out_of_the_earlier(
    tmp_path_factory: pytest.TempPathFactory, table: Table[Any], before: dict[str, int], after: dict[str, int]
):
    folder = tmp_path_factory.mktemp("diff")
    rows = [[(key, UnitRow(units)) for key, units in release.items()] for release in (before, after)]
    made = dict(before)
    for change in compared(folder, table, *rows):
        if change.kind == "deleted":
            del made[change.key]
        else:
            made[change.key] = change.after[0].units
    assert made == after


@pytest.mark.parametrize(
    ("table", "key", "codes"),
    [
        ("ncci.ptp.practitioner", "80053 82947", ("80053", "82947")),
        ("icd10cm.codes", "J189", ("J189",)),
        ("mpfs.rvu", "70450 26", ("70450",)),
        ("icd10cm.tabular", "J09-J18", ()),
        ("opps.apcs", "5012", ()),
        ("mpfs.gpci", "1011200", ()),
    ],
)
def test_the_codes_of_a_key_are_those_that_stand_on_charts_and_claims(table: str, key: str, codes: tuple[str, ...]):
    assert codes_of(table_named(table), key) == codes
