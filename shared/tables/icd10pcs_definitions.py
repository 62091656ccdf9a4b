"""What ICD-10-PCS values mean: operations and approaches defined, body parts and devices with what they include."""

from __future__ import annotations

from datetime import date

from shared.tables.table import Table, TableRow
from shared.tables.tables import Tables


class DefinitionRow(TableRow, frozen=True):
    """A value of a character."""

    axis: str
    """What the character says: Operation, Approach, Body Part …"""
    label: str
    definition: str
    explanation: str
    includes: tuple[str, ...]
    """What is classified there under another name."""


DEFINITIONS = Table(
    name="icd10pcs.definitions",
    title="ICD-10-PCS definitions",
    row=DefinitionRow,
    key="section and position of the character, and the label of the value in small letters",
    authority="CMS",
    licence="United States government work, public domain",
    coded=False,
)
TABLES = (DEFINITIONS,)


def definition(tables: Tables, section: str, position: int, label: str, day: date) -> DefinitionRow | None:
    """What the value of a character (1 to 7) is in a section; None where CMS does not define it."""
    rows = tables.on(DEFINITIONS, day).store.rows(key_of(section, position, label))
    return rows[0] if rows else None


def key_of(section: str, position: int, label: str) -> str:
    return f"{section}{position} {' '.join(label.lower().split())}"
