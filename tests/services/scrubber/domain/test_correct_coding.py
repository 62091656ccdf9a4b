"""What findings of the National Correct Coding Initiative say, and to which payers."""

from __future__ import annotations

from datetime import date

from tests.builders import commercial
from tests.services.scrubber.domain.edits.ncci import a_visit_of
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
