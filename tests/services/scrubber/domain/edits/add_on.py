"""Add-on codes of the release of `loaded.py` (types 1 to 3, NCCI Policy Manual ch. I §W) and of the embedded one."""

from tests.builders import a_physician, a_professional_claim, a_professional_line
from tests.services.scrubber.cases import fires
from tests.services.scrubber.domain.edits.ncci import a_visit_of, an_outpatient_day
from tests.services.scrubber.loaded import DAY, a_loaded_scrubber

SCRUBBER = a_loaded_scrubber
OTHER = a_physician("1122334455", "LINDQVIST", "EVA")


def by_two(primary, add_on):
    return a_professional_claim().with_lines(
        a_professional_line(primary, service_from=DAY, rendering=OTHER), a_professional_line(add_on, service_from=DAY)
    )


CASES = [
    fires("add-on-without-primary", a_visit_of(("11045", "")), "/lines/0/procedure", "2400 SV101-2", "CARC B15"),
    # The primary of another day is none.
    fires(
        "add-on-without-primary",
        a_visit_of(("11042", "")).with_line("11045", service_from="2026-05-05"),
        "/lines/1/procedure",
        "2400 SV101-2",
        "CARC B15",
    ),
    # By another practitioner: a warning.
    fires("add-on-without-primary", by_two("11042", "11045"), "/lines/1/procedure", "2400 SV101-2", "CARC B15"),
    fires("add-on-without-primary", a_visit_of(("99292", "")), "/lines/0/procedure", "2400 SV101-2", "CARC B15"),
    # 22551 is named until 2026-03-31 in this release.
    fires(
        "add-on-without-primary",
        a_visit_of(("22551", ""), ("22585", ""), day="2026-04-01"),
        "/lines/1/procedure",
        "2400 SV101-2",
        "CARC B15",
    ),
    fires(
        "add-on-without-primary",
        an_outpatient_day(("0361", "12001", ""), ("0361", "11045", "")),
        "/lines/1/procedure",
        "2400 SV202-2",
        "CARC B15",
    ),
    fires(
        "add-on-primary-by-contractor",
        a_visit_of(("90785", "")),
        "/lines/0/procedure",
        "2400 SV101-2",
        "CARC B15",
    ),
    fires(
        "add-on-primary-by-contractor",
        a_visit_of(("64708", ""), ("64727", "")),
        "/lines/1/procedure",
        "2400 SV101-2",
        "CARC B15",
    ),
]

NEAR_MISSES = [
    a_visit_of(("11042", ""), ("11045", "")),
    a_visit_of(("22551", ""), ("22585", ""), day="2026-03-31"),
    a_visit_of(("22558", ""), ("22585", ""), day="2026-04-01"),
    a_visit_of(("64702", ""), ("64727", "")),
    a_visit_of(("90834", ""), ("90785", "")),
    a_visit_of(("11045", ""), day="2026-07-01"),  # no release covers it
    an_outpatient_day(("0361", "11042", ""), ("0361", "11045", "")),
]
