"""Many claims of both kinds through the writer, and what validators that nobody here wrote say of them, and our reader.

`REVCYCLE_X12_CLAIMS=5000` draws as many of each kind.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from typing import Any

import pytest

from services.simulator.domain.received_claims import read_claims as claims_received
from services.submission.domain.x12 import write_interchange
from services.submission.domain.x12.reading import ReceivedClaim, read_claims
from shared.claims import InstitutionalClaim, ProfessionalClaim
from tests.builders import a_professional_claim, an_institutional_claim, an_outpatient_claim
from tests.services.submission.domain.x12.reading.as_written import as_written, without_own_names
from tests.services.submission.domain.x12.test_interchange import ENVELOPE, a_secondary_claim, with_id
from tests.services.submission.oracles import pyx12_faults, x12sdk_faults
from tests.strategies import drawn_claims, institutional_claims, professional_claims

AnyClaim = ProfessionalClaim | InstitutionalClaim

MANY = int(os.environ.get("REVCYCLE_X12_CLAIMS", "200"))
IN_ONE_FILE = 500

BUILT: dict[str, list[Any]] = {
    "professional": [a_professional_claim(), a_secondary_claim()],
    "institutional": [an_institutional_claim(), an_outpatient_claim()],
}


@cache
def drawn(kind: str) -> list[AnyClaim]:
    return list(drawn_claims(professional_claims if kind == "professional" else institutional_claims, MANY))


def files(kind: str) -> list[tuple[Sequence[AnyClaim], bytes]]:
    """Drawn claims and those built by hand, in as few interchanges as may be: pyx12 takes seconds to begin."""
    claims = drawn(kind) + [with_id(builder, number).build() for number, builder in enumerate(BUILT[kind])]
    parts = [claims[begin : begin + IN_ONE_FILE] for begin in range(0, len(claims), IN_ONE_FILE)]
    return [(part, write_interchange(part, ENVELOPE)) for part in parts]


@pytest.mark.parametrize("kind", ["professional", "institutional"])
def test_pyx12_finds_nothing_wrong(kind: str):
    for _, content in files(kind):
        assert pyx12_faults(content) == []


@pytest.mark.parametrize("kind", ["professional", "institutional"])
def test_x12sdk_finds_nothing_wrong_but_its_own_faults(kind: str):
    for _, content in files(kind):
        assert x12sdk_faults(content) == []


@pytest.mark.parametrize("kind", ["professional", "institutional"])
def test_each_claim_is_in_the_file_once_and_says_what_it_said(kind: str):
    for claims, content in files(kind):
        read = {received.control_number: received for received in claims_received(content)}
        assert sorted(read) == sorted(claim.patient_control_number for claim in claims)
        for claim in claims:
            received = read[claim.patient_control_number]
            assert received.total_charge == claim.total_charge
            assert received.frequency == claim.frequency
            assert received.billing.id == claim.billing.npi
            assert received.payer.id == claim.billed_coverage.payer.payer_id
            assert received.subscriber.id == claim.billed_coverage.subscriber.member_id
            assert received.diagnoses == [diagnosis.code for diagnosis in claim.diagnoses]
            assert [(line.charge, line.units) for line in received.lines] == [
                (line.charge, line.units) for line in claim.lines
            ]


@pytest.mark.parametrize("kind", ["professional", "institutional"])
def test_what_is_written_is_read_back_into_the_same_claim(kind: str):
    """A quarter of them is enough to meet every field; all that an 837 cannot say is named in `as_written`."""
    claims = files(kind)[-1][0][-MANY // 4 :]
    read = list(read_claims(write_interchange(claims, ENVELOPE)))
    assert len(read) == len(claims)
    by_number = {one.patient_control_number: one for one in read if isinstance(one, ReceivedClaim)}
    for claim in claims:
        received = by_number[claim.patient_control_number]
        assert received.faults == ()
        assert received.claim is not None
        assert without_own_names(received.claim.model_dump(mode="json")) == as_written(claim)
