"""What the I/OCE of 2026Q2 lists, and the edits by their numbers in its table."""

from datetime import date

from tests.builders import (
    InstitutionalClaimBuilder,
    a_subscriber,
    an_institutional_line,
    an_outpatient_claim,
    commercial,
    medicare,
)
from tests.services.scrubber.cases import fires

JUNE = "2026-06-15"
REPORTED_IN_FALL_2024 = date(2024, 11, 24)


def visit(*lines, day=JUNE, **fields) -> InstitutionalClaimBuilder:
    """An outpatient visit of a day with these lines: procedure, revenue code, and what else differs."""
    built = [
        an_institutional_line(revenue, "220.00", procedure=procedure, service_from=day) | dict(*more)
        for procedure, revenue, *more in lines or [("G0463", "0510")]
    ]
    days = {"statement_from": day, "statement_through": day}
    return an_outpatient_claim().but(**days | fields).with_lines(*built)


def aged(birth_date, builder):
    """The same of a patient, who is the subscriber, with this birth date."""
    subscriber = a_subscriber(birth_date=birth_date)
    return builder.with_patient(birth_date=birth_date).with_coverages(medicare("A", subscriber=subscriber))


def line_fires(edit_id, *line, answer="RTP", field="procedure", x12="2400 SV202-2", **fields):
    return fires(edit_id, visit(line, **fields), f"/lines/0/{field}", x12, answer)


CASES = [
    # Tetanus of newborns: age 0.
    fires("ioce-diagnosis-age", visit().with_diagnoses("I10", "A33"), "/diagnoses/1/code", "2300 HI01-2", "RTP"),
    fires(
        "ioce-diagnosis-age",
        visit(reasons_for_visit=[{"code": "A33"}]),
        "/reasons_for_visit/0/code",
        "2300 HI01-2",
        "RTP",
    ),
    fires(
        "ioce-manifestation-principal",
        visit().with_diagnoses("D631", "N186"),
        "/diagnoses/0/code",
        "2300 HI01-2",
        "RTP",
    ),
    fires(
        "ioce-unacceptable-principal",
        visit(condition_codes=["41"]).with_diagnoses("B950", "I10"),
        "/diagnoses/0/code",
        "2300 HI01-2",
        "RTP",
    ),
    fires(
        "ioce-unacceptable-principal",
        visit(day="2019-10-01", condition_codes=["41"]).with_diagnoses("B950", "I10"),
        "/diagnoses/0/code",
        "2300 HI01-2",
        "RTP",
        as_of=date(2019, 11, 1),
    ),
    line_fires("ioce-procedure-age", "24640", "0450", answer="LIR"),  # to 17 years
    line_fires("ioce-non-covered", "0329T", "0920", answer="CARC 96"),
    line_fires("ioce-statutory-exclusion", "92015", "0510"),
    line_fires("ioce-questionable-service", "11920", "0360", answer="SUS"),
    line_fires("ioce-inpatient-only", "00176", "0370", answer="LID"),
    line_fires("ioce-not-recognized-by-medicare", "T1015", "0510", answer="LIR"),
    line_fires("ioce-not-recognized-by-opps", "99213", "0510"),
    fires(
        "ioce-inpatient-separate-procedure",
        visit(("32310", "0360"), ("20526", "0361")),
        "/lines/0/procedure",
        "2400 SV202-2",
        "LIR",
    ),
    line_fires("ioce-inpatient-only", "32310", "0360", answer="LID"),  # with nothing that it could be part of
    line_fires("ioce-manual-pricing", "C9399", "0636", {"description": "NEW DRUG"}, answer="SUS"),
    line_fires("ioce-opioid-treatment-outside-program", "G2067", "0900"),
    line_fires("ioce-non-covered", None, "0990", answer="CARC 96", field="revenue_code", x12="2400 SV201"),
    line_fires("ioce-equipment-contractor", "K0001", "0291"),
    line_fires("ioce-not-billable", "0542T", "0480"),
    line_fires(
        "ioce-modifier-invalid",
        "G0463",
        "0510",
        {"modifiers": ["ZZ"]},
        field="modifiers/0",
        x12="2400 SV202-3",
    ),
    line_fires("ioce-revenue-code-invalid", "G0463", "0826", field="revenue_code", x12="2400 SV201"),
    line_fires(
        "ioce-revenue-code-not-recognized", "G0463", "0660", answer="LIR", field="revenue_code", x12="2400 SV201"
    ),
    line_fires("ioce-observation-bill", "G0378", "0762", answer="LIR", facility_type="14"),
    line_fires("ioce-observation-revenue", "G0463", "0762"),
    fires("ioce-token-charge", visit(("C9898", "0636"), ("G0463", "0510")), "/lines/0/charge", "2400 SV203", "RTP"),
    # An influenza vaccine code that the FDA approved on 2025-08-27, within its quarter.
    fires(
        "ioce-outside-approval",
        visit(("91323", "0636"), day="2025-08-26"),
        "/lines/0/procedure",
        "2400 SV202-2",
        "CARC 114",
        as_of=date(2025, 9, 10),
    ),
    fires(
        "ioce-outside-approval",
        visit(("C9818", "0636"), day="2026-01-22"),
        "/lines/0/procedure",
        "2400 SV202-2",
        "LIR",
    ),
]

NEAR_MISSES = [
    visit(),
    visit().with_diagnoses("N186", "D631", "B950"),
    visit().with_diagnoses("Z1231"),  # a screening is the reason of a visit, though never of a stay
    aged("2026-06-15", visit().with_diagnoses("I10", "A33")),
    aged("2008-06-16", visit(("24640", "0450"))),  # seventeen until the day after
    visit(("0329T", "0920", {"non_covered": "220.00"})),
    visit(("92015", "0510", {"non_covered": "220.00"})),
    visit(("00176", "0370", {"modifiers": ["CA"]}), patient_status="20"),
    visit(("T1015", "0510", {"charge": "1.00"})),
    visit(("G0378", "0762"), ("G0463", "0510")),
    visit(("G2067", "0900"), condition_codes=["89"]),
    visit((None, "0990", {"non_covered": "220.00"}), ("G0463", "0510")),
    visit(("C9898", "0636", {"charge": "1.01"}), ("G0463", "0510")),
    visit(("C9818", "0636"), day="2026-01-23"),
    visit(("99213", "0510"), day="2026-07-01"),  # no I/OCE of the third quarter is carried
    visit(("99213", "0510")).with_coverages(commercial()),
    visit(("99213", "0510"), facility_type="85"),  # critical access: not under the OPPS
    visit(("99213", "0510"), frequency="8").with_coverages(medicare("A", payer_claim_control_number="21835500000101")),
]

ON_TIME = [
    (
        visit(day="2019-09-30", condition_codes=["41"]).with_diagnoses("B950", "I10"),
        date(2019, 11, 1),
    ),  # edit 113 begins in October
    (visit(("91323", "0636"), day="2025-08-27"), date(2025, 9, 10)),
]
