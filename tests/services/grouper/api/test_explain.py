"""`POST /v1/explain`: the reasons behind a DRG, over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from shared.tables import Catalogue
from shared.tables.formats import Asked
from shared.tables.loading import load
from tests.builders import a_professional_claim
from tests.services.grouper.conftest import Caller

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # nothing here is kept

AT = datetime(2026, 11, 24, tzinfo=UTC)
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


async def test_a_loaded_list_says_which_codes_are_exempt_from_poa(caller: Caller, tmp_path: Path) -> None:
    # Layout of CMS's POAexemptCodesFY26.txt. Z79.4, long-term use of insulin, is on the list.
    listed = "Order26\tPOAexemptCode\tDescription\r\n73010\tZ794\tLong term (current) use of insulin\r\n"
    (tmp_path / "POAexemptCodesFY26.txt").write_text(listed, newline="")
    load(tmp_path / "POAexemptCodesFY26.txt", Catalogue(tmp_path / "tables"), Asked(), AT)
    stay = STAY | {"diagnoses": [{"code": "I50.23", "poa": "Y"}, {"code": "L89.153", "poa": "N"}, {"code": "Z79.4"}]}
    found = (await caller("group:run").post("/v1/explain", json=stay)).json()
    assert [(one["poa"], one["poa_exempt"], one["standing"]) for one in found["diagnoses"]] == [
        ("Y", False, "principal"),
        ("N", False, "hospital-acquired"),
        (None, True, "not-a-cc"),
    ]
    # HAC 04: stage III and IV pressure ulcers. 291 with MCC, 293 with neither.
    assert found["diagnoses"][1]["hacs"] == [{"number": 4, "title": "Stage III and IV Pressure Ulcers"}]
    assert found["hospital_acquired"] == {
        "hospital_exempt": False,
        "initial_drg": "291",
        "final_drg": "293",
        "effect": "the DRG is another without the hospital-acquired conditions",
    }


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
