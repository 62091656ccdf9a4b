"""Two invented articles and a determination in the form of CMS's coverage database, in force from 2026-01-01."""

from datetime import date
from functools import cache

from services.scrubber.domain.examination import Scrubber
from shared.tables import coverage
from shared.tables.coverage import (
    DiagnosisGroup,
    LocalPolicyRow,
    NationalPolicyRow,
    PolicyDiagnosis,
    PolicyProcedure,
)
from shared.tables.formats import Reading
from shared.tables.spans import quarter
from tests.builders import an_address, commercial
from tests.services.scrubber.cases import a_scrubber_with, a_visit_with, an_outpatient_visit_with, fires

AUTUMN = quarter(date(2026, 10, 1))
ONE_GROUP = (DiagnosisGroup(1, True),)
TWO_GROUPS = (DiagnosisGroup(1, True), DiagnosisGroup(2, True))


def article(first=date(2026, 1, 1), groups=ONE_GROUP, **fields):
    return LocalPolicyRow(first=first, version=3, title="", states=("TN",), groups=groups, **fields)


@cache
def scrubber() -> Scrubber:
    articles = [
        ("A50001", article(related=("L30001",))),
        ("A50002", article(groups=TWO_GROUPS)),
        ("A50003", article(date(2026, 11, 17))),
        ("A50004", article(groups=(), related=("NCD1",))),
    ]
    procedures = [
        ("93880", PolicyProcedure("A50001", 1)),
        ("93970", PolicyProcedure("A50002", 1)),
        ("93975", PolicyProcedure("A50003", 1)),
        ("G0255", PolicyProcedure("A50004", 1)),
    ]
    diagnoses = [
        ("A50001 I6529", PolicyDiagnosis(1, True)),
        ("A50002 I8290", PolicyDiagnosis(2, True)),
        ("A50003 I6529", PolicyDiagnosis(1, True)),
    ]
    ncds = [
        ("NCD1", NationalPolicyRow(first=date(2026, 1, 1), version=1, title="", section="160.23", level="not covered"))
    ]
    return a_scrubber_with(
        Reading(coverage.ARTICLES, AUTUMN, articles, []),
        Reading(coverage.ARTICLE_PROCEDURES, AUTUMN, procedures, []),
        Reading(coverage.ARTICLE_DIAGNOSES, AUTUMN, diagnoses, []),
        Reading(coverage.NCDS, AUTUMN, ncds, []),
    )


SCRUBBER = scrubber

CASES = [
    fires("medical-necessity-local", a_visit_with("93880"), "/lines/0/procedure", "2400 SV101-2", "CARC 50"),
    fires("medical-necessity-local", a_visit_with("93970"), "/lines/0/procedure", "2400 SV101-2", "CARC 50"),
    # The diagnosis stands on the claim, but the line points to another.
    fires(
        "medical-necessity-local",
        a_visit_with("93880", pointers=[1]).with_diagnoses("I10", "I6529"),
        "/lines/0/procedure",
        "2400 SV101-2",
        "CARC 50",
    ),
    fires(
        "medical-necessity-local",
        a_visit_with("93880", modifiers=["GA"]),
        "/lines/0/procedure",
        "2400 SV101-2",
        "CARC 50",
    ),
    fires(
        "medical-necessity-local",
        a_visit_with("93975", service_from="2026-11-17"),
        "/lines/0/procedure",
        "2400 SV101-2",
        "CARC 50",
    ),
    fires(
        "medical-necessity-local",
        an_outpatient_visit_with(revenue_code="0921", procedure="93880"),
        "/lines/0/procedure",
        "2400 SV202-2",
        "CARC 50",
    ),
    fires("medical-necessity-national", a_visit_with("G0255"), "/lines/0/procedure", "2400 SV101-2", "CARC 50"),
]

NEAR_MISSES = [
    a_visit_with("93880", pointers=[1, 2]).with_diagnoses("I10", "I6529"),
    a_visit_with("93880").with_coverages(commercial()),
    a_visit_with("93880").with_billing(address=an_address(state="KY", zip_code="402020001")),
    a_visit_with("93975"),  # the article begins on the day after
    a_visit_with("99213"),
    an_outpatient_visit_with(revenue_code="0921", procedure="93880").with_diagnoses("I10", "I6529"),
    a_visit_with("93880", service_from="2026-09-30"),  # the loaded export begins in October
]
