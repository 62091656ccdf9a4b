"""The Outpatient Prospective Payment System: status indicator, APC and rate of a code, by quarter.

CMS publishes Addendum A (APCs) and Addendum B (codes) each quarter, and with the final rule of each year Addendum D1
(what the status indicators mean), Addendum E (codes paid only as inpatient procedures) and Addendum J (comprehensive
APCs). Where none is loaded that covers the day, the I/OCE's own tables answer, which know neither weights nor
copayments.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec

from shared.tables import ioce
from shared.tables.catalogue import Release
from shared.tables.table import Table, TableRow
from shared.tables.tables import Tables

_LICENCE = "Work of the United States government (CMS); CPT codes without their descriptors, which are the AMA's"


class PaymentRow(TableRow, frozen=True):
    """The columns that Addenda A and B have in common. Money in dollars, national and unadjusted."""

    status_indicator: str
    weight: Decimal | None
    rate: Decimal | None
    copayment: Decimal | None
    """The national unadjusted copayment; for most APCs only the minimum is published."""
    minimum_copayment: Decimal | None
    coinsurance: Decimal | None
    """In per cent, where the Inflation Reduction Act adjusts the coinsurance of a drug."""
    adjusted_copayment: Decimal | None
    """With that coinsurance, and not above the inpatient deductible."""
    pass_through_expires: str
    """As printed: the day or the quarter in which pass-through status ends; empty where none does in the year."""
    note: str


class ProcedureRow(PaymentRow, frozen=True):
    """A line of Addendum B."""

    apc: str | None = None
    """Four digits; None where the code has none."""
    comment_indicator: str = ""
    """`CH` changed, `NC` new last year, `NI` new, `NP` proposed: what CMS takes comments on (Addendum D2)."""
    short: str = ""
    """CMS's short description, of HCPCS Level II codes only."""


class ApcRow(PaymentRow, frozen=True):
    """A line of Addendum A."""

    title: str = ""


class StatusIndicatorRow(TableRow, frozen=True):
    """An indicator of Addendum D1, in CMS's words."""

    lines: tuple[tuple[str, str], ...]
    """Items or services, and how they are paid, side by side as printed; either may be empty."""

    @property
    def item(self) -> str:
        """What kind of items and services have the indicator, a paragraph a line."""
        return "\n".join(item for item, _payment in self.lines if item)

    @property
    def payment(self) -> str:
        """How they are paid, a paragraph a line."""
        return "\n".join(payment for _item, payment in self.lines if payment)


class InpatientOnlyRow(TableRow, frozen=True):
    """A line of Addendum E."""

    status_indicator: str
    comment_indicator: str = ""


class RankRow(TableRow, frozen=True):
    """A line of Addendum J, ranks for primary assignment."""

    rank: int
    """One is the highest."""


class ComplexityRow(TableRow, frozen=True):
    """A line of Addendum J, complexity adjustments."""

    apc: str
    """The comprehensive APC, four digits, that the pair is paid by."""


PROCEDURES = Table("opps.procedures", "OPPS payment by code (Addendum B)", ProcedureRow, "the code", "CMS", _LICENCE)
APCS = Table(
    "opps.apcs", "OPPS payment by APC (Addendum A)", ApcRow, "the APC, four digits", "CMS", _LICENCE, coded=False
)
STATUS_INDICATORS = Table(
    "opps.status_indicators",
    "OPPS payment status indicators (Addendum D1)",
    StatusIndicatorRow,
    "the indicator",
    "CMS",
    _LICENCE,
    coded=False,
)
INPATIENT_ONLY = Table(
    "opps.inpatient_only",
    "Codes paid only as inpatient procedures (Addendum E)",
    InpatientOnlyRow,
    "the code",
    "CMS",
    _LICENCE,
)

RANKS = Table(
    "opps.ranks",
    "Ranks of services paid by comprehensive APCs (Addendum J)",
    RankRow,
    "the code",
    "CMS",
    _LICENCE,
    coded=False,  # ranks move with each year, which says nothing of a chart
)
COMPLEXITY_ADJUSTMENTS = Table(
    "opps.complexity_adjustments",
    "Complexity adjustments of comprehensive APCs (Addendum J)",
    ComplexityRow,
    "the codes of the primary and the other service, with a space between",
    "CMS",
    _LICENCE,
)

TABLES = (PROCEDURES, APCS, STATUS_INDICATORS, INPATIENT_ONLY, RANKS, COMPLEXITY_ADJUSTMENTS)


class Procedure(msgspec.Struct, frozen=True, gc=False):
    """How Medicare pays a hospital for a code on a day, before claim logic, wage index and outliers."""

    code: str
    listed: bool
    """Whether the release knows the code; where not, the fields that follow are None."""
    status_indicator: str | None
    apc: str | None
    rate: Decimal | None
    """Dollars; None where it is not paid by a rate of its own."""
    copayment: Decimal | None
    """The national unadjusted copayment, else the minimum; None where the release has neither (the I/OCE)."""
    release: Release
    addendum: ProcedureRow | None = None
    """The line of Addendum B, or else the row of the I/OCE."""
    editor: ioce.ProcedureRow | None = None


class Apc(msgspec.Struct, frozen=True, gc=False):
    """An ambulatory payment classification on a day."""

    apc: str
    listed: bool
    status_indicator: str | None
    rate: Decimal | None
    copayment: Decimal | None
    title: str
    """Empty where only the I/OCE knows the APC."""
    release: Release
    addendum: ApcRow | None = None
    editor: ioce.ApcRow | None = None


