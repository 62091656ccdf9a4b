"""What the worker does by the clock: each job is run once at a moment that the test sets."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from services.encoder.domain.reading.suggestions import ReadChart, Reading
from services.encoder.jobs import create_jobs
from services.encoder.touchless import Touchless
from shared.db import Database
from shared.events import SqlLogBus
from shared.runtime import Runtime, Settings
from shared.tables import Tables
from tests.builders import an_encounter
from tests.fixtures.tokens import Clock, an_authenticator, an_issuer
from tests.services.encoder.api.test_queries import ANSWERS, ASKS, CHOICE
from tests.services.encoder.conftest import CODER, Caller, a_received_chart, if_match
from tests.services.encoder.domain.queries.drafts import RECORD
from tests.services.encoder.domain.queue.test_touchless import a_reading
from tests.services.encoder.domain.queue.test_touchless import read as a_suggestion

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

Run = Callable[[str], Awaitable[None]]


@pytest.fixture
def runtime(charts_database: Database, clock: Clock, tmp_path: Path) -> Runtime:
    bus = SqlLogBus(f"sqlite+aiosqlite:///{tmp_path / 'jobs.sqlite'}")
    authenticator = an_authenticator(an_issuer(tmp_path, clock), clock)
    return Runtime("encoder", Settings(data_dir=tmp_path), charts_database, bus, authenticator, clock)


@pytest.fixture
def run(runtime: Runtime) -> Run:
    """`await run("escalate-late")` is one turn of the job."""
    jobs = {job.name: job.work for job in create_jobs(runtime)}

    async def once(name: str) -> None:
        await jobs[name]()

    return once


async def test_a_chart_whose_lease_has_ended_goes_back_into_the_queue(
    ehr: httpx.AsyncClient, ana: httpx.AsyncClient, caller: Caller, clock: Clock, run: Run
):
    chart = await a_received_chart(ehr, an_encounter().document())
    await ana.post("/v1/queue/next", json={})
    await run("return-lapsed")
    assert (await ana.get("/v1/charts?owner=ana")).json()["items"] != []
    clock.advance(timedelta(minutes=30))
    await run("return-lapsed")
    [back] = (await ana.get("/v1/charts")).json()["items"]
    assert (back["owner"], back["status"], back["version"]) == (None, "received", 3)
    last = (await ana.get(f"/v1/charts/{chart['id']}/trail")).json()[-1]
    assert (last["actor"], last["action"], last["details"]["lease_of"]) == ("system:encoder", "chart.lapsed", "ana")


async def test_rules_by_age_move_a_chart_as_it_waits(ehr: httpx.AsyncClient, caller: Caller, clock: Clock, run: Run):
    """Discharged on 20 November: on the 25th it has waited five days."""
    await a_received_chart(ehr, an_encounter().document())
    mia = caller("mia", (*CODER, "queue:manage"), role="coding manager")
    old = {"id": "old", "when": {"days_since_discharge": 5}, "queue": "overdue"}
    await mia.put("/v1/queue/rules", json={"effective": "2026-11-01", "rules": [old]})
    await run("place-anew")
    [chart] = (await mia.get("/v1/charts")).json()["items"]
    assert chart["placement"]["queue"] == "general"
    clock.advance(timedelta(days=1))
    await run("place-anew")
    [chart] = (await caller("ana", CODER).get("/v1/charts?queue=overdue")).json()["items"]
    assert (chart["placement"]["rule"], chart["version"]) == ("old", 1)


async def test_a_late_query_is_escalated_to_who_may_answer_it_and_at_last_expires(
    ehr: httpx.AsyncClient, caller: Caller, clock: Clock, run: Run
):
    """72 hours for the physician, 48 for the CDI lead, 168 for the physician advisor."""
    documents = [document.model_dump(mode="json") for document in RECORD]
    chart = await a_received_chart(ehr, an_encounter().but(documents=documents).document())
    ana = caller("ana", ASKS)
    query = (await ana.post(f"/v1/charts/{chart['id']}/queries", json=CHOICE | {"physician": "okafor"})).json()["id"]
    await ana.post(f"/v1/queries/{query}/send", headers=if_match(1))
    seen = []
    for hours in (71, 1, 48, 168):
        clock.advance(timedelta(hours=hours))
        await run("escalate-late")
        found = (await caller("ana", ASKS).get(f"/v1/queries/{query}")).json()
        seen.append((found["status"], found["level"]))
        if found["level"] == "cdi_lead":
            advisor = caller("ada", ANSWERS, role="physician advisor")
            early = await advisor.post(f"/v1/queries/{query}/answer", json={"option": 0}, headers=if_match(3))
            assert early.json()["code"] == "not_addressed"
    assert seen == [
        ("sent", "physician"),
        ("escalated", "cdi_lead"),
        ("escalated", "physician_advisor"),
        ("expired", "physician_advisor"),
    ]
    assert (await caller("ana", CODER).get(f"/v1/charts/{chart['id']}")).json()["chart"]["holds"] == []


@pytest.mark.parametrize(
    ("confidence", "share", "outcome", "status"),
    [("0.9", "0", "finalized", "finalized"), ("0.9", "1", "audited", "finalized"), ("1", "0", "refused", "received")],
)
async def test_a_sure_chart_is_finished_without_a_coder_and_an_unsure_one_left_to_them(
    ehr: httpx.AsyncClient, caller: Caller, runtime: Runtime, confidence: str, share: str, outcome: str, status: str
):
    """Pneumonia and hypertension, each at 0.97: nothing in the guidelines is against them."""

    async def read(chart: ReadChart, tables: Tables, suggester: None) -> Reading:
        known = {"present_on_admission": "Y"}
        return a_reading(a_suggestion(principal=True, **known), a_suggestion("I10", **known))

    touchless = Touchless(runtime, 10, read)
    received = await a_received_chart(ehr, an_encounter().document())
    mia = caller("mia", (*CODER, "queue:manage"), role="coding manager")
    await touchless.run()
    assert (await mia.get("/v1/charts")).json()["items"][0]["touchless"] is None
    policy = {"enabled": True, "work_types": ["inpatient"], "confidence": confidence, "audited_share": share}
    await mia.put("/v1/queue/touchless", json=policy)
    await touchless.run()
    await touchless.run()
    [chart] = (await mia.get(f"/v1/charts?touchless={outcome}")).json()["items"]
    assert (chart["status"], chart["owner"]) == (status, None)
    trail = (await mia.get(f"/v1/charts/{received['id']}/trail")).json()
    acts = [entry["action"] for entry in trail if entry["actor"] == "touchless"]
    finished = ["chart.coded", "chart.finalized", "chart.touchless"]
    assert acts == (["chart.touchless_refused"] if outcome == "refused" else finished)
