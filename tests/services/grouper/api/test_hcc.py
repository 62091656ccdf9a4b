"""`POST /v1/hcc` and `/v1/hcc:bulk`: risk adjustment over HTTP."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.services.grouper.conftest import Caller

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # nothing here is kept

PROFILE: dict[str, Any] = {
    "payment_year": 2026,
    "person": {"birth_date": "1958-05-14", "sex": "F", "dual_status": "00", "orec": "0"},
    "diagnoses": [
        {"code": "e11.22", "service_date": "2025-03-11", "claim": {"procedures": ["99214"]}},
        {"code": "I50.9", "service_date": "2025-08-02", "claim": {"facility_type": "11"}},
        {"code": "E11.9", "service_date": "2025-08-02", "claim": {"procedures": ["80048"]}},
    ],
    "last_year": {"hccs": [{"model": "CMS-HCC V28", "hcc": "238"}]},
}


async def test_a_person_is_scored_with_evidence_releases_and_recapture(caller: Caller) -> None:
    response = await caller("group:run").post("/v1/hcc", json=PROFILE)
    assert response.status_code == 200
    scores = response.json()
    [model] = scores["models"]
    # 0.330 + 0.166 + 0.360 + 0.112; / 1.067 and × 0.941 (test_scores.py).
    assert (scores["label"], model["raw"], model["adjusted"]["score"]) == ("estimate", "0.968", "0.853")
    assert [(one["hcc"], one["diagnoses"][0]["pointer"]) for one in model["hccs"]] == [
        ("37", "/diagnoses/0/code"),
        ("226", "/diagnoses/1/code"),
    ]
    assert [(one["pointer"], one["reason"]) for one in scores["not_counted"]] == [
        ("/diagnoses/2/code", "procedure-not-eligible")
    ]
    assert [(one["hcc"], one["outcome"]) for one in model["recapture"]] == [
        ("238", "not-yet-documented"),
        ("37", "new"),
        ("226", "new"),
    ]
    assert scores["engine"].startswith("hccinfhir ")
    assert {(one["table"], one["release"]) for one in scores["releases"]} >= {
        ("hcc.diagnoses", "PY2026"),
        ("hcc.coefficients", "PY2026"),
        ("hcc.procedures", "CY2025"),
    }


async def test_asking_twice_gives_the_same(caller: Caller) -> None:
    client = caller("group:run")
    first, second = [await client.post("/v1/hcc", json=PROFILE) for _ in range(2)]
    assert first.json() == second.json()


@pytest.mark.parametrize(
    ("place", "value", "pointer"),
    [
        ("/diagnoses/0/code", "E11-22", "/diagnoses/0/code"),
        ("/diagnoses/0/code", "I5023\x00xx", "/diagnoses/0/code"),
        ("/diagnoses/0/service_date", "2025-02-30", "/diagnoses/0/service_date"),
        ("/person/age", -1, "/person/age"),
        ("/person/sex", "W", "/person/sex"),
        ("/person/orec", "9", "/person/orec"),
        ("/person/orec", None, "/person/orec"),
        ("/payment_year", "2026", "/payment_year"),
    ],
)
async def test_what_cannot_be_read_is_a_problem_with_its_pointer(
    caller: Caller, place: str, value: Any, pointer: str
) -> None:
    profile = json.loads(json.dumps(PROFILE))
    *path, last = place.strip("/").split("/")
    target = profile
    for step in path:
        target = target[int(step) if step.isdigit() else step]
    target[last] = value
    response = await caller("group:run").post("/v1/hcc", json=profile)
    problem = response.json()
    assert (response.status_code, problem["code"], problem["errors"][0]["pointer"]) == (422, "invalid_body", pointer)


async def test_what_makes_no_sense_is_refused_with_all_reasons(caller: Caller) -> None:
    person = PROFILE["person"] | {"sex": "U", "dual_status": "99"}
    profile = PROFILE | {"person": person, "models": ["CMS-HCC V27"], "last_year": None}
    response = await caller("group:run").post("/v1/hcc", json=profile)
    problem = response.json()
    assert (response.status_code, problem["code"], problem["pointer"]) == (422, "not_scorable", "/person/sex")
    assert [one["pointer"] for one in problem["reasons"]] == ["/person/sex", "/person/dual_status", "/models/0"]


async def test_a_year_that_is_not_carried_is_said(caller: Caller) -> None:
    # Last year's diagnoses of payment year 2025 were counted in 2024, whose mapping is not carried.
    last_year = {"diagnoses": [{"code": "E11.9", "service_date": "2023-05-05"}]}
    profile = PROFILE | {"payment_year": 2025, "last_year": last_year}
    response = await caller("group:run").post("/v1/hcc", json=profile)
    assert (response.status_code, response.json()["code"]) == (422, "no_release")


async def test_it_takes_the_scope_of_grouping(caller: Caller) -> None:
    assert (await caller("codes:read").post("/v1/hcc", json=PROFILE)).status_code == 403


async def test_a_bad_line_fails_alone(caller: Caller) -> None:
    bad = PROFILE | {"person": PROFILE["person"] | {"sex": "U"}}
    good = json.dumps(PROFILE).encode()
    lines = b"\n".join([good, b"", json.dumps(bad).encode(), b"{", good])
    response = await caller("group:run").post(
        "/v1/hcc:bulk", content=lines, headers={"Content-Type": "application/x-ndjson"}
    )
    assert response.status_code == 200
    answers = [json.loads(line) for line in response.text.splitlines()]
    assert [(one["line"], one["status"]) for one in answers] == [(1, 200), (3, 422), (4, 400), (5, 200)]
    assert answers[0]["scores"] == answers[3]["scores"]
    assert answers[1]["problem"]["code"] == "not_scorable"
