"""The diagnoses that hospitals need not report as present on admission or not.

Rule: ICD-10-CM Official Guidelines, appendix I (present on admission reporting guidelines); CMS publishes the list each
October and April. No release of it is embedded: what loads none knows of no code whether it is exempt.
"""

from __future__ import annotations

from datetime import date

from shared.tables.table import Table, TableRow
from shared.tables.tables import Tables


class ExemptRow(TableRow, frozen=True):
    """That a code is on the list."""

    description: str


EXEMPT = Table(
    name="icd10cm.poa_exempt",
    title="ICD-10-CM codes exempt from present on admission reporting",
    row=ExemptRow,
    key="ICD-10-CM code",
    authority="CMS",
    licence="United States government work, public domain",
)
TABLES = (EXEMPT,)


def is_exempt(tables: Tables, code: str, day: date) -> bool | None:
    """Whether a code is exempt from POA reporting on a day of discharge; None where no list of the day is loaded."""
    return bool(tables.on(EXEMPT, day).store.rows(code)) if tables.carries(EXEMPT, day) else None
