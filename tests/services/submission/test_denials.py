"""The denial worklist over REST, apart from the rejections."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from services.submission import denial_handlers
from services.submission.transmission import Transmitter
from shared.db import Context, Database
from tests.fixtures.tokens import Clock
from tests.services.submission.conftest import BILLER, Caller, Clearinghouse, cleared, take
from tests.services.submission.remittances import a_claim, a_service, an_835

DENIALS = (*BILLER, "denials:work")


@pytest.fixture
async def numbers(
    in_flight: Database, clock: Clock, transmitter: Transmitter, clearinghouse: Clearinghouse
) -> Sequence[str]:
    """Three claims over 125.00: refused as too late, refused for want of an authorization, and paid but for a line."""
    sent = [cleared() for _ in range(3)]
    await take(in_flight, clock, *sent)
    await transmitter.batch_all()
    await transmitter.deliver()
    late, unauthorized, partly = numbers = [event.claim.patient_control_number for event in sent]
    text = an_835(
        "80",
        a_claim(late, "4", "125", "0", a_service("99213", "125", "0", "CO*29*125")),
        a_claim(unauthorized, "4", "125", "0", a_service("99213", "125", "0", "CO*197*125", remark="M62"), filing="12"),
        a_claim(partly, "1", "125", "80", a_service("99213", "125", "80", "CO*45*30", "CO*50*15")),
    )
    clearinghouse.answers("1", text)
    await transmitter.collect()
    return numbers


async def test_denials_are_listed_grouped_worked_on_by_one_and_closed(
    numbers: Sequence[str], caller: Caller, in_flight: Database, clock: Clock
):
    bea, ben = caller("bea", DENIALS), caller("ben", DENIALS)
    listed = (await bea.get("/v1/denials", params={"sort": "appeal"})).json()["items"]
    assert [(item["carc"], item["amount"], item["appeal_deadline"]) for item in listed] == [
        ("29", "125.00", "2027-04-05"), ("50", "15.00", "2027-04-05"), ("197", "125.00", None)
    ]  # fmt: skip
    # Medicare Part B takes no replacement of a professional claim (CMS 837P companion guide, CLM05-3).
    assert [(item["filing_basis"], "CLM05-3" in (item["filing_source"] or "")) for item in listed] == [
        ("none", True), ("none", True), ("unknown", False)
    ]  # fmt: skip
    assert listed[2]["reasons"][0]["rarcs"] == ["M62"]
    assert listed[2]["category"]["name"] == "authorization"
    first = (await bea.get("/v1/denials?sort=amount&limit=2")).json()
    rest = (await bea.get(f"/v1/denials?sort=amount&limit=2&cursor={first['next_cursor']}")).json()
    assert [item["amount"] for item in (*first["items"], *rest["items"])] == ["125.00", "125.00", "15.00"]
    groups = (await bea.get("/v1/denials/groups")).json()["items"]
    assert [(group["carc"], group["denials"], group["amount"]) for group in groups] == [
        ("197", 1, "125.00"), ("29", 1, "125.00"), ("50", 1, "15.00")
    ]  # fmt: skip
    taken = (await bea.post("/v1/denials/next?carc=29")).json()
    assert (taken["carc"], taken["owner"]) == ("29", "bea")
    assert (await ben.post("/v1/denials/next?carc=29")).status_code == 204
    refused = await ben.post(f"/v1/denials/{taken['id']}/assignment", json={})
    assert (refused.status_code, refused.json()["code"]) == (409, "claim_owned")
    etag = {"If-Match": (await bea.get(f"/v1/denials/{taken['id']}")).headers["ETag"]}
    closed = await bea.post(f"/v1/denials/{taken['id']}/close", json={"outcome": "appealed"}, headers=etag)
    assert (closed.json()["state"], closed.json()["outcome"]) == ("closed", "appealed")
    assert len((await bea.get("/v1/denials")).json()["items"]) == 2
    context = Context(tenant="mercy", actor="system:submission", request_id="r-1", at=clock())
    async with in_flight.unit_of_work(context) as uow:
        assert await denial_handlers.rank_anew(uow, 100) == 0  # ranked today


async def test_a_later_decision_closes_the_denial_and_none_of_it_is_another_tenants(
    numbers: Sequence[str], caller: Caller, transmitter: Transmitter, clearinghouse: Clearinghouse
):
    bea = caller("bea", DENIALS)
    paid = a_claim(numbers[0], "1", "125", "100", a_service("99213", "125", "100", "CO*45*25"))
    clearinghouse.answers("2", an_835("100", paid, trace="EFT1002"))
    await transmitter.collect()
    assert {item["carc"] for item in (await bea.get("/v1/denials")).json()["items"]} == {"50", "197"}
    (closed,) = (await bea.get("/v1/denials?state=closed")).json()["items"]
    assert (closed["carc"], closed["outcome"]) == ("29", "superseded")
    eve = caller("eve", DENIALS, tenant="saint-anne")
    assert (await eve.get("/v1/denials")).json()["items"] == []
    assert (await eve.get(f"/v1/denials/{closed['id']}")).status_code == 404
    assert (await caller("joe", BILLER).get("/v1/denials")).status_code == 403
