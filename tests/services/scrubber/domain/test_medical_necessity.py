"""How much a finding of medical necessity weighs."""

from __future__ import annotations

import pytest

from tests.services.scrubber.cases import AS_OF, a_visit_with, an_outpatient_visit_with
from tests.services.scrubber.domain.edits.medical_necessity import scrubber

FACILITY = an_outpatient_visit_with(revenue_code="0921", procedure="93880")


def findings(builder):
    return scrubber().examine(builder.build(), tenant="north", as_of=AS_OF).report.findings


@pytest.mark.parametrize(
    ("builder", "severity"),
    [
        (a_visit_with("93880"), "error"),  # the article has one group, and it is for all its procedures
        (a_visit_with("93970"), "warning"),  # of two groups, the prose may keep one for other procedures
        (a_visit_with("93880", modifiers=["GA"]), "information"),
        (FACILITY, "warning"),  # which types of bill an article is for is not in the exports
    ],
)
def test_only_what_leaves_no_doubt_holds_a_claim(builder, severity):
    assert [(finding.edit_id, finding.severity) for finding in findings(builder)] == [
        ("medical-necessity-local", severity)
    ]


@pytest.mark.parametrize("modifier", ["GX", "GY", "GZ"])
def test_a_denial_that_is_asked_for_is_not_told_of(modifier):
    found = findings(a_visit_with("93880", modifiers=[modifier]))
    assert "medical-necessity-local" not in {finding.edit_id for finding in found}


def test_a_finding_names_the_article_its_group_and_the_release():
    assert findings(a_visit_with("93880"))[0].evidence == {
        "code": "93880", "diagnoses": "I10", "article": "A50001", "group": "1", "tie": "whole article",
        "effective": "2026-01-01", "related": "L30001", "table": "coverage.articles 2026Q4",
    }  # fmt: skip
