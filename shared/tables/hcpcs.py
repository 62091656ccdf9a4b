"""HCPCS Level II (CMS, quarterly), CPT (AMA, the customer's licensed file), and the modifiers of both.

Three lists say that a code exists: the HCPCS file for Level II, the CPT file for Level I, and the I/OCE's list for
both, which a fresh install carries. A code that its own file does not have is looked for in the I/OCE's, because CMS
and the AMA add codes within a quarter or a year.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from shared.tables import ioce
from shared.tables.catalogue import Release
from shared.tables.table import Table, TableRow
from shared.tables.tables import Tables

_CPT_LICENCE = (
    "CPT codes and descriptors are copyright of the American Medical Association; shown only from the file that the "
    "customer has licensed"
)
_HCPCS_LICENCE = "Work of the United States government (CMS); codes that begin with D are the ADA's and not in it"


class HcpcsRow(TableRow, frozen=True):
    """A Level II code or modifier as in the HCPCS contractor record. Codes of each field: CMS's record layout."""

    short: str
    long: str
    added: date
    action_from: date | None
    """The day from which the last action on the code holds."""
    terminated: date | None
    """The last day on which it may be used; None while it may."""
    action: str
    """The last action: `A` added, `B` change of text and fields, `C` change of long text, `D` discontinued, `F` change
    of fields, `N` none, `P` payment change, `R` re-activated, `S` change of short text, `T` miscellaneous."""
    coverage: str
    """`C` carrier judgment, `D` special instructions, `I` not payable, `M` non-covered, `S` non-covered by statute."""
    pricing: tuple[str, ...]
    """One to four pricing indicators, by which its price is found: `36` drugs, `51` priced separately by part B."""
    multiple_pricing: str
    statute: str
    """The section of the Social Security Act by which it is not covered."""
    coverage_references: tuple[str, ...]
    """Up to three sections of the Coverage Issues Manual (now Pub 100-03)."""
    manual_references: tuple[str, ...]
    """Up to three sections of the Medicare Carriers Manual (now Pub 100-04)."""
    laboratory_certifications: tuple[str, ...]
    cross_references: tuple[str, ...]
    """Codes that replace it, or that it replaces."""
    asc_group: str
    """`YY` where an ambulatory surgical centre is paid for it."""
    asc_from: date | None
    processing_note: str
    """The number of the note in CMS's `proc_notes` file."""
    betos: str
    types_of_service: tuple[str, ...]
    anaesthesia_base_units: int

    def is_valid(self, day: date) -> bool:
        """Whether it may be used on a day."""
        return self.added <= day and (self.terminated is None or day <= self.terminated)


class CptRow(TableRow, frozen=True):
    """A CPT code in the words of the AMA's file."""

    long: str
    medium: str
    short: str
    consumer: str = ""
    """For patients; empty where the file does not have it, as are those that follow."""
    consumer_spanish: str = ""
    described_from: date | None = None
    """The day from which this descriptor holds. For a code that is new, its first day."""
    concept: str = ""
    test: str = ""
    """Of a proprietary laboratory analysis: its name, the laboratory, and the manufacturer."""
    laboratory: str = ""
    manufacturer: str = ""


class CptModifierRow(TableRow, frozen=True):
    """A modifier in the words of the AMA's file."""

    name: str
    text: str
    level: str
    """`I` of CPT, `II` of HCPCS."""
    described_from: date | None
    section: str


CODES = Table("hcpcs.codes", "HCPCS Level II codes", HcpcsRow, "the code", "CMS", _HCPCS_LICENCE)
MODIFIERS = Table("hcpcs.modifiers", "HCPCS Level II modifiers", HcpcsRow, "the modifier", "CMS", _HCPCS_LICENCE)
CPT_CODES = Table("cpt.codes", "CPT codes", CptRow, "the code", "AMA", _CPT_LICENCE)
CPT_MODIFIERS = Table("cpt.modifiers", "CPT modifiers", CptModifierRow, "the modifier", "AMA", _CPT_LICENCE)

TABLES = (CODES, MODIFIERS, CPT_CODES, CPT_MODIFIERS)


