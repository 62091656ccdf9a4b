"""What an explanation says of each code, against grouping again without it, the engine's marks and `drgpy`'s data.

`REVCYCLE_DRG_CLAIMS=7000` explains as many plausible stays, of all versions that the port has.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from functools import cache
from itertools import islice

import pytest
from drgpy.msdrg import DRGEngine
from msgspec.structs import replace

from services.grouper.domain.engine import GrouperAnswer
from services.grouper.domain.explained import ExplainedDiagnosis, ExplainedProcedure, Explanation
from services.grouper.domain.explanation import explain
from services.grouper.domain.grouping import GroupedStay, Grouper
from services.grouper.domain.stays import Stay
from services.grouper.engines.in_process import InProcessEngine
from services.grouper.parameters import load_rules
from shared.runtime import embedded_tables as installed
from shared.tables import Tables, msdrg
from shared.tables.history import in_force
from tests.services.grouper.proof.versions import LAST_DAYS
from tests.services.grouper.stays import a_stay
from tests.strategies.stays import definitions_on, plausible_stays

MANY = int(os.environ.get("REVCYCLE_DRG_CLAIMS", "250"))
SEED = os.environ.get("REVCYCLE_DRG_SEED", "1")
VERSIONS = list(LAST_DAYS) if MANY >= 5000 else ["v43.1"]

_SEVERITIES = {"NONE": 0, "NCC": 0, "CC": 1, "MCC": 2}
_ExplainedCode = ExplainedDiagnosis | ExplainedProcedure


@pytest.fixture
async def grouper() -> AsyncIterator[Grouper]:
    engine = InProcessEngine()
    yield Grouper(engine=engine, rules=load_rules(), tables=installed())
    await engine.close()


@dataclass(frozen=True)
class Explained:
    """A stay with its answer and why."""

    grouped: GroupedStay
    explanation: Explanation

    @property
    def codes(self) -> tuple[_ExplainedCode, ...]:
        return (*self.explanation.diagnoses, *self.explanation.procedures)


async def explained_stays(grouper: Grouper, version: str) -> AsyncIterator[Explained]:
    tables = grouper.tables.current()
    stays = plausible_stays(definitions_on(tables, LAST_DAYS[version]), random.Random(f"{version}-{SEED}"))
    for stay in islice(stays, -(-MANY // len(VERSIONS))):
        grouped = await grouper.group_stay(stay, tables)
        if isinstance(grouped, GroupedStay):
            yield Explained(grouped, await explain(grouper.engine, tables, grouped))


async def drg_without(grouper: Grouper, one: Explained, codes: Iterable[_ExplainedCode]) -> int | None:
    """The final DRG without some codes; None where no diagnosis is left."""
    gone, asked = {(type(code), code.index) for code in codes}, one.grouped.asked
    left = replace(
        asked,
        diagnoses=tuple(d for i, d in enumerate(asked.diagnoses) if (ExplainedDiagnosis, i) not in gone),
        procedures=tuple(p for i, p in enumerate(asked.procedures) if (ExplainedProcedure, i) not in gone),
    )
    if not left.diagnoses:
        return None
    [answer] = await grouper.engine.group([left])
    assert isinstance(answer, GrouperAnswer)
    return answer.final_drg


@pytest.mark.parametrize("version", VERSIONS)
async def test_an_explanation_holds(grouper: Grouper, version: str) -> None:
    seen = Counter[str]()
    async for one in explained_stays(grouper, version):
        await leaving_out_has_the_effect_that_it_says(grouper, one)
        levels_that_count_make_the_severity(one)
        exclusions_are_those_of_the_engine_and_of_the_port(one, version)
        procedures_are_of_the_operating_room_as_in_the_port(one, version)
        step_and_family_lead_to_the_drg(one, version)
        seen.update(code.effect for code in one.codes)
        seen.update(diagnosis.standing for diagnosis in one.explanation.diagnoses)
    assert seen.keys() >= {"decides", "contributes", "none", "counts", "not-a-cc", "excluded-by-principal"}, seen


async def leaving_out_has_the_effect_that_it_says(grouper: Grouper, one: Explained) -> None:
    drg = one.grouped.answer.final_drg
    for code in one.codes:
        without = await drg_without(grouper, one, [code])
        assert (without != drg) == (code.effect == "decides"), (one.explanation, code)
    idle = [code for code in one.codes if code.effect == "none"]
    assert await drg_without(grouper, one, idle) == drg, one.explanation


def levels_that_count_make_the_severity(one: Explained) -> None:
    counting = (_SEVERITIES[diagnosis.final_level] for diagnosis in one.explanation.diagnoses)
    assert max(counting, default=0) == _SEVERITIES[one.grouped.answer.severity], one.explanation


def exclusions_are_those_of_the_engine_and_of_the_port(one: Explained, version: str) -> None:
    port, principal = the_port(version), one.explanation.diagnoses[0].code
    excluded_by_engine = {diagnosis.code for diagnosis in one.grouped.answer.diagnoses if diagnosis.excluded}
    for diagnosis in one.explanation.diagnoses[1:]:
        if diagnosis.level == "NCC":
            continue
        excluded = diagnosis.standing == "excluded-by-principal"
        assert excluded == (diagnosis.code in excluded_by_engine), (principal, diagnosis)
        if (listed := port.ccmap.get(diagnosis.code)) is not None:
            assert listed["level"] == diagnosis.level
            assert excluded == (principal in port.exmap.get(listed["pdx"], ())), (principal, diagnosis)


def procedures_are_of_the_operating_room_as_in_the_port(one: Explained, version: str) -> None:
    port = the_port(version)
    for procedure in one.explanation.procedures:
        if procedure.code in port.orpcsmap:
            assert procedure.operating_room, procedure


def step_and_family_lead_to_the_drg(one: Explained, version: str) -> None:
    drg, step = one.explanation.drg.drg, one.explanation.step
    assert drg in [member.drg for member in one.explanation.family]
    assert step is not None, one.explanation
    assert (step.kind == "SURGICAL") == the_port(version).drgmap[drg]["is_surgical"], (drg, step)
    coded = {code.code for code in one.codes}
    assert all(set(term.codes) <= coded for term in step.met), step


async def explained(grouper: Grouper, stay: Stay) -> Explanation:
    tables = grouper.tables.current()
    grouped = await grouper.group_stay(stay, tables)
    assert isinstance(grouped, GroupedStay)
    return await explain(grouper.engine, tables, grouped)


async def test_a_code_that_the_drg_itself_names_does_not_count(grouper: Grouper) -> None:
    # Appendix C part 3: beside multiple significant trauma (DRGs 963-965) the trauma is no MCC, S75.199A listed as one.
    found = await explained(grouper, a_stay("S06342A", "S75199A", discharge_date="2026-09-30"))
    assert found.drg.drg == "965"
    second = found.diagnoses[1]
    assert (second.level, second.standing, second.final_level) == ("MCC", "excluded-by-drg", "NCC")


async def test_the_step_to_a_procedure_unrelated_to_the_principal_diagnosis_is_shown(grouper: Grouper) -> None:
    # A knee replacement on a stay for pneumonia: extensive, unrelated, without CC or MCC.
    found = await explained(grouper, a_stay("J189", procedures=("0SRC0J9",), discharge_date="2026-09-30"))
    assert found.drg.drg == "983"
    assert found.step is not None
    assert (found.step.mdc, found.step.kind) == ("29", "SURGICAL")
    assert [member.drg for member in found.family] == ["981", "982", "983"]


@pytest.mark.parametrize("version", ["v42.1", "v43", "v43.1"])
def test_codes_that_do_not_count_for_a_drg_are_those_of_appendix_c_part_3(
    version: str, embedded_tables: Tables
) -> None:
    day = LAST_DAYS[version]
    uncounted: dict[str, set[str]] = {}
    for mdc in range(30):
        for formula in msdrg.formulas(embedded_tables, mdc, day):
            uncounted.setdefault(f"{formula.drg:03}", set()).update(formula.uncounted)
    listed: dict[str, set[str]] = {}
    for code, rows in embedded_tables.on(msdrg.DIAGNOSES, day).store.items():
        if (row := in_force(rows, day)) is not None and row.level != "NCC":
            for name in row.lists:
                listed.setdefault(name, set()).add(code)
    for drg, codes in the_port(version).drg_exclusions.items():
        assert set().union(*(listed.get(name, set()) for name in uncounted[drg])) == codes, drg


@cache
def the_port(version: str) -> DRGEngine:
    return DRGEngine(version)
