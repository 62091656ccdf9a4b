"""What the native engine takes without a word and the door refuses: each on the engine first, then at the door."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from services.grouper.domain.engine import GrouperAnswer, GrouperInput
from tests.services.grouper.conftest import Caller
from tests.services.grouper.stays import a_grouper

ASKED = GrouperInput("43.1", 70, "F", "01", False, (("I5023", "Y"), ("J9601", "Y")), ("5A1955Z",))
DOCUMENT: dict[str, Any] = {
    "kind": "stay",
    "discharge_date": "2026-09-30",
    "age": 70,
    "sex": "F",
    "discharge_status": "01",
    "diagnoses": [{"code": "I5023", "poa": "Y"}, {"code": "J9601", "poa": "Y"}],
    "procedures": [{"code": "5A1955Z"}],
}
_UNKNOWN = [{"code": "I5023", "poa": "Y"}, {"code": "J96019", "poa": "Y"}]

TRAPS: dict[str, tuple[GrouperInput, dict[str, Any], str]] = {
    "an age below zero": (replace(ASKED, age=-1), {"age": -1}, "/age"),
    "a discharge status that is none": (
        replace(ASKED, discharge_status="99"),
        {"discharge_status": "99"},
        "/discharge_status",
    ),
    "a secondary diagnosis that is none": (
        replace(ASKED, diagnoses=(("I5023", "Y"), ("J96019", "Y"))),
        {"diagnoses": _UNKNOWN},
        "/diagnoses/1/code",
    ),
    "a procedure that is none": (
        replace(ASKED, procedures=("5A1955X",)),
        {"procedures": [{"code": "5A1955X"}]},
        "/procedures/0/code",
    ),
    "a code that a NUL cuts off": (
        replace(ASKED, diagnoses=(("J9601", "Y"), ("I5023\0junk", "Y"))),
        {"diagnoses": [{"code": "J9601"}, {"code": "I5023\0junk"}]},
        "/diagnoses/1/code",
    ),
}
"""What is wrong: the engine's input, the same at the door, where the door points."""


@pytest.mark.parametrize(("asked", "wrong", "pointer"), TRAPS.values(), ids=TRAPS.keys())
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_engine_groups_it_and_the_door_does_not(
    caller: Caller, asked: GrouperInput, wrong: dict[str, Any], pointer: str
) -> None:
    [answer] = await a_grouper().engine.group([asked])
    assert isinstance(answer, GrouperAnswer)
    assert answer.return_code == "OK"
    response = await caller("group:run").post("/v1/group", json=DOCUMENT | wrong)
    assert response.status_code == 422
    problem = response.json()
    faults = problem.get("errors") or problem["reasons"]
    assert pointer in [fault["pointer"] for fault in faults]


async def test_an_indicator_of_1_is_none_and_the_engine_is_not_given_it() -> None:
    # The engine refuses POA "1", the form of "exempt from reporting" until 2011; a blank says the same.
    answers = await a_grouper().engine.group(
        [replace(ASKED, diagnoses=(("I5023", "Y"), ("J9601", poa))) for poa in ("1", None)]
    )
    assert all(isinstance(one, GrouperAnswer) for one in answers)
    assert answers[0] == answers[1]
