"""What a tenant says of its queue, on each database."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.builders import a_professional_encounter, an_encounter, commercial
from tests.fixtures.tokens import Clock
from tests.services.encoder.conftest import CODER, Caller, a_received_chart

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

HIGH_DOLLAR = {"id": "dear", "when": {"value_at_least": "50000.00"}, "queue": "high dollar", "credential": "CCS"}
RULES: dict[str, Any] = {
    "effective": "2026-11-01",
    "rules": [
        HIGH_DOLLAR,
        {"id": "stays", "when": {"work_types": ["inpatient"]}, "queue": "inpatient", "trainees": False},
    ],
    "default_queue": "ambulatory",
    "filing_days": {"MHP01": 90},
}


@pytest.fixture
def mia(caller: Caller) -> httpx.AsyncClient:
    return caller("mia", (*CODER, "queue:manage"), role="coding manager")


def a_dear_stay(number: str = "DEAR") -> dict[str, Any]:
    return an_encounter().but(id=number).with_charge(revenue_code="0360", amount="90000.00").document()


async def rules_set(mia: httpx.AsyncClient, **changes: Any) -> dict[str, Any]:
    response = await mia.put("/v1/queue/rules", json=RULES | changes)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


async def queues(reader: httpx.AsyncClient) -> dict[str, str]:
    charts = (await reader.get("/v1/charts")).json()["items"]
    return {chart["encounter_id"]: chart["placement"]["queue"] for chart in charts}


async def test_charts_go_where_the_rules_say_and_go_anew_when_they_change(
    ehr: httpx.AsyncClient, mia: httpx.AsyncClient
):
    await a_received_chart(ehr, a_dear_stay())
    await a_received_chart(ehr, an_encounter().document())
    assert await queues(mia) == {"DEAR": "general", "ENC-1": "general"}
    assert (await rules_set(mia))["version"] == 1
    assert await queues(mia) == {"DEAR": "high dollar", "ENC-1": "inpatient"}
    await a_received_chart(ehr, a_professional_encounter().document())
    assert (await queues(mia))["ENC-2"] == "ambulatory"
    await rules_set(mia, rules=[])
    assert set((await queues(mia)).values()) == {"ambulatory"}
    editions = (await mia.get("/v1/queue/rules/editions")).json()
    assert [edition["version"] for edition in editions] == [2, 1]


@ON_SQLITE
async def test_rules_take_effect_on_their_day(ehr: httpx.AsyncClient, mia: httpx.AsyncClient):
    await a_received_chart(ehr, an_encounter().document())
    await rules_set(mia, effective="2026-11-25")
    assert await queues(mia) == {"ENC-1": "general"}
    assert (await mia.get("/v1/queue/rules")).json()["version"] == 0
    assert (await mia.get("/v1/queue/rules?date=2026-11-25")).json()["version"] == 1


async def test_a_coder_pulls_what_the_profile_allows(
    ehr: httpx.AsyncClient, ana: httpx.AsyncClient, ben: httpx.AsyncClient, mia: httpx.AsyncClient, caller: Caller
):
    await rules_set(mia)
    for document in (a_dear_stay(), an_encounter().document(), a_professional_encounter().document()):
        await a_received_chart(ehr, document)
    profile = {"subject": "ana", "credentials": ["CCS"], "specialties": ["Internal Medicine"]}
    assert (await mia.put("/v1/coders/ana", json=profile)).json()["version"] == 1
    await mia.put("/v1/coders/tim", json={"subject": "tim", "trainee": True})
    tim = caller("tim", CODER)
    assert (await tim.post("/v1/queue/next", json={})).json()["encounter_id"] == "ENC-2"
    assert (await tim.post("/v1/queue/next", json={})).status_code == 204
    assert (await ana.post("/v1/queue/next", json={})).json()["encounter_id"] == "DEAR"
    assert (await ben.post("/v1/queue/next", json={})).json()["encounter_id"] == "ENC-1"


@ON_SQLITE
async def test_nobody_takes_a_chart_without_its_credential(
    ehr: httpx.AsyncClient, ana: httpx.AsyncClient, mia: httpx.AsyncClient
):
    await rules_set(mia)
    chart = await a_received_chart(ehr, a_dear_stay())
    path = f"/v1/charts/{chart['id']}/assignment"
    refused = await ana.post(path, json={})
    assert (refused.status_code, refused.json()["code"]) == (409, "coder_not_qualified")
    assert (await mia.post(path, json={"coder": "ana"})).json()["code"] == "coder_not_qualified"
    await mia.put("/v1/coders/ana", json={"subject": "ana", "credentials": ["CCS"]})
    assert (await mia.post(path, json={"coder": "ana"})).json()["owner"] == "ana"


@ON_SQLITE
async def test_a_priority_shows_its_arithmetic(ehr: httpx.AsyncClient, ana: httpx.AsyncClient, mia: httpx.AsyncClient):
    """Four days at 10, 9.76 for 97,622.50 dollars, 5 for a stay, 30.14 for 90 of 365 days of filing."""
    await rules_set(mia)
    dear = an_encounter().but(coverages=[commercial()]).with_charge(revenue_code="0360", amount="90000.00")
    chart = await a_received_chart(ehr, dear.document())
    priority = (await ana.get(f"/v1/charts/{chart['id']}/priority")).json()
    factors = {factor["name"]: factor["points"] for factor in priority["factors"]}
    assert factors == {"age": "40", "value": "9.76", "deadline": "30.14", "inpatient": "5"}
    assert (priority["total"], priority["queue"], priority["rule"]) == ("84.90", "high dollar", "dear")


async def test_the_summary_counts_what_is_not_billed(
    ehr: httpx.AsyncClient, ana: httpx.AsyncClient, mia: httpx.AsyncClient, clock: Clock
):
    await rules_set(mia)
    old = an_encounter().but(id="OLD", started_at=clock.now - timedelta(days=50), ended_at=clock.now - timedelta(40))
    in_house = an_encounter().but(id="IN", ended_at=None)
    dear = await a_received_chart(ehr, a_dear_stay())
    for document in (old.document(), in_house.document(), an_encounter().document()):
        await a_received_chart(ehr, document)
    await ana.post(f"/v1/charts/{dear['id']}/holds", json={"reason": "coverage_question"})
    await ana.post("/v1/queue/next", json={})
    dnfb = (await ana.get("/v1/queue/summary")).json()
    assert (dnfb["total"], dnfb["in_house"]["charts"]) == ({"charts": 3, "value": "112867.50"}, 1)
    assert [(queue["queue"], queue["charts"], queue["waiting"]) for queue in dnfb["queues"]] == [
        ("high dollar", 1, 0),
        ("inpatient", 2, 1),
    ]
    assert [age["charts"] for age in dnfb["queues"][1]["ages"]] == [0, 1, 0, 0, 1]
    assert dnfb["holds"] == [{"charts": 1, "value": "97622.50", "reason": "coverage_question"}]


@ON_SQLITE
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/queue/rules", RULES),
        ("/v1/coders/ana", {"subject": "ana"}),
        ("/v1/queue/touchless", {"enabled": True}),
    ],
)
async def test_only_who_manages_the_queue_says_how_it_works(ana: httpx.AsyncClient, path: str, body: Any):
    assert (await ana.put(path, json=body)).json()["missing_scopes"] == ["queue:manage"]


@ON_SQLITE
@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("/v1/queue/rules", RULES | {"rules": [HIGH_DOLLAR | {"queue": ""}]}, "/rules/0/queue"),
        ("/v1/queue/rules", RULES | {"weights": {"per_day": 0}}, "/weights/per_day"),
        ("/v1/coders/ana", {"subject": "ben"}, "/subject"),
        ("/v1/queue/touchless", {"confidence": "1.5"}, "/confidence"),
        ("/v1/queue/touchless", {"audited_share": -1}, "/audited_share"),
    ],
)
async def test_what_makes_no_sense_is_refused_at_its_place(mia: httpx.AsyncClient, path: str, body: Any, pointer: str):
    refused = await mia.put(path, json=body)
    named = [refused.json().get("pointer"), *(error["pointer"] for error in refused.json().get("errors", []))]
    assert (refused.status_code, pointer in named) == (422, True), refused.text


@ON_SQLITE
async def test_what_one_tenant_says_is_not_said_of_another(
    ehr: httpx.AsyncClient, mia: httpx.AsyncClient, caller: Caller
):
    await rules_set(mia)
    await mia.put("/v1/coders/ana", json={"subject": "ana"})
    await mia.put("/v1/queue/touchless", json={"enabled": True, "work_types": ["inpatient"]})
    eve = caller("eve", (*CODER, "queue:manage"), tenant="other")
    assert (await eve.get("/v1/queue/rules")).json()["version"] == 0
    assert (await eve.get("/v1/coders/ana")).json()["code"] == "coder_not_found"
    assert (await eve.get("/v1/queue/touchless")).json()["enabled"] is False
    assert (await mia.get("/v1/queue/touchless")).json()["work_types"] == ["inpatient"]


@ON_SQLITE
async def test_hold_reasons_are_those_of_the_day(ana: httpx.AsyncClient):
    assert "missing_document" in (await ana.get("/v1/queue/hold-reasons")).json()
    assert (await ana.get("/v1/queue/hold-reasons?date=1900-01-01")).json() == {}
