"""Scrubbing without keeping anything, and the catalogue."""

from __future__ import annotations

import json

import pytest

from services.scrubber.domain.edits import all_edits
from shared.claims.examples import INSTITUTIONAL_CLAIM, PROFESSIONAL_CLAIM
from tests.builders import a_professional_claim
from tests.services.scrubber.conftest import document, told

DEFECT = a_professional_claim().with_billing(npi="1234567890").build()


async def test_a_claim_with_a_fault_is_answered_200_with_its_report(bea, claims_database):
    response = await bea.post("/v1/scrub", json=document(DEFECT))
    assert response.status_code == 200
    report = response.json()
    assert report["outcome"] == "held"
    [finding] = report["findings"]
    assert finding["edit_id"] == "provider-npi-invalid"
    assert finding["x12"] == {"loop": "2010AA", "segment": "NM1", "element": "NM109"}
    assert finding["predicted"] == "A7:562:85"
    assert await told(claims_database) == []


@pytest.mark.parametrize("example", [PROFESSIONAL_CLAIM, INSTITUTIONAL_CLAIM])
async def test_the_examples_of_the_documentation_are_clean(bea, example):
    assert (await bea.post("/v1/scrub", json=example)).json()["outcome"] == "cleared"


async def test_a_claim_without_its_patient_is_a_problem_that_says_where(bea):
    faulty = {name: value for name, value in document(DEFECT).items() if name != "patient"}
    response = await bea.post("/v1/scrub", json=faulty)
    assert response.status_code == 422
    assert "/patient" in response.text


async def test_a_stream_is_answered_line_by_line_and_a_bad_line_fails_alone(bea):
    good = json.dumps(document(DEFECT))
    response = await bea.post(
        "/v1/scrub/batch",
        content=f"{good}\nnot json\n{good}\n",
        headers={"Content-Type": "application/x-ndjson"},
    )
    lines = [json.loads(line) for line in response.text.splitlines()]
    assert [line["status"] for line in lines] == [200, 400, 200]
    assert lines[2]["report"]["findings"][0]["edit_id"] == "provider-npi-invalid"
    assert lines[2]["claim_id"] == str(DEFECT.id)


async def test_the_catalogue_holds_every_edit(bea):
    catalogue = (await bea.get("/v1/edits")).json()
    assert [edit["id"] for edit in catalogue["edits"]] == [edit.id for edit in all_edits().edits]
    assert catalogue["edits_version"] == all_edits().version


async def test_one_edit_says_on_whose_word_it_stands(bea):
    edit = (await bea.get("/v1/edits/original-number-missing")).json()
    assert (edit["row"], edit["predicted"], edit["family"]) == (42, "A6:464", "control")


async def test_there_is_no_such_edit(bea):
    response = await bea.get("/v1/edits/none")
    assert (response.status_code, response.json()["code"]) == (404, "edit_not_found")


async def test_the_scope_is_asked_for(caller):
    response = await caller("eve", ("claims:read",)).post("/v1/scrub", json=document(DEFECT))
    assert response.status_code == 403
