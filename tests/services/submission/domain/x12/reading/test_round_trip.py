"""What is written is read back into the same claim, for anything that the models hold and the guides allow."""

from __future__ import annotations

import pytest

from services.submission.domain.x12.reading import ReceivedClaim, read_claims
from tests.services.submission.domain.x12.reading.as_written import as_written, without_own_names
from tests.services.submission.domain.x12.test_against_oracles import files


@pytest.mark.parametrize("kind", ["professional", "institutional"])
def test_what_is_written_is_read_back_into_the_same_claim(kind: str):
    """The claims that the oracles look at: drawing them is what takes time."""
    for claims, content in files(kind):
        read = list(read_claims(content))
        assert [one for one in read if not isinstance(one, ReceivedClaim)] == []
        by_number = {one.patient_control_number: one for one in read if isinstance(one, ReceivedClaim)}
        assert len(by_number) == len(read) == len(claims)
        for claim in claims:
            received = by_number[claim.patient_control_number]
            assert received.faults == ()
            assert received.claim is not None
            assert without_own_names(received.claim.model_dump(mode="json")) == as_written(claim)
