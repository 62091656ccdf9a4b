"""What a finding says that the other side would answer is what the simulator's front end answers.

The claim of each case goes past the scrubber into an 837, and the simulator reads it as a clearinghouse does. The two
share the reference tables and no edit.
"""

from __future__ import annotations

import re

import pytest

from services.simulator.domain.clearinghouse import front_end_verdict
from services.simulator.domain.received_claims import read_claims
from services.simulator.parameters import payers
from services.submission.domain.x12 import UnwritableClaim, write_interchange
from tests.services.scrubber.cases import Case, a_scrubber
from tests.services.scrubber.domain.test_edits import CASES
from tests.services.scrubber.seeded import Seeded, claims, facilities, services
from tests.services.submission.domain.x12.test_interchange import ENVELOPE
from tests.strategies.clean import KINDS, Kind, drawn_clean_claims

CLEAN_OF_EACH = 40
STATUS = re.compile(r"A\d:\d+(:\w+)?")
NOT_IN_AN_837 = {
    "claim-billed-before": "the front end knows earlier claims by its history: test_clearinghouse has that one",
    "diagnosis-poa-not-one": "the writer leaves out 1, which an 837 of version 5010 does not have",
    "patient-sex-missing": "the writer says U where the sex is not known",
    "subscriber-id-invalid": "the writer sends the id in the characters that X12 has",
    "subscriber-is-patient": "an 837 has one birth date where patient and subscriber are one",
}


def answers(claim, tables, day) -> set[str]:
    """Every status of the claim and of its lines. Raises UnwritableClaim."""
    (received,) = read_claims(write_interchange([claim], ENVELOPE))
    verdict = front_end_verdict(received, payers().get(received.payer.id), day, tables.current())
    said = [*verdict.statuses, *(line.status for line in verdict.lines)]
    return {":".join(filter(None, status)) for status in said}


def told(case: Case) -> list[str]:
    """The certain answers that a 277CA would bring."""
    found = case.scrubber().examine(case.claim, tenant="north", as_of=case.as_of).report.findings
    certain = [f.predicted or "" for f in found if f.severity == "error" and f.edit_id not in NOT_IN_AN_837]
    return [predicted for predicted in certain if STATUS.fullmatch(predicted)]


@pytest.mark.parametrize("case", [case for case in CASES if told(case)], ids=str)
def test_the_front_end_answers_as_the_finding_says(case: Case):
    try:
        said = answers(case.claim, case.scrubber().tables, case.as_of)
    except UnwritableClaim:
        return  # no 837 can say it, and so nobody answers
    assert set(told(case)) <= said


@pytest.mark.parametrize("defect", [*claims.DEFECTS, *services.DEFECTS, *facilities.DEFECTS], ids=str)
def test_so_it_is_with_a_seeded_defect(defect: Seeded):
    (spoilt,) = defect.spoilt(1)
    case = Case(defect.edit, spoilt.claim, "", None, None, spoilt.on)
    try:
        said = answers(spoilt.claim, a_scrubber().tables, spoilt.on)
    except UnwritableClaim:
        return
    assert set(told(case)) <= said


@pytest.mark.parametrize("kind", KINDS)
def test_a_clean_claim_is_received(kind: Kind):
    """Not all of their payers are known to the clearinghouse, which is no fault of theirs."""
    for one in drawn_clean_claims(kind, CLEAN_OF_EACH):
        assert answers(one.claim, a_scrubber().tables, one.on) <= {"A1:19:40", "A7:153:PR"}, one.claim.id
