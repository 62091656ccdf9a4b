"""The claim for the next payer: what it says of the payer before, and that it adds up in the 837."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import pytest

from services.submission.domain.remittances.documents import AdjudicatedClaim, remitted_document
from services.submission.domain.secondary import AnyClaim, ForwardedByPayer, NoNextPayer, secondary
from services.submission.domain.x12 import write_interchange
from services.submission.domain.x12.reading import ReceivedClaim, read_claims, read_remittances
from services.submission.domain.x12.reading.advice import RemittedClaim
from tests.builders import (
    ClaimBuilder,
    a_professional_claim,
    a_professional_line,
    an_institutional_claim,
    commercial,
    medicare,
)
from tests.services.submission.domain.x12.test_interchange import ENVELOPE
from tests.services.submission.oracles import pyx12_faults
from tests.services.submission.remittances import a_claim, a_service, an_835

PAYERS = [medicare("B"), commercial(sequence="S")]
VISIT = a_professional_claim().with_lines(
    a_professional_line("99213", "125.00"), a_professional_line("93000", "45.00")
).with_coverages(*PAYERS)  # fmt: skip
PAID = a_claim(
    "PCN1", "1", "170", "80", a_service("99213", "125", "80", "CO*45*25", "PR*2*20", allowed="100"),
    a_service("93000", "45", "0", "PR*204*45", line="2"), patient="65", payer_number="ICN7", more=["MOA***MA01"],
)  # fmt: skip


def offered(claim: AnyClaim, segments: list[str]) -> AnyClaim:
    (said,) = (one for one in read_remittances(an_835("0", segments).encode()) if isinstance(one, RemittedClaim))
    decided = AdjudicatedClaim.model_validate(remitted_document(said), strict=False)
    return secondary(
        claim, paid=said.paid, status=said.status, decided=decided, decided_on=date(2026, 12, 1),
        payer_number=said.payer_claim_control_number,
    )  # fmt: skip


def told_of_lines(claim: AnyClaim) -> list[object]:
    """Without the codes, which the 837 repeats where they are the line's own."""
    decided = [(line.number, one) for line in claim.lines for one in line.adjudications]
    return [(number, one.payer_id, one.paid, one.units, one.date, one.adjustments) for number, one in decided]


def test_the_next_payer_is_told_what_the_first_has_decided():
    first = VISIT.build()
    claim = offered(first, PAID)
    assert (claim.billed_sequence, claim.billed_coverage.payer.payer_id, claim.frequency) == ("S", "MHP01", "1")
    (before,) = claim.other_coverages
    assert before.adjudication is not None
    assert (before.adjudication.paid, before.payer_claim_control_number) == (80, "ICN7")
    assert before.adjudication.remark_codes == ("MA01",)
    visit, ecg = (line.adjudications[0] for line in claim.lines)
    assert (visit.payer_id, visit.paid, visit.date) == ("MCAREB", 80, date(2026, 12, 1))
    assert [(one.group, one.reason, one.amount) for one in visit.adjustments] == [("CO", "45", 25), ("PR", "2", 20)]
    assert (visit.remaining_patient_liability, ecg.remaining_patient_liability) == (20, 45)
    for line in claim.lines:
        (decided,) = line.adjudications
        assert decided.paid + sum(one.amount for one in decided.adjustments) == line.charge


def test_it_is_a_claim_of_its_own_and_the_same_whenever_it_is_asked_for():
    first = VISIT.build()
    claim, again = offered(first, PAID), offered(first, PAID)
    assert claim == again
    assert claim.id != first.id
    assert claim.patient_control_number != first.patient_control_number


@pytest.mark.parametrize(
    "first", [VISIT, an_institutional_claim().with_coverages(medicare("A"), commercial(sequence="S"))]
)
def test_as_an_837_it_follows_the_guide_and_reads_back(first: ClaimBuilder):
    claim = first.build()
    lines = [
        a_service(line.procedure or "99213", str(line.charge), "10", f"CO*45*{line.charge - 10}", line=str(line.number))
        for line in claim.lines
    ]
    paid = Decimal(10 * len(lines))
    draft = offered(claim, a_claim("PCN1", "1", str(claim.total_charge), str(paid), *lines))
    content = write_interchange([draft], ENVELOPE)
    assert pyx12_faults(content) == []
    (read,) = (one for one in read_claims(io.BytesIO(content)) if isinstance(one, ReceivedClaim))
    assert not read.faults
    assert read.claim is not None
    assert told_of_lines(read.claim) == told_of_lines(draft)
    assert {one.sequence: one.adjudication for one in read.claim.coverages} == {
        one.sequence: one.adjudication for one in draft.coverages
    }


def test_a_claim_without_a_next_payer_or_one_that_was_forwarded_is_not_offered():
    with pytest.raises(NoNextPayer):
        offered(a_professional_claim().build(), PAID)
    with pytest.raises(ForwardedByPayer):
        offered(VISIT.build(), [segment.replace("CLP*PCN1*1*", "CLP*PCN1*19*") for segment in PAID])
