"""GET /v1/hccs/{diagnosis}: what a diagnosis counts for in risk adjustment."""

from __future__ import annotations

import httpx
import pytest

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # nothing here is kept


async def test_a_diagnosis_counts_in_the_payment_year_after_its_service(ana: httpx.AsyncClient) -> None:
    response = await ana.get("/v1/hccs/E11.65", params={"date": "2026-11-24", "model": "CMS-HCC V28"})
    assert response.status_code == 200
    # CMS, 2027 Initial ICD-10-CM Mappings and the labels of model software V28115L3.
    assert response.json() == {
        "diagnosis": "E1165",
        "release": "PY2027-initial",
        "categories": [
            {
                "model": "CMS-HCC V28",
                "hcc": "38",
                "label": "Diabetes with Glycemic, Unspecified, or No Complications",
                "drops": [],
            }
        ],
    }


async def test_without_a_model_every_model_answers(ana: httpx.AsyncClient) -> None:
    found = (await ana.get("/v1/hccs/I509?date=2025-06-01")).json()
    assert found["release"] == "PY2026"
    counted = {one["model"]: (one["hcc"], one["drops"]) for one in found["categories"]}
    # CMS, 2026 Midyear Final ICD-10-CM Mappings; hierarchies V28115H1 and V24H86H1.
    assert counted["CMS-HCC V28"] == ("226", ["227"])
    assert counted["CMS-HCC V24"] == ("85", [])


async def test_a_diagnosis_that_adjusts_no_risk_has_no_category(ana: httpx.AsyncClient) -> None:
    found = (await ana.get("/v1/hccs/Z0000?date=2026-11-24")).json()
    assert found["categories"] == []


async def test_a_year_that_no_mapping_counts_is_said(ana: httpx.AsyncClient) -> None:
    response = await ana.get("/v1/hccs/E1165?date=2027-01-01")
    assert (response.status_code, response.json()["code"]) == (422, "no_release")


async def test_a_model_that_does_not_exist_is_told_with_those_that_do(ana: httpx.AsyncClient) -> None:
    response = await ana.get("/v1/hccs/E11.65", params={"date": "2026-11-24", "model": "V28"})
    assert (response.status_code, response.json()["code"]) == (404, "risk_model_not_found")
    assert {"CMS-HCC V28", "CMS-HCC ESRD V24", "RxHCC V08"} <= set(response.json()["models"])
