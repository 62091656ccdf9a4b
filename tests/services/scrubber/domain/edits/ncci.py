"""Pairs of the release of `loaded.py` and, for hospitals, of the one embedded: facts of CMS's quarterly files."""

from datetime import date

from tests.builders import a_physician, a_professional_claim, a_professional_line, an_outpatient_claim, commercial
from tests.services.scrubber.cases import fires
from tests.services.scrubber.loaded import DAY, a_loaded_scrubber

SCRUBBER = a_loaded_scrubber


def a_visit_of(*procedures, day=DAY, **fields):
    """An office visit with a line for each `(code, modifiers)`."""
    lines = [a_professional_line(code, service_from=day, modifiers=modifiers.split()) for code, modifiers in procedures]
    return a_professional_claim().with_lines(*lines).but(**fields)


def an_outpatient_day(*procedures, day=DAY, **fields):
    """A bill of one day with a line for each `(revenue code, code, modifiers)`."""
    lines = [
        {
            "revenue_code": revenue,
            "procedure": code,
            "modifiers": modifiers.split(),
            "charge": f"{100 + number}.00",
            "units": "1",
            "service_from": day,
        }
        for number, (revenue, code, modifiers) in enumerate(procedures)
    ]
    return an_outpatient_claim().with_lines(*lines).but(statement_from=day, statement_through=day, **fields)


OTHER = a_physician("1122334455", "LINDQVIST", "EVA")
DEBRIDEMENTS = [("0361", "11042", ""), ("0361", "97597", "")]

CASES = [
    # The column 2 code has the finding, wherever its line stands.
    fires(
        "ncci-pair-never-paid",
        a_visit_of(("36000", ""), ("99291", "25")),
        "/lines/0/procedure",
        "2400 SV101-2",
        "CARC 236",
    ),
    # Indicator 0: a modifier does not help.
    fires(
        "ncci-pair-never-paid",
        a_visit_of(("99291", ""), ("36000", "59")),
        "/lines/1/procedure",
        "2400 SV101-2",
        "CARC 236",
    ),
    fires(
        "ncci-pair-never-paid",
        a_visit_of(("99291", ""), ("94002", ""), day="2026-03-31"),
        "/lines/1/procedure",
        "2400 SV101-2",
        "CARC 236",
    ),
    fires(
        "ncci-pair-without-modifier",
        a_visit_of(("11042", ""), ("97597", "")),
        "/lines/1/modifiers",
        "2400 SV101-3",
        "CARC 236",
    ),
    # 76 and 51 are not NCCI-associated.
    fires(
        "ncci-pair-without-modifier",
        a_visit_of(("97597", "51"), ("11042", "")),
        "/lines/0/modifiers",
        "2400 SV101-3",
        "CARC 236",
    ),
    # Until 2019-06-30, 59 counts on column 2 only (CMS CR 11168).
    fires(
        "ncci-pair-without-modifier",
        a_visit_of(("11042", "59"), ("97597", ""), day="2019-06-30", delay_reason="7"),
        "/lines/1/modifiers",
        "2400 SV101-3",
        "CARC 236",
        date(2020, 1, 15),
    ),
    fires(
        "ncci-pair-without-modifier",
        an_outpatient_day(*DEBRIDEMENTS),
        "/lines/1/modifiers",
        "2400 SV202-3",
        "CARC 236",
    ),
    fires(
        "ncci-pair-same-site",
        a_visit_of(("29881", "RT"), ("29877", "RT")),
        "/lines/1/modifiers",
        "2400 SV101-3",
        "CARC 236",
    ),
]

VOIDED = commercial(payer_claim_control_number="2026123456")

NEAR_MISSES = [
    a_visit_of(("99291", ""), ("36000", "")).with_coverages(VOIDED).but(frequency="8"),  # what was billed is taken back
    a_visit_of(("11042", ""), ("97597", "59")),
    a_visit_of(("11042", "XS"), ("97597", "")),
    a_visit_of(("11042", ""), ("99213", "25")),
    a_visit_of(("29881", "RT"), ("29877", "LT")),
    a_visit_of(("29881", "RT"), ("29877", "RT XS")),
    a_visit_of(("20610", "RT"), ("20600", "")),  # indicator 9: the pair was deleted
    a_visit_of(("99291", ""), ("94002", ""), day="2026-04-01"),  # the day after its last
    a_visit_of(("11042", ""), ("97597", ""), day="2026-07-01"),  # no release covers it
    a_professional_claim().with_lines(
        a_professional_line("11042", service_from="2026-05-04"), a_professional_line("97597", service_from="2026-05-05")
    ),
    a_professional_claim().with_lines(
        a_professional_line("11042", service_from=DAY), a_professional_line("97597", service_from=DAY, rendering=OTHER)
    ),
    an_outpatient_day(*DEBRIDEMENTS, facility_type="72"),  # dialysis is not held to the pairs
]

ON_TIME = [(a_visit_of(("11042", "59"), ("97597", ""), day="2019-07-01"), date(2020, 1, 15))]
