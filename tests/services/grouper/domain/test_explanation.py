"""Why a DRG is that DRG, against the Definitions Manual by hand; `proof` holds it to grouping again on many stays."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date

import pytest

from services.grouper.domain.explained import Effect, Explanation
from services.grouper.domain.explanation import explain
from services.grouper.domain.grouping import GroupedStay, Grouper
from services.grouper.domain.stays import Stay
from services.grouper.engines.in_process import InProcessEngine
from services.grouper.parameters import load_rules
from shared.claims import Diagnosis, IcdCode, PcsCode, Procedure
from shared.runtime import embedded_tables as installed

DAY = date(2025, 11, 20)  # MS-DRG v43.0


@pytest.fixture
async def grouper() -> AsyncIterator[Grouper]:
    engine = InProcessEngine()
    yield Grouper(engine=engine, rules=load_rules(), tables=installed())
    await engine.close()


def a_stay(*diagnoses: str, procedures: tuple[str, ...] = (), status: str = "01", poa: str = "Y") -> Stay:
    return Stay.model_construct(
        discharge_date=DAY,
        age=70,
        sex="F",
        discharge_status=status,
        diagnoses=tuple(Diagnosis.model_construct(code=IcdCode(code), poa=poa) for code in diagnoses),
        procedures=tuple(Procedure.model_construct(code=PcsCode(code), date=None) for code in procedures),
    )


async def explained(grouper: Grouper, stay: Stay) -> Explanation:
    tables = grouper.tables.current()
    grouped = await grouper.group_stay(stay, tables)
    assert isinstance(grouped, GroupedStay)
    return await explain(grouper.engine, tables, grouped)


def effects(explanation: Explanation) -> dict[str, Effect]:
    return {one.code: one.effect for one in (*explanation.diagnoses, *explanation.procedures)}


async def test_one_mcc_alone_decides(grouper: Grouper) -> None:
    # MDC 5, heart failure and shock: 291 with MCC, 292 with CC, 293 without. J96.01 is an MCC, I10 none.
    found = await explained(grouper, a_stay("I5023", "J9601", "I10"))
    assert found.drg.drg == "291"
    assert effects(found) == {"I5023": "decides", "J9601": "decides", "I10": "none"}
    assert [member.drg for member in found.family] == ["291", "292", "293"]


async def test_two_mccs_contribute_and_neither_decides(grouper: Grouper) -> None:
    found = await explained(grouper, a_stay("I5023", "J9601", "A419", "N179"))
    assert found.drg.drg == "291"
    assert effects(found) == {"I5023": "decides", "J9601": "contributes", "A419": "contributes", "N179": "none"}


async def test_a_cc_that_the_principal_diagnosis_excludes_does_not_count(grouper: Grouper) -> None:
    # Table 6K FY 2026: J96.00 as principal diagnosis excludes J96.21 (acute and chronic respiratory failure).
    found = await explained(grouper, a_stay("J9600", "J9621"))
    assert [(one.code, one.level, one.standing) for one in found.diagnoses] == [
        ("J9600", "MCC", "principal"),
        ("J9621", "MCC", "excluded-by-principal"),
    ]
    assert effects(found)["J9621"] == "none"


async def test_an_mcc_for_the_living_does_not_count_for_the_dead(grouper: Grouper) -> None:
    # Table 6K part 2: I46.9 is an MCC only if the patient is discharged alive.
    alive = await explained(grouper, a_stay("J189", "I469"))
    dead = await explained(grouper, a_stay("J189", "I469", status="20"))
    assert (alive.diagnoses[1].standing, dead.diagnoses[1].standing) == ("counts", "excluded-by-death")


async def test_the_procedure_on_the_list_of_the_step_decides(grouper: Grouper) -> None:
    # MDC 8, major hip and knee joint replacement: 0SRC0J9 is on its list; an injection is no operating room procedure.
    found = await explained(grouper, a_stay("M1711", "I10", procedures=("0SRC0J9", "3E0G76Z")))
    assert found.drg.drg == "470"
    assert [(one.code, one.operating_room, one.effect) for one in found.procedures] == [
        ("0SRC0J9", True, "decides"),
        ("3E0G76Z", False, "none"),
    ]
    assert found.step is not None
    assert (found.step.mdc, found.step.kind) == ("08", "SURGICAL")
    assert "0SRC0J9" in {code for term in found.step.met for code in term.codes}


async def test_the_step_names_the_terms_that_the_stay_meets(grouper: Grouper) -> None:
    found = await explained(grouper, a_stay("I5023", "J9601"))
    assert found.step is not None
    assert [(term.term, term.codes) for term in found.step.met] == [("MCC", ()), ("PDX:dxc0505", ("I5023",))]
    assert found.mdc_of_principal == "05"
