"""`POST /v1/what-if`: DRG and payment after each change, against the Definitions Manual v43 and IPPS of FY 2026."""

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


PRICING: dict[str, Any] = {"provider": {"wage_index": "1.0000", "submits_quality": True, "is_ehr_user": True}}


async def test_the_payment_moves_with_the_drg(caller: Caller) -> None:
    # Table 5 of FY 2026: DRG 291 weighs 1.2838, 293 0.5660. With a wage index of 1 a weight of 1 pays 6,752.61 (Table
    # 1B) and 524.15 (Table 1D): 8,669.00 + 672.90 = 9,341.90 as coded, 3,821.98 + 296.67 = 4,118.65 without the MCC.
    found = await asked(caller, pricing=PRICING)
    assert found["as_coded"]["payment"] == "9341.90"
    without = found["changes"][0]
    assert (without["drg"], without["payment"], without["payment_change"]) == ("293", "4118.65", "-5223.25")
    assert found["estimate"]["total"] == "9341.90"
    assert found["estimate"]["label"] == "estimate"
    assert {"operating-federal-payment", "capital-federal-payment"} <= {
        one["name"] for one in found["estimate"]["steps"]
    }
    assert "operating-ime" in {one["what"] for one in found["estimate"]["left_out"]}


async def test_without_pricing_no_payment_is_said(caller: Caller) -> None:
    found = await asked(caller)
    assert found.get("estimate") is None
    assert found["as_coded"].get("payment") is None


async def test_a_transfer_pays_by_the_day_of_each_drg(caller: Caller) -> None:
    # Two days to a skilled nursing facility: DRG 291 stays 3.8 days on average, so 3 / 3.8 = 0.7895 of 8,669.000718 and
    # 672.903770 are paid: 6,844.18 + 531.26. DRG 293 stays 2.1 days, so its payment is full.
    stay = STAY | {"discharge_status": "03"}
    found = await asked(caller, stay=stay, pricing=PRICING | {"length_of_stay": 2})
    assert found["as_coded"]["payment"] == "7375.44"
    assert found["changes"][0]["payment"] == "4118.65"


async def test_a_year_without_weights_says_why_there_is_no_payment(caller: Caller) -> None:
    stay = STAY | {"discharge_date": "2026-11-20"}
    found = await asked(caller, stay=stay, pricing=PRICING)
    assert found["as_coded"].get("payment") is None
    assert found["changes"][0].get("payment") is None
    assert "no weights of 2026-11-20 are loaded" in found["estimate"]["left_out"][0]["reason"]


async def test_a_change_without_a_drg_has_no_payment(caller: Caller) -> None:
    stay = STAY | {"diagnoses": [{"code": "I50.23", "poa": "Y"}, {"code": "V00.01XA", "poa": "Y"}]}
    changed = (await asked(caller, stay=stay, pricing=PRICING))["changes"][1]
    assert (changed["drg"], changed.get("payment"), changed.get("payment_change")) == (None, None, None)


@pytest.mark.parametrize(
    ("pricing", "pointer"),
    [
        ({"provider": {"wage_index": "high"}}, "/pricing/provider/wage_index"),
        ({"charges": "-1.00"}, "/pricing/charges"),
        ({"ccn": "01-0001"}, "/pricing/ccn"),
        ({"provider": {"wage_indx": "1"}}, "/pricing/provider/wage_indx"),
    ],
)
async def test_pricing_that_makes_no_sense_is_pointed_at(caller: Caller, pricing: Any, pointer: str) -> None:
    response = await caller("group:run").post("/v1/what-if", json={"stay": STAY, "pricing": pricing})
    assert (response.status_code, response.json()["pointer"]) == (422, pointer)
