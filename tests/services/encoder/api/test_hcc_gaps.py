"""POST /v1/hcc-gaps and GET /v1/charts/{id}/hcc-gaps."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.builders import an_encounter
from tests.services.encoder.conftest import a_received_chart, if_match

NOTE = {
    "id": "n1",
    "kind": "progress_note",
    "title": "Progress note",
    "written_at": "2026-11-20T10:00:00Z",
    "text": "Assessment:\n1. COPD, stable on tiotropium.\n2. Rheumatoid arthritis",
}


def an_encounter_given(**fields: Any) -> dict[str, Any]:
    return {"setting": "professional", "date": "2026-11-20", "documents": [NOTE], **fields}


def a_stay(name: str, year: int) -> dict[str, Any]:
    days = {
        "started_at": datetime(year, 5, 1, 8, tzinfo=UTC),
        "ended_at": datetime(year, 5, 3, 8, tzinfo=UTC),
    }
    stay = an_encounter().but(id=name, charges=[], **days)
    return stay.with_charge(revenue_code="0120", unit="DA", units="2", service_date=f"{year}-05-01").document()


def categories(found: list[dict[str, Any]]) -> list[str]:
    return [each["category"]["hcc"] for each in found]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_an_encounter_that_is_given_whole_has_its_gaps_told(ana: httpx.AsyncClient) -> None:
    asked = an_encounter_given(codes=["M06.9"], reported_last_year=["I50.22"])
    response = await ana.post("/v1/hcc-gaps", json=asked)
    assert response.status_code == 200, response.text
    found = response.json()
    # CMS, 2027 Initial ICD-10-CM Mappings, V28: J44.9 counts for 280, M06.9 for 93, I50.22 for 226.
    assert categories(found["uncoded"]) == ["280"]
    assert found["uncoded"][0]["diagnoses"][0]["evidence"][0]["text"] == "COPD"
    assert categories(found["not_recaptured"]) == ["226"]
    assert found["not_recaptured"][0]["documented"] is False
    assert [(each["code"], each["finding"]) for each in found["without_support"]] == [("M069", "mentioned")]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_model_that_does_not_exist_is_told_with_those_that_do(ana: httpx.AsyncClient) -> None:
    response = await ana.post("/v1/hcc-gaps", json=an_encounter_given(model="V28"))
    assert (response.status_code, response.json()["code"]) == (404, "risk_model_not_found")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_code_that_is_none_is_pointed_at(ana: httpx.AsyncClient) -> None:
    response = await ana.post("/v1/hcc-gaps", json=an_encounter_given(codes=["???"]))
    assert (response.status_code, response.json()["pointer"]) == (422, "/codes/0")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_day_that_no_mapping_counts_is_said(ana: httpx.AsyncClient) -> None:
    response = await ana.post("/v1/hcc-gaps", json=an_encounter_given(date="2027-03-01"))
    assert (response.status_code, response.json()["code"]) == (422, "no_release")


async def test_a_charts_gaps_know_what_the_person_was_reported_with_last_year(
    ehr: httpx.AsyncClient, ana: httpx.AsyncClient
) -> None:
    earlier = await a_received_chart(ehr, a_stay("V-1", 2025))
    path = f"/v1/charts/{earlier['id']}"
    codes = {"diagnoses": [{"code": "I50.22", "poa": "Y"}], "admitting_diagnosis": {"code": "R06.02"}}
    saved = await ana.put(f"{path}/codes", json=codes, headers=if_match(1))
    assert saved.status_code == 200, saved.text
    done = await ana.post(f"{path}/finalize", headers=if_match(2))
    assert done.status_code == 200, done.text
    chart = await a_received_chart(ehr, a_stay("V-2", 2026))
    response = await ana.get(f"/v1/charts/{chart['id']}/hcc-gaps", params={"reported_last_year": ["J44.9"]})
    assert response.status_code == 200, response.text
    assert sorted(categories(response.json()["not_recaptured"])) == ["226", "280"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_chart_that_does_not_exist_has_no_gaps(ana: httpx.AsyncClient) -> None:
    response = await ana.get("/v1/charts/none/hcc-gaps")
    assert (response.status_code, response.json()["code"]) == (404, "chart_not_found")
