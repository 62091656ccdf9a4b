"""The audit room and the coders' figures over REST."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import orjson
import pytest
from fastapi import FastAPI, Request, Response

from services.encoder.grouping import GrouperOverHttp
from tests.builders import an_encounter
from tests.fixtures.tokens import Clock
from tests.services.encoder.conftest import CODER, Caller, a_received_chart, if_match

AUDITOR = ("charts:read", "audits:work", "audit:read", "stats:read")
OWN = (*CODER, "stats:read")
PERIOD = {"from": "2026-11-01", "through": "2026-11-30"}
PLAN = {"name": "November", "first": "2026-11-01", "last": "2026-11-30", "per_stratum": 5}


@pytest.fixture
def coder(caller: Caller) -> httpx.AsyncClient:
    return caller("ana", OWN)


@pytest.fixture
def auditor(caller: Caller) -> httpx.AsyncClient:
    return caller("eva", AUDITOR, role="auditor")


async def answered(response: httpx.Response, status: int = 200) -> Any:
    assert response.status_code == status, response.text
    return response.json()


def the_codes(*diagnoses: str) -> dict[str, Any]:
    return {"diagnoses": [{"code": code, "poa": "Y"} for code in diagnoses]}


async def a_finished_chart(
    ehr: httpx.AsyncClient, coder: httpx.AsyncClient, clock: Clock, number: int = 1, *codes: str
) -> dict[str, Any]:
    received = await a_received_chart(ehr, an_encounter().but(id=f"ENC-{number}").document())
    chart = await answered(await coder.post(f"/v1/charts/{received['id']}/assignment", json={}))
    clock.advance(timedelta(minutes=6))
    path = f"/v1/charts/{chart['id']}"
    chart = await answered(
        await coder.put(f"{path}/codes", json=the_codes(*codes or ("J189", "N179")), headers=if_match(chart["version"]))
    )
    clock.advance(timedelta(minutes=6))
    done = await answered(await coder.post(f"{path}/finalize", headers=if_match(chart["version"])))
    finished: dict[str, Any] = done["chart"]
    return finished


async def a_case(auditor: httpx.AsyncClient, **plan: Any) -> dict[str, Any]:
    made = await answered(await auditor.post("/v1/audits", json=PLAN | plan), 201)
    case: dict[str, Any] = await answered(await auditor.post(f"/v1/audits/{made['id']}/next"))
    return case


async def test_a_drawn_chart_is_coded_blind_compared_and_objected_to(
    ehr: httpx.AsyncClient, coder: httpx.AsyncClient, auditor: httpx.AsyncClient, clock: Clock
) -> None:
    chart = await a_finished_chart(ehr, coder, clock)
    case = await a_case(auditor)
    assert case["drawn"]["chart"]["chart_id"] == chart["id"]
    assert (case["coded"]["diagnoses"], case["drawn"]["chart"]["coder"]) == ([], "hidden")
    path = f"/v1/audit-cases/{case['id']}"
    assert (await coder.get(path)).status_code == 404

    await answered(await auditor.put(f"{path}/codes", json=the_codes("J189", "N179", "I10")))
    notes = [{"difference": 0, "text": "The note says hypertension.", "citation": "Official Guidelines III"}]
    case = await answered(await auditor.post(f"{path}/conclusion", json={"notes": notes}))
    assert case["comparison"]["differences"] == [
        {
            "family": "secondary_diagnosis",
            "kind": "missing",
            "pointer": "/diagnoses/2/code",
            "coded": None,
            "audited": "I10",
        }
    ]
    assert case["worth"] is None  # no grouper is set here

    seen = await answered(await coder.get(path))
    assert [one["code"] for one in seen["coded"]["diagnoses"]] == ["J189", "N179"]
    await answered(await coder.post(f"{path}/rebuttal", json={"text": "It was not treated."}))
    closed = await answered(await auditor.post(f"{path}/decision", json={"upheld": True, "text": "You are right."}))
    assert (closed["status"], closed["comparison"]["differences"]) == ("closed", [])
    trail = await answered(await auditor.get(f"{path}/trail"))
    assert [entry["action"] for entry in trail] == [
        "audit_case.taken",
        "audit_case.coded",
        "audit_case.concluded",
        "audit_case.rebutted",
        "audit_case.decided",
    ]


async def test_the_seed_on_record_draws_the_same_again(
    ehr: httpx.AsyncClient, coder: httpx.AsyncClient, auditor: httpx.AsyncClient, clock: Clock
) -> None:
    for number in range(4):
        await a_finished_chart(ehr, coder, clock, number)
    first = await answered(await auditor.post("/v1/audits", json=PLAN | {"per_stratum": 2, "again": True}), 201)
    again = PLAN | {"per_stratum": 2, "again": True, "seed": first["seed"]}
    second = await answered(await auditor.post("/v1/audits", json=again), 201)
    drawn = [
        [
            one["drawn"]["chart"]["chart_id"]
            for one in (await answered(await auditor.get(f"/v1/audit-cases?audit={made['id']}")))["items"]
        ]
        for made in (first, second)
    ]
    assert sorted(drawn[0]) == sorted(drawn[1])
    assert len(drawn[0]) == 2
    assert first["population"] == {"ana": 4}
    rest = await answered(await auditor.post("/v1/audits", json=PLAN | {"per_stratum": 20}), 201)
    assert rest["drawn"] == 2  # those that no audit had


async def test_codes_that_cannot_stand_are_refused_to_an_auditor_too(
    ehr: httpx.AsyncClient, coder: httpx.AsyncClient, auditor: httpx.AsyncClient, clock: Clock
) -> None:
    await a_finished_chart(ehr, coder, clock)
    case = await a_case(auditor)
    refused = await auditor.put(f"/v1/audit-cases/{case['id']}/codes", json=the_codes("J18"))
    assert (refused.status_code, refused.json()["code"]) == (422, "codes_invalid")


@pytest.fixture
async def a_grouper(caller: Caller, coder: httpx.AsyncClient) -> AsyncIterator[list[str]]:
    """A grouper that pays each diagnosis of a claim alike; tells of the tokens that it was asked with."""
    stand_in, tokens = FastAPI(), []

    @stand_in.post("/v1/price")
    async def price(request: Request) -> Response:
        tokens.append(request.headers["Authorization"])
        count = len(orjson.loads(await request.body())["subject"]["diagnoses"])
        answer = {"estimate": {"total": f"{count}000.00"}, "grouping": {"drg": {"drg": f"19{count}", "weight": "1.2"}}}
        return Response(orjson.dumps(answer), media_type="application/json")

    transport = coder._transport
    app = transport.app  # type: ignore[attr-defined]  # an ASGI transport has its app
    client = httpx.AsyncClient(transport=httpx.ASGITransport(stand_in), base_url="http://grouper/")
    before, app.state.grouper = app.state.grouper, GrouperOverHttp(client)
    yield tokens
    app.state.grouper = before


async def test_the_grouper_says_what_the_difference_is_worth(
    ehr: httpx.AsyncClient, coder: httpx.AsyncClient, auditor: httpx.AsyncClient, clock: Clock, a_grouper: list[str]
) -> None:
    await a_finished_chart(ehr, coder, clock)
    case = await a_case(auditor)
    path = f"/v1/audit-cases/{case['id']}"
    await answered(await auditor.put(f"{path}/codes", json=the_codes("J189", "N179", "E1122")))
    concluded = await answered(await auditor.post(f"{path}/conclusion", json={}))
    assert concluded["worth"]["coded"] == {"drg": "192", "weight": "1.2", "payment": "2000.00"}
    assert concluded["worth"]["audited"]["drg"] == "193"
    # E11.22 counts for HCC 37 of CMS-HCC V28, diabetes with chronic complications (mapping of payment year 2027)
    assert concluded["worth"]["categories"] == {"model": "CMS-HCC V28", "coded": [], "audited": ["37"]}
    assert len(a_grouper) == 2

    figures = await answered(await auditor.get("/v1/stats/accuracy", params=PERIOD))
    [ana] = figures["figures"]
    assert (ana["code_accuracy"], ana["record_accuracy"], ana["drg_accuracy"]) == ("0.6667", "0.0000", "0.0000")
    assert (ana["payment_change"], ana["cases"]) == ("1000.00", [case["id"]])


async def test_figures_count_time_and_charts_and_name_them(
    ehr: httpx.AsyncClient, coder: httpx.AsyncClient, auditor: httpx.AsyncClient, clock: Clock
) -> None:
    charts = [await a_finished_chart(ehr, coder, clock, number) for number in range(2)]
    figures = await answered(await auditor.get("/v1/stats/productivity", params=PERIOD))
    [ana] = figures["figures"]
    assert ana["of"] == "ana"
    assert ana["finished"] == [chart["id"] for chart in charts]
    # each chart took twice six minutes: 24 minutes for two that are expected to take 1.6 hours
    assert (ana["coding_hours"], ana["charts_per_hour"], ana["productivity"]) == ("0.40", "5.00", "4.0000")


async def test_figures_come_as_a_table_too(
    ehr: httpx.AsyncClient, coder: httpx.AsyncClient, auditor: httpx.AsyncClient, clock: Clock
) -> None:
    await a_finished_chart(ehr, coder, clock)
    response = await auditor.get("/v1/stats/productivity", params=PERIOD, headers={"Accept": "text/csv"})
    assert response.headers["content-type"].startswith("text/csv")
    [row] = csv.DictReader(io.StringIO(response.text))
    assert (row["of"], row["charts"], row["coding_hours"]) == ("ana", "1", "0.20")


async def test_a_coder_sees_the_own_figures_only(
    ehr: httpx.AsyncClient, coder: httpx.AsyncClient, caller: Caller, clock: Clock
) -> None:
    await a_finished_chart(ehr, coder, clock)
    ben = caller("ben", OWN)
    assert (await answered(await ben.get("/v1/stats/productivity", params=PERIOD)))["figures"] == []
    assert (await ben.get("/v1/stats/accuracy", params=PERIOD | {"coder": "ana"})).status_code == 403
    assert len((await answered(await coder.get("/v1/stats/productivity", params=PERIOD)))["figures"]) == 1


@pytest.mark.parametrize(
    "days", [{"from": "2026-11-30", "through": "2026-11-01"}, {"from": "2025-01-01", "through": "2026-11-01"}]
)
async def test_a_period_is_in_order_and_at_most_a_year(auditor: httpx.AsyncClient, days: dict[str, str]) -> None:
    response = await auditor.get("/v1/stats/accuracy", params=days)
    assert response.status_code == 422


async def test_another_tenant_sees_nothing(
    ehr: httpx.AsyncClient, coder: httpx.AsyncClient, auditor: httpx.AsyncClient, caller: Caller, clock: Clock
) -> None:
    await a_finished_chart(ehr, coder, clock)
    case = await a_case(auditor)
    stranger = caller("eva", AUDITOR, role="auditor", tenant="elsewhere")
    assert (await stranger.get(f"/v1/audit-cases/{case['id']}")).status_code == 404
    assert (await stranger.get(f"/v1/audits/{case['audit_id']}")).status_code == 404
    assert (await answered(await stranger.get("/v1/stats/productivity", params=PERIOD)))["figures"] == []


@pytest.mark.parametrize("path", ["/v1/audits/none", "/v1/audit-cases/none"])
async def test_what_is_not_there_is_said(auditor: httpx.AsyncClient, path: str) -> None:
    assert (await auditor.get(path)).status_code == 404
