"""`POST /v1/explain`: the reasons behind a DRG, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import a_professional_claim
from tests.services.grouper.conftest import Caller

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # nothing here is kept

STAY: dict[str, Any] = {
    "kind": "stay",
    "discharge_date": "2025-11-20",
    "age": 76,
    "sex": "F",
    "discharge_status": "01",
    "diagnoses": [{"code": "I50.23", "poa": "Y"}, {"code": "J96.01", "poa": "Y"}, {"code": "I10", "poa": "Y"}],
}


async def test_a_drg_is_explained(caller: Caller) -> None:
    response = await caller("group:run").post("/v1/explain", json=STAY)
    assert response.status_code == 200
    found = response.json()
    assert found["drg"]["drg"] == "291"
    assert [(one["code"], one["effect"]) for one in found["diagnoses"]] == [
        ("I5023", "decides"),
        ("J9601", "decides"),
        ("I10", "none"),
    ]
    # IPPS FY 2026 final rule, table 5: 291, 292 and 293, heart failure and shock.
    assert [member["drg"] for member in found["family"]] == ["291", "292", "293"]
    assert all(member["weight"] for member in found["family"])
    assert found["definitions"] == "v44"


async def test_a_stay_that_cannot_be_grouped_says_why_instead(caller: Caller) -> None:
    response = await caller("group:run").post("/v1/explain", json=STAY | {"diagnoses": [{"code": "I50.2", "poa": "Y"}]})
    assert (response.status_code, response.json()["code"]) == (422, "not_groupable")
    assert response.json()["pointer"] == "/diagnoses/0/code"


async def test_what_no_drg_applies_to_cannot_be_explained(caller: Caller) -> None:
    response = await caller("group:run").post("/v1/explain", json=a_professional_claim().document())
    assert (response.status_code, response.json()["code"]) == (422, "not_explainable")


async def test_a_stay_coded_in_another_year_is_explained_with_what_was_converted(caller: Caller) -> None:
    stay = STAY | {"discharge_date": "2024-11-20", "coded_on": "2024-09-30", "diagnoses": [{"code": "C86.0"}]}
    found = (await caller("group:run").post("/v1/explain", json=stay)).json()
    assert [one["code"] for one in found["diagnoses"]] == ["C8600"]
    assert [(one["reported"], one["grouped"]) for one in found["conversions"]] == [("C860", "C8600")]
