from __future__ import annotations

import httpx

from tests.builders import an_organization_provider
from tests.services.encoder.domain.fhir.bundles import (
    a_bundle,
    a_stay,
    condition,
    coverage,
    encounter,
    note,
    patient,
    payer,
    reference,
)

FHIR = {"Content-Type": "application/fhir+json"}


async def test_a_bundle_opens_a_chart_for_each_encounter(ehr: httpx.AsyncClient):
    second = encounter(id="enc-2", identifier=[{"value": "V-1002"}])
    response = await ehr.post(
        "/v1/fhir/Bundle", json=a_stay(condition(), note(), payer(), coverage(), second), headers=FHIR
    )
    assert response.status_code == 201
    assert [receipt["chart"]["encounter_id"] for receipt in response.json()["receipts"]] == ["V-1001", "V-1002"]
    chart_id = response.json()["receipts"][0]["chart"]["id"]
    opened = (await ehr.get(f"/v1/charts/{chart_id}")).json()
    assert opened["encounter"]["received_codes"]["diagnoses"][0]["code"] == "J189"
    text = (await ehr.get(f"/v1/charts/{chart_id}/documents/doc-1")).json()["text"]
    assert text == "Community-acquired pneumonia."


async def test_a_bundle_sent_again_changes_nothing(ehr: httpx.AsyncClient):
    first = await ehr.post("/v1/fhir/Bundle", json=a_stay(note()), headers=FHIR)
    again = await ehr.post("/v1/fhir/Bundle", json=a_stay(note()), headers=FHIR)
    assert (first.status_code, again.status_code) == (201, 200)
    assert [receipt["outcome"] for receipt in again.json()["receipts"]] == ["unchanged"]


async def test_a_profile_fills_in_what_the_bundle_does_not_say(ehr: httpx.AsyncClient):
    bare = a_bundle(patient(), encounter(participant=[], serviceProvider=reference("Organization/CVMC")))
    refused = await ehr.post("/v1/fhir/Bundle", json=bare, headers=FHIR)
    assert [issue["code"] for issue in refused.json()["issues"]] == ["facility_unknown"]
    profile = {"id": "CVMC", "billing": an_organization_provider(), "ccn": "440999", "time_zone": "America/Chicago"}
    kept = await ehr.put("/v1/facilities/CVMC", json=profile)
    assert (kept.status_code, kept.headers["ETag"]) == (200, '"1"')
    assert (await ehr.put("/v1/facilities/CVMC", json=profile)).headers["ETag"] == '"2"'
    assert (await ehr.get("/v1/facilities/CVMC")).json()["ccn"] == "440999"
    response = await ehr.post("/v1/fhir/Bundle", json=bare, headers=FHIR)
    chart = response.json()["receipts"][0]["chart"]
    opened = (await ehr.get(f"/v1/charts/{chart['id']}")).json()
    assert opened["encounter"]["facility"]["billing"]["npi"] == "1234567893"
    # 14:10 at five hours behind UTC is 13:10 in Nashville.
    assert opened["encounter"]["started_at"] == "2026-11-16T13:10:00-06:00"


async def test_a_profile_is_kept_under_its_own_name(ehr: httpx.AsyncClient):
    profile = {"id": "CVMC", "billing": an_organization_provider()}
    assert (await ehr.put("/v1/facilities/OTHER", json=profile)).json()["code"] == "facility_mismatch"
    unknown = await ehr.put("/v1/facilities/CVMC", json=profile | {"time_zone": "Mars/Olympus"})
    assert unknown.json()["errors"][0]["code"] == "time_zone_unknown"
