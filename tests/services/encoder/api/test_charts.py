from __future__ import annotations

from typing import Any

import httpx
from sqlalchemy import text

from shared.db import Database
from tests.builders import a_professional_encounter, an_encounter, commercial
from tests.services.encoder.conftest import a_received_chart, if_match

PNEUMONIA = {
    "diagnoses": [{"code": "J18.9", "poa": "Y"}, {"code": "N17.9", "poa": "N"}],
    "admitting_diagnosis": {"code": "R06.02"},
}


async def a_coded_chart(
    ehr: httpx.AsyncClient, coder: httpx.AsyncClient, encounter: dict[str, Any], codes: dict[str, Any] = PNEUMONIA
) -> str:
    chart = await a_received_chart(ehr, encounter)
    path = f"/v1/charts/{chart['id']}"
    saved = await coder.put(f"{path}/codes", json=codes, headers=if_match(1))
    assert saved.status_code == 200, saved.text
    return path


async def emitted(database: Database) -> int:
    async with database.read() as session:
        return int((await session.execute(text("select count(*) from outbox"))).scalar_one())


async def test_codes_are_saved_and_the_coder_owns_the_chart(ehr: httpx.AsyncClient, ana: httpx.AsyncClient):
    path = await a_coded_chart(ehr, ana, an_encounter().document())
    response = await ana.get(path)
    opened = response.json()
    assert response.headers["ETag"] == '"2"'
    assert (opened["chart"]["status"], opened["chart"]["owner"]) == ("coded", "ana")
    assert [diagnosis["code"] for diagnosis in opened["codes"]["diagnoses"]] == ["J189", "N179"]


async def test_faulty_codes_are_refused_with_pointer_and_element_and_nothing_changes(
    ehr: httpx.AsyncClient, ana: httpx.AsyncClient
):
    chart = await a_received_chart(ehr, an_encounter().document())
    path = f"/v1/charts/{chart['id']}"
    codes = {"diagnoses": [{"code": "J189"}, {"code": "J44"}, {"code": "Q99.9X"}]}
    response = await ana.put(f"{path}/codes", json=codes, headers=if_match(1))
    assert (response.status_code, response.json()["code"]) == (422, "codes_invalid")
    assert [(error["code"], error["pointer"], error["x12"]) for error in response.json()["errors"]] == [
        ("code_not_billable", "/diagnoses/1/code", "2300.HI01-2"),
        ("code_unknown", "/diagnoses/2/code", "2300.HI02-2"),
    ]
    opened = (await ana.get(path)).json()
    assert (opened["chart"]["version"], opened["codes"]["diagnoses"]) == (1, [])


async def test_a_malformed_code_is_refused_before_anything_is_looked_up(ehr: httpx.AsyncClient, ana: httpx.AsyncClient):
    chart = await a_received_chart(ehr, an_encounter().document())
    codes = {"diagnoses": [{"code": "???"}]}
    response = await ana.put(f"/v1/charts/{chart['id']}/codes", json=codes, headers=if_match(1))
    [error] = response.json()["errors"]
    assert (error["code"], error["pointer"], error["x12"]) == ("icd10cm_format", "/diagnoses/0/code", "2300.HI01-2")


async def test_two_coders_do_not_write_over_each_other(
    ehr: httpx.AsyncClient, ana: httpx.AsyncClient, ben: httpx.AsyncClient
):
    path = await a_coded_chart(ehr, ana, an_encounter().document())
    assert (await ana.put(f"{path}/codes", json=PNEUMONIA, headers=if_match(1))).status_code == 412
    assert (await ben.put(f"{path}/codes", json=PNEUMONIA, headers=if_match(2))).json()["code"] == "chart_owned"
    assert (await ana.put(f"{path}/codes", json=PNEUMONIA)).status_code == 428


async def test_a_finalized_chart_becomes_a_claim_and_one_event(
    ehr: httpx.AsyncClient, ana: httpx.AsyncClient, charts_database: Database
):
    path = await a_coded_chart(ehr, ana, an_encounter().document())
    response = await ana.post(f"{path}/finalize", headers=if_match(2))
    assert response.status_code == 200, response.text
    chart, claim = response.json()["chart"], response.json()["claim"]
    assert (chart["status"], chart["revision"], chart["coder"], chart["owner"]) == ("finalized", 1, "ana", None)
    assert (claim["id"], claim["kind"], claim["total_charge"]) == (chart["claim_id"], "institutional", "7622.50")
    assert claim["patient_control_number"] == chart["control_number"]
    assert await emitted(charts_database) == 1
    again = await ana.post(f"{path}/finalize", headers=if_match(3))
    assert (again.status_code, again.json()["code"]) == (409, "chart_closed")
    assert await emitted(charts_database) == 1


