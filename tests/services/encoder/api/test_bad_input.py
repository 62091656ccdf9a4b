"""What issue 2 point 11 lists: each gets a problem that names the place, and nothing is half-stored."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.builders import an_encounter
from tests.fixtures.openapi import assert_no_5xx
from tests.services.encoder.conftest import CODER, EHR, Caller
from tests.services.encoder.domain.fhir.bundles import a_stay, charge_item

FHIR = {"Content-Type": "application/fhir+json"}


def an_encounter_with(**fields: Any) -> bytes:
    return json.dumps(an_encounter().document() | fields).encode()


def a_charge(**fields: Any) -> dict[str, Any]:
    return {"id": "C1", "service_date": "2026-11-16", "revenue_code": "0120", "units": "1", "amount": "1.00"} | fields


@pytest.mark.parametrize(
    ("body", "status", "pointer"),
    [
        (an_encounter_with(encounter_class=7), 422, "/encounter_class"),
        (an_encounter_with(started_at="2026-02-30T10:00:00Z"), 422, "/started_at"),
        (an_encounter_with(charges=[a_charge(service_date="2026-13-01")]), 422, "/charges/0/service_date"),
        (an_encounter_with(charges=[a_charge(amount="-1.00")]), 422, "/charges/0/amount"),
        (an_encounter_with(facility={"id": "CVMC"}), 422, "/facility/billing"),
        (an_encounter_with(colour="blue"), 422, "/colour"),
        (an_encounter_with()[:-40], 400, None),
        (an_encounter_with().replace(b"Discharge summary", b"Discharge \xff\xfe"), 400, None),
        (b"", 400, None),
        (b'{"id": NaN}', 400, None),
    ],
)
async def test_a_bad_encounter_is_refused_at_its_place(
    ehr: httpx.AsyncClient, body: bytes, status: int, pointer: str | None
):
    response = await ehr.post("/v1/encounters", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"
    if pointer is not None:
        assert pointer in [error["pointer"] for error in response.json()["errors"]]
    assert "ABERNATHY" not in response.text
    assert (await ehr.get("/v1/charts")).json()["items"] == []


async def test_a_negative_amount_names_its_element(ehr: httpx.AsyncClient):
    response = await ehr.post("/v1/encounters", content=an_encounter_with(charges=[a_charge(amount="-1.00")]))
    [error] = response.json()["errors"]
    assert (error["code"], error["x12"]) == ("money_negative", "2400.SV102")


@pytest.mark.parametrize("path", ["/v1/encounters", "/v1/fhir/Bundle"])
async def test_a_body_of_twenty_megabytes_is_refused(ehr: httpx.AsyncClient, path: str):
    body = b'{"id": "' + b"x" * 20_000_000 + b'"}'
    response = await ehr.post(path, content=body, headers={"Content-Type": "application/json"})
    assert (response.status_code, response.json()["code"]) == (413, "body_too_large")


@pytest.mark.parametrize("cut", [10, 700, 2])
async def test_a_truncated_bundle_is_refused(ehr: httpx.AsyncClient, cut: int):
    body = json.dumps(a_stay()).encode()[:-cut]
    response = await ehr.post("/v1/fhir/Bundle", content=body, headers=FHIR)
    assert response.status_code == 400
    assert (await ehr.get("/v1/charts")).json()["items"] == []


async def test_a_bundle_with_one_fault_leaves_nothing_behind(ehr: httpx.AsyncClient):
    bundle = a_stay(charge_item(priceOverride={"value": -1, "currency": "USD"}))
    response = await ehr.post("/v1/fhir/Bundle", json=bundle, headers=FHIR)
    assert (response.status_code, response.json()["code"]) == (422, "bundle_invalid")
    assert [(i["code"], i["expression"]) for i in response.json()["issues"] if i["severity"] == "error"] == [
        ("encounter_invalid", "Bundle.entry[4].resource")
    ]
    assert (await ehr.get("/v1/charts")).json()["items"] == []


@pytest.mark.parametrize("body", [b"[]", b"7", b'"Bundle"', b'{"resourceType": "Patient"}', b"{}"])
async def test_what_is_no_bundle_is_refused(ehr: httpx.AsyncClient, body: bytes):
    response = await ehr.post("/v1/fhir/Bundle", content=body, headers=FHIR)
    assert response.status_code == 422


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/charts?cursor=nonsense"),
        ("GET", "/v1/charts?status=asleep"),
        ("GET", "/v1/charts?limit=0"),
        ("GET", "/v1/codes?q=J18&date=2026-02-30"),
        ("GET", "/v1/codes?q=J18&date=1990-01-01"),
        ("GET", "/v1/charts/nobody"),
        ("GET", "/v1/facilities/nobody"),
    ],
)
async def test_a_bad_parameter_is_a_problem_and_no_failure(ana: httpx.AsyncClient, method: str, path: str):
    response = await ana.request(method, path)
    assert 400 <= response.status_code < 500
    assert response.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_no_request_of_the_openapi_document_is_answered_with_a_5xx(caller: Caller):
    client = caller("ana", (*CODER, *EHR))
    await assert_no_5xx(client, headers={"Authorization": client.headers["Authorization"]}, examples=5)
