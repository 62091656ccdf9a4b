"""Leases, holds and hand-overs over REST, by the fixture's clock."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.builders import an_encounter
from tests.fixtures.tokens import Clock
from tests.services.encoder.api.test_charts import a_coded_chart
from tests.services.encoder.conftest import CODER, Caller, a_received_chart, if_match

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

LEASE = timedelta(minutes=30)  # the default of REVCYCLE_ENCODER_LEASE


@pytest.fixture
async def chart(ehr: httpx.AsyncClient) -> dict[str, Any]:
    return await a_received_chart(ehr, an_encounter().document())


@pytest.fixture
def mia(caller: Caller) -> httpx.AsyncClient:
    return caller("mia", CODER, role="coding manager")


async def pulled(coder: httpx.AsyncClient, **wanted: Any) -> dict[str, Any] | None:
    response = await coder.post("/v1/queue/next", json=wanted)
    assert response.status_code in (200, 204), response.text
    return response.json() if response.status_code == 200 else None


async def test_a_chart_comes_back_when_its_lease_has_ended(
    chart: Any, ana: httpx.AsyncClient, ben: httpx.AsyncClient, clock: Clock
):
    taken = await pulled(ana)
    assert taken is not None
    assert taken["lease_expires_at"] == "2026-11-24T08:30:00Z"
    clock.advance(LEASE - timedelta(seconds=1))
    assert await pulled(ben) is None
    clock.advance(timedelta(seconds=1))
    again = await pulled(ben)
    assert again is not None
    assert (again["id"], again["owner"]) == (taken["id"], "ben")
    [_, assigned, taken_over] = (await ana.get(f"/v1/charts/{chart['id']}/trail")).json()
    assert (assigned["details"]["lapsed_from"], taken_over["details"]["lapsed_from"]) == (None, "ana")


async def test_work_and_the_owners_word_keep_a_chart(chart: Any, ana: httpx.AsyncClient, caller: Caller, clock: Clock):
    await pulled(ana)
    path = f"/v1/charts/{chart['id']}"
    clock.advance(LEASE - timedelta(minutes=1))
    kept = await ana.post(f"{path}/lease")
    assert (kept.json()["lease_expires_at"], kept.headers["ETag"]) == ("2026-11-24T08:59:00Z", '"2"')
    clock.advance(LEASE - timedelta(minutes=1))
    codes = {"diagnoses": [{"code": "J189", "poa": "Y"}]}
    assert (await ana.put(f"{path}/codes", json=codes, headers=if_match(2))).status_code == 200
    clock.advance(LEASE - timedelta(minutes=1))
    ben = caller("ben", CODER)  # a token is good for an hour
    assert await pulled(ben) is None
    assert (await ben.post(f"{path}/lease")).json()["code"] == "chart_owned"


async def test_a_held_chart_is_not_pulled_until_the_hold_is_over(
    chart: Any, ana: httpx.AsyncClient, ben: httpx.AsyncClient, caller: Caller, clock: Clock
):
    until = (clock.now + timedelta(days=2)).isoformat()
    wanted = {"reason": "pathology_pending", "until": until, "note": "Report expected on Thursday"}
    held = await ana.post(f"/v1/charts/{chart['id']}/holds", json=wanted)
    assert held.json()["holds"][0]["placed_by"] == "ana"
    assert await pulled(ben) is None
    [listed] = (await ben.get("/v1/charts?hold=pathology_pending")).json()["items"]
    assert listed["id"] == chart["id"]
    assert (await ben.get("/v1/charts?hold=pathology")).json()["items"] == []
    clock.advance(timedelta(days=2))
    again = await pulled(caller("ben", CODER))
    assert again is not None
    assert again["holds"] == []


async def test_a_hold_keeps_a_chart_from_being_finalized_until_it_is_lifted(
    ehr: httpx.AsyncClient, ana: httpx.AsyncClient
):
    path = await a_coded_chart(ehr, ana, an_encounter().document())
    await ana.post(f"{path}/holds", json={"reason": "charge_question"})
    refused = await ana.post(f"{path}/finalize", headers=if_match(3))
    assert (refused.status_code, refused.json()["code"]) == (409, "chart_held")
    lifted = await ana.delete(f"{path}/holds/charge_question")
    assert lifted.json()["holds"] == []
    assert (await ana.delete(f"{path}/holds/charge_question")).json()["code"] == "hold_not_found"
    assert (await ana.post(f"{path}/finalize", headers=if_match(4))).status_code == 200


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({"reason": "holiday"}, "hold_reason_unknown", "/reason"),
        ({"reason": "query_open"}, "hold_reason_unknown", "/reason"),
        ({"reason": "missing_document", "until": "2026-11-24T07:59:00Z"}, "hold_invalid", "/until"),
        ({"reason": "missing_document", "until": "9999-12-31T23:59:00-05:00"}, "hold_invalid", "/until"),
    ],
)
async def test_a_hold_that_makes_no_sense_is_refused(
    chart: Any, ana: httpx.AsyncClient, body: dict[str, str], code: str, pointer: str
):
    refused = await ana.post(f"/v1/charts/{chart['id']}/holds", json=body)
    assert (refused.status_code, refused.json()["code"], refused.json()["pointer"]) == (422, code, pointer)


async def test_the_owner_hands_a_chart_to_a_coder_who_keeps_it_without_a_lease(
    chart: Any, ana: httpx.AsyncClient, caller: Caller, clock: Clock
):
    await pulled(ana)
    path = f"/v1/charts/{chart['id']}/hand-over"
    handed = (await ana.post(path, json={"coder": "ben", "note": "Vascular, please"})).json()
    assert (handed["owner"], handed["lease_expires_at"]) == ("ben", None)
    assert (handed["handed_over"]["by"], handed["handed_over"]["note"]) == ("ana", "Vascular, please")
    clock.advance(timedelta(days=3))
    ana = caller("ana", CODER)
    assert await pulled(ana) is None
    assert (await ana.post(path, json={"coder": "ana"})).json()["code"] == "chart_owned"
    trail = (await ana.get(f"/v1/charts/{chart['id']}/trail")).json()
    assert trail[-1]["action"] == "chart.handed_over"
    assert "Vascular" not in str(trail)


async def test_a_manager_puts_a_chart_into_another_queue(chart: Any, ana: httpx.AsyncClient, mia: httpx.AsyncClient):
    path = f"/v1/charts/{chart['id']}/hand-over"
    assert (await ana.post(path, json={"queue": "second look"})).json()["code"] == "chart_not_owned"
    moved = (await mia.post(path, json={"queue": "second look"})).json()
    assert (moved["placement"]["queue"], moved["owner"]) == ("second look", None)
    assert await pulled(ana, queues=["general"]) is None
    taken = await pulled(ana, queues=["second look"])
    assert taken is not None
    assert taken["id"] == chart["id"]


@pytest.mark.parametrize("body", [{}, {"coder": "ben", "queue": "general"}])
async def test_a_hand_over_goes_to_one_place(chart: Any, mia: httpx.AsyncClient, body: dict[str, str]):
    refused = await mia.post(f"/v1/charts/{chart['id']}/hand-over", json=body)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "one_place")


async def test_another_tenant_sees_none_of_it(chart: Any, ana: httpx.AsyncClient, caller: Caller):
    eve = caller("eve", CODER, tenant="other", role="coding manager")
    assert await pulled(eve) is None
    for path in ("lease", "holds", "hand-over"):
        body: dict[str, Any] = {"lease": {}, "holds": {"reason": "missing_document"}, "hand-over": {"coder": "eve"}}
        refused = await eve.post(f"/v1/charts/{chart['id']}/{path}", json=body[path])
        assert refused.json()["code"] == "chart_not_found"
    assert (await eve.get(f"/v1/charts/{chart['id']}/priority")).status_code == 404
