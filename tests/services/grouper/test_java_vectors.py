"""The CMS Java grouper as the oracle: 825 claims with its answers (initial and final DRG and MDC)."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest

from services.grouper.domain.answers import assignment, is_grouped
from services.grouper.domain.engine import GrouperAnswer, GrouperInput
from services.grouper.domain.grouping import Returned
from services.grouper.domain.stays import Stay
from services.grouper.engines.in_process import InProcessEngine
from services.grouper.engines.pool import PooledEngine
from shared.claims import AS_RECEIVED, Grouping
from tests.services.grouper.domain.test_versions import FIRST_DAYS
from tests.services.grouper.stays import a_grouper

pytestmark = pytest.mark.reference

PATH = Path(os.environ.get("REVCYCLE_REFERENCE", "../shared")) / "data" / "grouper" / "msdrg_v431_java_vectors.jsonl"


@pytest.fixture(scope="module")
def vectors() -> list[dict[str, Any]]:
    if not PATH.exists():
        pytest.skip(f"no reference data at {PATH.parent}")
    return [json.loads(line) for line in PATH.read_text(encoding="utf-8").splitlines()]


def version_of(vector: dict[str, Any]) -> str:
    digits = str(vector["claim"]["version"])
    return f"{digits[:2]}.{digits[2]}"


def stay_of(vector: dict[str, Any]) -> Stay:
    """The vector as a stay discharged on the first day of its version."""
    claim = vector["claim"]
    return Stay.model_validate(
        {
            "discharge_date": FIRST_DAYS[version_of(vector)],
            "age": claim["age"],
            "sex": "MFU"[claim["sex"]],
            "discharge_status": f"{claim['discharge_status']:02}",
            "diagnoses": [claim["pdx"], *claim["sdx"]],
            "procedures": claim["procedures"],
            "poa_exempt": claim.get("hospital_status") == "EXEMPT",
        },
        context=AS_RECEIVED,
    )


def input_of(vector: dict[str, Any]) -> GrouperInput:
    """The vector in the engine's terms, past our own checks: the oracle passes over codes that are not valid."""
    stay = stay_of(vector)
    assert stay.age is not None
    assert stay.sex is not None
    assert stay.discharge_status is not None
    return GrouperInput(
        version=version_of(vector),
        age=stay.age,
        sex=stay.sex,
        discharge_status=stay.discharge_status,
        poa_exempt=stay.poa_exempt,
        diagnoses=tuple((str(one.code), one.poa) for one in stay.diagnoses),
        procedures=tuple(str(one.code) for one in stay.procedures),
    )


@pytest.mark.parametrize("adapter", [InProcessEngine, PooledEngine])
async def test_the_engine_agrees_with_the_cms_grouper_on_every_claim(
    vectors: list[dict[str, Any]], adapter: type[InProcessEngine | PooledEngine]
) -> None:
    engine = adapter()
    answers = await engine.group([input_of(vector) for vector in vectors])
    await engine.close()
    found = [
        {
            "initial_drg": answer.initial_drg,
            "final_drg": answer.final_drg,
            "initial_mdc": answer.initial_mdc,
            "final_mdc": answer.final_mdc,
            "return_code": answer.return_code,
        }
        for answer in answers
        if isinstance(answer, GrouperAnswer)
    ]
    assert found == [vector["expected"] for vector in vectors]


def test_a_grouped_claim_shows_the_oracle_s_drg_in_three_digits(vectors: list[dict[str, Any]]) -> None:
    answers = asyncio.run(a_grouper().engine.group([input_of(vector) for vector in vectors]))
    for vector, answer in zip(vectors, answers, strict=True):
        assert isinstance(answer, GrouperAnswer)
        if is_grouped(answer):
            drg = assignment("oracle", input_of(vector), answer, None)
            expected = vector["expected"]
            assert (drg.initial_drg, drg.drg) == (f"{expected['initial_drg']:03}", f"{expected['final_drg']:03}")
            assert len(drg.diagnoses) == 1 + len(vector["claim"]["sdx"])


def test_through_our_own_checks_a_claim_has_the_oracle_s_drg_or_goes_back(vectors: list[dict[str, Any]]) -> None:
    decisions = asyncio.run(a_grouper().decide([stay_of(vector) for vector in vectors]))
    grouped = 0
    for vector, decision in zip(vectors, decisions, strict=True):
        expected = vector["expected"]
        if isinstance(decision, Grouping):
            assert decision.drg is not None
            assert int(decision.drg.drg) == expected["final_drg"]
            assert int(decision.drg.mdc) == expected["final_mdc"]
            grouped += 1
        else:
            assert isinstance(decision, Returned)
            codes = {reason.code for reason in decision.reasons}
            assert codes == {"grouper-code-invalid"} or expected["return_code"] != "OK" or expected["final_drg"] >= 998
    assert grouped > 600
