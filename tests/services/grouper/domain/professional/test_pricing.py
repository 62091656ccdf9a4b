"""What the schedule pays a line, by setting, status, practitioner and charge; and what an estimate says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.grouper.domain.professional.pricing import price
from services.grouper.domain.professional.services import (
    DayOfServiceMissing,
    PractitionerFacts,
    ProfessionalServices,
    services_of,
)
from services.grouper.parameters.mpfs import load_mpfs_rules
from shared.claims import AS_RECEIVED
from shared.tables import Tables, mpfs
from tests.builders import a_physician, a_professional_claim
from tests.services.grouper.domain.professional.schedule import (
    BRAZORIA,
    a_line,
    a_schedule,
    amounts,
    listed,
    only,
    priced,
    with_places_of_service,
)
from tests.shared.tables.fee_schedule import GPCI_2025, LINES_2025, a_relative_value_file, loaded, of_2026
from tests.shared.tables.formats.test_mpfs_zip_codes import a_zip_line


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    statuses = [listed(f"9900{number}", "10.00", status=status) for number, status in enumerate("BCDEIMNPX")]
    return a_schedule(
        tmp_path_factory.mktemp("fees"),
        LINES_2025.replace("32.3465", "1.0000").strip(),
        *statuses,
        listed("99213", "100.00"),
        listed("99214", "130.00", status="R"),
        listed("99215", status="R"),
        listed("36592", "10.00", status="T"),
        listed("94760", "5.00", status="T"),
        listed("96372", "14.00", pc_tc="5"),
        listed("97110", "30.00", pc_tc="7", multiple="5"),
        listed("93005", "19.00", pc_tc="3"),
        listed("G0439", "120.00"),
        listed("99497", "80.00"),
        listed("45380", "200.00", global_days="000"),
        **{"GPCI2025.csv": GPCI_2025, "ZIP5_OCT2025.txt": a_zip_line("TX", "77511", "04412", "09")},
    )


@pytest.mark.parametrize(
    ("place", "amount"),
    # Pub 100-04 ch. 12 §20.4.2 and ch. 26 §10.5. 45378: non-facility 10.13 RVUs, facility 5.48.
    [("11", "10.13"), ("12", "10.13"), ("10", "10.13"), ("02", "5.48"), ("19", "5.48"), ("22", "5.48"), ("24", "5.48")],
)
def test_the_place_of_service_is_the_setting(tables: Tables, place: str, amount: str) -> None:
    assert only(priced(tables, a_line("45378"), place_of_service=place)).amount == Decimal(amount)


def test_the_place_of_the_line_goes_before_that_of_the_claim(tables: Tables) -> None:
    lines = [a_line("45378", place_of_service="22"), a_line("45378", service_date="2025-11-04")]
    assert amounts(priced(tables, *lines)) == [Decimal("5.48"), Decimal("10.13")]


def test_a_place_that_there_is_not_is_not_supported(tables: Tables) -> None:
    assert only(priced(tables, a_line("45378"), place_of_service="98")).outcome == "not-supported"


@pytest.mark.parametrize(
    ("code", "modifiers", "place", "outcome"),
    [
        ("71046", (), "22", "not-paid"),  # the technical part is the hospital's
        ("71046", ("TC",), "21", "not-paid"),
        ("71046", ("26",), "21", "paid"),
        ("71046", (), "11", "paid"),
        ("93005", (), "23", "not-paid"),
        ("96372", (), "19", "not-paid"),  # incident to
        ("96372", (), "11", "paid"),
        ("97110", (), "22", "not-paid"),
        ("97110", (), "24", "paid"),
        ("99213", ("26",), "11", "not-paid"),  # no components
    ],
)
def test_who_bills_a_component(tables: Tables, code: str, modifiers: tuple[str, ...], place: str, outcome: str) -> None:
    assert only(priced(tables, a_line(code, *modifiers), place_of_service=place)).outcome == outcome


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("B", "packaged"),
        ("C", "not-supported"),
        ("D", "not-paid"),
        ("E", "not-supported"),
        ("I", "not-paid"),
        ("M", "not-paid"),
        ("N", "not-paid"),
        ("P", "packaged"),
        ("X", "not-supported"),
    ],
)
def test_a_status_without_an_amount_is_said_in_words(tables: Tables, status: str, outcome: str) -> None:
    line = only(priced(tables, a_line(f"9900{'BCDEIMNPX'.index(status)}")))
    assert (line.status, line.outcome) == (status, outcome)
    assert line.reason


def test_status_t_is_paid_where_nothing_else_of_the_day_is(tables: Tables) -> None:
    # Ch. 23, MPFSDB status T: bundled into any other service of the same day and provider that is payable.
    assert amounts(priced(tables, a_line("36592"))) == [Decimal("10.00")]
    assert amounts(priced(tables, a_line("36592"), a_line("99213"))) == [Decimal("0.00"), Decimal("100.00")]
    assert amounts(priced(tables, a_line("36592"), a_line("99008"))) == [Decimal("10.00"), None]
    assert amounts(priced(tables, a_line("36592"), a_line("94760"))) == [Decimal("10.00"), Decimal("5.00")]
    apart = priced(tables, a_line("36592"), a_line("99213", service_date="2025-11-04"))
    assert amounts(apart) == [Decimal("10.00"), Decimal("100.00")]


def test_restricted_coverage_is_paid_and_said(tables: Tables) -> None:
    assert "restricted" in (only(priced(tables, a_line("99214"))).reason or "")
    assert only(priced(tables, a_line("99215"))).outcome == "not-supported"  # no values: the contractor prices it


@pytest.mark.parametrize(
    ("facts", "paid"),
    [
        ({}, "100.00"),
        ({"kind": "physician"}, "100.00"),
        ({"kind": "nurse-practitioner"}, "85.00"),  # 42 CFR 414.56
        ({"kind": "physician-assistant"}, "85.00"),  # 42 CFR 414.52
        ({"kind": "nurse-midwife"}, "100.00"),  # 42 CFR 414.54: 65 per cent until 2010
        ({"kind": "clinical-social-worker"}, "75.00"),
        ({"kind": "marriage-family-therapist"}, "75.00"),
        ({"kind": "dietitian"}, "85.00"),
        ({"participating": False}, "95.00"),  # 42 CFR 414.20(b)
        ({"kind": "nurse-practitioner", "participating": False}, "85.00"),  # must accept assignment
    ],
)
def test_what_the_practitioner_is_paid(tables: Tables, facts: dict[str, Any], paid: str) -> None:
    assert only(priced(tables, a_line("99213"), practitioner=facts)).amount == Decimal(paid)


def test_a_taxonomy_says_who_gave_a_service(tables: Tables) -> None:
    line = a_line("99213", taxonomy="363LF0000X")
    assert only(priced(tables, line)).amount == Decimal("85.00")


def test_the_limiting_charge_is_shown_and_not_allowed(tables: Tables) -> None:
    # 95 × 1.15 = 109.25: the most that the patient can be charged (42 CFR 414.48)
    estimate = priced(tables, a_line("99213"), accepts_assignment=False, practitioner={"participating": False})
    steps = {step.name: (step.amount, step.in_total) for step in only(estimate).steps}
    assert steps["limiting-charge"] == (Decimal("109.25"), False)
    assert estimate.total == Decimal("95.00")
    assert "balance-billing" in {left.what for left in estimate.left_out}


def test_no_more_is_allowed_than_was_charged(tables: Tables) -> None:
    assert only(priced(tables, a_line("99213", charge="80.00"))).amount == Decimal("80.00")
    assert only(priced(tables, a_line("99213", charge="180.00"))).amount == Decimal("100.00")


@pytest.mark.parametrize(
    ("code", "modifiers", "share"),
    [
        ("99213", (), "20.00"),
        ("G0439", (), "0.00"),  # ch. 18 §1.2
        ("45380", ("PT",), "30.00"),  # 15 per cent in 2023 to 2026 (42 CFR 410.152(l)(5))
        ("99497", ("33",), None),
    ],
)
def test_the_share_of_the_patient(tables: Tables, code: str, modifiers: tuple[str, ...], share: str | None) -> None:
    line = only(priced(tables, a_line(code, *modifiers)))
    assert line.patient_share == (None if share is None else Decimal(share))


@pytest.mark.parametrize(
    ("modifier", "outcome"),
    [
        ("25", "paid"),
        ("GA", "paid"),
        ("GY", "not-paid"),
        ("GZ", "not-paid"),
        ("FX", "not-supported"),
        ("TH", "not-supported"),
        ("ZZ", "not-supported"),
    ],
)
def test_every_modifier_is_known_or_refused(tables: Tables, modifier: str, outcome: str) -> None:
    assert only(priced(tables, a_line("99213", modifier))).outcome == outcome


@pytest.mark.parametrize("units", ["0", "0.5", "10000"])
def test_units_are_whole(tables: Tables, units: str) -> None:
    assert only(priced(tables, a_line("99213", units=units))).outcome == "not-supported"


def test_a_code_that_is_not_listed_is_not_supported(tables: Tables) -> None:
    estimate = priced(tables, a_line("J3301"), a_line("99213"))
    assert amounts(estimate) == [None, Decimal("100.00")]
    assert estimate.total == Decimal("100.00")
    assert ("line", "/lines/0") in {(left.what, left.pointer) for left in estimate.left_out}


def test_without_a_release_for_the_day_there_is_no_amount(tables: Tables) -> None:
    for day in ("2024-01-01", "1980-01-01"):
        estimate = priced(tables, a_line("99213"), service_date=day)
        assert estimate.total is None
        assert only(estimate).outcome == "not-supported"


def test_the_arithmetic_leads_to_the_amount(tables: Tables) -> None:
    line = only(priced(tables, a_line("45378", units="2", charge="5000.00"), locality=BRAZORIA))
    # 3.26 × 1.014 + 6.44 × 1.006 + 0.43 × 0.795 = 10.12613, to the cent; ranked twice: 10.13 + 5.07 (half of 10.13)
    assert [(step.amount, step.arithmetic) for step in line.steps] == [
        (Decimal("10.13"), "(3.26 × 1.014 + 6.44 × 1.006 + 0.43 × 0.795) × 1.0000"),
        (Decimal("15.20"), "10.13 + 10.13 × 0.5"),
    ]
    assert [step.in_total for step in line.steps] == [False, True]


def test_a_locality_that_was_given_and_is_not_one_is_the_callers_mistake(tables: Tables) -> None:
    with pytest.raises(mpfs.UnknownLocality):
        priced(tables, a_line("99213"), locality="0441298")


def test_what_no_estimate_has_is_said(tables: Tables) -> None:
    said = {left.what for left in priced(tables, a_line("99213")).left_out}
    assert said == {"practitioner", "charge", "deductible", "sequestration", "incentives", "coverage"}


def test_the_releases_are_named(tables: Tables) -> None:
    used = {release.table: release.release for release in priced(tables, a_line("99213"), locality=BRAZORIA).releases}
    assert used["mpfs.rvu"] == "2025Q4"
    assert used["mpfs.gpci"] == "CY2025"
    assert "mpfs.anesthesia" not in used


def test_codes_stand_as_they_were_received(tables: Tables) -> None:
    line = {"number": 1, "procedure": "9921!", "modifiers": ["2"]}
    asked = {"service_date": "2025-11-03", "place_of_service": "11", "lines": [line]}
    estimate = price(ProfessionalServices.model_validate(asked, context=AS_RECEIVED), load_mpfs_rules(), tables)
    assert (only(estimate).code, only(estimate).outcome) == ("9921!", "not-supported")


def test_a_qualifying_participant_is_paid_by_a_factor_of_its_own(tmp_path: Path) -> None:
    # CY2026: 10.13 RVUs × 33.4009 = 338.3511, × 33.5675 = 340.0388
    january = a_relative_value_file(LINES_2025, year=2026, month="January")
    files: dict[str, str | bytes] = {
        "PPRRVU2026_Jan_nonQPP.csv": of_2026(january, qpp=False, factor="33.4009"),
        "PPRRVU2026_Jan_QPP.csv": of_2026(january, qpp=True, factor="33.5675"),
    }
    tables = with_places_of_service(loaded(tmp_path, files)[0])
    for qualifying, paid in ((False, "338.35"), (True, "340.04")):
        facts = {"qualifying_apm": qualifying}
        estimate = priced(tables, a_line("45378"), service_date="2026-02-02", practitioner=facts)
        assert only(estimate).amount == Decimal(paid)


class TestClaims:
    """Services as a professional claim has them."""

    def a_claim(self, **fields: Any) -> ProfessionalServices:
        facts = fields.pop("facts", None)
        builder = a_professional_claim().but(**fields)
        lines = [line | {"service_from": "2025-11-03"} for line in builder.fields["lines"]]
        return services_of(builder.but(lines=lines).build(), facts)

    def test_lines_facts_and_places_are_taken_over(self) -> None:
        services = self.a_claim(facts=PractitionerFacts(locality=BRAZORIA, participating=False))
        (line,) = services.lines
        assert (services.service_date, services.place_of_service, services.practitioner.locality) == (
            date(2025, 11, 3),
            "11",
            BRAZORIA,
        )
        assert (line.procedure, line.charge, line.zip_code) == ("99213", Decimal("125.00"), "372030001")
        assert services.accepts_assignment

    def test_the_rendering_practitioner_of_the_line_goes_first(self, tables: Tables) -> None:
        services = self.a_claim(rendering=a_physician(taxonomy="363AM0700X"))
        estimate = price(services, load_mpfs_rules(), tables)
        assert estimate.lines[0].amount == Decimal("85.00")
        # Nashville is not in the ZIP codes that are loaded.
        assert "locality" in {left.what for left in estimate.left_out}

    def test_the_zip_code_of_the_facility_names_the_locality(self, tables: Tables) -> None:
        address = {"line1": "1 MAIN STREET", "city": "ALVIN", "state": "TX", "zip_code": "77511"}
        services = self.a_claim(service_facility={"organization": "ALVIN CLINIC", "address": address})
        estimate = price(services, load_mpfs_rules(), tables)
        # 100 × 1.014 for work in Brazoria
        assert estimate.lines[0].amount == Decimal("101.40")
        assert "locality" not in {left.what for left in estimate.left_out}

    def test_a_claim_without_any_day_is_refused(self) -> None:
        claim = a_professional_claim().with_lines({"number": 1, "procedure": "99213", "charge": "1.00", "units": "1"})
        with pytest.raises(DayOfServiceMissing) as refusal:
            services_of(claim.build(), None)
        assert refusal.value.pointer == "/lines/0/service_from"


CODES = ["45378", "71046", "99213", "36592", "97110", "96372", "00100", "99001", "G0439"]
MODIFIERS = ["26", "TC", "53", "50", "LT", "RT", "80", "62", "54", "55", "78", "22", "25", "GY", "AA", "QK", "33", "PT"]
A_LINE = st.builds(
    a_line,
    st.sampled_from(CODES),
    *(st.sampled_from(MODIFIERS),) * 2,
    units=st.integers(0, 20).map(str),
    charge=st.none() | st.integers(0, 500_00).map(lambda cents: str(Decimal(cents) / 100)),
)


@given(lines=st.lists(A_LINE, min_size=1, max_size=6), place=st.sampled_from(["11", "22", "21", "24"]))
@settings(max_examples=60, deadline=None)
def test_an_estimate_is_whole(tables: Tables, lines: list[dict[str, Any]], place: str) -> None:
    """The total is that of the lines; none is above its charge; what is not supported has no amount and is said."""
    estimate = priced(tables, *lines, place_of_service=place)
    known = [amount for amount in amounts(estimate) if amount is not None]
    assert estimate.total == (sum(known, Decimal(0)) if known else None)
    for position, (line, asked) in enumerate(zip(estimate.lines, lines, strict=True)):
        assert (line.amount is None) == (line.outcome == "not-supported")
        if line.outcome != "paid":
            assert line.reason
        elif asked["charge"] is not None and line.amount is not None:
            assert line.amount <= Decimal(asked["charge"])
        said = ("line", f"/lines/{position}") in {(left.what, left.pointer) for left in estimate.left_out}
        assert said == (line.outcome == "not-supported")
