"""What a check asks and answers: codes against their code sets and the guidelines, with the releases that were used."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from services.encoder.domain.code_checks import check_listed
from services.encoder.domain.coding import ChartCodes, LineCoding, coding_day
from services.encoder.domain.guidelines.checking import all_rules, check, releases_read
from services.encoder.domain.guidelines.rules import (
    BilledProcedure,
    CodedChart,
    Complexity,
    GuidelineFinding,
    GuidelineRule,
    Severity,
    VisitElements,
)
from services.encoder.domain.problems import Problem
from services.encoder.domain.reading.suggestions import Reading
from services.encoder.domain.reading.traits import Trait
from shared.claims import Charge, Code, Date, Encounter, EncounterClass, HcpcsCode, IcdCode, Many, Model, Modifier
from shared.tables import CodeSets, Release, Tables

_OLDEST = 150
_MINUTES_OF_DAY = 1440


class BilledService(Model):
    """A charge as far as checks look at it."""

    procedure: HcpcsCode | None = None
    modifiers: Annotated[Many[Modifier], Field(max_length=4)] = ()
    service_date: Date | None = None


class VisitDocumented(Model):
    """What the level of a visit is chosen by; either is enough."""

    decision_making: Complexity | None = None
    minutes: Annotated[int | None, Field(ge=0, le=_MINUTES_OF_DAY)] = None
    """Total time of the professional on the day of the visit."""


class CodesToCheck(Model):
    """Codes without a chart. Nothing of it is kept."""

    setting: EncounterClass
    day: Annotated[Date, Field(alias="date")]
    """Of discharge or service."""
    codes: ChartCodes
    age: Annotated[int | None, Field(ge=0, le=_OLDEST)] = None
    """In years on the first day."""
    sex: Literal["F", "M", "U"] | None = None
    discharge_status: Code | None = None
    charges: Annotated[Many[BilledService], Field(max_length=999)] = ()
    visit: VisitDocumented = VisitDocumented()
    documented: Annotated[Many[IcdCode], Field(max_length=500)] = ()
    """Codes that the documents support, as reading suggests them."""
    uncertain: Annotated[Many[IcdCode], Field(max_length=500)] = ()
    """Codes of conditions that the documents name as uncertain only."""

    @property
    def chart(self) -> CodedChart:
        """What the rules look at."""
        return CodedChart(
            codes=self.codes,
            setting=self.setting,
            day=self.day,
            age=self.age,
            sex=self.sex,
            discharge_status=self.discharge_status,
            procedures_billed=_billed(self.charges),
            visit=VisitElements(self.visit.decision_making, self.visit.minutes),
            documented=frozenset(self.documented),
            uncertain=frozenset(self.uncertain) - frozenset(self.documented),
        )


class ReleaseUsed(Model):
    """A release that the rules looked into."""

    table: str
    release: str
    of_the_day: bool
    """False: no release covers the day, and the nearest told."""


class Checked(Model):
    """What is wrong with codes. `problems` keep them off a claim; of `findings` only errors should."""

    problems: Many[Problem]
    """Codes that are not valid or billable on the day or cannot stand in their list; pointers into the codes."""
    findings: Many[GuidelineFinding]
    """Errors first, then in the order of the codes; pointers into the codes, those to `/charges` into the charges."""
    releases: Many[ReleaseUsed]


class DescribedRule(Model):
    """A rule of the catalogue."""

    id: str
    title: str
    authority: str
    section: str
    severity: Severity
    """The usual one; a finding may have another."""
    settings: Many[EncounterClass]
    effective: date
    through: date | None
    version: int
    reads: Many[str]
    """Tables without any release of which it says nothing."""


class DescribedRules(Model):
    rules: Many[DescribedRule]


def check_given(given: CodesToCheck, tables: Tables) -> Checked:
    """Raises NoRelease where a code set is not carried on the day."""
    return answered(given.chart, check_listed(given.codes, given.setting, given.day, CodeSets(tables)), tables)


def answered(chart: CodedChart, problems: tuple[Problem, ...], tables: Tables) -> Checked:
    """The findings beside the problems, a code that is there twice told once: the finding can mend it."""
    findings = check(chart, tables)
    told = {f"{finding.pointer}/code" for finding in findings if finding.rule == "duplicate.repeated"}
    return Checked(
        problems=tuple(one for one in problems if one.code != "code_repeated" or one.pointer not in told),
        findings=findings,
        releases=tuple(_used(release, chart.day) for release in releases_read(chart, tables)),
    )


def chart_of(encounter: Encounter, codes: ChartCodes, reading: Reading | None = None) -> CodedChart:
    """An encounter with its codes as the rules look at it; with what its documents say, where they were read."""
    documented = frozenset[str]() if reading is None else _documented(reading)
    return CodedChart(
        codes=codes,
        setting=encounter.encounter_class,
        day=coding_day(encounter),
        age=_age(encounter),
        sex=encounter.patient.sex,
        discharge_status=encounter.discharge_status,
        procedures_billed=_charged(encounter, codes),
        documented=documented,
        uncertain=frozenset() if reading is None else _uncertain(reading) - documented,
    )


def catalogue() -> DescribedRules:
    """Every rule there is, by id."""
    return DescribedRules(rules=tuple(map(_described, all_rules())))


def _documented(reading: Reading) -> frozenset[str]:
    return frozenset(_suggested(reading, Trait.PRESENT))


def _uncertain(reading: Reading) -> frozenset[str]:
    """Suggested as uncertain, which inpatient coding takes, or left out for it."""
    left_out = (code for left in reading.left_out if left.trait is Trait.POSSIBLE for code in left.codes)
    return frozenset((*_suggested(reading, Trait.POSSIBLE), *left_out))


def _suggested(reading: Reading, trait: Trait) -> Iterator[str]:
    return (one.code for one in reading.suggestions if one.trait is trait and one.system == "icd10cm")


def _age(encounter: Encounter) -> int | None:
    born, began = encounter.patient.birth_date, encounter.started_at.date()
    if born is None:
        return None
    return began.year - born.year - ((began.month, began.day) < (born.month, born.day))


def _charged(encounter: Encounter, codes: ChartCodes) -> tuple[BilledProcedure, ...]:
    lines = {line.charge_id: line for line in codes.lines}
    return _billed(tuple(_as_coded(charge, lines.get(charge.id)) for charge in encounter.charges))


def _as_coded(charge: Charge, line: LineCoding | None) -> BilledService:
    """A charge as the coder left it."""
    procedure, modifiers = charge.procedure, charge.modifiers
    if line is not None:
        procedure = procedure if line.procedure is None else line.procedure
        modifiers = modifiers if line.modifiers is None else line.modifiers
    return BilledService.model_construct(procedure=procedure, modifiers=modifiers, service_date=charge.service_date)


def _billed(charges: tuple[BilledService, ...]) -> tuple[BilledProcedure, ...]:
    return tuple(
        BilledProcedure(charge.procedure, charge.modifiers, charge.service_date, index)
        for index, charge in enumerate(charges)
        if charge.procedure is not None
    )


def _used(release: Release, day: date) -> ReleaseUsed:
    return ReleaseUsed(table=release.table, release=release.name, of_the_day=release.covers(day))


def _described(rule: GuidelineRule) -> DescribedRule:
    return DescribedRule(
        id=rule.id,
        title=rule.title,
        authority=rule.authority,
        section=rule.section,
        severity=rule.severity,
        settings=rule.settings,
        effective=rule.effective,
        through=rule.through,
        version=rule.version,
        reads=tuple(table.name for table in rule.reads),
    )
