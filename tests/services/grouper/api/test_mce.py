"""`POST /v1/mce`: the Medicare Code Editor over HTTP."""

from __future__ import annotations

import pytest

from tests.builders import an_institutional_claim
from tests.services.grouper.conftest import Caller

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # nothing here is kept

VENTILATION = {"code": "5A1955Z", "date": "2026-11-17"}  # greater than 96 consecutive hours


async def test_a_stay_gets_its_edits_even_where_it_could_not_be_grouped(caller: Caller) -> None:
    stay = {
        "kind": "stay",
        "discharge_date": "2025-11-20",
        "age": 130,
        "sex": "F",
        "discharge_status": "01",
        "diagnoses": [{"code": "V00.01XA"}, {"code": "I50.2"}],
    }
    response = await caller("group:run").post("/v1/mce", json=stay)
    assert response.status_code == 200
    found = response.json()
    assert [(one["number"], one["edit"], one["pointer"]) for one in found["edits"]] == [
        (1, "invalid-code", "/diagnoses/1/code"),
        (2, "external-cause-as-principal", "/diagnoses/0/code"),
        (14, "invalid-age", "/age"),
    ]
    assert found["release"] == "MCE v44"


async def test_a_day_that_the_editor_is_not_carried_for_is_refused(caller: Caller) -> None:
    stay = {"kind": "stay", "discharge_date": "2015-09-30", "age": 30, "sex": "F", "diagnoses": [{"code": "I10"}]}
    response = await caller("group:run").post("/v1/mce", json=stay)
    assert (response.status_code, response.json()["code"]) == (422, "no_release")


async def test_a_claim_is_edited_as_the_stay_that_it_bills(caller: Caller) -> None:
    claim = an_institutional_claim().with_patient(birth_date=None).but(patient_status="42", procedures=[VENTILATION])
    response = await caller("group:run").post("/v1/mce", json=claim.document())
    assert response.status_code == 200
    # Admitted on 2026-11-16 or later and home on the 20th: fewer than five days.
    assert [(one["number"], one["pointer"]) for one in response.json()["edits"]] == [
        (14, "/patient/birth_date"),
        (16, "/patient_status"),
        (19, "/procedures/0/code"),
    ]
    assert response.json()["edits"][2]["title"] == "Procedure inconsistent with the length of stay"
