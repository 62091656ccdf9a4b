"""`POST /v1/what-if`: the DRG after each change, against the Definitions Manual v43 and Table 5 of FY 2026."""

from __future__ import annotations

from typing import Any

import pytest

from tests.services.grouper.conftest import Caller

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # nothing here is kept

STAY: dict[str, Any] = {
    "kind": "stay",
    "discharge_date": "2025-11-20",
    "age": 76,
    "sex": "F",
    "discharge_status": "01",
    "diagnoses": [{"code": "I50.23", "poa": "Y"}, {"code": "J18.9", "poa": "Y"}],
}


async def asked(caller: Caller, **question: Any) -> Any:
    response = await caller("group:run").post("/v1/what-if", json={"stay": STAY, **question})
    assert response.status_code == 200, response.text
    return response.json()


def drgs(found: Any) -> list[tuple[str, str, str]]:
    return [(one["change"], one["code"], one["drg"]) for one in found["changes"]]


async def test_each_secondary_diagnosis_left_out_and_made_principal(caller: Caller) -> None:
    # 291 is heart failure with MCC (J18.9 is one), 293 without CC/MCC; 193 is simple pneumonia with MCC (I50.23).
    found = await asked(caller)
    assert found["as_coded"]["drg"] == "291"
    assert drgs(found) == [("without-diagnosis", "J189", "293"), ("principal", "J189", "193")]


async def test_the_weight_moves_with_the_drg(caller: Caller) -> None:
    found = await asked(caller)
    without = found["changes"][0]
    assert found["weights"] == "FY2026"
    assert float(without["weight_change"]) == pytest.approx(
        float(without["weight"]) - float(found["as_coded"]["weight"]), abs=1e-9
    )
    assert float(without["weight_change"]) < 0


async def test_a_documented_condition_is_tried_and_nothing_else_is_added(caller: Caller) -> None:
    # Table 6J: N17.9, acute kidney failure, is a CC; I10 is none. Beside an MCC neither moves the DRG.
    found = await asked(caller, documented=[{"code": "N17.9", "poa": "Y"}, {"code": "I10", "poa": "Y"}])
    assert drgs(found)[2:] == [("with-diagnosis", "N179", "291"), ("with-diagnosis", "I10", "291")]
    alone = STAY | {"diagnoses": [{"code": "I50.23", "poa": "Y"}]}
    found = await asked(caller, stay=alone, documented=[{"code": "N17.9", "poa": "Y"}])
    assert drgs(found) == [("with-diagnosis", "N179", "292")]


async def test_a_change_that_leaves_no_drg_says_why(caller: Caller) -> None:
    # V00.01XA, an external cause, cannot be principal.
    stay = STAY | {"diagnoses": [{"code": "I50.23", "poa": "Y"}, {"code": "V00.01XA", "poa": "Y"}]}
    changed = (await asked(caller, stay=stay))["changes"][1]
    assert (changed["change"], changed["drg"]) == ("principal", None)
    assert changed["reason"]


async def test_a_documented_code_that_is_not_valid_on_the_day_is_refused(caller: Caller) -> None:
    response = await caller("group:run").post(
        "/v1/what-if", json={"stay": STAY, "documented": [{"code": "N17", "poa": "Y"}]}
    )
    assert (response.status_code, response.json()["code"]) == (422, "not_groupable")
    assert response.json()["pointer"] == "/documented/0/code"


async def test_what_is_wrong_with_the_stay_is_pointed_at_inside_the_question(caller: Caller) -> None:
    response = await caller("group:run").post("/v1/what-if", json={"stay": STAY | {"age": 130}})
    assert (response.status_code, response.json()["pointer"]) == (422, "/stay/age")
