"""The loader of the IPPS impact file."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from shared.tables.ipps_providers import impact
from tests.shared.tables.fee_schedule import workbook
from tests.shared.tables.ipps_files import (
    IMPACT_2027,
    IMPACT_HEADER,
    IMPACT_TITLE,
    PROVIDENCE,
    SOUTHEAST,
    loaded,
    refusal,
    tables_of,
)

NOVEMBER = date(2026, 11, 24)


def test_a_hospital_has_what_its_line_says(tmp_path: Path) -> None:
    catalogue, done = loaded(tmp_path, {"FY 2027 Impact File.txt": IMPACT_2027})
    [release] = done.releases
    assert (release.name, release.effective, release.covers_through) == (
        "FY2027",
        date(2026, 10, 1),
        date(2027, 9, 30),
    )
    row = impact(tables_of(catalogue), "010001", NOVEMBER)
    assert row is not None
    assert (row.name, row.wage_index, row.provider_type, row.beds) == (
        "Southeast Health Medical Center",
        Decimal("0.8702"),
        "07",
        334,
    )
    assert (row.is_urban, row.is_paid_as_urban) == (True, False)
    assert (row.operating_dsh, row.capital_dsh, row.uncompensated_care_per_claim) == (
        Decimal("0.02635"),
        Decimal("0.05374"),
        Decimal("1333.86"),
    )
    assert (row.operating_ccr, row.capital_ccr) == (Decimal("0.181"), Decimal("0.013"))
    assert (row.value_based_factor, row.readmission_factor) == (Decimal("1.00218"), Decimal("0.9988"))
    assert (row.has_quality_reduction, row.has_ehr_reduction) == (False, False)
    assert (row.low_volume_factor, row.hospital_specific_rate) == (Decimal(0), None)


def test_the_workbook_is_read_as_the_text(tmp_path: Path) -> None:
    rows = [line.split("\t") for line in (IMPACT_TITLE, IMPACT_HEADER, SOUTHEAST, PROVIDENCE)]
    catalogue, _done = loaded(tmp_path, {"FY 2027 Impact File.xlsx": workbook(rows)})
    row = impact(tables_of(catalogue), "020001", NOVEMBER)
    assert row is not None
    assert (row.wage_index, row.cost_of_living, row.capital_cost_of_living) == (
        Decimal("1.1315"),
        Decimal("1.28"),
        Decimal("1.088"),
    )


def test_a_column_that_a_year_has_not_is_a_fact_that_is_not_known(tmp_path: Path) -> None:
    file = IMPACT_2027.replace("UCP Per Claim Amount\t", "UCP Amount of Another Name\t", 1)
    catalogue, _done = loaded(tmp_path, {"impact.txt": file})
    row = impact(tables_of(catalogue), "010001", NOVEMBER)
    assert row is not None
    assert row.uncompensated_care_per_claim is None


def test_a_dot_is_no_value(tmp_path: Path) -> None:
    file = IMPACT_2027.replace("\t0.1604\t", "\t.\t")
    catalogue, _done = loaded(tmp_path, {"impact.txt": file})
    row = impact(tables_of(catalogue), "010001", NOVEMBER)
    assert row is not None
    assert row.resident_to_bed_ratio is None


def test_the_correction_notice_goes_before_the_rule(tmp_path: Path) -> None:
    rule = IMPACT_2027.replace(" Correction Notice (September 2026)", " Final Rule (August 2026)")
    rule = rule.replace("0.8702", "0.8600")
    catalogue, done = loaded(tmp_path, {"a final.txt": rule, "b correction.txt": IMPACT_2027})
    row = impact(tables_of(catalogue), "010001", NOVEMBER)
    assert row is not None
    assert (len(done.releases), row.wage_index) == (1, Decimal("0.8702"))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("Correction Notice", "Proposed Rule", "proposed rule"),
        ("Operating CCR", "CCR of Operations", "operating ccr is missing"),
        ("0.8702", "none", "not a number"),
        ("0.8702", "0", "not a wage index"),
        ("020001", "010001", "there twice"),
        ("\t0\t0\tG\t", "\t2\t0\tG\t", "neither 0 nor 1"),
        ("\tG\t\t1\n", "\tG\t\t0.5\n", "less than 1"),
        ("\tRDAY\t", "\tBeds\t", "two columns are the beds"),
    ],
)
def test_what_is_not_as_published_is_refused_whole(tmp_path: Path, old: str, new: str, reason: str) -> None:
    assert reason in refusal(tmp_path, {"impact.txt": IMPACT_2027.replace(old, new, 1)}).reason


def test_a_file_that_breaks_off_is_refused(tmp_path: Path) -> None:
    assert "cut off" in refusal(tmp_path, {"impact.txt": IMPACT_2027[:-40]}).reason
