"""Why a stay has its DRG: what each code is to the grouper, which condition decided, and what would not be missed.

What a code is comes from the definitions (`shared.tables.msdrg`); whether it matters comes from grouping the stay again
without it. The engine's own hints are not used: its impact flags differ from the CMS grouper on one claim in four.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from msgspec import structs

from services.grouper.domain.answers import assignment
from services.grouper.domain.engine import DrgEngine, GrouperAnswer, GrouperInput
from services.grouper.domain.explained import (
    DecidingStep,
    Effect,
    ExplainedDiagnosis,
    ExplainedProcedure,
    Explanation,
    FamilyMember,
    MetTerm,
    Standing,
)
from services.grouper.domain.explanation_graph import graph_of
from services.grouper.domain.formulas import read_condition
from services.grouper.domain.grouping import GroupedStay
from services.grouper.domain.hospital_acquired import (
    EFFECTS,
    NOT_PRESENT_ON_ADMISSION,
    HacEffect,
    MetHac,
    hacs_met,
)
from services.grouper.errors import EngineFailed
from shared.claims import Many
from shared.tables import Tables, ipps, msdrg, poa

_BEFORE_ANY_MDC, _AFTER_ANY_MDC = 0, 99
_DIED = "20"


@dataclass(frozen=True, slots=True)
class _Place:
    """One code of a stay that may be left out."""

    field: Literal["diagnoses", "procedures"]
    index: int


async def explain(engine: DrgEngine, tables: Tables, grouped: GroupedStay) -> Explanation:
    """Raises EngineBusy, EngineFailed, and NoRelease where the definitions of the day are not loaded."""
    asked, answer, day = grouped.asked, grouped.answer, grouped.stay.discharge_date
    codes = _CodesOfStay.of(tables, grouped)
    step = _deciding_step(tables, grouped, codes)
    effects = await _effects(engine, asked, answer, codes.needed_for(step, answer))
    drg = assignment(engine.name, asked, answer, ipps.weight(tables, f"{answer.final_drg:03}", day))
    diagnoses, procedures = codes.explained(tables, day, effects)
    family = _family(tables, answer.final_drg, answer.final_mdc, day)
    principal = codes.diagnoses[0]
    return Explanation(
        drg=drg,
        as_of=day,
        mdc_of_principal=f"{principal.mdc:02}" if principal is not None and principal.mdc else None,
        diagnoses=diagnoses,
        procedures=procedures,
        step=step,
        family=family,
        graph=graph_of(drg, diagnoses, procedures, step, family),
        hospital_acquired=HacEffect(
            hospital_exempt=asked.poa_exempt,
            initial_drg=f"{answer.initial_drg:03}",
            final_drg=f"{answer.final_drg:03}",
            effect=EFFECTS[answer.hac_status],
        ),
        conversions=grouped.conversions,
        definitions=tables.release(msdrg.DIAGNOSES, day).name,
    )


@dataclass(frozen=True, slots=True)
class _CodesOfStay:
    """What the definitions say of each code of a stay, in the order of the claim."""

    asked: GrouperInput
    diagnoses: tuple[msdrg.GroupedDiagnosis | None, ...]
    procedures: tuple[msdrg.GroupedProcedure | None, ...]
    hacs: tuple[Many[MetHac], ...]
    standing: tuple[Standing, ...]

    @classmethod
    def of(cls, tables: Tables, grouped: GroupedStay) -> _CodesOfStay:
        asked, day = grouped.asked, grouped.stay.discharge_date
        diagnoses = tuple(msdrg.grouped_diagnosis(tables, code, day) for code, _poa in asked.diagnoses)
        procedures = tuple(msdrg.grouped_procedure(tables, code, day) for code in asked.procedures)
        principal = asked.diagnoses[0][0]
        hacs = hacs_met(tables, diagnoses, procedures, day)
        uncounted = {name for _mdc, one in _leading(tables, grouped) for name in one.uncounted}
        standing: list[Standing] = []
        for index, ((code, poa_given), row) in enumerate(zip(asked.diagnoses, diagnoses, strict=True)):
            if index == 0:
                standing.append("principal")
            elif row is None or row.level == "NCC":
                standing.append("not-a-cc")
            elif msdrg.is_excluded(tables, code, principal, day):
                standing.append("excluded-by-principal")
            elif "mccalive" in row.lists and asked.discharge_status == _DIED:
                standing.append("excluded-by-death")
            elif uncounted.intersection(row.lists):
                standing.append("excluded-by-drg")
            elif hacs[index] and poa_given in NOT_PRESENT_ON_ADMISSION and not asked.poa_exempt:
                standing.append("hospital-acquired")
            else:
                standing.append("counts")
        return cls(asked, diagnoses, procedures, hacs, tuple(standing))

    def explained(
        self, tables: Tables, day: date, effects: Mapping[_Place, Effect]
    ) -> tuple[tuple[ExplainedDiagnosis, ...], tuple[ExplainedProcedure, ...]]:
        exclusions = msdrg.exclusion_list(tables, self.asked.diagnoses[0][0], day)
        diagnoses = tuple(
            self._diagnosis(tables, index, day, exclusions, effects[_Place("diagnoses", index)])
            for index in range(len(self.asked.diagnoses))
        )
        procedures = tuple(
            ExplainedProcedure(
                index=index,
                code=code,
                operating_room=row is not None and row.operating_room,
                effect=effects[_Place("procedures", index)],
            )
            for index, (code, row) in enumerate(zip(self.asked.procedures, self.procedures, strict=True))
        )
        return diagnoses, procedures

    def _diagnosis(
        self, tables: Tables, index: int, day: date, exclusions: str | None, effect: Effect
    ) -> ExplainedDiagnosis:
        (code, poa_given), level, standing = self.asked.diagnoses[index], self.level(index), self.standing[index]
        return ExplainedDiagnosis(
            index=index,
            code=code,
            level=level,
            standing=standing,
            poa=poa_given,
            poa_exempt=poa.is_exempt(tables, code, day),
            hacs=self.hacs[index],
            initial_level=level if standing in ("counts", "hospital-acquired") else "NCC",
            final_level=level if standing == "counts" else "NCC",
            exclusion_list=exclusions if standing == "excluded-by-principal" else None,
            effect=effect,
        )

    def level(self, index: int) -> msdrg.Level:
        row = self.diagnoses[index]
        return row.level if row is not None else "NCC"

    def on_lists(self) -> dict[str, list[str]]:
        """Terms of conditions that the codes of the stay meet, with the codes."""
        met: dict[str, list[str]] = {}
        for index, ((code, _poa), row) in enumerate(zip(self.asked.diagnoses, self.diagnoses, strict=True)):
            if row is not None:
                where = "PDX" if index == 0 else "SDX"
                lists = (*row.lists, *row.principal_lists) if index == 0 else row.lists
                for name in lists:
                    met.setdefault(f"{where}:{name}", []).append(code)
                    met.setdefault(f"ANY:{name}", []).append(code)
        for code, procedure in zip(self.asked.procedures, self.procedures, strict=True):
            for name in procedure.lists if procedure is not None else ():
                met.setdefault(name, []).append(code)
        return met

    def needed_for(self, step: DecidingStep | None, answer: GrouperAnswer) -> set[_Place]:
        """Codes that the definitions make matter: on a list of the step, or of the severity that counted."""
        named = {code for term in step.met for code in term.codes} if step is not None else set()
        needed = {_Place("procedures", i) for i, code in enumerate(self.asked.procedures) if code in named}
        for index, (code, _poa) in enumerate(self.asked.diagnoses):
            counts = self.standing[index] == "counts" and self.level(index) == answer.severity
            if index == 0 or counts or code in named:
                needed.add(_Place("diagnoses", index))
        return needed


def _deciding_step(tables: Tables, grouped: GroupedStay, codes: _CodesOfStay) -> DecidingStep | None:
    """The first formula for the DRG that the stay can meet; some terms only the engine knows."""
    met, asked, answer = codes.on_lists(), grouped.asked, grouped.answer
    facts = {
        "MCC": answer.severity == "MCC",
        "CC": answer.severity == "CC",
        "ALIVE": asked.discharge_status != _DIED,
        "DIED": asked.discharge_status == _DIED,
    }

    def judge(term: str) -> bool | None:
        if term in facts:
            return facts[term]
        return True if term in met else None if term.isupper() else False

    leading = _leading(tables, grouped)
    possible = [(mdc, one) for mdc, one in leading if read_condition(one.condition).judged(judge) is not False]
    if not leading:
        return None
    mdc, formula = (possible or leading)[0]
    true = [term for term in dict.fromkeys(read_condition(formula.condition).terms()) if judge(term)]
    return DecidingStep(
        mdc=f"{mdc:02}",
        kind=formula.kind,
        condition=" ".join(formula.condition.split()),
        met=tuple(MetTerm(term=term, codes=tuple(met.get(term, ()))) for term in true),
    )


def _leading(tables: Tables, grouped: GroupedStay) -> tuple[tuple[int, msdrg.Formula], ...]:
    """The formulas for the DRG, with their MDC."""
    answer = grouped.answer
    return _leading_to(tables, answer.final_drg, answer.final_mdc, grouped.stay.discharge_date)


@lru_cache(maxsize=2_048)  # every DRG of two versions
def _leading_to(tables: Tables, drg: int, mdc: int, day: date) -> tuple[tuple[int, msdrg.Formula], ...]:
    return tuple((of_mdc, one) for of_mdc, one in _formulas(tables, mdc, day) if one.drg == drg)


@lru_cache(maxsize=128)
def _formulas(tables: Tables, mdc: int, day: date) -> tuple[tuple[int, msdrg.Formula], ...]:
    """The formulas that may lead to a DRG of an MDC, with theirs: its own, those before any MDC, those after.

    An MDC may hand a stay on to other formulas, such as those for procedures unrelated to the principal diagnosis.
    """
    tried = dict.fromkeys((mdc, _BEFORE_ANY_MDC, _AFTER_ANY_MDC))
    found = [(of_mdc, formula) for of_mdc in tried for formula in msdrg.formulas(tables, of_mdc, day)]
    handed_on = dict.fromkeys(formula.next_mdc for _mdc, formula in found if formula.next_mdc not in (0, *tried))
    return (*found, *((of_mdc, formula) for of_mdc in handed_on for formula in msdrg.formulas(tables, of_mdc, day)))


async def _effects(
    engine: DrgEngine, asked: GrouperInput, answer: GrouperAnswer, needed: Iterable[_Place]
) -> dict[_Place, Effect]:
    """Leave out each code alone; then all together that alone did not matter, to find those that do together."""
    places = [_Place("diagnoses", index) for index in range(len(asked.diagnoses))]
    places += [_Place("procedures", index) for index in range(len(asked.procedures))]
    same = await _same_drg(engine, answer, [_without(asked, {place}) for place in places])
    effects: dict[_Place, Effect] = {
        place: "contributes" if unchanged else "decides" for place, unchanged in zip(places, same, strict=True)
    }
    idle = [place for place in places if effects[place] != "decides" and place not in set(needed)]
    [all_idle] = await _same_drg(engine, answer, [_without(asked, set(idle))])
    if not all_idle:
        idle = await _idle_together(engine, asked, answer, idle)
    return effects | dict.fromkeys(idle, "none")


async def _idle_together(
    engine: DrgEngine, asked: GrouperInput, answer: GrouperAnswer, places: Sequence[_Place]
) -> list[_Place]:
    """As many of the places as can be left out at once, in their order."""
    idle: list[_Place] = []
    for place in places:
        [unchanged] = await _same_drg(engine, answer, [_without(asked, {*idle, place})])
        if unchanged:
            idle.append(place)
    return idle


async def _same_drg(engine: DrgEngine, answer: GrouperAnswer, stays: Sequence[GrouperInput]) -> list[bool]:
    """Whether each stay has the DRG of the answer. One that has no diagnosis left has none."""
    asked = [stay for stay in stays if stay.diagnoses]
    answers = iter(await engine.group(asked) if asked else ())
    return [bool(stay.diagnoses) and _drg_of(next(answers)) == answer.final_drg for stay in stays]


def _drg_of(answer: GrouperAnswer | EngineFailed) -> int:
    if isinstance(answer, EngineFailed):
        raise answer
    return answer.final_drg


def _without(asked: GrouperInput, places: set[_Place]) -> GrouperInput:
    diagnoses = {place.index for place in places if place.field == "diagnoses"}
    procedures = {place.index for place in places if place.field == "procedures"}
    return structs.replace(
        asked,
        diagnoses=tuple([one for index, one in enumerate(asked.diagnoses) if index not in diagnoses]),
        procedures=tuple([one for index, one in enumerate(asked.procedures) if index not in procedures]),
    )


@lru_cache(maxsize=2_048)
def _family(tables: Tables, drg: int, mdc: int, day: date) -> tuple[FamilyMember, ...]:
    formulas = [formula for _mdc, formula in _formulas(tables, mdc, day) if formula.drg]
    family = next((formula.family for formula in formulas if formula.drg == drg), None)
    members = sorted({formula.drg for formula in formulas if formula.family == family} or {drg})
    found = [(f"{number:03}", ipps.drg(tables, f"{number:03}", day)) for number in members]
    return tuple(
        FamilyMember(drg=number, title=known.title if known else None, weight=known.weight if known else None)
        for number, known in found
    )
