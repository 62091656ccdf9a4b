"""Medically unlikely edits (CMS): the most units of a service that a patient gets on one day from one provider.

Rules: NCCI Policy Manual for Medicare Services, chapter I, section V.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from shared.tables.table import Table, TableRow
from shared.tables.tables import Edition, Tables

Setting = Literal["practitioner", "hospital", "dme"]
AdjudicationIndicator = Literal[1, 2, 3]
"""What is compared with the limit: 1 the units of a line; 2 and 3 those of the code on the day, over all lines.

Units above a limit of 2 are never paid (policy); above one of 3 they may be, on medical records (clinical).
"""
_CMS = "Public (CMS). CPT codes are the AMA's: a licence is needed to use them."


class MueRow(TableRow, frozen=True):
    units: int
    """0 where the code is never paid in this setting."""
    adjudication: AdjudicationIndicator
    rationale: str
    """In CMS's words: `Clinical: Data`."""


class Limit(msgspec.Struct, frozen=True, gc=False):
    """The limit on a code."""

    code: str
    units: int
    """The most units; 0 where the code is never paid in this setting."""
    adjudication: AdjudicationIndicator
    rationale: str
    release: str
    """The release that says so: `2026Q3`."""

    @property
    def per_line(self) -> bool:
        """Each line is held to the limit by itself; otherwise the day's units of the code together are."""
        return self.adjudication == 1


def _table(setting: Setting, title: str) -> Table[MueRow]:
    return Table(
        name=f"ncci.mue.{setting}",
        title=f"Medically unlikely edits, {title}",
        row=MueRow,
        key="HCPCS or CPT code, five characters",
        authority="CMS",
        licence=_CMS,
    )


PRACTITIONER = _table("practitioner", "practitioner services")
HOSPITAL = _table("hospital", "outpatient hospital services")
DME = _table("dme", "DME supplier services")
TABLES = (PRACTITIONER, HOSPITAL, DME)
MUE: dict[Setting, Table[MueRow]] = {"practitioner": PRACTITIONER, "hospital": HOSPITAL, "dme": DME}


def limit(tables: Tables, setting: Setting, code: str, day: date) -> Limit | None:
    """The limit on a code; None where CMS publishes none: a few limits it keeps to itself. Raises NoRelease."""
    edition: Edition[MueRow] = tables.editions[MUE[setting], day]
    for row in edition.store.rows(code):
        return Limit(code, row.units, row.adjudication, row.rationale, edition.release.name)
    return None
