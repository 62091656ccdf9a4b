"""A file that somebody brings by the HTTP door speaks of their own claims, whatever numbers it names."""

from __future__ import annotations

import httpx
import pytest

from services.submission.transmission import Transmitter
from shared.db import Database
from tests.fixtures.tokens import Clock
from tests.services.submission.conftest import BILLER, Caller, Clearinghouse, a_277ca, a_ta1, cleared, take
from tests.services.submission.remittances import a_claim, a_service, an_835
from tests.services.submission.test_refused_sets import a_999, out, place_of

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def brings(client: httpx.AsyncClient, name: str, text: str) -> httpx.Response:
    return await client.put(
        f"/v1/responses/clearinghouse/{name}", content=text, headers={"Content-Type": "application/edi-x12"}
    )


async def test_nobody_rejects_the_claims_of_another_tenant(
    in_flight: Database, clock: Clock, transmitter: Transmitter, clearinghouse: Clearinghouse, caller: Caller
):
    event = cleared()
    await take(in_flight, clock, event)
    await out(transmitter)
    number, sent = event.claim.patient_control_number, clearinghouse.sent()[-1]
    eve, bea = caller("eve", tenant="saint-anne"), caller("bea")
    refusals = {
        "ta1": a_ta1(1, "R", "006"),
        "999": a_999(f"IK3*SV1*{place_of(sent, number, 'SV1')}**8"),
        "277ca": a_277ca((number, "A7:562:85")),
        "trace": a_277ca(("CUT", "A7:562:85"), trace=number[:18]),
    }
    for name, text in refusals.items():
        assert (await brings(eve, name, text)).status_code == 202
    await transmitter.collect()
    story = (await bea.get(f"/v1/claims/{event.claim.id}")).json()
    assert (story["summary"]["state"], story["answers"]) == ("submitted", [])
    assert (await bea.get("/v1/rejections")).json()["items"] == []
    # The same files by the route, or by those whom they are for, are new.
    await brings(bea, "277ca", refusals["277ca"])
    await transmitter.collect()
    assert len((await bea.get("/v1/rejections")).json()["items"]) == 1


async def test_nobody_pays_the_claims_of_another_tenant(
    in_flight: Database, clock: Clock, transmitter: Transmitter, caller: Caller
):
    event = cleared()
    await take(in_flight, clock, event)
    await out(transmitter)
    paid = an_835(
        "125", a_claim(event.claim.patient_control_number, "1", "125", "125", a_service("99213", "125", "125"))
    )
    eve, bea = (
        caller(who, (*BILLER, "remittances:read"), tenant=of) for who, of in (("eve", "anne"), ("bea", "mercy"))
    )
    await brings(eve, "835", paid)
    await transmitter.collect()
    assert (await bea.get(f"/v1/claims/{event.claim.id}")).json()["summary"]["state"] == "submitted"
    remittances = [len((await who.get("/v1/remittances")).json()["items"]) for who in (eve, bea)]
    assert remittances == [1, 0]


async def test_what_another_tenant_brought_before_comes_by_the_route_all_the_same(
    in_flight: Database, clock: Clock, transmitter: Transmitter, clearinghouse: Clearinghouse, caller: Caller
):
    event = cleared()
    await take(in_flight, clock, event)
    await out(transmitter)
    text = a_277ca((event.claim.patient_control_number, "A2:20:PR"))
    await brings(caller("eve", tenant="saint-anne"), "file", text)
    await transmitter.collect()
    clearinghouse.answers("file", text)
    await transmitter.collect()
    assert (await caller("bea").get(f"/v1/claims/{event.claim.id}")).json()["summary"]["state"] == "accepted"
