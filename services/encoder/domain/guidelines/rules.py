"""What a guideline rule is, what it looks at and what it finds.

A rule is a pure function of the codes, the encounter's facts and the tables of the day. It is registered with its
metadata by `@guideline`, one function a rule, in a module of this package named for its subject; its cases stand in
the test module of the same name. Adding a rule touches one file and its test:

    @guideline("excludes1.pair", "Two codes that an Excludes1 note keeps apart", citation="I.A.12.a", reads=(PLACES,))
    def pair_kept_apart(chart: CodedChart, tables: Tables) -> Findings:
        for coded in chart.coded:
            yield Finding("what is wrong and what to do", coded.pointer, (coded.code,))

The engine (`checking`) runs a rule where it is in force, its setting fits and some release of each table that it
reads is carried, and signs what it found with the rule's id, version and citation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Literal, Protocol, Self

from services.encoder.domain.coding import ChartCodes
from services.encoder.domain.problems import pointer
from shared.claims import Diagnosis, EncounterClass, Many, Model, PoaIndicator
from shared.tables import Table, Tables
from shared.tables.icd10 import FIRST_DAY

Severity = Literal["error", "warning", "info"]
"""error: the codes cannot stand together so. warning: a coder must look. info: worth knowing."""

Authority = Literal[
    "ICD-10-CM Official Guidelines",
    "ICD-10-PCS Official Guidelines",
    "CMS Definitions of Medicare Code Edits",
    "CMS MS-DRG Definitions Manual",
    "CMS NCCI Policy Manual",
    "CMS Pub 100-04",
    "CMS Physician Fee Schedule",
    "42 CFR",
]
"""Who says so. The guidelines of both classifications are published for each fiscal year, which a citation names."""
_YEARLY: frozenset[Authority] = frozenset({"ICD-10-CM Official Guidelines", "ICD-10-PCS Official Guidelines"})
_FISCAL_YEAR_BEGINS = 10

INPATIENT: tuple[EncounterClass, ...] = ("inpatient",)
OUTPATIENT: tuple[EncounterClass, ...] = ("outpatient", "emergency", "observation", "same_day_surgery", "professional")
"""Every setting that section IV of the ICD-10-CM guidelines is for."""
PROFESSIONAL: tuple[EncounterClass, ...] = ("professional",)
EVERYWHERE: tuple[EncounterClass, ...] = (*INPATIENT, *OUTPATIENT)


class Placed(Protocol):
    """A code at its place in the codes: a diagnosis or a procedure."""

    @property
    def code(self) -> str: ...
    @property
    def pointer(self) -> str: ...


class Fix(Model):
    """A change that would mend it, as JSON Patch operations (RFC 6902) on the codes."""

    title: str
    operations: Many[dict[str, object]]

    @classmethod
    def removing(cls, coded: Placed) -> Self:
        return cls._of(f"Remove {coded.code}", op="remove", path=coded.pointer)

    @classmethod
    def replacing(cls, coded: Placed, code: str) -> Self:
        return cls._of(f"Replace {coded.code} by {code}", op="replace", path=f"{coded.pointer}/code", value=code)

    @classmethod
    def moving(cls, coded: Placed, to: int) -> Self:
        """Within its list; `to` counts from 0, after the code was taken from its place (RFC 6902 §4.4)."""
        ends = {"from": coded.pointer, "path": f"{coded.pointer.rpartition('/')[0]}/{to}"}
        return cls._of(f"Move {coded.code} to place {to + 1}", op="move", **ends)

    @classmethod
    def adding(cls, code: str, at: int | None = None) -> Self:
        """A diagnosis at a place that counts from 0, or at the end."""
        place = pointer("diagnoses", "-" if at is None else at)
        return cls._of(f"Add {code}", op="add", path=place, value={"code": code})

    @classmethod
    def reporting(cls, coded: Coded, poa: PoaIndicator | None) -> Self:
        """With this present on admission indicator, or None."""
        path = f"{coded.pointer}/poa"
        if poa is None:
            return cls._of(f"{coded.code} without an indicator", op="remove", path=path)
        return cls._of(f"{coded.code} with the indicator {poa}", op="replace", path=path, value=poa)

    @classmethod
    def _of(cls, title: str, **operation: object) -> Self:
        return cls(title=title, operations=(operation,))


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found at one place, in a coder's words; holds nothing of the patient but codes."""

    message: str
    pointer: str
    """JSON pointer into the codes."""
    codes: tuple[str, ...] = ()
    """The codes that it is about."""
    severity: Severity | None = None
    """Where it differs from the rule's."""
    note: str | None = None
    """What else is cited: the place of a tabular note with its release."""
    fix: Fix | None = None


class GuidelineFinding(Model):
    """A finding signed by its rule."""

    rule: str
    version: int
    severity: Severity
    message: str
    """For a coder, in a sentence; holds nothing of the patient but codes."""
    citation: str
    """The guideline with its fiscal year and section, and the note of the tabular list with its release."""
    pointer: str
    """JSON pointer into the codes."""
    x12: str | None = None
    codes: Many[str] = ()
    """The codes that it is about."""
    fix: Fix | None = None


@dataclass(frozen=True, slots=True)
class Coded:
    """A diagnosis at its place."""

    code: str
    poa: PoaIndicator | None
    place: Literal["diagnoses", "admitting_diagnosis", "reasons_for_visit", "external_causes"]
    index: int
    """From 0, in its list."""

    @property
    def pointer(self) -> str:
        return "/admitting_diagnosis" if self.place == "admitting_diagnosis" else pointer(self.place, self.index)


@dataclass(frozen=True, slots=True)
class BilledProcedure:
    """A charge with a HCPCS code."""

    code: str
    modifiers: tuple[str, ...] = ()
    day: date | None = None
    index: int = 0
    """From 0, among the encounter's charges, those without a procedure included."""

    @property
    def pointer(self) -> str:
        return pointer("charges", self.index)


