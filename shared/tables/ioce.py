"""What the Integrated Outpatient Code Editor (I/OCE) knows: codes, APCs, modifiers, revenue codes, edits, by quarter.

Source: the data files of the I/OCE that CMS publishes each quarter ("I/OCE quarterly data files"; the meaning of each
fact is in the "Integrated Outpatient Code Editor Specifications" of the quarter). Every table here keeps its history:
a row holds from its first day to its last, always whole quarters. The I/OCE has no descriptors of its own; the short
descriptions are CMS's and only of HCPCS Level II.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Generic, TypeVar

import msgspec

from shared.tables.catalogue import Release
from shared.tables.table import Table, TableRow
from shared.tables.tables import Tables

_AUTHORITY = "CMS"
_LICENCE = "Facts of the I/OCE, a work of the United States government; CPT codes without their descriptors, the AMA's"


class DatedRow(TableRow, frozen=True):
    """A row that holds from `first` to `last`, both included."""

    first: date
    last: date


class ProcedureRow(DatedRow, frozen=True):
    """What the I/OCE does with a HCPCS or CPT code."""

    listed_from: date
    """The first day of the quarters, without a gap up to this row, in which the I/OCE lists the code; 2019-07-01 also
    where it did so before."""
    listed_through: date
    """The last day of the quarters, without a gap from this row on."""
    status_indicator: str
    """The payment status indicator before claim logic: `J1`, `Q4`, `E1` (OPPS Addendum D1)."""
    apc: str | None
    """The ambulatory payment classification, four digits; None where none is assigned."""
    payment_indicator: str
    """How it is paid, `1` to `16`; the words are in `ioce.payment_indicators`."""
    minimum_age: int
    """Ages in years, both included, outside of which edit 2 is given; 0 and 124 where any age will do."""
    maximum_age: int
    bilateral: str
    """`conditional`, `independent` or `inherent` (edits 16, 17, 37); empty where the code is none of these."""
    lists: tuple[str, ...]
    """The I/OCE's lists that the code stands on: `non_covered`, `questionable`, `device_procedure`."""
    approved: date | None = None
    """The first and the last day on which it is approved, where these are not those of quarters."""
    approved_through: date | None = None
    period_edit: str | None = None
    """The edit for service on other days: 67 FDA approval, 68 and 83 national coverage determination, 69 and 134 CMS's
    approval, 110 marketing, 136 ACIP approval."""
    short: str = ""
    """CMS's short description, of HCPCS Level II codes only."""

    def edit_for_period(self, day: date) -> str | None:
        """The edit that service on a day gets because the code was not yet or no longer approved."""
        early = self.approved is not None and day < self.approved
        late = self.approved_through is not None and day > self.approved_through
        return self.period_edit if early or late else None

    @property
    def is_covered(self) -> bool:
        """Not on the list of services that Medicare does not cover (edit 9) or excludes by statute (edit 50)."""
        return not {"non_covered", "statutory_exclusion"}.intersection(self.lists)


class ApcRow(DatedRow, frozen=True):
    status_indicator: str
    payment_indicator: str
    rate: Decimal
    """National unadjusted payment in dollars, to the cent."""


class WordingRow(DatedRow, frozen=True):
    """What an indicator means, in CMS's words."""

    text: str


class ModifierRow(DatedRow, frozen=True):
    """The uses that the I/OCE makes of a modifier."""

    ncci_associated: bool
    """Reported with a code of an NCCI pair whose indicator is 1, it bypasses the edit (edits 40, 20)."""
    therapy: bool
    assistant_surgeon: bool
    telehealth: bool
    not_discounted: bool
    """Lines with it are left out of the multiple procedure discount."""
    device_not_required: bool
    """A procedure that needs a device passes edit 92 without one (52, 73, 74: reduced or discontinued)."""
    died_or_transferred: bool
    """An inpatient-only procedure on an outpatient who died or was transferred (modifier CA)."""


class RevenueRow(DatedRow, frozen=True):
    """What the I/OCE does with a line that has a revenue code."""

    status_indicator: str
    """Of a line without a HCPCS code."""
    recognised: bool
    """Medicare recognises it (else edit 65)."""
    exempt_from_edit_48: bool
    """A line without a HCPCS code does not get edit 48, "revenue center requires HCPCS"."""
    therapy: bool
    statutory_exclusion: bool
    part_b_inpatient: bool
    """Hospitals may bill it to Part B for inpatients (type of bill 012x)."""


