from __future__ import annotations

from datetime import date

from services.encoder.domain.coding import ChartCodes
from services.encoder.domain.table_changes import held_codes
from shared.tables.touched import Period
from tests.builders import a_professional_encounter, an_encounter

FY2027 = Period(date(2026, 10, 1), date(2027, 9, 30))
CY2027 = Period(date(2027, 1, 1), date(2027, 12, 31))
NO_CODES = ChartCodes()


def test_a_chart_holds_what_was_received_what_the_coder_said_and_what_was_charged():
    encounter = (
        an_encounter()
        .but(received_codes={"diagnoses": [{"code": "J189"}]})
        .with_charge(procedure="71046", revenue_code="0324", modifiers=["26"])
    )
    codes = ChartCodes.model_validate({"diagnoses": [{"code": "N179"}], "procedures": [{"code": "5A1935Z"}]})
    assert held_codes(encounter.build(), codes, FY2027) == {
        "diagnosis": {"R0602", "J189", "N179"},
        "procedure": {"5A1935Z"},
        "discharge": {"01"},
        "service": {"71046"},
        "modifier": {"26"},
        "revenue": {"0120", "0250", "0300", "0324"},
    }


def test_the_coder_goes_before_the_capture():
    codes = ChartCodes.model_validate({"lines": [{"charge_id": "C1", "procedure": "99214", "modifiers": ["25"]}]})
    held = held_codes(a_professional_encounter().build(), codes, FY2027)
    assert (held["service"], held["modifier"]) == ({"99214"}, {"25"})


def test_codes_of_other_days_are_not_held():
    held = held_codes(
        an_encounter().with_charge(procedure="71046", service_date="2027-01-02").build(), NO_CODES, CY2027
    )
    assert "diagnosis" not in held, "the discharge was in 2026"
    assert (held["service"], held["revenue"]) == ({"71046"}, set())
