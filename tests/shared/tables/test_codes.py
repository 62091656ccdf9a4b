"""The small code sets against what their authorities published."""

from __future__ import annotations

import csv
import os
from datetime import date
from pathlib import Path

import pytest

from shared.tables import NoRelease, Tables, codes
from shared.tables.codes import CodeRow
from shared.tables.errors import UnknownRelease
from shared.tables.table import Table

DAY = date(2026, 11, 16)
REFERENCE = Path(os.environ.get("REVCYCLE_REFERENCE", "../shared")) / "data/codes"


@pytest.mark.parametrize(
    ("table", "code", "last_day_without", "first_day_with"),
    [
        # CMS, Place of Service Code Set
        (codes.PLACE_OF_SERVICE, "01", date(2003, 9, 30), date(2003, 10, 1)),
        (codes.PLACE_OF_SERVICE, "09", date(2006, 6, 30), date(2006, 7, 1)),
        (codes.PLACE_OF_SERVICE, "19", date(2015, 12, 31), date(2016, 1, 1)),
        (codes.PLACE_OF_SERVICE, "10", date(2021, 12, 31), date(2022, 1, 1)),
        (codes.PLACE_OF_SERVICE, "27", date(2023, 9, 30), date(2023, 10, 1)),
        (codes.PLACE_OF_SERVICE, "66", date(2024, 7, 31), date(2024, 8, 1)),  # CMS Transmittal 12779
        # CMS MLN SE1411, MM5764
        (codes.DISCHARGE_STATUS, "82", date(2013, 9, 30), date(2013, 10, 1)),
        (codes.DISCHARGE_STATUS, "70", date(2008, 3, 31), date(2008, 4, 1)),
        (codes.ADMISSION_SOURCE, "G", date(2020, 6, 30), date(2020, 7, 1)),
        # CMS SE19009: codes for cell and gene therapy
        (codes.REVENUE, "0874", date(2019, 3, 31), date(2019, 4, 1)),
        (codes.REVENUE, "0161", date(2022, 6, 30), date(2022, 7, 1)),
        # HCPCS modifiers of 2015 that divide modifier 59
        (codes.NCCI_MODIFIERS, "XE", date(2014, 12, 31), date(2015, 1, 1)),
        (codes.TYPE_OF_BILL, "87", date(2020, 12, 31), date(2021, 1, 1)),
    ],
)
def test_a_code_is_valid_from_its_day(
    embedded_tables: Tables, table: Table[CodeRow], code: str, last_day_without: date, first_day_with: date
):
    assert not codes.is_valid(embedded_tables, table, code, last_day_without)
    assert codes.is_valid(embedded_tables, table, code, first_day_with)
    assert codes.is_valid(embedded_tables, table, code, DAY)


@pytest.mark.parametrize(
    ("table", "code", "last_day"),
    [
        (codes.DISCHARGE_STATUS, "08", date(2005, 9, 30)),
        (codes.DISCHARGE_STATUS, "72", date(2005, 9, 30)),
        (codes.ADMISSION_SOURCE, "7", date(2010, 6, 30)),  # CMS: emergency room, ended 2010-07-01
        (codes.ADMISSION_SOURCE, "A", date(2007, 9, 30)),
        (codes.TYPE_OF_BILL, "33", date(2013, 9, 30)),
        (codes.TYPE_OF_BILL, "73", date(2010, 3, 31)),
        (codes.POA, "1", date(2011, 12, 31)),
    ],
)
def test_a_code_that_ended_is_valid_until_its_last_day(
    embedded_tables: Tables, table: Table[CodeRow], code: str, last_day: date
):
    assert codes.is_valid(embedded_tables, table, code, last_day)
    assert not codes.is_valid(embedded_tables, table, code, DAY)


def test_an_entry_names_its_release_and_its_span(embedded_tables: Tables):
    found = codes.entry(embedded_tables, codes.PLACE_OF_SERVICE, "10", date(2023, 6, 1))
    assert found is not None
    assert (found.row.label, found.row.last) == ("Telehealth Provided in Patient's Home", date(2023, 12, 31))
    assert (found.release.table, found.release.name) == ("codes.place_of_service", "2024-08-01")
    assert codes.entry(embedded_tables, codes.PLACE_OF_SERVICE, "30", DAY) is None


def test_telehealth_at_home_is_paid_as_an_office_since_2024(embedded_tables: Tables):
    """CY2024 physician fee schedule final rule, place of service 10."""
    days = date(2023, 12, 31), date(2024, 1, 1)
    found = [codes.entry(embedded_tables, codes.PLACE_OF_SERVICE, "10", day) for day in days]
    assert [place.row.facility for place in found if place] == [True, False]