class DiagnosisRow(DatedRow, frozen=True):
    """What the I/OCE checks of an ICD-10-CM code, which it lists only where the code is valid (edit 1)."""

    minimum_age: int
    """Ages in years, both included, outside of which edit 2 is given."""
    maximum_age: int
    external_cause: bool
    """Not acceptable as the principal diagnosis (edit 5)."""
    manifestation: bool
    """Not acceptable as the principal diagnosis (edit 86); the underlying disease goes first."""
    mental_health: bool
    unacceptable_principal: bool
    """Not acceptable as the principal diagnosis (edit 113)."""
    code_first: bool


class ComprehensiveRow(DatedRow, frozen=True):
    """The place of a code with status indicator J1 among those of a claim (42 CFR 419.2(c); OPPS Addendum J)."""

    rank: int
    """One is the highest: the code of a claim with the lowest number is its primary service."""
    adjustable: bool
    """With some other code it is paid by a higher APC: `ioce.complexity_adjustments` has the pairs."""


class ComplexityRow(DatedRow, frozen=True):
    """That a primary service together with another is paid by a higher comprehensive APC."""

    apc: str


class CompositeRow(DatedRow, frozen=True):
    """That an imaging service makes up a composite with others of its family on one day."""

    apc: str
    """The composite APC, four digits, that it is paid by with a second service of the family."""


class DeviceOffsetRow(DatedRow, frozen=True):
    """The part of a procedure's payment that is for its device."""

    amount: Decimal
    """Dollars, taken off before a procedure is discounted that was stopped before anaesthesia (modifier 73)."""


class EditRow(DatedRow, frozen=True):
    name: str
    disposition: str
    """`CR` claim rejection, `CD` claim denial, `RTP` return to provider, `SUS` suspension, `LIR` line item rejection,
    `LID` line item denial."""
    subject: str
    """What of a claim the edit is reported on: `Diagnosis`, `Procedure`, `Modifier`, `Revenue Center`, `Date`,
    `Claim`."""


PROCEDURES = Table(
    "ioce.procedures", "HCPCS and CPT codes in the I/OCE", ProcedureRow, "the code", _AUTHORITY, _LICENCE
)
APCS = Table(
    "ioce.apcs", "APC payment rates in the I/OCE", ApcRow, "the APC, four digits", _AUTHORITY, _LICENCE, coded=False
)
STATUS_INDICATORS = Table(
    "ioce.status_indicators",
    "Payment status indicators in the I/OCE",
    WordingRow,
    "the indicator",
    _AUTHORITY,
    _LICENCE,
    coded=False,
)
PAYMENT_INDICATORS = Table(
    "ioce.payment_indicators",
    "Payment indicators of the I/OCE",
    WordingRow,
    "the indicator",
    _AUTHORITY,
    _LICENCE,
    coded=False,
)
MODIFIERS = Table("ioce.modifiers", "Modifiers in the I/OCE", ModifierRow, "the modifier", _AUTHORITY, _LICENCE)
REVENUE = Table(
    "ioce.revenue", "Revenue codes in the I/OCE", RevenueRow, "the revenue code, four digits", _AUTHORITY, _LICENCE
)
DIAGNOSES = Table(
    "ioce.diagnoses",
    "ICD-10-CM codes in the I/OCE",
    DiagnosisRow,
    "the code without its dot",
    _AUTHORITY,
    _LICENCE,
)
COMPREHENSIVE = Table(
    "ioce.comprehensive",
    "Ranks of services paid by comprehensive APCs in the I/OCE",
    ComprehensiveRow,
    "the code",
    _AUTHORITY,
    _LICENCE,
    coded=False,  # ranks move with each quarter, which says nothing of a chart
)
COMPLEXITY_ADJUSTMENTS = Table(
    "ioce.complexity_adjustments",
    "Complexity adjustments of comprehensive APCs in the I/OCE",
    ComplexityRow,
    "the codes of the primary and the other service, with a space between",
    _AUTHORITY,
    _LICENCE,
)
COMPOSITES = Table(
    "ioce.composites", "Imaging services of composite APCs in the I/OCE", CompositeRow, "the code", _AUTHORITY, _LICENCE
)
DEVICE_OFFSETS = Table(
    "ioce.device_offsets",
    "Device offsets of terminated procedures in the I/OCE",
    DeviceOffsetRow,
    "the code",
    _AUTHORITY,
    _LICENCE,
)
EDITS = Table("ioce.edits", "Edits of the I/OCE", EditRow, "the number of the edit", _AUTHORITY, _LICENCE, coded=False)

