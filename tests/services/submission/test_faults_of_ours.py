"""What our own code fails on keeps nothing else: one file, one claim, one route, one tenant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import httpx
import pytest

from services.submission import answering, batch_store, preparing
from services.submission.batch_store import WaitingClaim
from services.submission.domain.acknowledgements import read_answers
from services.submission.domain.answers import Answer
from services.submission.domain.routing import Payers
from services.submission.domain.x12 import EnvelopeSettings, write_interchange
from services.submission.routes import Collected, Outbound
from services.submission.routes.folder import FolderRoute
from services.submission.transmission import Transmitter
from shared.claims import InstitutionalClaim, ProfessionalClaim
from shared.db import Database, WriteSession
from tests.fixtures.tokens import Clock
from tests.services.submission.conftest import (
    BILLER,
    Caller,
    Clearinghouse,
    a_277ca,
    cleared,
    control_numbers_in,
    one_way,
    take,
)

AnyClaim = ProfessionalClaim | InstitutionalClaim

OPERATOR = (*BILLER, "routes:manage")


async def state(biller: httpx.AsyncClient, claim_id: str) -> str:
    return str((await biller.get(f"/v1/claims/{claim_id}")).json()["summary"]["state"])


async def test_a_file_that_reading_fails_on_keeps_none_behind_it_and_is_read_again_when_told_to(
    in_flight: Database,
    clock: Clock,
    transmitter: Transmitter,
    clearinghouse: Clearinghouse,
    caller: Caller,
    monkeypatch: pytest.MonkeyPatch,
):
    first, second = cleared(), cleared()
    await take(in_flight, clock, first, second)
    await transmitter.batch_all()
    await transmitter.deliver()

    def failing(content: bytes, on: date) -> Iterator[Answer]:
        if b"A3:21" in content:
            raise IndexError("a bug of ours")
        return read_answers(content, on)

    clearinghouse.answers("1", a_277ca((first.claim.patient_control_number, "A3:21")))
    clearinghouse.answers("2", a_277ca((second.claim.patient_control_number, "A2:20:PR")))
    with monkeypatch.context() as patched:
        patched.setattr(answering, "read_answers", failing)
        await transmitter.collect()
    biller, operator = caller("bea"), caller("ops", OPERATOR)
    # The second file says of the whole interchange that it was received.
    assert (await state(biller, first.claim.id), await state(biller, second.claim.id)) == ("received", "accepted")
    (file,) = (await biller.get("/v1/responses", params={"unmatched": True})).json()["items"]
    assert (file["external_id"], file["state"]) == ("1", "failed")
    assert file["problem"] == "reading it failed on our side: IndexError"

    again = f"/v1/responses/{file['id']}/read"
    assert (await biller.post(again)).status_code == 403
    assert (await operator.post(again)).json()["state"] == "received"
    await transmitter.collect()
    assert await state(biller, first.claim.id) == "rejected"
    refused = await operator.post(again)
    assert (refused.status_code, refused.json()["code"]) == (409, "response_read")


async def test_a_file_that_somebody_brought_is_seen_and_read_again_by_them_alone(
    in_flight: Database, transmitter: Transmitter, caller: Caller
):
    ours, theirs = caller("ops", OPERATOR), caller("eve", OPERATOR, tenant="saint-anne")
    content = a_277ca(("NOBODYS", "A2:20:PR")) + "ISA*no acknowledgement~"
    brought = (await ours.put("/v1/responses/clearinghouse/brought", content=content)).json()
    await transmitter.collect()

    async def seen(caller: httpx.AsyncClient) -> tuple[list[str], list[str]]:
        files = (await caller.get("/v1/responses", params={"unmatched": True})).json()["items"]
        answers = (await caller.get("/v1/answers/unmatched")).json()["items"]
        return [file["state"] for file in files], [answer["reference"] for answer in answers]

    files, answers = await seen(ours)
    assert files == ["unreadable"]
    assert "NOBODYS" in answers
    assert await seen(theirs) == ([], [])
    again = f"/v1/responses/{brought['id']}/read"
    assert (await theirs.post(again)).json()["code"] == "response_not_found"
    assert (await ours.post(again)).status_code == 202


async def test_a_claim_that_writing_fails_on_comes_back_and_the_others_go(
    in_flight: Database,
    clock: Clock,
    transmitter: Transmitter,
    clearinghouse: Clearinghouse,
    caller: Caller,
    monkeypatch: pytest.MonkeyPatch,
):
    good, bad = cleared(), cleared()
    await take(in_flight, clock, good, bad)

    def failing(claims: Sequence[AnyClaim], envelope: EnvelopeSettings) -> bytes:
        if bad.claim.id in {claim.id for claim in claims}:
            raise TypeError("a bug of ours")
        return write_interchange(claims, envelope)

    monkeypatch.setattr(preparing, "write_interchange", failing)
    await transmitter.batch_all()
    await transmitter.deliver()
    (sent,) = clearinghouse.sent()
    assert control_numbers_in(sent) == [good.claim.patient_control_number]
    (item,) = (await caller("bea").get("/v1/rejections")).json()["items"]
    assert item["summary"]["id"] == bad.claim.id
    assert item["rejection"]["statuses"][0]["text"] == "writing it failed on our side: TypeError"


async def test_a_tenant_whose_claims_cannot_be_batched_keeps_no_other_from_it(
    in_flight: Database,
    clock: Clock,
    transmitter: Transmitter,
    clearinghouse: Clearinghouse,
    monkeypatch: pytest.MonkeyPatch,
):
    stuck, other = cleared(), cleared()
    await take(in_flight, clock, stuck, tenant="mercy")
    await take(in_flight, clock, other, tenant="saint-anne")
    ready_claims = batch_store.ready_claims

    async def failing(session: WriteSession, tenant: str, payers: Payers, limit: int) -> list[WaitingClaim]:
        if tenant == "mercy":
            raise KeyError("a bug of ours")
        return await ready_claims(session, tenant, payers, limit)

    monkeypatch.setattr(batch_store, "ready_claims", failing)
    await transmitter.batch_all()
    await transmitter.deliver()
    assert [control_numbers_in(sent) for sent in clearinghouse.sent()] == [[other.claim.patient_control_number]]


class FailingRoute(FolderRoute):
    """A connection with a bug, in both directions."""

    async def deliver(self, interchange: Outbound) -> None:
        raise UnicodeError("a bug of ours")

    async def collect(self, cursor: str | None, *, limit: int) -> Collected:
        raise LookupError("a bug of ours")


async def test_a_route_that_fails_is_down_and_says_so(
    in_flight: Database, clock: Clock, clearinghouse: Clearinghouse, caller: Caller
):
    transmitter = Transmitter(in_flight, [one_way(FailingRoute("clearinghouse", clearinghouse.folder))], clock)
    event = cleared()
    await take(in_flight, clock, event)
    await transmitter.batch_all()
    await transmitter.deliver()
    await transmitter.collect_if_up()
    assert await state(caller("bea"), event.claim.id) == "batched"
    (route,) = (await caller("ops", OPERATOR).get("/v1/routes")).json()["items"]
    assert "UnicodeError" in str(route)
    assert "LookupError" in str(route)
