"""The rejection worklist: why in words, how urgent and until when, one owner at a time."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import httpx
import pytest

from services.submission.jobs import Upkeep
from services.submission.store import ClaimRow
from shared import audit
from shared.db import Context, Database
from shared.events import SqlLogBus
from shared.runtime import Runtime, Settings
from tests.builders import a_professional_claim, a_professional_line, commercial
from tests.fixtures.tokens import Clock, an_authenticator, an_issuer
from tests.services.submission.conftest import Caller, ComesBack

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def of_charge(charge: str):
    return a_professional_claim().with_lines(a_professional_line(charge=charge))


@pytest.fixture
def upkeep(in_flight: Database, clock: Clock, tmp_path) -> Upkeep:
    settings = Settings(data_dir=tmp_path)
    authenticator = an_authenticator(an_issuer(tmp_path, clock), clock)
    runtime = Runtime("submission", settings, in_flight, SqlLogBus(settings.bus_url), authenticator, clock)
    return Upkeep(runtime, 500)


@ONE_DATABASE
async def test_an_item_says_why_where_and_what_would_help(comes_back: ComesBack, biller: httpx.AsyncClient):
    event = await comes_back(status="A7:562:85")
    (item,) = (await biller.get("/v1/rejections")).json()["items"]
    (reason,) = item["reasons"]
    # EDITS.md row 15: NPI of the billing provider, 2010AA NM109
    assert (reason["meaning"]["pointer"], reason["meaning"]["x12"]) == ("/billing/npi", "2010AA.NM109")
    assert reason["meaning"]["status"] == "National provider identifier"
    one = await biller.get(f"/v1/rejections/{event.claim.id}")
    assert one.json() == item
    assert one.headers["ETag"] == f'"{item["version"]}"'


@ONE_DATABASE
async def test_the_clock_runs_until_five_in_the_afternoon_where_the_tenant_is(
    comes_back: ComesBack, biller: httpx.AsyncClient, caller: Caller, clock: Clock
):
    """Tuesday 2026-11-24 08:00 UTC is 3 in the morning in New York; 17:00 there is 22:00 UTC."""
    event = await comes_back()
    path = f"/v1/rejections/{event.claim.id}"
    item = (await biller.get(path)).json()
    assert (item["due_at"], item["overdue"]) == ("2026-11-24T17:00:00-05:00", False)
    clock.advance(timedelta(hours=14, seconds=1))
    item = (await caller("bea").get(path)).json()
    assert (item["overdue"], item["hours_waiting"]) == (True, 14)


@ONE_DATABASE
async def test_the_most_urgent_comes_first_with_every_point_explained(
    comes_back: ComesBack, caller: Caller, clock: Clock, upkeep: Upkeep
):
    old = await comes_back(of_charge("100.00"))
    clock.advance(timedelta(days=3))
    dear = await comes_back(of_charge("2000.00"))
    await upkeep.rank_anew()
    biller = caller("bea")
    items = (await biller.get("/v1/rejections")).json()["items"]
    assert [item["summary"]["id"] for item in items] == [old.claim.id, dear.claim.id]
    # By hand from rejection_priority.yaml: 100 dollars are 1 point, 3 days 30; 2,000 dollars are 20 points.
    assert [item["priority"]["total"] for item in items] == ["31.00", "20.00"]
    factors = {factor["name"]: factor["points"] for factor in items[0]["priority"]["factors"]}
    assert factors == {"value": "1.00", "age": "30"}
    by_value = (await biller.get("/v1/rejections", params={"sort": "value"})).json()["items"]
    assert [item["summary"]["id"] for item in by_value] == [dear.claim.id, old.claim.id]


@ONE_DATABASE
@pytest.mark.parametrize("sort", ["priority", "value", "waiting"])
async def test_pages_go_through_the_worklist_in_its_order(
    comes_back: ComesBack, biller: httpx.AsyncClient, clock: Clock, sort: str
):
    for charge in ("100.00", "300.00", "300.00", "200.00"):
        await comes_back(of_charge(charge))
        clock.advance(timedelta(seconds=1))
    whole = [
        item["summary"]["id"] for item in (await biller.get("/v1/rejections", params={"sort": sort})).json()["items"]
    ]
    paged: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await biller.get("/v1/rejections", params={"sort": sort, "limit": "1", **cursor})).json()
        paged += [item["summary"]["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert paged == whole
    other = {"priority": "value", "value": "waiting", "waiting": "priority"}[sort]
    refused = await biller.get("/v1/rejections", params={"sort": other, **cursor})
    assert refused.json()["code"] == "invalid_cursor"


async def test_the_next_rejection_is_the_most_urgent_that_nobody_has(comes_back: ComesBack, caller: Caller):
    for charge in ("10.00", "300.00", "20.00"):
        await comes_back(of_charge(charge))
    bea, tom = caller("bea"), caller("tom")
    first, second, third = [(await who.post("/v1/rejections/next", json={})).json() for who in (bea, tom, bea)]
    assert [taken["summary"]["total_charge"] for taken in (first, second, third)] == ["300.00", "20.00", "10.00"]
    assert first["summary"]["owner"] == "bea"
    assert first["summary"]["lease_expires_at"] == "2026-11-24T08:30:00Z"
    nothing = await tom.post("/v1/rejections/next", json={})
    assert (nothing.status_code, nothing.content) == (204, b"")


async def test_two_who_take_the_next_at_once_get_two(comes_back: ComesBack, caller: Caller):
    await comes_back()
    await comes_back()
    answers = await asyncio.gather(*(caller(who).post("/v1/rejections/next", json={}) for who in ("bea", "tom")))
    assert len({answer.json()["summary"]["id"] for answer in answers}) == 2


@ONE_DATABASE
async def test_the_next_is_one_that_was_asked_for(comes_back: ComesBack, biller: httpx.AsyncClient):
    await comes_back(of_charge("900.00"), "A7:164:IL")
    await comes_back(of_charge("10.00"), "A7:562:85")
    await comes_back(a_professional_claim().with_coverages(commercial()), "A3:33")

    async def taken(**wanted: str) -> object:
        answer = await biller.post("/v1/rejections/next", json=wanted)
        return answer.json()["summary"]["total_charge"] if answer.status_code == 200 else answer.status_code

    assert await taken(status="562", entity="82") == 204
    assert await taken(status="562", entity="85") == "10.00"
    assert await taken(payer="MHP01", category="A7") == 204
    assert await taken(payer="MHP01", category="A3") != 204


@ONE_DATABASE
async def test_a_lease_ends_is_renewed_and_given(
    comes_back: ComesBack, caller: Caller, clock: Clock, upkeep: Upkeep, in_flight: Database
):
    event = await comes_back()
    bea, tom = caller("bea"), caller("tom")
    path = f"/v1/rejections/{event.claim.id}"
    assert (await bea.post(f"{path}/lease")).json()["code"] == "claim_not_owned"
    taken = await bea.post(f"{path}/assignment", json={})
    clock.advance(timedelta(minutes=10))
    renewed = await bea.post(f"{path}/lease")
    assert renewed.json()["lease_expires_at"] == "2026-11-24T08:40:00Z"
    assert renewed.headers["ETag"] == taken.headers["ETag"]
    assert (await tom.post(f"{path}/lease")).json()["code"] == "claim_owned"
    clock.advance(timedelta(minutes=29, seconds=59))
    assert (await tom.post(f"{path}/assignment", json={})).json()["code"] == "claim_owned"
    clock.advance(timedelta(seconds=1))
    await upkeep.return_lapsed()
    assert (await bea.get(path)).json()["summary"]["owner"] is None
    given = (await bea.post(f"{path}/assignment", json={"biller": "tom"})).json()
    assert (given["owner"], given["lease_expires_at"]) == ("tom", "2026-11-25T08:40:00Z")
    async with in_flight.read() as session:
        acts = await audit.trail(session, "mercy", "claim", event.claim.id)
    assert [act.action for act in acts][-4:] == [
        "rejection.taken",
        "rejection.lease_renewed",
        "rejection.lapsed",
        "rejection.taken",
    ]


@ONE_DATABASE
async def test_who_has_it_not_cannot_correct_it(comes_back: ComesBack, caller: Caller):
    event = await comes_back()
    bea, tom = caller("bea"), caller("tom")
    await bea.post(f"/v1/rejections/{event.claim.id}/assignment", json={})
    read = await tom.get(f"/v1/claims/{event.claim.id}")
    path, headers = f"/v1/claims/{event.claim.id}/correct", {"If-Match": read.headers["ETag"]}
    assert (await tom.post(path, json=read.json()["claim"], headers=headers)).json()["code"] == "claim_owned"
    answered = await bea.post(path, json=read.json()["claim"], headers=headers)
    assert answered.json()["resubmission"]["decision"] == "new"
    assert answered.json()["owner"] is None
    assert (await bea.get(f"/v1/rejections/{event.claim.id}")).json()["code"] == "claim_not_rejected"
    assert (await bea.get("/v1/rejections", params={"status": "164"})).json()["items"] == []


@ONE_DATABASE
async def test_claims_rejected_before_there_were_ranks_are_ranked(
    comes_back: ComesBack, biller: httpx.AsyncClient, in_flight: Database, clock: Clock, upkeep: Upkeep
):
    event = await comes_back(of_charge("500.00"))
    async with in_flight.unit_of_work(Context("mercy", "ana", "r-1", clock())) as uow:
        row = await uow.session.get(ClaimRow, ("mercy", event.claim.id))
        assert row is not None
        row.ranked_on, row.priority = None, 0
    version = (await biller.get(f"/v1/rejections/{event.claim.id}")).json()["version"]
    await upkeep.rank_anew()
    async with in_flight.read() as session:
        ranked = await session.get(ClaimRow, ("mercy", event.claim.id))
        assert ranked is not None
        assert (ranked.priority, ranked.ranked_on, ranked.version) == (500, clock().date(), version)
