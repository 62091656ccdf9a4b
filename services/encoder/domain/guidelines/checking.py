"""The engine: run every rule that applies to a coded chart, and sign and order what they find."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache, lru_cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from services.encoder.domain import guidelines
from services.encoder.domain.code_checks import diagnosis_element
from services.encoder.domain.guidelines.line_pointers import keeping_pointers
from services.encoder.domain.guidelines.rules import (
    RULES,
    CodedChart,
    Finding,
    GuidelineFinding,
    GuidelineRule,
    Severity,
)
from shared.claims import EncounterClass
from shared.tables import Release, Table, Tables

_CHAPTER = ", I.C."
_ORDER: dict[Severity, int] = {"error": 0, "warning": 1, "info": 2}


@cache
def all_rules() -> tuple[GuidelineRule, ...]:
    """Every rule of every module of this package, by id."""
    for module in iter_modules(guidelines.__path__, f"{guidelines.__name__}."):
        import_module(module.name)
    return tuple(sorted(RULES.values(), key=lambda rule: rule.id))


@lru_cache(maxsize=4096)
def rules_on(setting: EncounterClass, day: date) -> tuple[GuidelineRule, ...]:
    """Those in force on a day that look at charts of a setting."""
    return tuple(rule for rule in all_rules() if rule.in_force(day) and setting in rule.settings)


def check(coded: CodedChart, tables: Tables) -> tuple[GuidelineFinding, ...]:
    """What every rule in force found: errors first, then in the order of the codes.

    A rule that reads a table of which no release is carried at all says nothing; `releases_read` tells which are.
    """
    runnable = _runnable(coded.setting, coded.day, tables)
    found = [_signed(rule, finding, coded) for rule in runnable for finding in rule.check(coded, tables)]
    return tuple(sorted(_said_once(found), key=_place_in_answer))


@lru_cache(maxsize=256)
def _runnable(setting: EncounterClass, day: date, tables: Tables) -> tuple[GuidelineRule, ...]:
    """Those on a day all of whose tables have some release. Kept: a snapshot of the tables never changes."""
    return tuple(
        rule
        for rule in rules_on(setting, day)
        if all(tables.nearest_day(table, day) is not None for table in rule.reads)
    )


def _said_once(findings: Iterable[GuidelineFinding]) -> Iterator[GuidelineFinding]:
    """Where two rules would mend the same codes, one speaks: the chapter's own (I.C), else the more severe."""
    speaks: dict[frozenset[str], GuidelineFinding] = {}
    for finding in sorted(findings, key=lambda one: (_CHAPTER not in one.citation, _ORDER[one.severity], one.rule)):
        if finding.fix is None or speaks.setdefault(frozenset(finding.codes), finding).rule == finding.rule:
            yield finding


def _place_in_answer(finding: GuidelineFinding) -> tuple[object, ...]:
    steps = tuple((int(step), "") if step.isdecimal() else (0, step) for step in finding.pointer.split("/"))
    return _ORDER[finding.severity], steps, finding.rule


def releases_read(coded: CodedChart, tables: Tables) -> tuple[Release, ...]:
    """The releases that the rules looked into: those of the day, else the nearest; by table."""
    return tuple(_releases(_tables_read(coded.setting, coded.day), coded.day, tables))


@lru_cache(maxsize=4096)
def _tables_read(setting: EncounterClass, day: date) -> tuple[Table[Any], ...]:
    read = {table.name: table for rule in rules_on(setting, day) for table in rule.reads}
    return tuple(read[name] for name in sorted(read))


def _releases(read: tuple[Table[Any], ...], day: date, tables: Tables) -> Iterator[Release]:
    for table in read:
        nearest = tables.nearest_day(table, day)
        if nearest is not None:
            yield tables.release(table, nearest)


def _signed(rule: GuidelineRule, finding: Finding, coded: CodedChart) -> GuidelineFinding:
    cited = rule.cited(coded.day)
    return GuidelineFinding(
        rule=rule.id,
        version=rule.version,
        severity=finding.severity or rule.severity,
        message=finding.message,
        citation=cited if finding.note is None else f"{cited}; {finding.note}",
        pointer=finding.pointer,
        x12=_element(finding.pointer, coded),
        codes=finding.codes,
        fix=None if finding.fix is None else keeping_pointers(finding.fix, coded.codes),
    )


def _element(pointer: str, coded: CodedChart) -> str | None:
    """The claim's element that a pointer leads to; None for a list as a whole and for charges."""
    _, place, *rest = pointer.split("/")
    if place == "admitting_diagnosis":
        return "2300.HI01-2"
    if place not in ("diagnoses", "procedures", "reasons_for_visit", "external_causes") or not rest:
        return None
    index = int(rest[0])
    if place in ("diagnoses", "procedures"):
        return diagnosis_element(index, professional=coded.setting == "professional")
    return f"2300.HI{index + 1:02d}-2"
