"""What is known of a hospital, and which source goes before which."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from services.grouper.domain.inpatient.cases import InpatientCase
from services.grouper.domain.inpatient.facts import Facts, facts_of
from services.grouper.domain.inpatient.rates import rules_on
from services.grouper.parameters.ipps import load_ipps_rules
from shared.tables import Tables
from tests.shared.tables.ipps_files import IMPACT_2027, a_record, loaded, provider_file, tables_of

NPI = "1245319599"


@pytest.fixture(scope="module")
def impact_alone(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    catalogue, _done = loaded(tmp_path_factory.mktemp("impact"), {"impact.txt": IMPACT_2027})
    return tables_of(catalogue)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    files = {"impact.txt": IMPACT_2027, "ipsf.csv": provider_file(a_record())}
    catalogue, _done = loaded(tmp_path_factory.mktemp("both"), files)
    return tables_of(catalogue)


def known(tables: Tables, **fields: Any) -> Facts:
    document = {"drg": "871", "discharge_date": "2026-11-20", "discharge_status": "01"} | fields
    case = InpatientCase.model_validate(document)
    rules = rules_on(load_ipps_rules(), tables, case.discharge_date)
    assert rules is not None
    return facts_of(case, rules, tables)


def test_the_impact_file_says_what_nobody_gave(impact_alone: Tables) -> None:
    facts = known(impact_alone, ccn="010001")
    hospital = facts.hospital
    assert (hospital.wage_index, hospital.operating_dsh, hospital.capital_dsh) == (
        Decimal("0.8702"),
        Decimal("0.02635"),
        Decimal("0.05374"),
    )
    assert hospital.is_rural_referral_center is True
    assert hospital.submits_quality is hospital.is_ehr_user is True
    assert hospital.has_hac_reduction is None
    assert facts.origin("wage_index", "beds") == "wage index: ipps.impact FY2027; beds: ipps.impact FY2027"
    assert [(one.table, one.release) for one in facts.releases] == [("ipps.impact", "FY2027")]


def test_the_provider_specific_file_goes_before_the_impact_file(both: Tables) -> None:
    hospital = known(both, ccn="010001").hospital
    assert hospital.value_based_factor == Decimal("1.0034517282")  # the impact file's is a proxy: 1.00218
    assert hospital.has_hac_reduction is False
    assert hospital.wage_index == Decimal("0.8702")  # the record has none
    assert hospital.disproportionate_patient_share == Decimal("0.2585")  # 0.0842 + 0.1743
    assert hospital.operating_dsh is None  # it follows from the share, beds and place of the same record


def test_given_facts_go_before_both(both: Tables) -> None:
    facts = known(both, ccn="010001", provider={"wage_index": Decimal("0.9000"), "beds": 90})
    assert (facts.hospital.wage_index, facts.hospital.beds) == (Decimal("0.9000"), 90)
    assert (
        facts.origin("wage_index", "operating_ccr") == "wage index: given; operating ccr: ipps.providers PSF-2026-10-01"
    )


def test_a_share_that_is_given_leaves_the_adjustments_of_a_file_out(impact_alone: Tables) -> None:
    hospital = known(impact_alone, ccn="010001", provider={"disproportionate_patient_share": Decimal("0.10")}).hospital
    assert (hospital.operating_dsh, hospital.capital_dsh) == (None, None)


def test_an_npi_finds_its_hospital(both: Tables) -> None:
    facts = known(both, npi=NPI)
    assert (facts.ccn, facts.hospital.beds) == ("010001", 334)


def test_an_npi_of_several_hospitals_finds_none(tmp_path: Path) -> None:
    records = [a_record(), a_record(providerCcn="010005")]
    catalogue, _done = loaded(tmp_path, {"ipsf.csv": provider_file(*records)})
    facts = known(tables_of(catalogue), npi=NPI)
    assert (facts.ccn, facts.unknown) == (None, "the NPI has several certification numbers: 010001, 010005")


@pytest.mark.parametrize(
    ("asked", "reason"),
    [({"ccn": "010099"}, "no loaded table has the hospital 010099"), ({"npi": "1999999992"}, "has the NPI")],
)
def test_a_hospital_that_no_table_has_is_said(both: Tables, asked: dict[str, str], reason: str) -> None:
    assert reason in str(known(both, **asked).unknown)


def test_a_hospital_of_another_system_is_not_paid(both: Tables) -> None:
    assert known(both, ccn="010001").unpaid is None
    assert "not an acute care hospital" in str(known(both, ccn="011300").unpaid)  # critical access
    assert "not an acute care hospital" in str(known(both, ccn="210009").unpaid)  # Maryland


def test_a_waiver_on_the_record_is_believed(tmp_path: Path) -> None:
    catalogue, _done = loaded(tmp_path, {"ipsf.csv": provider_file(a_record(waiverIndicator="Y"))})
    assert "another system" in str(known(tables_of(catalogue), ccn="010001").unpaid)
