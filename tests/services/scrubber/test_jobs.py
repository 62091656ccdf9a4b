"""What the worker does by the clock: each job is run once at a moment that the test sets."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from services.scrubber.jobs import create_jobs
from shared import audit
from shared.db import Database
from shared.events import SqlLogBus
from shared.runtime import Runtime, Settings
from tests.builders import a_professional_claim, a_professional_line
from tests.fixtures.tokens import Clock, an_authenticator, an_issuer
from tests.services.scrubber.cases import a_scrubber
from tests.services.scrubber.conftest import BILLER

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

DEFECT = a_professional_claim().with_billing(npi=None).build()
Run = Callable[[str], Awaitable[None]]


@pytest.fixture
def run(claims_database: Database, clock: Clock, tmp_path: Path) -> Run:
    """`await run("return-lapsed-claims")` is one turn of the job."""
    bus = SqlLogBus(f"sqlite+aiosqlite:///{tmp_path / 'jobs.sqlite'}")
    authenticator = an_authenticator(an_issuer(tmp_path, clock), clock)
    runtime = Runtime("scrubber", Settings(data_dir=tmp_path), claims_database, bus, authenticator, clock)
    jobs = {job.name: job.work for job in create_jobs(runtime, a_scrubber())}

    async def once(name: str) -> None:
        await jobs[name]()

    return once


async def test_a_claim_whose_lease_has_ended_goes_back_onto_the_worklist(arrives, bea, clock, run, claims_database):
    await arrives(DEFECT)
    await bea.post("/v1/holds/next", json={})
    clock.advance(timedelta(minutes=29))
    await run("return-lapsed-claims")
    [kept] = (await bea.get("/v1/holds?owner=bea")).json()["items"]
    assert kept["version"] == 2
    clock.advance(timedelta(minutes=1))
    await run("return-lapsed-claims")
    [back] = (await bea.get("/v1/holds")).json()["items"]
    assert (back["owner"], back["lease_expires_at"], back["version"]) == (None, None, 3)
    async with claims_database.read() as session:
        last = (await audit.trail(session, "mercy", "claim", DEFECT.id))[-1]
    assert (last.actor, last.action, last.details["lapsed_from"]) == ("system:scrubber", "claim.lapsed", "bea")


async def test_a_claim_grows_more_urgent_from_day_to_day_without_a_new_version(arrives, caller, clock, run):
    """A hundred dollars are a point; two days on the worklist are ten more."""
    await arrives(
        a_professional_claim().with_lines(a_professional_line(charge="100.00")).with_billing(npi=None).build()
    )

    async def seen():
        [hold] = (await caller("bea", BILLER).get("/v1/holds")).json()["items"]
        return hold["priority"], hold["version"], hold["days_left"]

    await run("rank-claims-anew")
    assert await seen() == ("1", 1, 357)
    clock.advance(timedelta(days=2))
    assert await seen() == ("1", 1, 355)
    await run("rank-claims-anew")
    assert await seen() == ("11", 1, 355)
