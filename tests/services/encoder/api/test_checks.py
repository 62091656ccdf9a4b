"""POST /v1/check, GET /v1/charts/{id}/findings and GET /v1/guidelines."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.builders import an_encounter
from tests.services.encoder.conftest import CODER, EHR, Caller, a_received_chart, if_match

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def given(*diagnoses: str, **fields: Any) -> dict[str, Any]:
    codes = {"diagnoses": [{"code": code} for code in diagnoses]}
    return {"setting": "inpatient", "date": "2026-11-20", "codes": codes, **fields}


async def checked(coder: httpx.AsyncClient, body: dict[str, Any]) -> dict[str, Any]:
    response = await coder.post("/v1/check", json=body)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


async def test_a_finding_says_what_is_wrong_by_which_section_and_how_to_mend_it(ana: httpx.AsyncClient) -> None:
    [finding] = (await checked(ana, given("I50.32", "I11.0")))["findings"]
    assert finding == {
        "rule": "code_first.order",
        "version": 1,
        "severity": "error",
        "message": "I11.0 goes before I50.32",
        "citation": "ICD-10-CM Official Guidelines FY 2027, I.B.7; "
        "code first note at I50, tabular list FY2026-2026-04-01",
        "pointer": "/diagnoses/0",
        "x12": "2300.HI01-2",
        "codes": ["I5032", "I110"],
        "fix": {
            "title": "Move I110 to place 1",
            "operations": [{"op": "move", "from": "/diagnoses/1", "path": "/diagnoses/0"}],
        },
    }


async def test_codes_that_do_not_stand_are_told_beside_the_findings(ana: httpx.AsyncClient) -> None:
    answer = await checked(ana, given("S72.001", "I10", "I10"))
    assert [(one["code"], one["pointer"]) for one in answer["problems"]] == [("code_not_billable", "/diagnoses/0/code")]
    assert {one["rule"] for one in answer["findings"]} >= {"seventh.required", "duplicate.repeated"}


async def test_the_answer_names_the_releases_and_whether_they_are_of_the_day(ana: httpx.AsyncClient) -> None:
    releases = {one["table"]: one for one in (await checked(ana, given("I10")))["releases"]}
    assert releases["icd10cm.codes"]["of_the_day"] is True
    assert releases["icd10cm.tabular"] == {
        "table": "icd10cm.tabular",
        "release": "FY2026-2026-04-01",
        "of_the_day": False,
    }


async def test_charges_visit_and_documents_are_taken_into_account(ana: httpx.AsyncClient) -> None:
    body = given(
        "I50.9",
        setting="professional",
        age=70,
        sex="F",
        charges=[{"procedure": "99214", "modifiers": ["59"], "service_date": "2026-11-20"}, {}],
        visit={"decision_making": "low"},
        documented=["I50.32"],
        uncertain=["J18.9"],
    )
    found = {one["rule"]: one for one in (await checked(ana, body))["findings"]}
    assert found["visit.level"]["codes"] == ["99214", "99213"]
    assert found["modifier.never_on_visits"]["pointer"] == "/charges/0"
    assert found["specificity.documented"]["fix"]["operations"] == [
        {"op": "replace", "path": "/diagnoses/0/code", "value": "I5032"}
    ]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"setting": "hospice"}, "/setting"),
        ({"date": "yesterday"}, "/date"),
        ({"age": -1}, "/age"),
        ({"documented": ["sepsis"]}, "/documented/0"),
        ({"codes": {"diagnoses": [{"code": "?"}]}}, "/codes/diagnoses/0/code"),
        ({"visit": {"minutes": 1441}}, "/visit/minutes"),
    ],
)
async def test_what_cannot_be_read_is_refused_with_its_place(
    ana: httpx.AsyncClient, change: dict[str, Any], pointer: str
) -> None:
    response = await ana.post("/v1/check", json=given("I10") | change)
    assert response.status_code == 422, response.text
    assert pointer in [error["pointer"] for error in response.json()["errors"]]


async def test_a_day_without_a_code_set_is_told(ana: httpx.AsyncClient) -> None:
    response = await ana.post("/v1/check", json=given("I10", date="2014-01-01"))
    assert response.status_code in (404, 422), response.text
    assert response.json()["code"] == "no_release"


async def a_coded_chart(ehr: httpx.AsyncClient, coder: httpx.AsyncClient, *diagnoses: str) -> dict[str, Any]:
    note = {
        "id": "n1",
        "kind": "discharge_summary",
        "title": "Discharge summary",
        "written_at": "2026-11-20T10:00:00Z",
        "text": "Discharge diagnosis:\n1. Chronic diastolic heart failure.",
    }
    chart = await a_received_chart(ehr, an_encounter().but(documents=[note]).document())
    codes = {"diagnoses": [{"code": code} for code in diagnoses]}
    headers = if_match(chart["version"])
    saved = await coder.put(f"/v1/charts/{chart['id']}/codes", json=codes, headers=headers)
    assert saved.status_code == 200, saved.text
    return chart


async def test_a_chart_is_checked_against_its_documents(ehr: httpx.AsyncClient, ana: httpx.AsyncClient) -> None:
    chart = await a_coded_chart(ehr, ana, "I50.9")
    path = f"/v1/charts/{chart['id']}/findings"
    with_documents, without = (await ana.get(path)).json(), (await ana.get(path, params={"read": False})).json()
    assert "specificity.documented" in {one["rule"] for one in with_documents["findings"]}
    assert "specificity.documented" not in {one["rule"] for one in without["findings"]}
    assert without["problems"] == []


async def test_a_chart_of_another_tenant_is_not_there(
    ehr: httpx.AsyncClient, ana: httpx.AsyncClient, caller: Caller
) -> None:
    chart = await a_coded_chart(ehr, ana, "I10")
    other = caller("eve", CODER, tenant="other")
    assert (await other.get(f"/v1/charts/{chart['id']}/findings")).status_code == 404


async def test_the_rules_are_listed_with_their_sections(ana: httpx.AsyncClient) -> None:
    rules = {rule["id"]: rule for rule in (await ana.get("/v1/guidelines")).json()["rules"]}
    assert list(rules) == sorted(rules)
    assert rules["sequencing.social_determinants"] == {
        "id": "sequencing.social_determinants",
        "title": "A social determinant of health as the first diagnosis",
        "authority": "ICD-10-CM Official Guidelines",
        "section": "I.B.14",
        "severity": "error",
        "settings": ["inpatient", "outpatient", "emergency", "observation", "same_day_surgery", "professional"],
        "effective": "2021-10-01",
        "through": None,
        "version": 1,
        "reads": ["mce.diagnoses"],
    }


async def test_checking_needs_the_scope_of_codes_and_a_chart_that_of_charts(ehr: httpx.AsyncClient) -> None:
    assert "codes:read" not in EHR
    assert (await ehr.post("/v1/check", json=given("I10"))).status_code == 403
    assert (await ehr.get("/v1/guidelines")).status_code == 403
    assert (await ehr.get("/v1/charts/none/findings")).status_code == 404
