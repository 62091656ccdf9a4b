"""An edit of a rule book weighs what the payer makes of it."""

from __future__ import annotations

import pytest

from services.scrubber.domain.engine import at_most
from services.scrubber.parameters import read_profile
from shared.tables.dated import InvalidParameter
from tests.builders import an_institutional_claim, commercial, medicare
from tests.services.scrubber.cases import AS_OF, a_scrubber

UNACCEPTABLE = an_institutional_claim().with_diagnoses({"code": "Z9981"}, {"code": "J189", "poa": "Y"})


def reported(coverage):
    claim = UNACCEPTABLE.with_coverages(coverage).build()
    report = a_scrubber().examine(claim, tenant="north", as_of=AS_OF).report
    return report.outcome, [(finding.edit_id, finding.severity) for finding in report.findings]


def test_medicare_returns_by_its_code_editor():
    assert reported(medicare("A")) == ("held", [("mce-unacceptable-principal", "error")])


def test_a_payer_that_may_judge_by_it_is_a_warning():
    assert reported(commercial()) == ("cleared", [("mce-unacceptable-principal", "warning")])


@pytest.mark.parametrize(
    ("most", "severity", "found"),
    [
        ("error", "error", "error"),
        ("error", "warning", "warning"),
        ("warning", "error", "warning"),
        ("warning", "warning", "warning"),
        ("warning", "information", "information"),
        ("information", "error", "information"),
    ],
)
def test_a_finding_weighs_no_more_than_the_payer_makes_it(most, severity, found):
    assert at_most(most, severity) == found


@pytest.mark.parametrize("applies", [{"mcee": "error"}, {"mce": "fatal"}])
def test_a_profile_with_a_book_or_severity_that_there_is_not_stops_the_start(applies):
    said = {"timely_filing": None, "frequencies": {}, "taxonomy_required": None, "applies": applies}
    editions = [{"effective": AS_OF, "source": "contract", "value": said}]
    with pytest.raises(InvalidParameter):
        read_profile({"id": "plan", "editions": editions})
