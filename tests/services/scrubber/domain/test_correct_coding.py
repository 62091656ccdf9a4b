"""What findings of the National Correct Coding Initiative say, and to which payers."""

from __future__ import annotations

from datetime import date

import pytest

from tests.builders import commercial
from tests.services.scrubber.domain.edits.add_on import by_two
from tests.services.scrubber.domain.edits.duplicates import twice
from tests.services.scrubber.domain.edits.mue import lines_of
from tests.services.scrubber.domain.edits.ncci import DEBRIDEMENTS, a_visit_of, an_outpatient_day
from tests.services.scrubber.loaded import a_loaded_scrubber


def test_a_payer_with_edits_of_its_own_is_only_warned_of():
    claim = a_visit_of(("99291", ""), ("36000", "")).with_coverages(commercial()).build()
    report = a_loaded_scrubber().examine(claim, tenant="north", as_of=date(2026, 6, 1)).report
    assert [(finding.edit_id, finding.severity) for finding in report.findings] == [("ncci-pair-never-paid", "warning")]


def test_the_finding_names_the_other_line_the_indicator_and_the_release():
    claim = a_visit_of(("97597", ""), ("11042", "")).build()
    finding = a_loaded_scrubber().examine(claim, tenant="north", as_of=date(2026, 6, 1)).report.findings[0]
    assert finding.evidence == {
        "column_1": "11042",
        "column_2": "97597",
        "column_1_line": "2",
        "modifier_indicator": "1",
        "day": "2026-05-04",
        "release": "2026Q2",
        "modifiers_that_help": "XE XP XS XU 59",
    }


CERTAIN = [
    ("mue-day-absolute", lines_of("27447", ("2", "RT")), "error"),
    # A surgery centre bills both sides on two lines (NCCI Policy Manual ch. I §V).
    ("mue-day-absolute", lines_of("27447", ("1", "RT"), ("1", "LT"), place_of_service="24"), "warning"),
    ("ncci-pair-without-modifier", an_outpatient_day(*DEBRIDEMENTS), "error"),
    ("ncci-pair-without-modifier", an_outpatient_day(*DEBRIDEMENTS, facility_type="85"), "warning"),
    ("add-on-without-primary", a_visit_of(("11045", "")), "error"),
    ("add-on-without-primary", by_two("11042", "11045"), "warning"),
    ("add-on-without-primary", a_visit_of(("99292", "")), "warning"),
    ("add-on-primary-by-contractor", a_visit_of(("90785", "")), "warning"),
    ("add-on-primary-by-contractor", a_visit_of(("64708", ""), ("64727", "")), "information"),
    ("duplicate-line", twice("36415"), "error"),
    ("duplicate-line", twice("36415").with_coverages(commercial()), "warning"),
    ("assistant-at-surgery", a_visit_of(("10060", "80")), "error"),
    ("assistant-at-surgery", a_visit_of(("11042", "80")), "warning"),
    ("assistant-at-surgery", a_visit_of(("10060", "80")).with_coverages(commercial()), "warning"),
]


@pytest.mark.parametrize(("edit_id", "builder", "severity"), CERTAIN)
def test_an_error_is_what_the_payer_denies_for_certain(edit_id, builder, severity):
    report = a_loaded_scrubber().examine(builder.build(), tenant="north", as_of=date(2026, 6, 1)).report
    assert [(finding.edit_id, finding.severity) for finding in report.findings] == [(edit_id, severity)]
