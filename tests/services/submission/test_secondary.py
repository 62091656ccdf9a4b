"""A claim that the first payer has decided on is offered for the second, past every edit."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.submission.scrubbing import Scrubber
from services.submission.transmission import Transmitter
from shared.db import Database
from tests.builders import a_professional_claim, a_professional_line, commercial, medicare
from tests.fixtures.tokens import Clock
from tests.services.submission.conftest import BILLER, Caller, Clearinghouse, cleared, take
from tests.services.submission.remittances import a_claim, a_service, an_835
from tests.services.submission.scrubber_beside import ScrubberBeside, a_scrubber_beside

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def beside(tmp_path: Path, clock: Clock) -> AsyncIterator[ScrubberBeside]:
    async with a_scrubber_beside(tmp_path, clock) as scrubber:
        yield scrubber


@pytest.fixture
def scrubber(beside: ScrubberBeside) -> Scrubber:
    return beside.over_http


async def test_a_secondary_claim_is_offered_once_the_first_payer_has_decided_and_passes_the_edits(
    in_flight: Database, clock: Clock, transmitter: Transmitter, clearinghouse: Clearinghouse, caller: Caller
):
    visit = a_professional_claim().with_lines(a_professional_line("99213", "125.00"))
    event = cleared(visit.with_coverages(medicare("B"), commercial(sequence="S")))
    await take(in_flight, clock, event)
    await transmitter.batch_all()
    await transmitter.deliver()
    bea = caller("bea", (*BILLER, "scrub:run"))
    offer = f"/v1/claims/{event.claim.id}/secondary"
    refused = await bea.post(offer)
    assert (refused.status_code, refused.json()["code"]) == (409, "no_secondary_claim")
    line = a_service("99213", "125", "80", "CO*45*25", "PR*2*20")
    paid = a_claim(event.claim.patient_control_number, "1", "125", "80", line, patient="20")
    clearinghouse.answers("1", an_835("80", paid))
    await transmitter.collect()
    answer = await bea.post(offer)
    assert answer.status_code == 200
    draft, report = answer.json()["claim"], answer.json()["report"]
    assert (draft["billed_sequence"], draft["lines"][0]["adjudications"][0]["paid"]) == ("S", "80.00")
    assert report["edits_run"] > 0
    assert [finding for finding in report["findings"] if "djudicat" in finding["pointer"]] == []
    taken = await bea.post("/v1/claims", json=draft)
    assert taken.status_code in (201, 202)
    assert (await bea.post("/v1/claims", json=draft)).status_code == 409
