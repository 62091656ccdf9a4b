"""The worklist: one owner at a time by a lease, the next claim to take."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from services.scrubber.store import ClaimRow
from shared import audit
from shared.db import Context
from tests.builders import a_professional_claim, a_professional_line, commercial
from tests.services.scrubber.conftest import BILLER, document, if_match

CLEAN = a_professional_claim().build()
DEFECT = a_professional_claim().with_billing(npi=None).build()
TWO_DEFECTS = a_professional_claim().with_lines(a_professional_line(units="0")).with_billing(npi=None).build()
CLAIM = f"/v1/claims/{CLEAN.id}"
ID = "0193628d-58f5-7a70-8d2e-7a3d8ef0a00{}"
LEASE = timedelta(minutes=30)
ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def a_held_claim(number, *, charge="100.00", **changes):
    claim = a_professional_claim().with_lines(a_professional_line(charge=charge)).with_billing(npi=None)
    return claim.but(id=ID.format(number), **changes).build()


async def test_the_next_claim_is_the_most_urgent_that_nobody_has(arrives, bea, bob):
    for number, charge in enumerate(["10.00", "300.00", "20.00"]):
        await arrives(a_held_claim(number, charge=charge))
    first, second, third = [(await caller.post("/v1/holds/next", json={})).json() for caller in (bea, bob, bea)]
    assert [taken["claim"]["lines"][0]["charge"] for taken in (first, second, third)] == ["300.00", "20.00", "10.00"]
    assert [taken["owner"] for taken in (first, second, third)] == ["bea", "bob", "bea"]
    assert first["lease_expires_at"] == "2026-11-24T08:30:00Z"
    nothing = await bob.post("/v1/holds/next", json={})
    assert (nothing.status_code, nothing.content) == (204, b"")


async def test_two_who_take_the_next_claim_at_once_get_two(arrives, bea, bob):
    await arrives(a_held_claim(1))
    await arrives(a_held_claim(2))
    answers = await asyncio.gather(*(caller.post("/v1/holds/next", json={}) for caller in (bea, bob)))
    assert len({answer.json()["id"] for answer in answers}) == 2


@ONE_DATABASE
async def test_the_next_claim_is_one_that_was_asked_for(arrives, bea):
    await arrives(a_held_claim(1, charge="900.00"))
    await arrives(a_professional_claim().with_lines(a_professional_line(units="0")).but(id=ID.format(2)).build())
    await arrives(a_held_claim(3, coverages=(commercial(),)))

    async def taken(**wanted):
        answer = await bea.post("/v1/holds/next", json=wanted)
        return answer.json()["id"] if answer.status_code == 200 else answer.status_code

    assert await taken(queue="contracts") == 204
    assert await taken(edit="units-positive") == ID.format(2)
    assert await taken(payer="MHP01") == ID.format(3)
    assert await taken(edit="units-positive") == 204


async def test_a_claim_whose_lease_has_ended_is_free_to_take(arrives, bea, bob, clock, claims_database):
    await arrives(DEFECT)
    await bea.post("/v1/holds/next", json={})
    clock.advance(LEASE - timedelta(seconds=1))
    assert (await bob.post("/v1/holds/next", json={})).status_code == 204
    clock.advance(timedelta(seconds=1))
    taken = (await bob.post("/v1/holds/next", json={})).json()
    assert (taken["owner"], taken["version"]) == ("bob", 3)
    assert (await bea.put(CLAIM, json=document(CLEAN), headers=if_match(3))).json()["code"] == "claim_owned"
    async with claims_database.read() as session:
        last = (await audit.trail(session, "mercy", "claim", CLEAN.id))[-1]
    assert (last.action, dict(last.details)) == (
        "claim.assigned",
        {"owner": "bob", "version": 3, "lapsed_from": "bea"},
    )


@ONE_DATABASE
async def test_every_touch_of_the_owner_renews_the_lease_and_nobody_elses_does(arrives, bea, bob, clock):
    await arrives(TWO_DEFECTS)
    assert (await bea.post(f"{CLAIM}/lease")).json()["code"] == "claim_not_owned"
    await bea.post(f"{CLAIM}/assignment", json={})

    async def lease():
        return (await bob.get("/v1/holds")).json()["items"][0]["lease_expires_at"]

    clock.advance(timedelta(minutes=10))
    renewed = await bea.post(f"{CLAIM}/lease")
    assert (renewed.json()["lease_expires_at"], renewed.headers["ETag"]) == ("2026-11-24T08:40:00Z", '"2"')
    clock.advance(timedelta(minutes=10))
    await bea.post(f"{CLAIM}/assignment", json={})
    assert await lease() == "2026-11-24T08:50:00Z"
    clock.advance(timedelta(minutes=10))
    await bea.put(CLAIM, json=document(DEFECT), headers=if_match(2))
    assert await lease() == "2026-11-24T09:00:00Z"
    clock.advance(timedelta(minutes=10))
    await bob.post("/v1/claims:recheck", json={"edit_id": "billing-npi-missing"})
    assert (await bob.post(f"{CLAIM}/lease")).json()["code"] == "claim_owned"
    assert await lease() == "2026-11-24T09:00:00Z"
    clock.advance(timedelta(minutes=20))
    assert (await bea.post(f"{CLAIM}/lease")).json()["code"] == "claim_not_owned"


@ONE_DATABASE
async def test_a_claim_that_is_given_to_somebody_is_theirs_for_a_day_and_no_touch_makes_that_shorter(arrives, bea, bob):
    await arrives(DEFECT)
    given = (await bea.post(f"{CLAIM}/assignment", json={"biller": "bob"})).json()
    assert (given["owner"], given["lease_expires_at"]) == ("bob", "2026-11-25T08:00:00Z")
    assert (await bob.post(f"{CLAIM}/lease")).json()["lease_expires_at"] == "2026-11-25T08:00:00Z"


@ONE_DATABASE
async def test_an_owner_from_before_there_were_leases_has_none(arrives, bea, bob, clock, claims_database):
    await arrives(DEFECT)
    await bea.post(f"{CLAIM}/assignment", json={})
    async with claims_database.unit_of_work(Context("mercy", "ana", "r-1", clock())) as uow:
        row = await uow.session.get(ClaimRow, ("mercy", str(CLEAN.id)))
        row.lease_expires_at, row.record = None, {**row.record, "lease_expires_at": None}
    assert (await bob.post("/v1/holds/next", json={})).json()["owner"] == "bob"


@ONE_DATABASE
async def test_nobody_takes_a_claim_without_the_scope_nor_of_another_tenant(arrives, caller):
    await arrives(DEFECT)
    reader = caller("rex", ("claims:read",))
    assert (await reader.post("/v1/holds/next", json={})).status_code == 403
    assert (await reader.post(f"{CLAIM}/lease")).status_code == 403
    stranger = caller("eve", BILLER, tenant="north")
    assert (await stranger.post("/v1/holds/next", json={})).status_code == 204
    assert (await stranger.post(f"{CLAIM}/lease")).status_code == 404


@ONE_DATABASE
async def test_the_next_claim_that_is_asked_for_twice_under_one_key_is_one(arrives, bea):
    await arrives(a_held_claim(1))
    await arrives(a_held_claim(2))
    first, second = [await bea.post("/v1/holds/next", json={}, headers={"Idempotency-Key": "k-1"}) for _ in range(2)]
    assert first.content == second.content


@ONE_DATABASE
async def test_a_line_of_the_worklist_says_why_since_when_until_when_and_whose(arrives, bea):
    """Medicare takes the service of 16 November 2026 until 16 November 2027: 357 days from 24 November."""
    await arrives(DEFECT)
    taken = (await bea.post("/v1/holds/next", json={})).json()
    [hold] = (await bea.get("/v1/holds")).json()["items"]
    [finding] = taken["report"]["findings"]
    assert hold["why"] == [{"edit_id": "billing-npi-missing", "title": finding["title"]}]
    assert (hold["filing_deadline"], hold["days_left"]) == ("2027-11-16", 357)
    assert (hold["owner"], hold["lease_expires_at"]) == ("bea", "2026-11-24T08:30:00Z")
    assert (hold["held_since"], hold["queue"]) == ("2026-11-24T08:00:00Z", None)


@ONE_DATABASE
async def test_the_worklist_is_by_priority_or_by_value_page_by_page(arrives, bea):
    """The service of 1 December 2025 may be filed for 7 more days: 76.67 points, as much as 7,667 dollars."""
    soon = a_professional_line(charge="50.00", service_from="2025-12-01")
    late = a_professional_claim().with_lines(soon).with_billing(npi=None).but(id=ID.format(1))
    await arrives(late.build())
    await arrives(a_held_claim(2, charge="7000.00"))
    await arrives(a_held_claim(3, charge="9000.00"))

    async def pages(**query):
        found, cursor = [], None
        while True:
            page = (
                await bea.get("/v1/holds", params={"limit": 1, **query} | ({"cursor": cursor} if cursor else {}))
            ).json()
            found += [(hold["id"][-1], hold["priority"]) for hold in page["items"]]
            if (cursor := page["next_cursor"]) is None:
                return found

    assert await pages() == [("3", "90"), ("1", "77.17"), ("2", "70")]
    assert [number for number, _ in await pages(sort="value")] == ["3", "2", "1"]
    cursor = (await bea.get("/v1/holds?limit=1")).json()["next_cursor"]
    assert (await bea.get("/v1/holds", params={"sort": "value", "cursor": cursor})).status_code == 400


@ONE_DATABASE
async def test_a_priority_is_explained_to_who_may_see_the_claim(arrives, bea, caller):
    await arrives(a_held_claim(5, charge="1200.00"))
    address = f"/v1/claims/{ID.format(5)}/priority"
    explained = (await bea.get(address)).json()
    assert [(factor["name"], factor["points"]) for factor in explained["factors"]] == [("value", "12.00"), ("age", "0")]
    assert (explained["total"], explained["days_left"]) == ("12.00", 357)
    assert (await caller("eve", BILLER, tenant="north").get(address)).status_code == 404
    assert (await caller("sam", ("scrub:run",)).get(address)).status_code == 403
    await arrives(CLEAN)
    assert (await bea.get(f"{CLAIM}/priority")).json()["code"] == "claim_not_held"
