"""What a payment poster meets in a week: split claims, second payers, late money for earlier attempts."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from sqlalchemy import select

from services.submission.correction_handlers import correct, void
from services.submission.secondary_offers import secondary_draft
from services.submission.transmission import Transmitter
from shared.db import Context, Database
from shared.events.contracts import ClaimCleared
from shared.events.outbox import OutboxRow
from tests.builders import a_professional_claim, a_professional_line, commercial, medicare
from tests.fixtures.tokens import Clock
from tests.services.submission.conftest import BILLER, Caller, Clearinghouse, cleared, take
from tests.services.submission.remittances import a_claim, a_service, an_835

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

POSTER = (*BILLER, "remittances:read", "remittances:post", "denials:work")
LINES = (a_professional_line("99213", "125.00"), a_professional_line("93000", "100.00"))


@pytest.fixture
def poster(caller: Caller) -> httpx.AsyncClient:
    return caller("pia", POSTER)


async def sent(in_flight: Database, clock: Clock, transmitter: Transmitter, *events: ClaimCleared) -> None:
    await take(in_flight, clock, *events)
    await transmitter.batch_all()
    await transmitter.deliver()


async def account(poster: httpx.AsyncClient, event: ClaimCleared) -> dict[str, Any]:
    body: dict[str, Any] = (await poster.get(f"/v1/claims/{event.claim.id}/account")).json()
    return body


async def test_a_claim_that_the_payer_splits_keeps_the_denial_of_one_part_when_the_other_is_paid(
    in_flight: Database, clock: Clock, transmitter: Transmitter, clearinghouse: Clearinghouse, poster: httpx.AsyncClient
):
    event = cleared(a_professional_claim().with_lines(*LINES))
    await sent(in_flight, clock, transmitter, event)
    number = event.claim.patient_control_number
    # Under one CLP01: line 2 refused, then line 1 paid; the payer gives no line numbers back.
    refused = a_claim(number, "4", "100", "0", ["SVC*HC:93000*100*0**1", "CAS*CO*50*100"], payer_number="ICN1-02")
    paid = a_claim(
        number, "1", "125", "80", ["SVC*HC:99213*125*80**1", "CAS*CO*45*25", "CAS*PR*2*20"], patient="20",
        payer_number="ICN1-01",
    )  # fmt: skip
    clearinghouse.answers("1", an_835("80", refused, paid))
    await transmitter.collect()
    (denial,) = (await poster.get("/v1/denials")).json()["items"]
    assert (denial["carc"], denial["amount"], denial["reasons"][0]["line"]) == ("50", "100.00", 2)
    body = await account(poster, event)
    # 225 charged: 80 paid, 25 written off, 20 the patient's, 100 refused and open
    sums = body["account"]
    assert (sums["paid"], sums["contractual"], sums["patient"], sums["denied"]) == ("80.00", "25.00", "20.00", "100.00")
    assert (sums["open"], sums["of_payers"]) == ("120.00", "100.00")
    assert body["postings"][1]["flags"] == ["part_of_claim"]
    assert (await poster.get(f"/v1/claims/{event.claim.id}")).json()["summary"]["state"] == "paid"


async def test_the_next_payer_is_told_all_parts_of_a_decision_that_was_split(
    in_flight: Database, clock: Clock, transmitter: Transmitter, clearinghouse: Clearinghouse
):
    visit = a_professional_claim().with_lines(*LINES).with_coverages(medicare("B"), commercial(sequence="S"))
    event = cleared(visit)
    await sent(in_flight, clock, transmitter, event)
    number = event.claim.patient_control_number
    first = a_claim(number, "1", "125", "80", a_service("99213", "125", "80", "CO*45*25", "PR*2*20"), patient="20")
    second = a_claim(number, "1", "100", "60", a_service("93000", "100", "60", "CO*45*40", line="2"), payer_number="I2")
    clearinghouse.answers("1", an_835("140", first, second))
    await transmitter.collect()
    async with in_flight.read() as session:
        draft = await secondary_draft(session, "mercy", event.claim.id)
    decided = draft.coverages[0].adjudication
    assert decided is not None
    assert decided.paid == 140
    assert [[one.paid for one in line.adjudications] for line in draft.lines] == [[80], [60]]


async def test_the_account_of_a_second_payers_claim_begins_with_what_the_first_left(
    in_flight: Database, clock: Clock, transmitter: Transmitter, clearinghouse: Clearinghouse, poster: httpx.AsyncClient
):
    second = a_professional_claim().with_coverages(medicare("B"), commercial(sequence="S")).but(billed_sequence="S")
    event = cleared(second)
    await sent(in_flight, clock, transmitter, event)
    # Medicare paid 80 of 125 and wrote off 25, so OA 23 is 105; of the 20 left this payer pays 15.
    line = a_service("99213", "125", "15", "OA*23*105", "PR*3*5")
    decided = a_claim(event.claim.patient_control_number, "2", "125", "15", line, patient="5", filing="CI")
    clearinghouse.answers("1", an_835("15", decided, payer_id="MHP01"))
    await transmitter.collect()
    sums = (await account(poster, event))["account"]
    assert (sums["prior_payers"], sums["paid"], sums["patient"]) == ("105.00", "15.00", "5.00")
    assert (sums["open"], sums["of_payers"]) == ("5.00", "0.00")
    assert (await poster.get("/v1/denials")).json()["items"] == []


async def test_money_for_an_attempt_that_another_has_followed_is_posted_and_told(
    in_flight: Database, clock: Clock, transmitter: Transmitter, clearinghouse: Clearinghouse, poster: httpx.AsyncClient
):
    event = cleared(a_professional_claim().with_coverages(commercial()).with_lines(*LINES))
    await sent(in_flight, clock, transmitter, event)
    number = event.claim.patient_control_number
    refused = a_claim(number, "4", "225", "0", cas=["CO*16*225"])
    clearinghouse.answers("1", an_835("0", refused))
    await transmitter.collect()
    context = Context(tenant="mercy", actor="bea", request_id="r-1", at=clock())
    before = (await poster.get(f"/v1/claims/{event.claim.id}")).json()
    async with in_flight.unit_of_work(context) as uow:
        await correct(uow, event.claim.id, before["version"], event.claim)
    clearinghouse.answers("2", an_835("180", a_claim(number, "1", "225", "180", cas=["CO*45*45"]), trace="EFT1002"))
    await transmitter.collect()
    timeline = (await poster.get(f"/v1/claims/{event.claim.id}")).json()
    assert (timeline["summary"]["state"], timeline["summary"]["attempt"]) == ("corrected", 2)
    last = timeline["entries"][-1]
    assert (last["action"], last["event"], last["attempt"]) == ("claim.remittance_kept", "claim.remitted.v1", 1)
    body = await account(poster, event)
    assert [(one["attempt"], one["flags"]) for one in body["postings"]] == [(1, []), (1, ["superseded_attempt"])]
    assert (body["account"]["paid"], body["account"]["open"]) == ("180.00", "0.00")
    async with in_flight.read() as session:
        rows = await session.scalars(select(OutboxRow).order_by(OutboxRow.id))
        remitted = [row.value.decode() for row in rows if row.headers["ce_type"] == "claim.remitted.v1"]
    assert ['"paid":"180.00"' in one and '"attempt":1' in one for one in remitted] == [False, True]


@pytest.mark.parametrize("named", ["the_paid_attempt", "the_void"])
async def test_a_void_is_answered_by_the_reversal_of_what_was_paid(
    in_flight: Database,
    clock: Clock,
    transmitter: Transmitter,
    clearinghouse: Clearinghouse,
    poster: httpx.AsyncClient,
    named: str,
):
    """005010X221A1 1.10.2.8: a claim is reversed with CLP02 of 22; some payers give the void's number back in CLP01."""
    event = cleared(a_professional_claim().with_coverages(commercial()))
    await sent(in_flight, clock, transmitter, event)
    first = event.claim.patient_control_number
    line = a_service("99213", "125", "80", "CO*45*25", "PR*2*20")
    clearinghouse.answers("1", an_835("80", a_claim(first, "1", "125", "80", line, patient="20", filing="CI")))
    await transmitter.collect()
    context = Context(tenant="mercy", actor="bea", request_id="r-1", at=clock())
    version = (await poster.get(f"/v1/claims/{event.claim.id}")).json()["version"]
    async with in_flight.unit_of_work(context) as uow:
        voided = (await void(uow, event.claim.id, version)).resubmission
    corrected = event.claim.model_copy(
        update={"frequency": "8", "patient_control_number": voided.patient_control_number}
    )
    await sent(in_flight, clock, transmitter, event.model_copy(update={"claim": corrected, "revision": 99}))
    number = first if named == "the_paid_attempt" else voided.patient_control_number
    back = a_service("99213", "-125", "-80", "CO*45*-25", "PR*2*-20")
    reversal = a_claim(number, "22", "-125", "-80", back, patient="-20", filing="CI")
    clearinghouse.answers("2", an_835("-80", reversal, trace="EFT1002"))
    await transmitter.collect()
    timeline = (await poster.get(f"/v1/claims/{event.claim.id}")).json()
    assert (timeline["summary"]["state"], timeline["summary"]["attempt"]) == ("voided", 2)
    assert timeline["entries"][-1]["action"] == "claim.void_confirmed"
    sums = (await account(poster, event))["account"]
    assert (sums["charge"], sums["voided"], sums["paid"], sums["open"]) == ("125.00", "125.00", "0.00", "0.00")
    assert (await poster.get("/v1/denials")).json()["items"] == []


async def test_a_claim_that_was_only_forwarded_is_neither_paid_nor_denied(
    in_flight: Database, clock: Clock, transmitter: Transmitter, clearinghouse: Clearinghouse, poster: httpx.AsyncClient
):
    event = cleared()
    await sent(in_flight, clock, transmitter, event)
    forwarded = a_claim(event.claim.patient_control_number, "23", "125", "0", cas=["OA*B11*125"])
    clearinghouse.answers("1", an_835("0", forwarded))
    await transmitter.collect()
    assert (await poster.get("/v1/denials")).json()["items"] == []
    body = await account(poster, event)
    assert (body["account"]["open"], body["postings"][0]["flags"]) == ("125.00", ["forwarded_undecided"])
    timeline = (await poster.get(f"/v1/claims/{event.claim.id}")).json()
    last = timeline["entries"][-1]
    assert (timeline["summary"]["state"], last["action"], last["event"]) == (
        "submitted", "claim.remittance_noted", None
    )  # fmt: skip
