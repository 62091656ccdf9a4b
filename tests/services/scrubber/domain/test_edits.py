"""Each edit fires on its defect, alone, at the right place, and on nothing that is well."""

from __future__ import annotations

from dataclasses import replace as but
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest

from services.scrubber.domain.edits import all_edits
from shared.claims import CLAIM, X12Element
from tests.builders import a_professional_claim, an_institutional_claim, an_outpatient_claim
from tests.services.scrubber.cases import AS_OF, Case, a_scrubber
from tests.services.scrubber.domain import edits as families

MODULES = [import_module(module.name) for module in iter_modules(families.__path__, f"{families.__name__}.")]
CASES: list[Case] = [
    but(case, scrubber=getattr(module, "SCRUBBER", a_scrubber)) for module in MODULES for case in module.CASES
]
NEAR_MISSES = [
    pytest.param(
        builder.build(),
        AS_OF,
        getattr(module, "SCRUBBER", a_scrubber),
        id=f"{module.__name__.rpartition('.')[2]}-{number}",
    )
    for module in MODULES
    for number, builder in enumerate(module.NEAR_MISSES)
]
ON_TIME = [
    pytest.param(builder.build(), day, getattr(module, "SCRUBBER", a_scrubber), id=f"on-time-{number}")
    for module in MODULES
    for number, (builder, day) in enumerate(getattr(module, "ON_TIME", []))
]


def findings(claim, as_of=AS_OF, scrubber=a_scrubber):
    return scrubber().examine(claim, tenant="north", as_of=as_of).report.findings


def findings_of(case: Case):
    return findings(case.claim, case.as_of, case.scrubber)


def written(x12: X12Element | None) -> str | None:
    return x12 and f"{x12.loop} {x12.element or x12.segment}"


@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_edit_fires_on_its_defect_and_no_other_does(case: Case):
    found = findings_of(case)
    assert {finding.edit_id for finding in found} == {case.edit_id}
    finding = found[0]
    assert (finding.pointer, written(finding.x12), finding.predicted) == (case.pointer, case.x12, case.predicted)


@pytest.mark.parametrize(("claim", "as_of", "scrubber"), [*NEAR_MISSES, *ON_TIME])
def test_no_edit_fires_on_a_near_miss(claim, as_of, scrubber):
    assert [(finding.edit_id, finding.pointer) for finding in findings(claim, as_of, scrubber)] == []


@pytest.mark.parametrize("builder", [a_professional_claim(), an_institutional_claim(), an_outpatient_claim()])
def test_a_clean_claim_is_cleared(builder):
    report = a_scrubber().examine(builder.build(), tenant="north", as_of=AS_OF).report
    assert (report.outcome, report.findings, report.repairs) == ("cleared", (), ())


def test_every_edit_has_a_case():
    assert {edit.id for edit in all_edits().edits} - {case.edit_id for case in CASES} == set()


@pytest.mark.parametrize("case", [case for case in CASES if findings_of(case)[0].repair], ids=str)
def test_a_suggested_repair_cures_its_finding(case: Case):
    finding = findings_of(case)[0]
    assert finding.repair is not None
    document = case.claim.model_dump(mode="json")
    for operation in finding.repair.patch:
        replace(document, operation)
    cured = CLAIM.validate_python(document, context={"identifiers_as_received": True}, strict=False)
    assert case.edit_id not in {finding.edit_id for finding in findings(cured, case.as_of, case.scrubber)}


def test_an_edit_that_suggests_repairs_says_so_in_the_catalogue():
    suggesting = {f.edit_id for case in CASES for f in findings_of(case) if f.repair}
    assert suggesting == {edit.id for edit in all_edits().edits if edit.suggests_repair}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_message_names_no_patient(case: Case):
    patient, subscriber = case.claim.patient, case.claim.billed_coverage.subscriber
    private = {patient.name.last, patient.name.first, patient.medical_record_number, subscriber.member_id}
    private |= {str(day) for day in (patient.birth_date, subscriber.birth_date)}
    for finding in findings_of(case):
        told = finding.message + " ".join(finding.evidence.values())
        assert not [value for value in private - {None, "None"} if value in told]


def replace(document: Any, operation: dict[str, Any]) -> None:
    """RFC 6902 `replace`, the one operation that repairs use."""
    assert operation["op"] == "replace"
    *parents, last = operation["path"].split("/")[1:]
    for step in parents:
        document = document[int(step) if isinstance(document, list) else step]
    document[last] = operation["value"]