Complexity = Literal["straightforward", "low", "moderate", "high"]


@dataclass(frozen=True, slots=True)
class VisitElements:
    """What the level of an evaluation and management visit is chosen by: decision making, or the day's total time."""

    decision_making: Complexity | None = None
    minutes: int | None = None


@dataclass(frozen=True)
class CodedChart:
    """What a rule looks at."""

    codes: ChartCodes
    setting: EncounterClass
    day: date
    """The day whose code sets and guidelines apply: discharge or service."""
    age: int | None = None
    """In years on the first day."""
    sex: Literal["F", "M", "U"] | None = None
    discharge_status: str | None = None
    procedures_billed: tuple[BilledProcedure, ...] = ()
    """HCPCS codes of the charges in their order, as the coder left them."""
    visit: VisitElements = VisitElements()
    documented: frozenset[str] = frozenset()
    """Codes that reading the documents suggests: what a specific child is compared with."""
    uncertain: frozenset[str] = frozenset()
    """Codes of conditions that the documents name as uncertain only."""

    @property
    def inpatient(self) -> bool:
        return self.setting == "inpatient"

    @cached_property
    def diagnoses(self) -> tuple[Coded, ...]:
        """The diagnoses in their order; the first is the principal or first-listed one."""
        return tuple(_placed("diagnoses", self.codes.diagnoses))

    @cached_property
    def external_causes(self) -> tuple[Coded, ...]:
        """Those that stand in their own list; on a professional claim they are among the diagnoses."""
        return tuple(_placed("external_causes", self.codes.external_causes))

    @cached_property
    def coded(self) -> tuple[Coded, ...]:
        """Every diagnosis and external cause."""
        return (*self.diagnoses, *self.external_causes)

    @cached_property
    def everywhere(self) -> tuple[Coded, ...]:
        """As `coded`, with the admitting diagnosis and the reasons for visit, to which sequencing does not apply."""
        admitting = () if self.codes.admitting_diagnosis is None else (self.codes.admitting_diagnosis,)
        return (
            *self.coded,
            *_placed("admitting_diagnosis", admitting),
            *_placed("reasons_for_visit", self.codes.reasons_for_visit),
        )

    @cached_property
    def all_codes(self) -> frozenset[str]:
        """The codes of `coded`."""
        return frozenset(coded.code for coded in self.coded)

    @cached_property
    def by_code(self) -> tuple[tuple[str, ...], tuple[Coded, ...]]:
        """`coded` in the order of the codes, and those codes: to find the ones in a range."""
        ordered = tuple(sorted(self.coded, key=lambda coded: coded.code))
        return tuple(coded.code for coded in ordered), ordered

    @cached_property
    def by_letter(self) -> Mapping[str, tuple[Coded, ...]]:
        """`coded` by the first letter of the code, in their order."""
        found: dict[str, list[Coded]] = {}
        for coded in self.coded:
            found.setdefault(coded.code[0], []).append(coded)
        return {letter: tuple(codes) for letter, codes in found.items()}

    @property
    def first(self) -> Coded | None:
        """The principal or first-listed diagnosis."""
        return self.diagnoses[0] if self.diagnoses else None

    @property
    def secondary(self) -> tuple[Coded, ...]:
        return self.diagnoses[1:]

    def starting_with(self, *beginnings: str) -> tuple[Coded, ...]:
        """Those of `coded` that begin with one of them, in their order."""
        return tuple(coded for coded in self.coded if coded.code.startswith(beginnings))


def _placed(place: Any, diagnoses: tuple[Diagnosis, ...]) -> Iterator[Coded]:
    return (Coded(diagnosis.code, diagnosis.poa, place, index) for index, diagnosis in enumerate(diagnoses))


Findings = Iterator[Finding]
Check = Callable[[CodedChart, Tables], Findings]


@dataclass(frozen=True, slots=True)
class GuidelineRule:
    """A rule's metadata and its function."""

    id: str
    """Stable, dotted: `excludes1.pair`."""
    title: str
    authority: Authority
    section: str
    effective: date
    through: date | None
    severity: Severity
    settings: tuple[EncounterClass, ...]
    reads: tuple[Table[Any], ...]
    version: int
    check: Check = field(repr=False)

    def in_force(self, day: date) -> bool:
        return self.effective <= day and (self.through is None or day <= self.through)

    def cited(self, day: date) -> str:
        """The authority as of a day and the section: `ICD-10-CM Official Guidelines FY 2027, I.A.12.a`."""
        year = f" FY {day.year + (day.month >= _FISCAL_YEAR_BEGINS)}" if self.authority in _YEARLY else ""
        return f"{self.authority}{year}, {self.section}"


RULES: dict[str, GuidelineRule] = {}
"""Every rule by its id; filled as the modules of this package are imported."""


def guideline(
    rule: str,
    title: str,
    *,
    citation: str,
    authority: Authority = "ICD-10-CM Official Guidelines",
    severity: Severity = "error",
    settings: tuple[EncounterClass, ...] = EVERYWHERE,
    reads: tuple[Table[Any], ...] = (),
    effective: date = FIRST_DAY,
    through: date | None = None,
    version: int = 1,
) -> Callable[[Check], Check]:
    """Register a rule. Raises ValueError where its id is taken.

    `citation` is the section alone (`I.C.9.a.1`); `reads` the tables without which it has nothing to say.
    """

    def register(check: Check) -> Check:
        if rule in RULES:
            raise ValueError(f"two rules are called {rule}")
        RULES[rule] = GuidelineRule(
            rule, title, authority, citation, effective, through, severity, settings, reads, version, check
        )
        return check

    return register
