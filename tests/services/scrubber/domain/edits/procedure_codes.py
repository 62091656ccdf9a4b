from datetime import date
from functools import cache

from services.scrubber.domain.examination import Scrubber
from shared.tables import hcpcs
from shared.tables.codes import TAXONOMY, TaxonomyRow
from shared.tables.formats import Reading
from shared.tables.spans import quarter
from tests.builders import a_physician, commercial
from tests.services.scrubber.cases import a_scrubber_with, a_visit_with, an_outpatient_visit_with, fires

JUNE = "2026-06-15"
"""A day that the I/OCE covers; the fourth quarter of 2026 is covered by what SCRUBBER loads alone."""


def level_two(added: date, terminated: date | None) -> hcpcs.HcpcsRow:
    return hcpcs.HcpcsRow(
        short="", long="", added=added, action_from=added, terminated=terminated, action="N", coverage="C",
        pricing=(), multiple_pricing="", statute="", coverage_references=(), manual_references=(),
        laboratory_certifications=(), cross_references=(), asc_group="", asc_from=None, processing_note="", betos="",
        types_of_service=(), anaesthesia_base_units=0,
    )  # fmt: skip


@cache
def scrubber() -> Scrubber:
    codes = [
        ("G0463", level_two(date(2014, 1, 1), None)),
        ("Q9999", level_two(date(2020, 1, 1), date(2026, 11, 15))),
    ]
    taxonomies = [
        ("207R00000X", TaxonomyRow(first=date(2000, 1, 1))),
        ("282N00000X", TaxonomyRow(first=date(2000, 1, 1))),
        ("261QM0801X", TaxonomyRow(first=date(2000, 1, 1), last=date(2026, 11, 15))),
    ]
    autumn = quarter(date(2026, 10, 1))
    return a_scrubber_with(
        Reading(hcpcs.CODES, autumn, codes, []), Reading(TAXONOMY, autumn, taxonomies, [], date(2000, 1, 1))
    )


SCRUBBER = scrubber


def rendered_by(taxonomy, day="2026-11-16"):
    return a_visit_with(service_from=day).but(rendering=a_physician(taxonomy=taxonomy))


CASES = [
    # CPT 99201 was deleted with the year 2021 (85 FR 84472); no list has 99210.
    fires(
        "procedure-code-not-valid",
        a_visit_with("99201", service_from=JUNE),
        "/lines/0/procedure",
        "2400 SV101-2",
        "A7:507",
    ),
    fires(
        "procedure-code-not-valid",
        a_visit_with("99201", service_from="2021-01-01").with_coverages(commercial()),
        "/lines/0/procedure",
        "2400 SV101-2",
        "A7:507",
    ),
    fires(
        "procedure-code-not-valid",
        an_outpatient_visit_with(procedure="G0464"),
        "/lines/0/procedure",
        "2400 SV202-2",
        "A7:507",
    ),
    fires(
        "procedure-code-not-valid",
        a_visit_with("Q9999", service_from="2026-11-16"),
        "/lines/0/procedure",
        "2400 SV101-2",
        "A7:507",
    ),
    fires("provider-taxonomy-not-listed", rendered_by("207R00009X"), "/rendering/taxonomy", "2310B PRV03", "A7:145:82"),
    fires("provider-taxonomy-not-listed", rendered_by("261QM0801X"), "/rendering/taxonomy", "2310B PRV03", "A7:145:82"),
]

NEAR_MISSES = [
    a_visit_with("99213", service_from=JUNE),
    a_visit_with("99201", service_from="2020-12-31").with_coverages(commercial()),
    a_visit_with("Q9999", service_from="2026-11-15"),
    a_visit_with("Q9999", service_from="2026-11-15", service_through="2026-11-16"),
    a_visit_with("99201"),  # no list of CPT codes covers November
    rendered_by("261QM0801X", day="2026-11-15"),
]