class StatusIndicator(msgspec.Struct, frozen=True, gc=False):
    """What a payment status indicator means on a day."""

    indicator: str
    listed: bool
    item: str
    """What kind of items and services have it."""
    payment: str
    """How they are paid; empty where only the I/OCE knows the indicator."""
    release: Release


class Rank(msgspec.Struct, frozen=True, gc=False):
    """Where a service stands among those that are paid by comprehensive APCs."""

    rank: int | None
    """One is the highest; None where the release does not rank the code."""
    release: Release


class ComplexityAdjustment(msgspec.Struct, frozen=True, gc=False):
    """By which APC a primary service is paid together with another."""

    apc: str | None
    """None where the pair changes nothing."""
    release: Release


def procedure(tables: Tables, code: str, day: date) -> Procedure:
    """A HCPCS or CPT code in capitals. Raises NoRelease where neither Addendum B nor the I/OCE covers the day.

    Addendum B leaves out codes that no part of Medicare pays; those are looked for in the I/OCE.
    """
    release = None
    if tables.carries(PROCEDURES, day):
        edition = tables.on(PROCEDURES, day)
        release = edition.release
        for row in edition.store.rows(code):
            copayment = row.minimum_copayment if row.copayment is None else row.copayment
            return Procedure(code, True, row.status_indicator, row.apc, row.rate, copayment, release, row)
    if release and not tables.carries(ioce.PROCEDURES, day):
        return Procedure(code, False, None, None, None, None, release)
    return _in_editor(tables, code, day)


def apc(tables: Tables, apc: str, day: date) -> Apc:
    """An APC, by four digits. Raises NoRelease where neither Addendum A nor the I/OCE covers the day."""
    if tables.carries(APCS, day):
        edition = tables.on(APCS, day)
        for row in edition.store.rows(apc):
            copayment = row.minimum_copayment if row.copayment is None else row.copayment
            return Apc(apc, True, row.status_indicator, row.rate, copayment, row.title, edition.release, addendum=row)
        return Apc(apc, False, None, None, None, "", edition.release)
    answer = ioce.apc(tables, apc, day)
    if answer.row is None:
        return Apc(apc, False, None, None, None, "", answer.release)
    return Apc(apc, True, answer.row.status_indicator, answer.row.rate, None, "", answer.release, editor=answer.row)


def status_indicator(tables: Tables, indicator: str, day: date) -> StatusIndicator:
    """An indicator. Raises NoRelease where neither Addendum D1 nor the I/OCE covers the day."""
    if tables.carries(STATUS_INDICATORS, day):
        edition = tables.on(STATUS_INDICATORS, day)
        for row in edition.store.rows(indicator):
            return StatusIndicator(indicator, True, row.item, row.payment, edition.release)
        return StatusIndicator(indicator, False, "", "", edition.release)
    answer = ioce.status_indicator(tables, indicator, day)
    item = answer.row.text if answer.row else ""
    return StatusIndicator(indicator, answer.row is not None, item, "", answer.release)


def rank(tables: Tables, code: str, day: date) -> Rank:
    """The rank for primary assignment. Raises NoRelease where neither Addendum J nor the I/OCE covers the day."""
    if tables.carries(RANKS, day):
        edition = tables.on(RANKS, day)
        return Rank(next((row.rank for row in edition.store.rows(code)), None), edition.release)
    answer = ioce.comprehensive(tables, code, day)
    return Rank(answer.row.rank if answer.row else None, answer.release)


def complexity_adjustment(tables: Tables, primary: str, other: str, day: date) -> ComplexityAdjustment:
    """The higher APC of a pair of services. Raises NoRelease where neither Addendum J nor the I/OCE covers the day."""
    if tables.carries(COMPLEXITY_ADJUSTMENTS, day):
        edition = tables.on(COMPLEXITY_ADJUSTMENTS, day)
        row = next(iter(edition.store.rows(f"{primary} {other}")), None)
        return ComplexityAdjustment(row.apc if row else None, edition.release)
    answer = ioce.complexity_adjustment(tables, primary, other, day)
    return ComplexityAdjustment(answer.row.apc if answer.row else None, answer.release)


def is_inpatient_only(tables: Tables, code: str, day: date) -> bool:
    """Whether Medicare pays for a code only as an inpatient procedure (42 CFR 419.22(n)): status indicator C.

    Addendum B or the I/OCE decides, which are corrected each quarter; Addendum E of the year where neither covers the
    day. Raises NoRelease.
    """
    if tables.carries(INPATIENT_ONLY, day) and not (
        tables.carries(PROCEDURES, day) or tables.carries(ioce.PROCEDURES, day)
    ):
        return bool(tables.on(INPATIENT_ONLY, day).store.rows(code))
    return procedure(tables, code, day).status_indicator == "C"


def _in_editor(tables: Tables, code: str, day: date) -> Procedure:
    answer = ioce.procedure(tables, code, day)
    row, release = answer.row, answer.release
    if row is None:
        return Procedure(code, False, None, None, None, None, release)
    paid = ioce.apc(tables, row.apc, day).row if row.apc else None
    rate = paid.rate if paid else None
    return Procedure(code, True, row.status_indicator, row.apc, rate, None, release, None, row)
