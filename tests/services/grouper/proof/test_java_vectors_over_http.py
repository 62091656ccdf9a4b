"""The answers of the CMS Java grouper through the front door, with the engine in this process and in the pool."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.services.grouper.conftest import Caller
from tests.services.grouper.test_java_vectors import stay_of, vectors

pytestmark = pytest.mark.reference

__all__ = ["vectors"]


@pytest.fixture(params=["in_process", "pool"])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVCYCLE_GROUPER_ENGINE", request.param)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_each_line_has_the_oracle_s_drgs_or_goes_back(
    engine: None, caller: Caller, vectors: list[dict[str, Any]]
) -> None:
    lines = "\n".join(stay_of(vector).model_dump_json() for vector in vectors)
    headers = {"Content-Type": "application/x-ndjson"}
    response = await caller("group:run").post("/v1/group/batch", content=lines, headers=headers)
    answers = [json.loads(line) for line in response.content.splitlines()]
    grouped = 0
    for vector, answer in zip(vectors, answers, strict=True):
        expected = vector["expected"]
        if answer["status"] == 200:
            drg = answer["grouping"]["drg"]
            assert (int(drg["initial_drg"]), int(drg["drg"])) == (expected["initial_drg"], expected["final_drg"])
            assert int(drg["mdc"]) == expected["final_mdc"]
            grouped += 1
        else:
            codes = {reason["code"] for reason in answer["problem"]["reasons"]}
            no_drg = expected["return_code"] != "OK" or expected["final_drg"] >= 998
            assert no_drg or codes == {"grouper-code-invalid"}
    assert grouped > 600
