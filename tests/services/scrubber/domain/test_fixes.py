"""The repairs of one edit, made together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.scrubber.domain.claim_patch import patched_document
from services.scrubber.domain.fixes import Fix
from services.scrubber.domain.scrubbed_claim import ScrubbedClaim
from shared.claims import AS_RECEIVED, CLAIM, Finding, Repair, ScrubReport
from tests.builders import a_professional_claim

CODES = ["I10", "E119", "E785", "N183", "J449", "I509"]


def a_held_claim(*repairs):
    """Held by one edit, with a finding for each repair in the order of a report: by place."""
    findings = [
        Finding(
            edit_id="some-edit",
            edit_version="1",
            title="Something",
            severity="error",
            message="Take it out.",
            pointer=repair["path"],
            source="by hand",
            repair=Repair(title="Take it out", patch=(repair,)),
        )
        for repair in repairs
    ]
    claim = a_professional_claim().with_diagnoses(*CODES).build()
    report = ScrubReport(outcome="held", findings=tuple(findings), edits_version="1", edits_run=1)
    return ScrubbedClaim(id=claim.id, version=1, revision=1, status="held", claim=claim, report=report)


def fixed(claim):
    operations = Fix(repair_of="some-edit").operations_on(claim)
    return CLAIM.validate_json(patched_document(claim.claim, operations), context=AS_RECEIVED)


@given(st.sets(st.integers(0, len(CODES) - 1), min_size=1, max_size=len(CODES) - 1))
def test_each_repair_finds_its_place_although_another_takes_something_out(places):
    claim = a_held_claim(*({"op": "remove", "path": f"/diagnoses/{place}"} for place in sorted(places)))
    left = [code for place, code in enumerate(CODES) if place not in places]
    assert [str(diagnosis.code) for diagnosis in fixed(claim).diagnoses] == left


def test_a_repair_that_two_findings_suggest_is_made_once():
    repair = {"op": "remove", "path": "/diagnoses/0"}
    assert len(fixed(a_held_claim(repair, repair)).diagnoses) == len(CODES) - 1
