"""The claim change reason of a replacement or void, by the rules of CMS Pub 100-04 ch. 1 §130.1.2.1, one case each."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.submission.domain.claim_changes import claim_change, with_claim_change
from services.submission.errors import InvalidChangeReason
from tests.builders import (
    ClaimBuilder,
    a_professional_claim,
    an_institutional_claim,
    an_outpatient_claim,
    commercial,
    medicare,
)

DAY = date(2026, 11, 24)
STAY, VISIT = an_institutional_claim(), an_outpatient_claim()
INTERIM = STAY.but(frequency="2", patient_status="30", admission=STAY.fields["admission"] | {"discharge_hour": None})


def with_line(builder: ClaimBuilder, place: int, **fields: Any) -> ClaimBuilder:
    lines = [line | fields if n == place else line for n, line in enumerate(builder.fields["lines"])]
    return builder.with_lines(*lines)


def reason(before: ClaimBuilder, after: ClaimBuilder, **said: Any) -> str | None:
    found = claim_change(before.build(), after.build(), said.pop("frequency", "7"), DAY, **said)
    return found.code if found else None


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        (STAY, STAY.but(statement_from="2026-11-15"), "D0"),
        (VISIT, with_line(VISIT, 0, service_from="2026-11-15"), "D0"),
        (STAY, with_line(STAY, 1, charge="812.00"), "D1"),
        (STAY, with_line(STAY, 1, non_covered="12.50"), "D1"),
        (STAY, with_line(STAY, 1, revenue_code="0258"), "D2"),
        (VISIT, with_line(VISIT, 0, procedure="99214"), "D2"),
        (VISIT, with_line(VISIT, 0, procedure="99214", charge="250.00"), "D2"),  # never D1 beside another
        (STAY, STAY.with_line("0450", "900.00"), "D2"),
        (INTERIM, INTERIM.but(statement_through="2026-11-30"), "D3"),
        (INTERIM, with_line(INTERIM, 0, units="14", charge="22400.00").but(statement_through="2026-11-30"), "D3"),
        (VISIT.but(patient_status="30"), VISIT.but(patient_status="30", statement_through="2026-11-30"), "D0"),
        (STAY, STAY.with_diagnoses({"code": "J189", "poa": "Y"}), "D4"),
        (STAY, STAY.with_diagnoses({"code": "J159", "poa": "Y"}).but(drg="193"), "D4"),
        (STAY, STAY.but(procedures=[{"code": "0BH17EZ", "date": "2026-11-17"}]), "D4"),
        (STAY, STAY.but(patient_status="03"), "E0"),
        (STAY, STAY.but(occurrences=[{"code": "11", "date": "2026-11-10"}]), "D9"),
        (STAY, with_line(STAY, 1, units="15"), "D9"),
        (STAY, with_line(STAY, 1, units="15", charge="870.00"), "D9"),
        (STAY, STAY.but(admission=STAY.fields["admission"] | {"hour": 15}), "D9"),
        (STAY, STAY, "D9"),
        (STAY, STAY.but(patient_status="03", statement_from="2026-11-15"), "D9"),
    ],
)
def test_the_reason_says_what_has_changed(before: ClaimBuilder, after: ClaimBuilder, code: str):
    assert reason(before, after) == code


def test_medicares_turn_describes_everything_that_comes_with_it():
    alone = STAY.with_coverages(medicare("A"))
    second = STAY.with_coverages(commercial(), medicare("A", sequence="S")).but(
        billed_sequence="S", values=[{"code": "12", "amount": "100.00"}]
    )
    assert (reason(alone, second), reason(second, alone)) == ("D7", "D8")


def test_the_evidence_is_every_change_by_the_reason_that_it_would_have_alone():
    after = with_line(STAY, 1, charge="870.00").but(patient_status="03", statement_from="2026-11-15")
    found = claim_change(STAY.build(), after.build(), "7", DAY)
    assert found is not None
    assert {one.code: one.pointers for one in found.found} == {
        "D0": ("/statement_from",), "D1": ("/lines/1/charge", "/total_charge"), "E0": ("/patient_status",),
    }  # fmt: skip
    assert found.remarks == "CHANGED - SERVICE DATES, PATIENT STATUS"


def test_remarks_name_what_no_reason_is_for_and_have_room_on_the_claim():
    after = with_line(STAY, 1, units="15", modifiers=["59"]).but(occurrences=[{"code": "11", "date": "2026-11-10"}])
    found = claim_change(STAY.build(), after.build(), "7", DAY)
    assert found is not None
    assert found.remarks == "CHANGED - UNITS, MODIFIERS, OCCURRENCES"
    hour = STAY.but(admission=STAY.fields["admission"] | {"hour": 15}, patient_status="03")
    told = claim_change(STAY.build(), hour.build(), "7", DAY)
    assert told is not None
    assert told.remarks == "CHANGED - PATIENT STATUS, ADMISSION HOUR"
    many = STAY.but(
        claim_notes=[{"kind": "ALG", "text": "X"}], estimated_patient_due="1.00", delay_reason="1",
        attending=None, contract={"kind": "01"}, fixed_format=["X"], treatment_codes=["A1"],
        pay_to_address={"line1": "1 MAIN", "city": "NASHVILLE", "state": "TN", "zip_code": "372030001"},
    )  # fmt: skip
    told = claim_change(STAY.build(), many.build(), "7", DAY)
    assert told is not None
    assert 60 < len(told.remarks or "") <= 80  # NTE02


@pytest.mark.parametrize(("stated", "code"), [(None, "D6"), ("D5", "D5"), ("D6", "D6")])
def test_a_void_is_for_a_repayment_unless_it_is_told_that_a_number_was_wrong(stated: str | None, code: str):
    assert reason(STAY, STAY, frequency="8", stated=stated) == code


def test_what_the_biller_gives_stands():
    after = STAY.but(patient_status="03")
    assert reason(STAY, after, stated="D9") == "D9"
    assert reason(STAY, after.but(condition_codes=["D4"])) == "D4"
    assert (
        reason(STAY.but(condition_codes=["D4"]), after.but(condition_codes=["D4"])) == "E0"
    )  # that of the time before


@pytest.mark.parametrize(
    ("frequency", "codes", "stated"),
    [("7", [], "D5"), ("8", [], "D0"), ("7", ["D6"], None), ("7", ["D0", "D4"], None), ("1", [], "D0")],
)
def test_a_reason_that_does_not_fit_is_refused(frequency: str, codes: list[str], stated: str | None):
    with pytest.raises(InvalidChangeReason):
        claim_change(STAY.build(), STAY.but(condition_codes=codes).build(), frequency, DAY, stated=stated)


def test_a_reason_is_told_of_institutional_replacements_and_voids_alone():
    office = a_professional_claim()
    assert reason(office, office.but(place_of_service="22")) is None
    assert reason(STAY, STAY.but(patient_status="03"), frequency="1") is None
    with pytest.raises(InvalidChangeReason):
        claim_change(office.build(), office.build(), "7", DAY, stated="D9")


def test_a_rejected_replacement_keeps_its_reason():
    replacement = STAY.but(frequency="7", condition_codes=["20", "D4"])
    assert reason(replacement, replacement.but(patient_status="03"), rejected=True) == "D4"
    assert reason(STAY.but(frequency="7"), STAY.but(frequency="7", patient_status="03"), rejected=True) is None


def test_the_claim_has_one_reason_and_keeps_its_other_codes():
    before = STAY.but(condition_codes=["20", "D4", "51"], billing_note="CHANGED - UNITS").build()
    told = claim_change(before, before.model_copy(update={"patient_status": "03"}), "7", DAY)
    after = with_claim_change(before, told, DAY)
    assert (after.condition_codes, after.billing_note) == (("20", "51", "E0"), None)
    assert with_claim_change(after, None, DAY).condition_codes == ("20", "51")


def test_remarks_of_the_billers_own_stay():
    after = with_line(STAY, 1, units="15").but(billing_note="UNITS WERE MISCOUNTED").build()
    told = claim_change(STAY.build(), after, "7", DAY)
    assert with_claim_change(after, told, DAY).billing_note == "UNITS WERE MISCOUNTED"
    assert with_claim_change(with_line(STAY, 1, units="15").build(), told, DAY).billing_note == "CHANGED - UNITS"