class Code(msgspec.Struct, frozen=True, gc=False):
    """A HCPCS or CPT code on a day. At most one of the three last fields is there: what the release says of it."""

    code: str
    valid: bool
    """Whether it may be used on that day."""
    first: date | None
    """Its first and last day, as far as the release knows them."""
    last: date | None
    short: str
    """Empty where no release with descriptors is loaded, as is `long`."""
    long: str
    release: Release
    """Which release of which table says so."""
    level_two: HcpcsRow | None = None
    cpt: CptRow | None = None
    editor: ioce.ProcedureRow | None = None


class Modifier(msgspec.Struct, frozen=True, gc=False):
    """A modifier on a day."""

    modifier: str
    valid: bool
    short: str
    long: str
    release: Release
    level_two: HcpcsRow | None = None
    cpt: CptModifierRow | None = None
    editor: ioce.ModifierRow | None = None
    """The uses that the I/OCE makes of it, whichever release says that it is valid; None on days it does not carry."""


def is_level_two(code: str) -> bool:
    """Whether CMS maintains a code of this shape: a letter first, and not D, under which the ADA has its codes."""
    return code[:1].isalpha() and not code.startswith("D")


def is_cpt(code: str) -> bool:
    """Whether the AMA maintains a code of this shape: a digit first (categories I to III, PLA, MAAA)."""
    return code[:1].isdigit()


def code(tables: Tables, code: str, day: date) -> Code:
    """A HCPCS or CPT code in capitals. Raises NoRelease where no list that could have it covers the day."""
    licensed = is_cpt(code)
    table: Table[Any] = CPT_CODES if licensed else CODES
    if not tables.carries(table, day):
        return _in_editor(tables, code, day)
    found = _cpt(tables, code, day) if licensed else _level_two(tables, code, day)
    if found is None and tables.carries(ioce.PROCEDURES, day):
        return _in_editor(tables, code, day)
    return found or Code(code, False, None, None, "", "", tables.release(table, day))


def modifier(tables: Tables, modifier: str, day: date) -> Modifier:
    """A modifier in capitals. Raises NoRelease where no list of modifiers covers the day."""
    editor = ioce.modifier(tables, modifier, day) if tables.carries(ioce.MODIFIERS, day) else None
    row = editor.row if editor else None
    if tables.carries(MODIFIERS, day):
        edition = tables.on(MODIFIERS, day)
        for level_two in edition.store.rows(modifier):
            valid = level_two.is_valid(day)
            return Modifier(modifier, valid, level_two.short, level_two.long, edition.release, level_two, None, row)
    if tables.carries(CPT_MODIFIERS, day):
        licensed = tables.on(CPT_MODIFIERS, day)
        for cpt in licensed.store.rows(modifier):
            return Modifier(modifier, _described(cpt, day), cpt.name, cpt.text, licensed.release, None, cpt, row)
    if editor:
        return Modifier(modifier, row is not None, "", "", editor.release, editor=row)
    listed = CPT_MODIFIERS if tables.carries(CPT_MODIFIERS, day) else MODIFIERS
    return Modifier(modifier, False, "", "", tables.release(listed, day))


def _level_two(tables: Tables, code: str, day: date) -> Code | None:
    edition = tables.on(CODES, day)
    for row in edition.store.rows(code):
        return Code(code, row.is_valid(day), row.added, row.terminated, row.short, row.long, edition.release, row)
    return None


def _cpt(tables: Tables, code: str, day: date) -> Code | None:
    edition = tables.on(CPT_CODES, day)
    for row in edition.store.rows(code):
        return Code(code, _described(row, day), None, None, row.short, row.long, edition.release, None, row)
    return None


def _in_editor(tables: Tables, code: str, day: date) -> Code:
    edition = tables.on(ioce.PROCEDURES, day)
    row = ioce.row_on(edition.store.rows(code), day)
    if row is None:
        return Code(code, False, None, None, "", "", edition.release)
    return Code(code, True, row.listed_from, row.listed_through, row.short, "", edition.release, None, None, row)


def _described(row: CptRow | CptModifierRow, day: date) -> bool:
    return row.described_from is None or row.described_from <= day
