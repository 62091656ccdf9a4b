from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import httpx

from tests.builders import a_professional_encounter, an_encounter, an_organization_provider
from tests.services.encoder.conftest import CODER, Caller, a_received_chart


async def some_charts(ehr: httpx.AsyncClient, count: int) -> None:
    for number in range(count):
        await a_received_chart(ehr, an_encounter().but(id=f"ENC-{number}").document())


async def listed(reader: httpx.AsyncClient, query: str = "") -> list[str]:
    response = await reader.get(f"/v1/charts{query}")
    assert response.status_code == 200, response.text
    return [chart["encounter_id"] for chart in response.json()["items"]]


async def test_the_queue_begins_with_the_longest_discharged_and_then_the_dearest(ehr: httpx.AsyncClient):
    older = datetime(2026, 11, 18, 9, tzinfo=UTC)
    dear = an_encounter().but(id="DEAR").with_charge(revenue_code="0360", amount="90000.00")
    await a_received_chart(ehr, an_encounter().but(id="CHEAP").document())
    await a_received_chart(ehr, dear.document())
    await a_received_chart(ehr, an_encounter().but(id="OLD", ended_at=older).document())
    assert await listed(ehr) == ["OLD", "DEAR", "CHEAP"]


async def test_the_queue_is_read_in_pages_without_gap_or_repetition(ehr: httpx.AsyncClient):
    await some_charts(ehr, 7)
    seen: list[str] = []
    cursor: str | None = None
    while True:
        query = "?limit=3" + (f"&cursor={cursor}" if cursor else "")
        page = (await ehr.get(f"/v1/charts{query}")).json()
        seen += [chart["encounter_id"] for chart in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert sorted(seen) == [f"ENC-{number}" for number in range(7)]


async def test_the_queue_is_narrowed(ehr: httpx.AsyncClient, ana: httpx.AsyncClient):
    elsewhere = {"id": "ELSEWHERE", "billing": an_organization_provider()}
    await a_received_chart(ehr, an_encounter().document())
    await a_received_chart(ehr, a_professional_encounter().document())
    await a_received_chart(ehr, an_encounter().but(id="ENC-3", facility=elsewhere).document())
    await ana.post("/v1/queue/next", json={"work_types": ["professional"]})
    assert await listed(ana, "?work_type=professional") == ["ENC-2"]
    assert await listed(ana, "?facility=ELSEWHERE") == ["ENC-3"]
    assert await listed(ana, "?status=assigned&status=coded") == ["ENC-2"]
    assert await listed(ana, "?owner=ana") == ["ENC-2"]


async def test_pulling_next_takes_the_first_that_nobody_has(ehr: httpx.AsyncClient, ana: httpx.AsyncClient):
    await some_charts(ehr, 2)
    first, second = [(await ana.post("/v1/queue/next", json={})).json() for _ in range(2)]
    assert first["id"] != second["id"]
    assert (first["owner"], first["status"]) == ("ana", "assigned")
    nothing = await ana.post("/v1/queue/next", json={})
    assert nothing.status_code == 204


async def test_two_coders_who_pull_at_once_never_get_the_same_chart(ehr: httpx.AsyncClient, caller: Caller):
    await some_charts(ehr, 12)
    coders = [caller(f"coder-{number}", CODER) for number in range(4)]
    pulls = [coder.post("/v1/queue/next", json={}) for coder in coders for _ in range(4)]
    answers = await asyncio.wait_for(asyncio.gather(*pulls), timeout=60)
    pulled: list[dict[str, Any]] = [answer.json() for answer in answers if answer.status_code == 200]
    assert {answer.status_code for answer in answers} <= {200, 204}
    assert len({chart["id"] for chart in pulled}) == len(pulled) == 12


async def test_a_chart_has_one_owner_until_it_is_released(
    ehr: httpx.AsyncClient, ana: httpx.AsyncClient, ben: httpx.AsyncClient
):
    chart = await a_received_chart(ehr, an_encounter().document())
    path = f"/v1/charts/{chart['id']}/assignment"
    taken = await ana.post(path, json={})
    assert (taken.json()["owner"], taken.headers["ETag"]) == ("ana", '"2"')
    assert (await ana.post(path, json={})).headers["ETag"] == '"2"'
    assert (await ben.post(path, json={})).json()["code"] == "chart_owned"
    assert (await ben.delete(path)).json()["code"] == "chart_owned"
    assert (await ana.delete(path)).json()["status"] == "received"
    assert (await ana.delete(path)).json()["code"] == "chart_not_owned"
    assert (await ben.post(path, json={})).json()["owner"] == "ben"


async def test_a_manager_hands_over_and_takes_back(ehr: httpx.AsyncClient, ana: httpx.AsyncClient, caller: Caller):
    chart = await a_received_chart(ehr, an_encounter().document())
    path = f"/v1/charts/{chart['id']}/assignment"
    manager = caller("mia", CODER, role="coding manager")
    assert (await ana.post(path, json={"coder": "ben"})).status_code == 403
    assert (await manager.post(path, json={"coder": "ben"})).json()["owner"] == "ben"
    assert (await manager.delete(path)).json()["owner"] is None
