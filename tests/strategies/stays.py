"""Plausible inpatient stays of a day of discharge, drawn from the MS-DRG definitions so that every DRG can be reached.

A draw starts from a formula of an MDC, whose lists give a principal diagnosis and procedures that fit one another, or
from a principal diagnosis alone, and adds what hospitals add: secondary diagnoses that are often CC or MCC, some of
them excluded by the principal diagnosis, procedures of no consequence, one that fits nothing, and how the stay ended.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.grouper.domain.formulas import All, AnyOf, Condition, Not, read_condition
from services.grouper.domain.stays import Stay
from shared.claims import AS_RECEIVED
from shared.tables import CodeSets, CodeSystem, Tables, msdrg
from shared.tables.history import in_force

_MDCS = range(26)
_NEWBORN = 15
_USUAL_SEX = {12: "M", 13: "F", 14: "F"}
_STATUSES = ("01",) * 12 + ("03", "06", "62", "02", "05", "07", "20", "20", "20", "50", "63", "65", "66", "21")
_STATUS_OF_TERM = {"DIED": "20", "AMA": "07", "XFRNBA": "02"}
_INDICATORS = ("Y",) * 22 + ("N", "U", "W")

_Codes = dict[str, list[str]]


def _codes() -> _Codes:
    return defaultdict(list)


@dataclass(frozen=True)
class Definitions:
    """The codes of a day, by what MS-DRG makes of them. It knows some that the code sets do not."""

    day: date
    code_sets: CodeSets
    conditions: dict[int, list[Condition]]
    """Of the formulas of each MDC that lead to a DRG."""
    levels: dict[str, msdrg.Level] = field(default_factory=dict)
    by_mdc: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    by_level: _Codes = field(default_factory=_codes)
    by_chapter: _Codes = field(default_factory=_codes)
    on_list: _Codes = field(default_factory=_codes)
    """Diagnoses by list, wherever they stand."""
    principals: _Codes = field(default_factory=_codes)
    """Diagnoses by list that they are on as principal diagnosis."""
    procedures: _Codes = field(default_factory=_codes)
    excluded: _Codes = field(default_factory=_codes)
    """The CCs and MCCs of an exclusion list."""
    exclusion_list: dict[str, str] = field(default_factory=dict)
    """Of each principal diagnosis that has one."""

    def is_valid(self, system: CodeSystem, code: str) -> bool:
        return self.code_sets.is_valid(system, code, self.day)


def definitions_on(tables: Tables, day: date) -> Definitions:
    """The definitions of a day of discharge. Reads every code of MS-DRG: about a second."""
    found = Definitions(day, CodeSets(tables), {mdc: list(_conditions(tables, mdc, day)) for mdc in _MDCS})
    for code, rows in tables.on(msdrg.DIAGNOSES, day).store.items():
        if (diagnosis := in_force(rows, day)) is not None:
            _place(found, code, diagnosis)
    for code, operations in tables.on(msdrg.PROCEDURES, day).store.items():
        if (procedure := in_force(operations, day)) is not None:
            for name in procedure.lists:
                found.procedures[name].append(code)
    for code, principals in tables.on(msdrg.PRINCIPAL_DIAGNOSES, day).store.items():
        if (principal := in_force(principals, day)) is not None:
            found.exclusion_list[code] = principal.exclusion_list
    for number, lists in tables.on(msdrg.EXCLUSION_LISTS, day).store.items():
        codes = sorted(code for one in lists for code in one.codes)
        found.excluded[number] = [code for code in codes if found.levels.get(code, "NCC") != "NCC"]
    return found


def plausible_stays(definitions: Definitions, chance: random.Random) -> Iterator[Stay]:
    """Stays without end, the same for the same `chance`."""
    while True:
        yield _stay(definitions, chance)


def _place(found: Definitions, code: str, diagnosis: msdrg.GroupedDiagnosis) -> None:
    found.levels[code] = diagnosis.level
    found.by_mdc[diagnosis.mdc].append(code)
    found.by_level[diagnosis.level].append(code)
    found.by_chapter[code[:2]].append(code)
    for name in diagnosis.lists:
        found.on_list[name].append(code)
    for name in (*diagnosis.lists, *diagnosis.principal_lists):
        found.principals[name].append(code)


def _conditions(tables: Tables, mdc: int, day: date) -> Iterator[Condition]:
    return (read_condition(formula.condition) for formula in msdrg.formulas(tables, mdc, day) if formula.drg)


def _needed(condition: Condition, chance: random.Random) -> Iterator[str]:
    """Terms that together meet the condition, one way of several."""
    if isinstance(condition, All):
        for one in condition.conditions:
            yield from _needed(one, chance)
    elif isinstance(condition, AnyOf):
        yield from _needed(chance.choice(condition.conditions), chance)
    elif not isinstance(condition, Not):
        yield condition.name


def _stay(known: Definitions, chance: random.Random) -> Stay:
    mdc = chance.choice(_MDCS)
    terms: list[str] = []
    if chance.random() < 0.7 and known.conditions[mdc]:
        terms = list(_needed(chance.choice(known.conditions[mdc]), chance))
    principal = _principal(known, mdc, terms, chance)
    secondary = [code for code in _secondary(known, principal, terms, chance) if known.is_valid("icd10cm", code)]
    procedures = [code for code in _procedures(known, mdc, terms, chance) if known.is_valid("icd10pcs", code)]
    chance.shuffle(procedures)
    ended = next((status for term, status in _STATUS_OF_TERM.items() if term in terms), chance.choice(_STATUSES))
    document: dict[str, Any] = {
        "discharge_date": known.day.isoformat(),
        "age": _age(mdc, principal, chance),
        "sex": _USUAL_SEX.get(mdc, chance.choice("FM")) if chance.random() < 0.97 else chance.choice("FM"),
        "discharge_status": ended,
        "diagnoses": [
            {"code": code, "poa": chance.choice(_INDICATORS) if place else "Y"}
            for place, code in enumerate(dict.fromkeys((principal, *secondary)))
        ],
        "procedures": [{"code": code} for code in dict.fromkeys(procedures)],
        "poa_exempt": chance.random() < 0.05,
    }
    return Stay.model_validate(document, context=AS_RECEIVED)


def _principal(known: Definitions, mdc: int, terms: list[str], chance: random.Random) -> str:
    lists = [known.principals[term[4:]] for term in terms if term.startswith("PDX:") and term[4:] in known.principals]
    if lists:
        return chance.choice(lists[0])
    of_mdc = known.by_mdc.get(mdc) or known.by_mdc[0]
    return chance.choice(of_mdc)


def _secondary(known: Definitions, principal: str, terms: list[str], chance: random.Random) -> Iterator[str]:
    for term in terms:
        where, _, name = term.partition(":")
        if where in ("SDX", "ANY", "ONLY") and known.on_list.get(name):
            yield chance.choice(known.on_list[name])
        elif term in ("CC", "MCC"):
            yield chance.choice(known.by_level[term])
    excluded = known.excluded.get(known.exclusion_list.get(principal, ""), [])
    pools = (
        known.by_level["CC"],
        known.by_level["MCC"],
        known.by_chapter[principal[:2]],
        known.by_level["NCC"],
        excluded,
    )
    for _ in range(chance.choice((0, 0, 1, 2, 3, 4, 8))):
        if pool := chance.choice(pools):
            yield chance.choice(pool)


def _procedures(known: Definitions, mdc: int, terms: list[str], chance: random.Random) -> Iterator[str]:
    for term in terms:
        if known.procedures.get(term):
            yield chance.choice(known.procedures[term])
    if chance.random() < 0.15:
        others = list(_needed(chance.choice(known.conditions[mdc] or [All(())]), chance))
        yield from (chance.choice(known.procedures[name]) for name in others if known.procedures.get(name))
    if chance.random() < 0.2:
        yield chance.choice(known.procedures["nonor"])
    if chance.random() < 0.1:
        yield chance.choice(known.procedures[chance.choice(sorted(known.procedures))])


def _age(mdc: int, principal: str, chance: random.Random) -> int:
    if mdc == _NEWBORN or principal[0] == "P":
        return 0
    return chance.choice(
        (chance.randint(0, 17), chance.randint(18, 64), chance.randint(65, 99), chance.randint(65, 99))
    )
