"""From rejections to a rule that is proposed at the scrubber, with its evidence."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import update

from services.submission import learning_handlers
from services.submission.store import ClaimRow
from shared.claims import PayerStatus, Rejection
from shared.db import Context, Database
from shared.events.contracts import ClaimRejected, RuleSuggested
from tests.builders import ClaimBuilder, a_professional_claim
from tests.fixtures.tokens import Clock
from tests.services.submission.conftest import cleared, take
from tests.services.submission.scrubber_beside import ScrubberBeside, a_scrubber_beside, told

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
REFUSED = a_professional_claim().with_billing(taxonomy="208D00000X")


@pytest.fixture
async def beside(tmp_path: Path, clock: Clock) -> AsyncIterator[ScrubberBeside]:
    async with a_scrubber_beside(tmp_path, clock) as scrubber:
        yield scrubber


def a_rejection(clock: Clock, builder: ClaimBuilder = REFUSED, status: str = "145") -> ClaimRejected:
    found = PayerStatus(category="A7", status=status, entity="85", level="claim")
    rejection = Rejection(source="277CA", statuses=(found,), received_on=clock().date())
    return ClaimRejected(claim=cleared(builder).claim, revision=5, rejection=rejection)


async def learn(database: Database, clock: Clock, *events: ClaimRejected, tenant: str = "mercy") -> None:
    for event in events:
        context = Context(tenant=tenant, actor="system:submission", request_id="e-1", at=clock())
        async with database.unit_of_work(context) as uow:
            await learning_handlers.learn(uow, event)


async def suggested(database: Database) -> list[RuleSuggested]:
    return [event for event in await told(database) if isinstance(event, RuleSuggested)]


async def accepted(database: Database, clock: Clock, *builders: ClaimBuilder) -> None:
    await take(database, clock, *map(cleared, builders))
    async with database.unit_of_work(Context("mercy", "ana", "r-1", clock())) as uow:
        await uow.session.execute(update(ClaimRow).values(state="accepted"))


async def test_what_comes_back_five_times_becomes_a_suggestion_once(
    in_flight: Database, clock: Clock, biller: httpx.AsyncClient
):
    events = [a_rejection(clock) for _ in range(4)]
    await learn(in_flight, clock, *events, *events)
    assert await suggested(in_flight) == []
    await learn(in_flight, clock, *(a_rejection(clock) for _ in range(6)))
    (rule,) = await suggested(in_flight)
    assert rule.condition == "claim.billing.taxonomy == '208D00000X'"
    (pattern,) = (await biller.get("/v1/rejection-patterns")).json()["items"]
    assert (pattern["claims"], pattern["rule_id"]) == (10, rule.rule_id)
    one = (await biller.get(f"/v1/rejection-patterns/{pattern['id']}")).json()
    assert (one["evidence"]["claims"], one["evidence"]["wrongly_stopped"]) == (10, 0)
    assert set(one["claim_ids"]) >= {event.claim.id for event in events}
    assert one["words"] == "Specialty or taxonomy code"


@ONE_DATABASE
async def test_a_rule_that_would_stop_what_the_payer_accepts_is_not_suggested(
    in_flight: Database, clock: Clock, biller: httpx.AsyncClient
):
    await accepted(in_flight, clock, REFUSED, a_professional_claim(), a_professional_claim())
    await learn(in_flight, clock, *(a_rejection(clock) for _ in range(5)))
    assert await suggested(in_flight) == []
    (pattern,) = (await biller.get("/v1/rejection-patterns")).json()["items"]
    evidence = (await biller.get(f"/v1/rejection-patterns/{pattern['id']}")).json()["evidence"]
    assert (evidence["claims"], evidence["accepted"], evidence["wrongly_stopped"]) == (5, 3, 1)


@ONE_DATABASE
async def test_tenants_learn_each_for_itself(in_flight: Database, clock: Clock, biller: httpx.AsyncClient):
    await learn(in_flight, clock, *(a_rejection(clock) for _ in range(5)), tenant="saint-anne")
    assert (await biller.get("/v1/rejection-patterns")).json()["items"] == []
    (rule,) = await suggested(in_flight)
    pattern = rule.rule_id.removeprefix("learned-")
    assert (await biller.get(f"/v1/rejection-patterns/{pattern}")).json()["code"] == "pattern_not_found"


@ONE_DATABASE
async def test_the_commonest_come_first_page_by_page(in_flight: Database, clock: Clock, biller: httpx.AsyncClient):
    await learn(in_flight, clock, a_rejection(clock), a_rejection(clock, status="562"), a_rejection(clock))
    first = (await biller.get("/v1/rejection-patterns", params={"limit": 1})).json()
    rest = (await biller.get("/v1/rejection-patterns", params={"cursor": first["next_cursor"]})).json()
    assert [item["claims"] for item in (*first["items"], *rest["items"])] == [2, 1]


@ONE_DATABASE
async def test_the_scrubber_proposes_it_once_and_a_person_lets_it_run_in_shadow(
    in_flight: Database, clock: Clock, beside: ScrubberBeside, caller
):
    await learn(in_flight, clock, *(a_rejection(clock) for _ in range(5)))
    (rule,) = await suggested(in_flight)
    await beside.hears(rule, rule)
    lead = caller("lea", ("rules:read", "rules:write", "rules:approve"))
    async with beside.client(lead.headers["Authorization"]) as client:
        proposed = await client.get(f"/v1/rules/{rule.rule_id}")
        assert (proposed.json()["status"], proposed.json()["author"]) == ("proposed", "system:submission")
        caught = REFUSED.build().model_dump(mode="json")
        passed = a_professional_claim().build().model_dump(mode="json")
        tried = (await client.post(f"/v1/rules/{rule.rule_id}/test", json={"claims": [caught, passed]})).json()
        assert (tried["examined"], tried["matched"], tried["would_hold"]) == (2, 1, 1)
        headers = {"If-Match": proposed.headers["ETag"]}
        shadowed = await client.post(f"/v1/rules/{rule.rule_id}/shadow", headers=headers)
        assert shadowed.json()["status"] == "shadow"