TABLES = (
    PROCEDURES,
    APCS,
    STATUS_INDICATORS,
    PAYMENT_INDICATORS,
    MODIFIERS,
    REVENUE,
    DIAGNOSES,
    COMPREHENSIVE,
    COMPLEXITY_ADJUSTMENTS,
    COMPOSITES,
    DEVICE_OFFSETS,
    EDITS,
)

Dated = TypeVar("Dated", bound=DatedRow)


class Answer(msgspec.Struct, Generic[Dated], frozen=True, gc=False):
    """What the I/OCE knows on a day."""

    row: Dated | None
    """None where it does not know the code on that day."""
    release: Release


def procedure(tables: Tables, code: str, day: date) -> Answer[ProcedureRow]:
    """A HCPCS or CPT code. A code without a row is not valid on that day. Raises NoRelease."""
    return _answer(tables, PROCEDURES, code, day)


def apc(tables: Tables, apc: str, day: date) -> Answer[ApcRow]:
    """An APC by its four digits. Raises NoRelease."""
    return _answer(tables, APCS, apc, day)


def status_indicator(tables: Tables, indicator: str, day: date) -> Answer[WordingRow]:
    """A payment status indicator. Raises NoRelease."""
    return _answer(tables, STATUS_INDICATORS, indicator, day)


def payment_indicator(tables: Tables, indicator: str, day: date) -> Answer[WordingRow]:
    """A payment indicator. Raises NoRelease."""
    return _answer(tables, PAYMENT_INDICATORS, indicator, day)


def modifier(tables: Tables, modifier: str, day: date) -> Answer[ModifierRow]:
    """A modifier. One without a row is not valid on that day (edit 22). Raises NoRelease."""
    return _answer(tables, MODIFIERS, modifier, day)


def revenue(tables: Tables, code: str, day: date) -> Answer[RevenueRow]:
    """A revenue code by its four digits. One without a row is not valid (edit 41). Raises NoRelease."""
    return _answer(tables, REVENUE, code, day)


def diagnosis(tables: Tables, code: str, day: date) -> Answer[DiagnosisRow]:
    """An ICD-10-CM code without its dot. One without a row is not valid on that day (edit 1). Raises NoRelease."""
    return _answer(tables, DIAGNOSES, code, day)


def comprehensive(tables: Tables, code: str, day: date) -> Answer[ComprehensiveRow]:
    """The rank of a code with status indicator J1. Raises NoRelease."""
    return _answer(tables, COMPREHENSIVE, code, day)


def complexity_adjustment(tables: Tables, primary: str, other: str, day: date) -> Answer[ComplexityRow]:
    """The higher APC of a primary service that was done together with another, or twice. Raises NoRelease."""
    return _answer(tables, COMPLEXITY_ADJUSTMENTS, f"{primary} {other}", day)


def composite(tables: Tables, code: str, day: date) -> Answer[CompositeRow]:
    """The composite APC that an imaging service may be part of. Raises NoRelease."""
    return _answer(tables, COMPOSITES, code, day)


def device_offset(tables: Tables, code: str, day: date) -> Answer[DeviceOffsetRow]:
    """The device's part in the payment of a procedure. Raises NoRelease."""
    return _answer(tables, DEVICE_OFFSETS, code, day)


def edit(tables: Tables, number: int, day: date) -> Answer[EditRow]:
    """An edit by its number. Raises NoRelease."""
    return _answer(tables, EDITS, str(number), day)


def row_on(rows: Iterable[Dated], day: date) -> Dated | None:
    """The row that holds on a day."""
    for row in rows:
        if row.first <= day <= row.last:
            return row
    return None


def _answer(tables: Tables, table: Table[Dated], key: str, day: date) -> Answer[Dated]:
    edition = tables.on(table, day)
    return Answer(row_on(edition.store.rows(key), day), edition.release)
