"""The loader of the inpatient provider specific file."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from shared.tables.ipps_providers import ccns_of, provider
from tests.shared.tables.ipps_files import a_record, loaded, provider_file, refusal, tables_of

NOVEMBER = date(2026, 11, 24)


def test_a_record_says_what_claims_are_paid_by(tmp_path: Path) -> None:
    catalogue, done = loaded(tmp_path, {"ipsf.csv": provider_file(a_record())})
    assert {(one.table, one.name, one.covers_through) for one in done.releases} == {
        ("ipps.providers", "PSF-2026-10-01", date(2027, 9, 30)),
        ("ipps.provider_npis", "PSF-2026-10-01", date(2027, 9, 30)),
    }
    row = provider(tables_of(catalogue), "010001", NOVEMBER)
    assert row is not None
    assert (row.provider_type, row.is_waived, row.beds) == ("07", False, 334)
    assert (row.is_urban, row.is_paid_as_urban) == (True, False)
    assert (row.ssi_ratio, row.medicaid_ratio) == (Decimal("0.0842"), Decimal("0.1743"))
    assert (row.value_based_factor, row.readmission_factor) == (Decimal("1.0034517282"), Decimal("0.9971"))
    assert (row.submits_quality, row.has_ehr_reduction, row.has_hac_reduction) == (True, False, False)
    assert (row.special_wage_index, row.low_volume_factor) == (None, Decimal(0))


def test_each_day_has_the_record_of_then(tmp_path: Path) -> None:
    records = [
        a_record(effectiveDate="20261001", operatingCostToChargeRatio="0.181"),
        a_record(effectiveDate="20250701", operatingCostToChargeRatio="0.200"),
        a_record(effectiveDate="20261115", operatingCostToChargeRatio="0.190", terminationDate="20270101"),
    ]
    catalogue, _done = loaded(tmp_path, {"ipsf.csv": provider_file(*records)})
    tables = tables_of(catalogue)

    def ratio(day: date) -> Decimal | None:
        row = provider(tables, "010001", day)
        return row.operating_ccr if row else None

    assert ratio(date(2025, 7, 1)) == ratio(date(2026, 9, 30)) == Decimal("0.200")
    assert ratio(date(2026, 10, 1)) == ratio(date(2026, 11, 14)) == Decimal("0.181")
    assert ratio(date(2026, 11, 15)) == ratio(date(2026, 12, 31)) == Decimal("0.190")
    assert ratio(date(2027, 1, 1)) is None  # terminated
    assert ratio(date(2025, 6, 30)) is None


def test_who_takes_no_part_in_a_program_has_the_factor_1(tmp_path: Path) -> None:
    records = [
        a_record(vbpParticipantIndicator="N", vbpAdjustment="0", hrrParticipantIndicator="0", hrrAdjustment="0"),
        a_record(providerCcn="010005", vbpParticipantIndicator="", hrrParticipantIndicator=""),
    ]
    catalogue, _done = loaded(tmp_path, {"ipsf.csv": provider_file(*records)})
    rows = [provider(tables_of(catalogue), ccn, NOVEMBER) for ccn in ("010001", "010005")]
    factors = [(row.value_based_factor, row.readmission_factor) for row in rows if row]
    assert factors == [(Decimal(1), Decimal(1)), (None, None)]


def test_low_volume_counts_only_with_its_indicator(tmp_path: Path) -> None:
    records = [
        a_record(temporaryReliefIndicator="Y", lowVolumeAdjustmentFactor="0.217433"),
        a_record(providerCcn="010005", temporaryReliefIndicator="N", lowVolumeAdjustmentFactor="0.217433"),
        a_record(providerCcn="010006", temporaryReliefIndicator="Y", lowVolumeAdjustmentFactor="0.30"),
    ]
    catalogue, _done = loaded(tmp_path, {"ipsf.csv": provider_file(*records)})
    rows = [provider(tables_of(catalogue), ccn, NOVEMBER) for ccn in ("010001", "010005", "010006")]
    assert [row.low_volume_factor for row in rows if row] == [Decimal("0.217433"), Decimal(0), Decimal(0)]


def test_a_special_wage_index_counts_with_its_indicator(tmp_path: Path) -> None:
    records = [
        a_record(specialWageIndex="0.9011", specialPaymentIndicator="1"),
        a_record(providerCcn="010005", specialWageIndex="0.9011", specialPaymentIndicator=""),
    ]
    catalogue, _done = loaded(tmp_path, {"ipsf.csv": provider_file(*records)})
    rows = [provider(tables_of(catalogue), ccn, NOVEMBER) for ccn in ("010001", "010005")]
    assert [row.special_wage_index for row in rows if row] == [Decimal("0.9011"), None]


def test_hospitals_of_other_systems_are_passed_over(tmp_path: Path) -> None:
    # A long-term hospital (2000-2299), a rehabilitation unit (T in the third place), a skilled nursing facility.
    others = [a_record(providerCcn=ccn) for ccn in ("012006", "01T001", "015009")]
    catalogue, done = loaded(tmp_path, {"ipsf.csv": provider_file(a_record(), *others)})
    assert {one.table: one.rows for one in done.releases} == {"ipps.providers": 1, "ipps.provider_npis": 1}
    assert provider(tables_of(catalogue), "012006", NOVEMBER) is None


def test_an_npi_leads_to_its_hospitals(tmp_path: Path) -> None:
    records = [a_record(), a_record(effectiveDate="20260101"), a_record(providerCcn="010005")]
    catalogue, _done = loaded(tmp_path, {"ipsf.csv": provider_file(*records)})
    assert ccns_of(tables_of(catalogue), "1245319599", NOVEMBER) == ("010001", "010005")
    assert ccns_of(tables_of(catalogue), "1999999999", NOVEMBER) == ()


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("hrrAdjustment,", "readmissions,", "the column is missing"),
        ("20261001", "20261301", "is not a day"),
        (",0.181,", ",o.181,", "not a number"),
        ("010001", "012006", "no acute care hospital"),
    ],
)
def test_what_is_not_as_exported_is_refused_whole(tmp_path: Path, old: str, new: str, reason: str) -> None:
    file = provider_file(a_record())
    assert old in file
    assert reason in refusal(tmp_path, {"ipsf.csv": file.replace(old, new, 1)}).reason