async def test_a_visit_becomes_a_professional_claim(ehr: httpx.AsyncClient, ana: httpx.AsyncClient):
    codes = {"diagnoses": [{"code": "I10"}], "lines": [{"charge_id": "C1", "pointers": [1], "modifiers": ["25"]}]}
    path = await a_coded_chart(ehr, ana, a_professional_encounter().document(), codes)
    claim = (await ana.post(f"{path}/finalize", headers=if_match(2))).json()["claim"]
    assert (claim["kind"], claim["lines"][0]["modifiers"]) == ("professional", ["25"])


async def test_a_chart_that_is_not_ready_lists_every_reason(
    ehr: httpx.AsyncClient, ana: httpx.AsyncClient, charts_database: Database
):
    unfinished = an_encounter().but(ended_at=None, charges=[], coverages=[]).document()
    chart = await a_received_chart(ehr, unfinished)
    response = await ana.post(f"/v1/charts/{chart['id']}/finalize", headers=if_match(1))
    assert (response.status_code, response.json()["code"]) == (422, "chart_not_ready")
    assert [error["code"] for error in response.json()["errors"]] == [
        "not_ended",
        "no_charges",
        "no_coverage",
        "no_principal_diagnosis",
    ]
    assert await emitted(charts_database) == 0


async def test_late_charges_and_coverages_make_a_chart_ready(ehr: httpx.AsyncClient, ana: httpx.AsyncClient):
    path = await a_coded_chart(ehr, ana, an_encounter().but(charges=[], coverages=[]).document())
    charge = {"id": "L1", "service_date": "2026-11-17", "revenue_code": "0300", "units": "2", "amount": "84.00"}
    added = await ehr.post(f"{path}/charges", json=[charge])
    assert (added.json()["value"], added.headers["ETag"]) == ("84.00", '"3"')
    twice = await ehr.post(f"{path}/charges", json=[charge | {"amount": "86.00"}])
    assert twice.json()["value"] == "86.00"
    covered = await ehr.put(f"{path}/coverages", json=[commercial()], headers=if_match(4))
    assert covered.status_code == 200, covered.text
    claim = (await ana.post(f"{path}/finalize", headers=if_match(5))).json()["claim"]
    assert (claim["total_charge"], claim["coverages"][0]["payer"]["name"]) == ("86.00", "MERIDIAN HEALTH PLAN")


async def test_nothing_is_added_to_a_finalized_chart(ehr: httpx.AsyncClient, ana: httpx.AsyncClient):
    path = await a_coded_chart(ehr, ana, an_encounter().document())
    await ana.post(f"{path}/finalize", headers=if_match(2))
    charge = {"id": "L1", "service_date": "2026-11-17", "revenue_code": "0300", "units": "2", "amount": "84.00"}
    assert (await ehr.post(f"{path}/charges", json=[charge])).json()["code"] == "chart_closed"


async def test_the_trail_tells_who_did_what(ehr: httpx.AsyncClient, ana: httpx.AsyncClient):
    path = await a_coded_chart(ehr, ana, an_encounter().document())
    await ana.post(f"{path}/finalize", headers=if_match(2))
    entries = (await ana.get(f"{path}/trail")).json()
    assert [(entry["actor"], entry["action"]) for entry in entries] == [
        ("ehr", "chart.received"),
        ("ana", "chart.coded"),
        ("ana", "chart.finalized"),
    ]


async def test_a_document_is_read_by_its_id(ehr: httpx.AsyncClient, ana: httpx.AsyncClient):
    chart = await a_received_chart(ehr, an_encounter().document())
    found = (await ana.get(f"/v1/charts/{chart['id']}/documents/DOC-1")).json()
    assert found["text"].startswith("Community-acquired pneumonia")
    missing = await ana.get(f"/v1/charts/{chart['id']}/documents/DOC-9")
    assert (missing.status_code, missing.json()["code"]) == (404, "document_not_found")


async def test_codes_are_found_by_their_beginning_on_a_day(ana: httpx.AsyncClient):
    """J44 of ICD-10-CM 2027 has .0, .1, .81, .89 and .9; U07.1 began on 2020-04-01."""
    found = (await ana.get("/v1/codes", params={"q": "J44.", "date": "2026-11-20"})).json()
    assert [code["code"] for code in found["codes"]] == ["J440", "J441", "J4481", "J4489", "J449"]
    assert "ICD-10-CM" in found["release"]
    before = (await ana.get("/v1/codes", params={"q": "U071", "date": "2020-03-31"})).json()
    assert before["codes"] == []