def test_all_codes_of_a_day_are_in_order(embedded_tables: Tables):
    listed = [found.code for found in codes.all_on(embedded_tables, codes.ADMISSION_SOURCE, DAY)]
    assert listed == ["1", "2", "4", "5", "6", "8", "9", "D", "E", "F", "G"]
    anatomic = [found.code for found in codes.all_on(embedded_tables, codes.NCCI_MODIFIERS, DAY, prefix="L")]
    assert anatomic == ["LC", "LD", "LM", "LT"]


def test_a_code_of_a_licensed_list_is_marked_as_assignable_only(embedded_tables: Tables):
    known = codes.entry(embedded_tables, codes.CONDITION, "44", DAY)
    assignable = codes.entry(embedded_tables, codes.CONDITION, "ZZ", DAY)
    assert known is not None
    assert assignable is not None
    assert (known.row.listed, assignable.row.listed) == (True, False)


def test_a_day_before_the_set_begins_is_an_error(embedded_tables: Tables):
    with pytest.raises(NoRelease, match=r"codes\.poa"):
        codes.is_valid(embedded_tables, codes.POA, "Y", date(2007, 9, 30))


def test_a_set_is_found_by_its_name():
    assert codes.code_set("place_of_service") is codes.code_set("codes.place_of_service")
    with pytest.raises(UnknownRelease):
        codes.code_set("weather")


def test_no_cpt_modifier_has_wording(embedded_tables: Tables):
    """It is the AMA's."""
    modifiers = codes.all_on(embedded_tables, codes.NCCI_MODIFIERS, DAY)
    assert not [found.code for found in modifiers if found.code.isdigit() and found.row.label]


def reference(name: str) -> list[dict[str, str]]:
    path = REFERENCE / name
    if not path.exists():
        pytest.skip(f"no reference data at {REFERENCE}; set REVCYCLE_REFERENCE")
    with path.open(encoding="utf-8") as file:
        return [{column: cell for column, cell in row.items() if cell != "~"} for row in csv.DictReader(file)]


@pytest.mark.reference
@pytest.mark.parametrize(
    ("table", "file", "reserved"),
    [
        (codes.REVENUE, "clm-rev-cntr-cd.csv", {"0680"}),
        (codes.ADMISSION_TYPE, "clm-admsn-type-cd.csv", {"0", "6", "7", "8"}),
        (codes.CONDITION, "clm-rlt-cond-cd.csv", set()),
    ],
)
def test_no_code_of_the_reference_is_missing(
    embedded_tables: Tables, table: Table[CodeRow], file: str, reserved: set[str]
):
    known = {row["code"] for row in reference(file) if "code" in row}
    assert {code for code in known if not codes.is_valid(embedded_tables, table, code, DAY)} == reserved


@pytest.mark.reference
@pytest.mark.parametrize(
    ("table", "file", "since"),
    [
        (codes.REVENUE, "clm-rev-cntr-cd.csv", {"0161", "0184"}),  # the reference does not have them yet
        (codes.DISCHARGE_STATUS, "bene-ptnt-stus-cd.csv", set()),
        (codes.ADMISSION_SOURCE, "clm-admsn-src-cd.csv", set()),
        (codes.ADMISSION_TYPE, "clm-admsn-type-cd.csv", set()),
    ],
)
def test_no_code_is_listed_that_the_reference_does_not_have(
    embedded_tables: Tables, table: Table[CodeRow], file: str, since: set[str]
):
    known = {row["code"] for row in reference(file) if "code" in row}
    assert {found.code for found in codes.all_on(embedded_tables, table, DAY)} - known == since


@pytest.mark.reference
def test_types_of_bill_and_frequencies_are_those_of_the_reference(embedded_tables: Tables):
    bills = {row["code"] for row in reference("clm-bill-freq-cd.csv") if len(row.get("code", "")) == 3}
    facilities = {found.code for found in codes.all_on(embedded_tables, codes.TYPE_OF_BILL, DAY)}
    frequencies = {found.code for found in codes.all_on(embedded_tables, codes.CLAIM_FREQUENCY, DAY)}
    assert facilities <= {bill[:2] for bill in bills}
    assert frequencies == {bill[2] for bill in bills if not bill.endswith("~")}


@pytest.mark.reference
def test_places_of_service_are_those_of_the_reference(embedded_tables: Tables):
    assigned = [row for row in reference("place_of_service_2024.csv") if row["pos_type"] != "Unassigned"]
    found = list(codes.all_on(embedded_tables, codes.PLACE_OF_SERVICE, DAY))
    assert [place.code for place in found] == [row["pos_code"] for row in assigned]
    assert [place.row.facility for place in found] == [row["pos_type"] == "Facility" for row in assigned]


@pytest.mark.reference
def test_adjustment_groups_are_those_of_the_reference(embedded_tables: Tables):
    groups = {row["adj_code"] for row in reference("carc_rarc_2024.csv") if row["adj_type"] == "Group"}
    found = codes.all_on(embedded_tables, codes.CLAIM_ADJUSTMENT_GROUPS, date(2010, 1, 1))
    assert {group.code for group in found} == groups
