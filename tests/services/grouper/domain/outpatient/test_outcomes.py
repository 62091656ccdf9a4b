"""That what the estimate cannot price is named, with the reason, and never has an amount."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError

from services.grouper.domain.outpatient.pricing import price
from services.grouper.domain.outpatient.visits import OutpatientHospital, visit_of
from services.grouper.parameters.opps import load_opps_rules
from shared.claims import HcpcsCode, InstitutionalClaim
from shared.tables import Tables, ioce
from tests.builders import an_institutional_claim
from tests.services.grouper.domain.outpatient.visits import DAY, a_visit, addendum_b, line, only, outcomes, priced
from tests.shared.tables.quarterly_files import loaded, tables_of

RULES = load_opps_rules()


@pytest.mark.parametrize(
    ("code", "outcome", "words"),
    [
        ("A0428", "not-supported", "the ambulance fee schedule"),
        ("97110", "not-supported", "the physician fee schedule (therapy)"),
        ("99213", "not-paid", "does not recognise the code on this type of bill"),
        ("33510", "not-paid", "only as an inpatient one"),
        ("V2785", "not-supported", "reasonable cost"),
        ("90686", "not-supported", "vaccine"),
        ("A9270", "not-paid", "does not cover"),
        ("E0100", "not-paid", "DME contractor"),
        ("C1052", "not-supported", "pass-through device"),
        ("99999", "not-supported", "do not list the code"),
    ],
)
def test_each_indicator_has_its_outcome_in_words(embedded_tables: Tables, code: str, outcome: str, words: str) -> None:
    """Indicators A, B, C, F, L, E1, Y and H of the I/OCE of 2025Q1 and 2023Q1 (C1052, pass-through until 2023)."""
    day = "2023-02-03" if code == "C1052" else DAY
    found = only(priced(embedded_tables, line(code, day=day)))
    assert found.outcome == outcome
    assert words in (found.reason or "")
    assert found.amount == (None if outcome == "not-supported" else Decimal("0.00"))


def test_every_indicator_of_the_editor_has_a_rule_or_is_decided_by_claim_logic(embedded_tables: Tables) -> None:
    known = RULES.status_indicators.on(date(2026, 2, 3))
    store = embedded_tables.on(ioce.PROCEDURES, date(2026, 2, 3)).store
    used = {row.status_indicator for _code, rows in store.items() for row in rows}
    assert used - known.keys() <= {"Q1", "Q2", "Q3", "Q4"}


@pytest.mark.parametrize(
    ("bill", "words"),
    [
        ("85", "a critical access hospital is paid 101 per cent of its reasonable cost"),
        ("11", "the IPPS"),
        ("12", "not supported"),
        ("77", "FQHC"),
        ("32", "the OPPS does not pay it"),
    ],
)
def test_bills_that_the_opps_does_not_pay(tables_of_2025: Tables, bill: str, words: str) -> None:
    found = priced(tables_of_2025, "29881", facility_type=bill)
    assert (found.total, outcomes(found)) == (None, [("not-supported", None)])
    assert words in found.left_out[0].reason
    assert found.left_out[0].pointer == "/facility_type"


@pytest.mark.parametrize("code", ["41", "92", "89", "21", "49"])
def test_conditions_under_which_a_bill_is_not_supported(tables_of_2025: Tables, code: str) -> None:
    found = priced(tables_of_2025, "29881", condition_codes=["G0", code])
    assert (found.total, found.left_out[0].pointer) == (None, "/condition_codes/1")


@pytest.mark.parametrize("modifier", ["PN", "FX", "FY", "CT", "FB", "FC", "GY", "GZ", "BL"])
def test_modifiers_that_change_the_payment_in_ways_not_worked_out(tables_of_2025: Tables, modifier: str) -> None:
    found = priced(tables_of_2025, line("29881", modifier))
    assert outcomes(found) == [("not-supported", None)]
    assert (only(found).reason or "").startswith(f"modifier {modifier}: ")


def test_an_excepted_off_campus_department_is_paid_less_for_some_services(embedded_tables: Tables) -> None:
    """42 CFR 419.48; clinic visits since 2019, drug administration (APC 5693: 96413 is 5694) since 2026."""
    outcome_of = {
        day: [one.outcome for one in priced(embedded_tables, *(line(code, "PO", day=day) for code in codes)).lines]
        for day, codes in (("2025-02-03", ("G0463", "96413")), ("2026-02-03", ("G0463", "96413")))
    }
    assert outcome_of == {"2025-02-03": ["not-supported", "paid"], "2026-02-03": ["not-supported"] * 2}


def test_a_drug_of_section_340b_before_the_court_spoke(embedded_tables: Tables) -> None:
    def outcome(day: str) -> str:
        return only(priced(embedded_tables, line("J9271", "JG", day=day))).outcome

    assert (outcome("2022-09-27"), outcome("2022-09-28")) == ("not-supported", "paid")


def test_a_pass_through_drug_of_a_packaged_kind_is_paid_less(embedded_tables: Tables) -> None:
    """42 CFR 419.64: A9608, a diagnostic radiopharmaceutical, is of such a kind; A9607, a therapeutic one, is not."""
    assert only(priced(embedded_tables, "A9608")).outcome == "not-supported"
    assert only(priced(embedded_tables, "A9607")).outcome == "paid"


def test_therapy_under_a_plan_is_paid_by_the_physician_schedule(embedded_tables: Tables) -> None:
    found = only(priced(embedded_tables, line("97597", "GP")))
    assert (found.outcome, only(priced(embedded_tables, "97597")).outcome) == ("not-supported", "paid")
    assert "plan of therapy" in (found.reason or "")


def test_a_day_that_no_release_covers(embedded_tables: Tables) -> None:
    """The I/OCE at hand ends with June 2026."""
    found = priced(embedded_tables, line("29881", day="2026-07-01"))
    assert (only(found).outcome, found.total) == ("not-supported", None)
    assert "no loaded release" in (only(found).reason or "")


def test_a_line_without_a_day_in_a_visit_of_several(tables_of_2025: Tables) -> None:
    found = priced(tables_of_2025, line("29881", day=None), service_date=DAY, through="2025-02-05")
    assert "no date of service" in (only(found).reason or "")
    assert priced(tables_of_2025, line("29881", day=None)).total == Decimal("3244.61")


@pytest.mark.parametrize("units", ["0", "0.5", "1.25"])
def test_units_that_are_not_whole(tables_of_2025: Tables, units: str) -> None:
    assert only(priced(tables_of_2025, line("20610") | {"units": units})).outcome == "not-supported"


def test_figures_beyond_any_claim_are_said_to_be_so(tables_of_2025: Tables) -> None:
    found = priced(tables_of_2025, line("J9271", units=200_000_000_000), "29881")
    assert outcomes(found) == [("packaged", None), ("paid", "5113")]
    alone = only(priced(tables_of_2025, line("J9271", units=200_000_000_000)))
    assert (alone.outcome, alone.reason) == (
        "not-supported",
        "the payment would be above 9,000,000.00: its units cannot be right",
    )
    hospital = {"cost_to_charge_ratio": "9.9", "wage_index": "1"}
    charged = priced(tables_of_2025, *[line("36430", charge="9999999999.99")] * 999, hospital=hospital)
    assert charged.total == 999 * Decimal("437.18")
    assert len(charged.model_dump_json()) > 100_000


def test_a_code_that_is_none_is_kept_and_not_supported(tables_of_2025: Tables) -> None:
    found = priced(tables_of_2025, "29881", "not a code")
    assert outcomes(found) == [("paid", "5113"), ("not-supported", None)]
    assert found.lines[1].code == "NOT A CODE"
    assert found.model_dump_json()


def test_a_visit_before_the_rules_that_are_carried(tables_of_2025: Tables) -> None:
    found = priced(tables_of_2025, line("29881", day="2016-12-31"))
    assert found.left_out[0].reason == "the rules of the OPPS are carried from 2017-01-01"
    straddling = priced(tables_of_2025, line("29881"), line("93005", day="2016-12-31"), service_date="2017-01-01")
    assert outcomes(straddling) == [("not-supported", None)] * 2


def test_what_one_line_leaves_open_keeps_the_whole_claim_from_being_said(tables_of_2025: Tables) -> None:
    """The second day is in no loaded release: what the service of that day packages cannot be known."""
    late = "2026-07-01"
    found = priced(tables_of_2025, line("93005", day="2026-06-30"), line("11042", day=late))
    assert outcomes(found) == [("not-supported", None)] * 2
    assert found.lines[0].reason == "what line 2 is paid with or packages cannot be known"


def test_without_addendum_a_it_is_not_known_how_a_visit_is_paid(tmp_path: Path) -> None:
    catalogue, _done = loaded(tmp_path, {"January 2025 Addendum B.csv": addendum_b()})
    found = priced(tables_of(catalogue), "99284", "93005")
    assert outcomes(found) == [("not-supported", None)] * 2
    assert found.lines[0].reason == "no loaded release has the APC that the service is paid by on its own"
    assert priced(tables_of(catalogue), "11042").total == Decimal("399.53")


def test_a_visit_does_not_end_before_it_begins() -> None:
    with pytest.raises(ValidationError, match="ends before it begins"):
        a_visit("29881", service_date=DAY, through="2025-02-02")


def test_a_claim_is_read_as_the_visit_that_it_bills(tables_of_2025: Tables) -> None:
    claim = an_outpatient_claim()
    visit = visit_of(claim, OutpatientHospital.model_validate({"wage_index": "1.0235"}))
    assert (visit.facility_type, visit.last_day - visit.service_date) == ("13", timedelta(0))
    assert price(visit, RULES, tables_of_2025).total == Decimal("3290.36")
    assert price(visit_of(claim, None), RULES, tables_of_2025).total == Decimal("3244.61")


def an_outpatient_claim() -> InstitutionalClaim:
    claim = an_institutional_claim().build()
    first = claim.lines[0].model_copy(update={"procedure": HcpcsCode("29881"), "units": Decimal(1), "modifiers": ()})
    day = date(2025, 2, 3)
    return claim.model_copy(
        update={"facility_type": "13", "statement_from": day, "statement_through": day, "lines": (first,)}
    )
