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
from tests.builders import a_professional_claim
from tests.fixtures.tokens import Clock, an_authenticator, an_issuer

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

DEFECT = a_professional_claim().with_billing(npi=None).build()
Run = Callable[[str], Awaitable[None]]


@pytest.fixture
def run(claims_database: Database, clock: Clock, tmp_path: Path) -> Run:
    """`await run("return-lapsed-claims")` is one turn of the job."""
    bus = SqlLogBus(f"sqlite+aiosqlite:///{tmp_path / 'jobs.sqlite'}")
    authenticator = an_authenticator(an_issuer(tmp_path, clock), clock)
    runtime = Runtime("scrubber", Settings(data_dir=tmp_path), claims_database, bus, authenticator, clock)
    jobs = {job.name: job.work for job in create_jobs(runtime)}

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
