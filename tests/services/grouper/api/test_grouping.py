"""POST /v1/group and /v1/group/batch: stateless, exact about what is wrong, one bad line fails alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from services.grouper.domain.engine import DrgEngine, GrouperAnswer, GrouperInput
from services.grouper.errors import EngineBusy, EngineFailed
from tests.builders import a_professional_claim, an_institutional_claim
from tests.services.grouper.conftest import Caller

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # nothing here is kept

STAY: dict[str, Any] = {
    "kind": "stay",
    "discharge_date": "2026-11-20",
    "age": 76,
    "sex": "F",
    "discharge_status": "01",
    "diagnoses": [{"code": "J18.9", "poa": "Y"}, {"code": "N17.9", "poa": "Y"}],
}


async def test_a_stay_is_grouped_with_the_level_of_each_diagnosis(caller: Caller) -> None:
    response = await caller("group:run").post("/v1/group", json=STAY)
    assert response.status_code == 200
    drg = response.json()["drg"]
    assert (drg["drg"], drg["version"]) == ("194", "44.0")
    assert [(one["code"], one["severity"]) for one in drg["diagnoses"]] == [("J189", "NONE"), ("N179", "CC")]


async def test_a_drg_has_its_weight_where_the_table_of_its_year_is_loaded(caller: Caller) -> None:
    client = caller("group:run", "codes:read")
    grouped = (await client.post("/v1/group", json=STAY | {"discharge_date": "2025-11-20"})).json()["drg"]
    looked_up = (await client.get(f"/v1/drgs/{grouped['drg']}", params={"date": "2025-11-20"})).json()
    assert grouped["weight"] == looked_up["weight"]
    assert 0 < float(grouped["weight"]) < 30
    # A fresh install has Table 5 of FY 2026 alone: a weight of another year would be a wrong one.
    assert (await client.post("/v1/group", json=STAY)).json()["drg"]["weight"] is None


async def test_a_claim_is_grouped_as_it_was_received(caller: Caller) -> None:
    claim = an_institutional_claim().with_billing(npi="1234567890").document()  # a wrong check digit is no obstacle
    response = await caller("group:run").post("/v1/group", json=claim)
    assert response.json()["drg"]["drg"] == "194"


async def test_a_professional_claim_has_no_drg_and_says_why(caller: Caller) -> None:
    response = await caller("group:run").post("/v1/group", json=a_professional_claim().document())
    answer = response.json()
    assert (answer["method"], answer["drg"]) == ("none", None)
    assert "professional" in answer["reason"]


async def test_what_cannot_be_grouped_is_a_problem_with_every_reason(caller: Caller) -> None:
    response = await caller("group:run").post("/v1/group", json=STAY | {"sex": None, "diagnoses": [{"code": "J18"}]})
    problem = response.json()
    assert (response.status_code, problem["code"], problem["pointer"]) == (422, "not_groupable", "/sex")
    assert [reason["code"] for reason in problem["reasons"]] == ["grouper-sex-missing", "grouper-code-invalid"]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"age": -1}, "/age"),
        ({"age": "76"}, "/age"),
        ({"discharge_date": "2026-02-30"}, "/discharge_date"),
        ({"sex": "X"}, "/sex"),
        ({"diagnoses": [{"code": "I5023\0junk"}]}, "/diagnoses/0/code"),
        ({"diagnoses": [{"code": "J189"}] * 26}, "/diagnoses"),
        ({"procedures": [{"code": "0DTJ4ZZ", "date": "yesterday"}]}, "/procedures/0/date"),
        ({"surprise": 1}, "/surprise"),
    ],
)
async def test_a_stay_of_the_wrong_shape_is_a_problem_at_its_field(
    caller: Caller, changes: dict[str, Any], pointer: str
) -> None:
    response = await caller("group:run").post("/v1/group", json=STAY | changes)
    assert (response.status_code, response.json()["code"]) == (422, "invalid_body")
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]


async def test_grouping_takes_its_scope(caller: Caller) -> None:
    assert (await caller("claims:read").post("/v1/group", json=STAY)).status_code == 403
    assert (await caller("claims:read").post("/v1/group/batch", content=b"")).status_code == 403


async def test_a_bulk_answers_each_line_in_order_and_a_bad_one_fails_alone(caller: Caller) -> None:
    lines = [
        json.dumps(STAY),
        "{not json",
        "",
        json.dumps(STAY | {"discharge_status": "99"}),
        json.dumps(an_institutional_claim().document()),
    ]
    response = await caller("group:run").post(
        "/v1/group/batch", content="\n".join(lines), headers={"Content-Type": "application/x-ndjson"}
    )
    answers = [json.loads(line) for line in response.text.splitlines()]
    assert response.headers["content-type"].startswith("application/x-ndjson")
    assert [(one["line"], one["status"]) for one in answers] == [(1, 200), (2, 400), (4, 422), (5, 200)]
    assert answers[0]["grouping"]["drg"]["drg"] == "194"
    assert answers[2]["problem"]["code"] == "not_groupable"
    assert answers[2]["problem"]["reasons"][0]["pointer"] == "/discharge_status"


async def test_a_bulk_of_a_thousand_lines_is_answered_whole(caller: Caller) -> None:
    body = (json.dumps(STAY) + "\n") * 1000
    response = await caller("group:run").post("/v1/group/batch", content=body)
    drgs = [json.loads(line)["grouping"]["drg"]["drg"] for line in response.text.splitlines()]
    assert drgs == ["194"] * 1000


class OverrunEngine(DrgEngine):
    name = "overrun"

    async def group(self, stays: Sequence[GrouperInput]) -> list[GrouperAnswer | EngineFailed]:
        raise EngineBusy

    async def start(self) -> None: ...

    async def close(self) -> None: ...


async def test_a_claim_that_may_not_wait_is_told_to_come_back(caller: Caller) -> None:
    client = caller("group:run")
    state = client._transport.app.state  # type: ignore[attr-defined]  # the transport is an ASGITransport
    full, state.grouper = state.grouper, replace(state.grouper, engine=OverrunEngine())
    response = await client.post("/v1/group", json=STAY)
    state.grouper = full
    assert (response.status_code, response.json()["code"], response.headers["Retry-After"]) == (503, "engine_busy", "1")
