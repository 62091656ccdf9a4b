from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.builders import a_professional_encounter, an_encounter
from tests.services.encoder.conftest import CODER, Caller, a_received_chart

PATH = "/v1/table-changes/charts"
CHANGE = {"table": "cpt.codes", "effective": "2026-10-01", "codes": ["99213"]}


def a_visit(number: int, procedure: str = "99213") -> dict[str, Any]:
    charge = {"id": "C1", "service_date": "2026-11-16", "units": "1", "amount": "125.00", "procedure": procedure}
    return a_professional_encounter().but(id=f"VISIT-{number}", charges=[charge]).document()


async def test_open_charts_with_a_changed_code_are_named_with_it(ehr: httpx.AsyncClient, ana: httpx.AsyncClient):
    touched = await a_received_chart(ehr, a_visit(1))
    await a_received_chart(ehr, a_visit(2, "99214"))
    await a_received_chart(ehr, an_encounter().document())
    response = await ana.post(PATH, json=CHANGE)
    assert response.status_code == 200, response.text
    assert response.json() == {"items": [{"id": touched["id"], "codes": ["99213"]}], "next_cursor": None}


async def test_a_release_that_ended_before_touches_nobody(ehr: httpx.AsyncClient, ana: httpx.AsyncClient):
    await a_received_chart(ehr, a_visit(1))
    past = CHANGE | {"effective": "2026-01-01", "through": "2026-11-15"}
    assert (await ana.post(PATH, json=past)).json()["items"] == []


async def test_every_open_chart_is_looked_at_in_pages(ehr: httpx.AsyncClient, ana: httpx.AsyncClient):
    for number in range(7):
        await a_received_chart(ehr, a_visit(number, "99213" if number % 2 else "99214"))
    seen: list[str] = []
    cursor: str | None = None
    for _ in range(4):
        response = await ana.post(PATH, params={"limit": 2} | ({"cursor": cursor} if cursor else {}), json=CHANGE)
        seen += [item["id"] for item in response.json()["items"]]
        cursor = response.json()["next_cursor"]
    assert cursor is None
    assert len(set(seen)) == len(seen) == 3


async def test_another_tenant_sees_none_of_them(ehr: httpx.AsyncClient, caller: Caller):
    await a_received_chart(ehr, a_visit(1))
    stranger = caller("eve", CODER, tenant="elsewhere")
    assert (await stranger.post(PATH, json=CHANGE)).json()["items"] == []


async def test_who_may_not_read_charts_is_refused(caller: Caller):
    assert (await caller("bea", ("claims:read",)).post(PATH, json=CHANGE)).status_code == 403


@pytest.mark.parametrize("codes", [[], ["99213"] * 10_001, ["99213 99214 99215"], ["'; DROP"]])
async def test_what_is_no_list_of_codes_is_refused(ana: httpx.AsyncClient, codes: list[str]):
    response = await ana.post(PATH, json=CHANGE | {"codes": codes})
    assert response.status_code == 422
    assert "/codes" in response.json()["errors"][0]["pointer"]
