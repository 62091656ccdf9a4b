"""Lookups of NCCI pairs and add-on codes, on rows written by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.tables import ncci
from shared.tables.catalogue import Catalogue
from shared.tables.errors import NoRelease
from shared.tables.formats import Reading
from shared.tables.loading import compiled_release
from shared.tables.ncci import AddOnSpan, Edit, PtpSpan
from shared.tables.spans import quarter
from shared.tables.tables import ReferenceTables, Tables

DAY = date(2026, 8, 1)
NEVER = PtpSpan(date(1996, 1, 1), date(1996, 1, 1), "9")
ALWAYS = PtpSpan(date(1996, 1, 1), None, "0", "CPT Manual or CMS manual coding instruction", True)
OVER = PtpSpan(date(2000, 1, 1), date(2009, 12, 31), "0")
AGAIN = PtpSpan(date(2015, 1, 1), None, "1")
PAIRS = [
    ("13121 13120", NEVER),
    ("13121 13120", ALWAYS),
    ("99291 94002", OVER),
    ("99291 94002", AGAIN),
    ("99291 36000", AGAIN),
    ("45378 94002", ALWAYS),
    ("20610 20600", AGAIN),
    ("20600 20610", OVER),
]
ADD_ONS = [
    ("11201", AddOnSpan("11200", 1, date(2013, 4, 1), None)),
    ("0054T", AddOnSpan(None, 2, date(2013, 4, 1), None, "Contractor Defined Primary Codes")),
    ("64727", AddOnSpan("64702", 3, date(2013, 4, 1), None)),
    ("64727", AddOnSpan("64704", 3, date(2013, 4, 1), date(2020, 12, 31))),
]


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    catalogue = Catalogue(tmp_path_factory.mktemp("catalogue"))
    span, at, begins = quarter(date(2026, 7, 1)), datetime(2026, 7, 1, tzinfo=UTC), date(1996, 1, 1)
    catalogue.add(
        [
            compiled_release(catalogue, Reading(ncci.PRACTITIONER, span, PAIRS, [], begins), "by hand", at),
            compiled_release(catalogue, Reading(ncci.ADD_ON, span, ADD_ONS, [], begins), "by hand", at),
        ]
    )
    return ReferenceTables([catalogue.folder]).current()


def test_an_edit_names_its_span_and_its_release(tables: Tables) -> None:
    assert ncci.edit(tables, "practitioner", "99291", "94002", DAY) == Edit("99291", "94002", AGAIN, "2026Q3")


def test_the_order_of_the_codes_matters_to_an_edit(tables: Tables) -> None:
    assert ncci.edit(tables, "practitioner", "94002", "99291", DAY) is None


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(1999, 12, 31), None),
        (date(2000, 1, 1), OVER),
        (date(2009, 12, 31), OVER),
        (date(2010, 1, 1), None),
        (date(2014, 12, 31), None),
        (date(2015, 1, 1), AGAIN),
    ],
)
def test_a_deletion_date_is_the_last_day_of_the_edit(tables: Tables, day: date, expected: PtpSpan | None) -> None:
    found = ncci.edit(tables, "practitioner", "99291", "94002", day)

    assert (found and found.span) == expected


def test_an_edit_deleted_to_its_first_day_was_never_in_force(tables: Tables) -> None:
    found = ncci.edit(tables, "practitioner", "13121", "13120", date(1996, 1, 1))

    assert found is not None
    assert found.span == ALWAYS
    assert ncci.history(tables, "practitioner", "13121", "13120", DAY) == (NEVER, ALWAYS)


def test_both_orders_are_looked_at_and_column_1_is_named(tables: Tables) -> None:
    (found,) = ncci.edits_between(tables, "practitioner", "94002", "99291", DAY)

    assert (found.column_1, found.column_2) == ("99291", "94002")
    assert ncci.edits_between(tables, "practitioner", "20600", "20610", date(2005, 1, 1)) == (
        Edit("20600", "20610", OVER, "2026Q3"),
    )
    assert ncci.edits_between(tables, "practitioner", "99213", "99213", DAY) == ()


def test_partners_of_a_code_in_either_column(tables: Tables) -> None:
    assert [edit.column_2 for edit in ncci.bundled_into(tables, "practitioner", "99291", DAY)] == ["36000", "94002"]
    assert [edit.column_1 for edit in ncci.bundling(tables, "practitioner", "94002", DAY)] == ["45378", "99291"]
    assert [edit.column_1 for edit in ncci.bundling(tables, "practitioner", "94002", date(2012, 1, 1))] == ["45378"]


def test_partners_are_listed_by_the_other_code(tables: Tables) -> None:
    day = date(2005, 1, 1)

    assert [(edit.column_1, edit.column_2) for edit in ncci.partners(tables, "practitioner", "20600", day)] == [
        ("20600", "20610")
    ]
    assert [edit.partner_of("94002") for edit in ncci.partners(tables, "practitioner", "94002", DAY)] == [
        "45378",
        "99291",
    ]


def test_no_table_no_answer(tables: Tables) -> None:
    with pytest.raises(NoRelease, match=r"ncci\.ptp\.hospital.*no release of it is loaded"):
        ncci.edit(tables, "hospital", "99291", "94002", DAY)
    with pytest.raises(NoRelease, match="carried from 1996-01-01 to 2026-09-30"):
        ncci.edit(tables, "practitioner", "99291", "94002", date(2026, 10, 1))


def test_cms_names_every_primary_of_an_add_on_of_type_1(tables: Tables) -> None:
    found = ncci.primaries(tables, "11201", DAY)

    assert found == ncci.AddOn("11201", (1,), ("11200",), contractors_define=False, notes=(), release="2026Q3")


def test_contractors_define_the_primaries_of_types_2_and_3(tables: Tables) -> None:
    by_contractor = ncci.primaries(tables, "0054T", DAY)
    some = ncci.primaries(tables, "64727", DAY)

    assert by_contractor is not None
    assert (by_contractor.primaries, by_contractor.contractors_define) == ((), True)
    assert by_contractor.notes == ("Contractor Defined Primary Codes",)
    assert some is not None
    assert (some.types, some.primaries, some.contractors_define) == ((3,), ("64702",), True)


def test_a_primary_counts_while_cms_names_it(tables: Tables) -> None:
    before = ncci.primaries(tables, "64727", date(2020, 12, 31))

    assert before is not None
    assert before.primaries == ("64702", "64704")
    assert ncci.primaries(tables, "64727", date(2013, 3, 31)) is None


def test_a_code_that_is_no_add_on(tables: Tables) -> None:
    assert ncci.primaries(tables, "99213", DAY) is None


@settings(deadline=None)
@given(day=st.dates(date(1996, 1, 1), date(2026, 9, 30)))
def test_partners_and_pairs_agree_on_every_day(tables: Tables, day: date) -> None:
    codes = sorted({code for pair, _span in PAIRS for code in pair.split()})
    one_by_one = [
        edit for first in codes for second in codes if (edit := ncci.edit(tables, "practitioner", first, second, day))
    ]

    assert [edit for code in codes for edit in ncci.bundled_into(tables, "practitioner", code, day)] == one_by_one
    assert sorted(
        (edit.column_1, edit.column_2) for code in codes for edit in ncci.bundling(tables, "practitioner", code, day)
    ) == [(edit.column_1, edit.column_2) for edit in one_by_one]
