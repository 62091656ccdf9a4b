"""`POST /v1/convert`: the codes of a claim or stay on another day, over HTTP."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.builders import a_professional_claim, an_institutional_claim
from tests.services.grouper.conftest import Caller

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # nothing here is kept

STAY: dict[str, Any] = {
    "kind": "stay",
    "discharge_date": "2024-11-20",
    "age": 76,
    "sex": "F",
    "discharge_status": "01",
    "diagnoses": [{"code": "J18.9", "poa": "Y"}, {"code": "C86.0", "poa": "Y"}],
}


async def test_a_stay_is_converted_to_its_own_day_and_grouped(caller: Caller) -> None:
    response = await caller("group:run").post("/v1/convert", json={"subject": STAY, "coded_on": "2024-09-30"})
    assert response.status_code == 200
    found = response.json()
    assert (found["coded_on"], found["as_of"], found["version"]) == ("2024-09-30", "2024-11-20", "42.0")
    assert [(one["pointer"], one["outcome"], one["code"]) for one in found["codes"]] == [
        ("/subject/diagnoses/0/code", "kept", "J189"),
        ("/subject/diagnoses/1/code", "converted", "C8600"),
    ]
    assert found["grouping"]["drg"]["version"] == "42.0"
    assert found["reasons"] == []


async def test_an_open_code_shows_its_choices_and_leaves_the_grouping_open(caller: Caller) -> None:
    stay = STAY | {"discharge_date": "2025-11-20", "diagnoses": [{"code": "B88.0", "poa": "Y"}]}
    found = (await caller("group:run").post("/v1/convert", json={"subject": stay, "coded_on": "2025-09-30"})).json()
    [code] = found["codes"]
    assert (code["outcome"], code["code"]) == ("choices", None)
    assert [(one["code"], one["effective"]) for one in code["choices"]] == [
        ("B8801", "2025-10-01"),
        ("B8809", "2025-10-01"),
    ]
    assert all(one["title"] for one in code["choices"])
    assert (found["grouping"], found["reasons"]) == (None, [])


async def test_the_same_codes_are_grouped_by_the_version_of_another_day(caller: Caller) -> None:
    stay = STAY | {"diagnoses": [{"code": "J18.9", "poa": "Y"}], "age": None}
    stay |= {"birth_date": "1950-01-01", "admission_date": "2024-11-15"}
    question = {"subject": stay, "coded_on": "2024-11-20", "on": "2023-01-15"}
    found = (await caller("group:run").post("/v1/convert", json=question)).json()
    assert (found["version"], found["grouping"]["drg"]["version"], found["grouping"]["as_of"]) == (
        "40.0",
        "40.0",
        "2023-01-15",
    )


async def test_a_claim_is_converted_with_the_reasons_at_its_fields(caller: Caller) -> None:
    claim = an_institutional_claim().with_patient(sex=None).document()  # home on 2026-11-20
    found = (await caller("group:run").post("/v1/convert", json={"subject": claim, "coded_on": "2026-09-30"})).json()
    assert {one["outcome"] for one in found["codes"]} == {"kept"}
    assert [(one["code"], one["pointer"]) for one in found["reasons"]] == [
        ("grouper-sex-missing", "/subject/patient/sex")
    ]


async def test_a_professional_claim_has_its_diagnoses_converted_and_no_drg(caller: Caller) -> None:
    claim = a_professional_claim().document()
    found = (await caller("group:run").post("/v1/convert", json={"subject": claim, "coded_on": "2025-11-20"})).json()
    assert found["grouping"]["method"] == "none"
    assert {one["system"] for one in found["codes"]} == {"icd10cm"}


async def test_a_claim_without_a_day_has_no_code_set(caller: Caller) -> None:
    claim = a_professional_claim().with_lines({"number": 1, "procedure": "99213", "charge": "125.00", "units": "1"})
    question = {"subject": claim.document(), "coded_on": "2025-11-20"}
    problem = (await caller("group:run").post("/v1/convert", json=question)).json()
    assert (problem["code"], problem["pointer"]) == ("not_groupable", "/subject/lines")


@pytest.mark.parametrize(
    ("question", "status", "code"),
    [
        ({"coded_on": "2015-09-30"}, 422, "no_release"),
        ({"coded_on": "2024-09-30", "on": "2030-01-01"}, 422, "no_release"),
        ({}, 422, "invalid_body"),
    ],
)
async def test_a_day_without_code_sets_is_a_problem(
    caller: Caller, question: dict[str, Any], status: int, code: str
) -> None:
    response = await caller("group:run").post("/v1/convert", json={"subject": STAY} | question)
    assert (response.status_code, response.json()["code"]) == (status, code)


async def test_a_stay_coded_in_another_year_is_grouped_with_its_conversions(caller: Caller) -> None:
    answer = (await caller("group:run").post("/v1/group", json=STAY | {"coded_on": "2024-09-30"})).json()
    assert [(one["reported"], one["grouped"]) for one in answer["conversions"]] == [("C860", "C8600")]


async def test_a_batch_converts_line_by_line_and_an_open_conversion_fails_alone(caller: Caller) -> None:
    open_stay = STAY | {"discharge_date": "2025-11-20", "coded_on": "2025-09-30", "diagnoses": [{"code": "B88.0"}]}
    lines = [STAY | {"coded_on": "2024-09-30"}, open_stay, STAY | {"coded_on": "2010-01-01"}]
    body = "\n".join(map(json.dumps, lines))
    response = await caller("group:run").post("/v1/group/batch", content=body)
    first, second, third = (json.loads(line) for line in response.text.splitlines())
    assert [one["grouped"] for one in first["grouping"]["conversions"]] == ["C8600"]
    assert [one["problem"]["pointer"] for one in (second, third)] == ["/diagnoses/0/code", "/coded_on"]


async def test_a_conversion_with_choices_is_a_problem_that_names_them(caller: Caller) -> None:
    stay = STAY | {"discharge_date": "2025-11-20", "coded_on": "2025-09-30", "diagnoses": [{"code": "B88.0"}]}
    problem = (await caller("group:run").post("/v1/group", json=stay)).json()
    assert (problem["status"], problem["code"], problem["pointer"]) == (422, "not_groupable", "/diagnoses/0/code")
    assert "B8801, B8809" in problem["reasons"][0]["message"]


async def test_converting_takes_the_scope_of_grouping(caller: Caller) -> None:
    response = await caller("codes:read").post("/v1/convert", json={"subject": STAY, "coded_on": "2024-09-30"})
    assert response.status_code == 403
