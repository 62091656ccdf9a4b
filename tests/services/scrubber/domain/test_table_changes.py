from __future__ import annotations

from datetime import date

from services.scrubber.domain.table_changes import held_codes
from shared.tables.touched import Period
from tests.builders import a_professional_claim, an_institutional_claim, an_institutional_line, an_outpatient_claim

FY2027 = Period(date(2026, 10, 1), date(2027, 9, 30))
CY2027 = Period(date(2027, 1, 1), date(2027, 12, 31))


def test_a_professional_claim_holds_its_diagnoses_services_and_modifiers():
    claim = a_professional_claim().with_line("36415", modifiers=["59"]).build()
    assert held_codes(claim, FY2027) == {
        "diagnosis": {"I10"},
        "service": {"99213", "36415"},
        "modifier": {"59"},
        "revenue": set(),
    }


def test_a_stay_holds_its_icd_codes_and_revenue_codes():
    held = held_codes(an_institutional_claim().but(procedures=[{"code": "5A1935Z"}]).build(), FY2027)
    assert held["diagnosis"] == {"J189", "N179", "I10", "R0602"}
    assert held["procedure"] == {"5A1935Z"}
    assert held["revenue"] == {"0120", "0250", "0300"}
    assert (held["discharge"], held["drg"]) == ({"01"}, {"194"})


def test_each_line_goes_by_its_own_day():
    claim = an_outpatient_claim().with_lines(
        an_institutional_line("0510", procedure="G0463", service_from="2026-12-30"),
        an_institutional_line("0300", procedure="80053", service_from="2027-01-02"),
    )
    held = held_codes(claim.but(statement_from="2026-12-30", statement_through="2027-01-02").build(), CY2027)
    assert (held["service"], held["revenue"]) == ({"80053"}, {"0300"})
    assert held["diagnosis"] == {"I10"}, "ICD-10 goes by the last day of the claim"


def test_a_claim_of_other_days_holds_nothing():
    assert not any(held_codes(a_professional_claim().build(), CY2027).values())
