"""The Medicare Physician Fee Schedule: relative values, geographic indices, anaesthesia factors, localities, the fee.

CMS publishes them in one zip file a quarter (`rvu26a.zip`), and the localities of ZIP codes in another. A locality is
named as in CMS's look-up tool: contractor and locality, seven digits (`0441209` is Brazoria, Texas); `NATIONAL` has
every index at 1.
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import msgspec

from shared.errors import NotFound
from shared.tables.table import Table, TableRow
from shared.tables.tables import Tables

NATIONAL = "0000000"
PRICED_STATUSES = frozenset("ART")
"""Active, restricted and injections: the statuses with an amount (Pub 100-04 ch. 23, MPFSDB layout, status code)."""
PRICING_MODIFIERS = frozenset({"26", "53", "TC"})
"""Modifiers that have lines of their own in the relative value file."""

_CENT, _TENTH, _ONE = Decimal("0.01"), Decimal("0.1"), Decimal(1)
_TWO_FACTORS = date(2026, 1, 1)
"""Social Security Act §1848(d)(1)(A): a factor of their own for qualifying APM participants."""
_CPT = "CPT codes are the AMA's: for licensed users; CMS's values and indicators are public. No descriptors are kept"
_PUBLIC = "work of the United States government, public domain"


class RvuRow(TableRow, frozen=True):
    """A line of the relative value file. Indicators are CMS's own codes (Pub 100-04 ch. 23, MPFSDB record layout)."""

    modifier: str | None
    """26, TC or 53 where the line is for that modifier."""
    status: str
    work: Decimal
    nonfacility_pe: Decimal
    facility_pe: Decimal
    malpractice: Decimal
    nonfacility_na: bool
    """The service is rarely or never performed there; the PE of the facility stands in the column."""
    facility_na: bool
    pc_tc: str
    global_days: str
    """000, 010, 090, MMM, XXX, YYY or ZZZ."""
    preoperative: Decimal
    """Share of the global package, as the next two: 0.10 is ten per cent."""
    intraoperative: Decimal
    postoperative: Decimal
    multiple_procedure: str
    bilateral: str
    assistant: str
    co_surgeon: str
    team_surgeon: str
    endoscopic_base: str | None
    conversion_factor: Decimal
    """Of the file: for all until CY2025, from CY2026 for who is not a qualifying APM participant."""
    apm_conversion_factor: Decimal | None
    """From CY2026: for qualifying APM participants. None where CMS leaves the code out of their file."""
    supervision: str
    calculation_flag: str
    imaging_family: str
    """Family of diagnostic imaging for the reduction of multiple procedures; 88 in it, 99 not."""
    opps_nonfacility_pe: Decimal
    """PE of the OPPS amount that caps imaging (Deficit Reduction Act §5102(b)); zero with the next two: no cap."""
    opps_facility_pe: Decimal
    opps_malpractice: Decimal
    used_for_medicare: bool = True
    """False: the values are for information, Medicare does not pay by them (`+` in the file)."""

    @property
    def nonfacility_total(self) -> Decimal:
        """RVUs, as the file's own total."""
        return self.work + self.nonfacility_pe + self.malpractice

    @property
    def facility_total(self) -> Decimal:
        return self.work + self.facility_pe + self.malpractice

    @property
    def is_capped(self) -> bool:
        """Whether the OPPS amount caps the fee."""
        return bool(self.opps_nonfacility_pe or self.opps_facility_pe or self.opps_malpractice)


class GpciRow(TableRow, frozen=True):
    """The geographic practice cost indices of a locality."""

    state: str
    name: str
    work: Decimal
    """With the floor of 1.0 (1.5 in Alaska) where the law has it."""
    practice_expense: Decimal
    malpractice: Decimal
    work_without_floor: Decimal | None = None
    """Where CMS published both, as in January 2026."""


class AnesthesiaRow(TableRow, frozen=True):
    """The anaesthesia conversion factors of a locality, dollars a unit."""

    name: str
    conversion_factor: Decimal
    apm_conversion_factor: Decimal | None = None


class LocalityRow(TableRow, frozen=True):
    """Where a locality lies, in CMS's words."""

    state: str
    area: str
    counties: str


class ZipCodeRow(TableRow, frozen=True):
    """The locality that pays where a ZIP code is."""

    locality: str
    """Contractor and locality, seven digits."""
    needs_plus_four: bool = False
    """The area of the five digits lies in several localities: nine are needed."""


RVU = Table(
    "mpfs.rvu",
    "Relative values and payment policy indicators of the physician fee schedule",
    RvuRow,
    key="CPT or HCPCS code",
    authority="CMS",
    licence=_CPT,
)
GPCI = Table(
    "mpfs.gpci",
    "Geographic practice cost indices",
    GpciRow,
    key="contractor and locality, seven digits",
    authority="CMS",
    licence=_PUBLIC,
    coded=False,
)
ANESTHESIA = Table(
    "mpfs.anesthesia",
    "Anaesthesia conversion factors",
    AnesthesiaRow,
    key="contractor and locality, seven digits",
    authority="CMS",
    licence=_PUBLIC,
    coded=False,
)
LOCALITIES = Table(
    "mpfs.localities",
    "Counties of the fee schedule's localities",
    LocalityRow,
    key="contractor and locality, seven digits",
    authority="CMS",
    licence=_PUBLIC,
    coded=False,
)
ZIP_CODES = Table(
    "mpfs.zip_codes",
    "Localities of the fee schedule by ZIP code",
    ZipCodeRow,
    key="ZIP code, five digits, or nine where five are not enough",
    authority="CMS",
    licence=_PUBLIC,
    coded=False,
)
TABLES = (RVU, GPCI, ANESTHESIA, LOCALITIES, ZIP_CODES)


class UnknownLocality(NotFound):
    """The fee schedule has no such locality on that day."""

    code, title = "unknown_locality", "The fee schedule has no such locality"


class Fee(msgspec.Struct, frozen=True, gc=False):
    """What Medicare allows for one unit of a service in a locality, and each factor of it."""

    code: str
    modifier: str | None
    """The modifier whose line was used; None for the line of the code alone."""
    status: str
    amount: Decimal | None
    """Dollars: the lower of `schedule_amount` and `opps_cap`. None where the schedule does not price the status."""
    schedule_amount: Decimal | None
    """(work × GPCI + PE × GPCI + MP × GPCI) × conversion factor, to the cent."""
    opps_cap: Decimal | None
    """The OPPS amount that caps imaging; None where none does."""
    work: Decimal
    practice_expense: Decimal
    malpractice: Decimal
    work_gpci: Decimal
    practice_expense_gpci: Decimal
    malpractice_gpci: Decimal
    conversion_factor: Decimal
    is_rare_in_setting: bool
    """CMS's NA: rarely or never performed in this setting."""
    rvu_release: str
    gpci_release: str | None
    """None for `NATIONAL`, which takes no index."""


class AnesthesiaFee(msgspec.Struct, frozen=True, gc=False):
    """What Medicare allows for an anaesthesia service that one practitioner performs."""

    amount: Decimal
    base_units: Decimal
    time_units: Decimal
    """Minutes in fifteens, to one decimal (Pub 100-04 ch. 12 §50.G)."""
    conversion_factor: Decimal
    release: str


class ConversionFactors(msgspec.Struct, frozen=True, gc=False):
    """The two factors of the physician fee schedule, dollars an RVU."""

    conversion_factor: Decimal
    qualifying_apm: Decimal | None
    """From CY2026. None before."""
    release: str


def rvu(tables: Tables, code: str, modifier: str | None, day: date) -> RvuRow | None:
    """The line of a service; None where the schedule has none. Raises NoRelease.

    A modifier without lines of its own (25, LT) takes the line of the code. 26, TC or 53 on a code without that line
    takes none: such a code has no professional component to bill, or its price is the contractor's.
    """
    wanted = modifier if modifier in PRICING_MODIFIERS else None
    for row in tables.on(RVU, day).store.rows(code):
        if row.modifier == wanted:
            return row
    return None


def fee(
    tables: Tables,
    code: str,
    modifier: str | None,
    locality: str,
    day: date,
    *,
    facility: bool,
    qualifying_apm: bool = False,
) -> Fee | None:
    """The allowed amount of a service before policy adjustments; None where the schedule has no line for it.

    Pub 100-04 ch. 12 §20 and the documentation of the relative value file; rounded half up at the end only, as CMS's
    carrier files are. `facility`: the place of service is paid by the facility PE. `qualifying_apm`: the higher factor
    of CY2026 and after. Raises NoRelease, UnknownLocality.
    """
    row = rvu(tables, code, modifier, day)
    if row is None:
        return None
    indices, gpci_release = _indices(tables, locality, day)
    factor = (row.apm_conversion_factor if qualifying_apm else None) or row.conversion_factor
    pe = row.facility_pe if facility else row.nonfacility_pe
    is_priced = row.status in PRICED_STATUSES and row.used_for_medicare
    schedule = _amount(indices, row.work, pe, row.malpractice, factor) if is_priced else None
    opps_pe = row.opps_facility_pe if facility else row.opps_nonfacility_pe
    cap = _amount(indices, row.work, opps_pe, row.opps_malpractice, factor) if is_priced and row.is_capped else None
    return Fee(
        code=code,
        modifier=row.modifier,
        status=row.status,
        amount=schedule if schedule is None or cap is None else min(schedule, cap),
        schedule_amount=schedule,
        opps_cap=cap,
        work=row.work,
        practice_expense=pe,
        malpractice=row.malpractice,
        work_gpci=indices.work,
        practice_expense_gpci=indices.practice_expense,
        malpractice_gpci=indices.malpractice,
        conversion_factor=factor,
        is_rare_in_setting=row.facility_na if facility else row.nonfacility_na,
        rvu_release=tables.release(RVU, day).name,
        gpci_release=gpci_release,
    )


def anesthesia_fee(
    tables: Tables, base_units: Decimal, minutes: int, locality: str, day: date, *, qualifying_apm: bool = False
) -> AnesthesiaFee:
    """(base units + time units) × the locality's factor, for who performs the service alone (Pub 100-04 ch. 12 §50).

    CMS publishes the base units of each code apart. Raises NoRelease, UnknownLocality; ValueError for negative minutes.
    """
    if minutes < 0:
        raise ValueError("anaesthesia time is not negative")
    edition = tables.on(ANESTHESIA, day)
    rows = edition.store.rows(locality)
    if not rows:
        raise UnknownLocality(f"the anaesthesia factors of {edition.release.name} have no locality {locality}")
    factor = (rows[0].apm_conversion_factor if qualifying_apm else None) or rows[0].conversion_factor
    time_units = (Decimal(minutes) / 15).quantize(_TENTH, ROUND_HALF_UP)
    amount = ((base_units + time_units) * factor).quantize(_CENT, ROUND_HALF_UP)
    return AnesthesiaFee(amount, base_units, time_units, factor, edition.release.name)


def conversion_factors(tables: Tables, day: date) -> ConversionFactors:
    """The factors of the release of a day. Raises NoRelease."""
    edition = tables.on(RVU, day)
    rows = (row for _code, rows in edition.store.items() for row in rows)
    first = next(rows)
    apm = first.apm_conversion_factor
    if apm is None and edition.release.effective >= _TWO_FACTORS:
        apm = next((row.apm_conversion_factor for row in rows if row.apm_conversion_factor is not None), None)
    return ConversionFactors(first.conversion_factor, apm, edition.release.name)


def gpci(tables: Tables, locality: str, day: date) -> GpciRow | None:
    """The indices of a locality. Raises NoRelease."""
    rows = tables.on(GPCI, day).store.rows(locality)
    return rows[0] if rows else None


def localities(tables: Tables, day: date, *, state: str = "") -> tuple[tuple[str, LocalityRow], ...]:
    """Every locality with its counties, of one state (its name, as ALABAMA) or all. Raises NoRelease."""
    items = tables.on(LOCALITIES, day).store.items()
    return tuple((key, row) for key, rows in items for row in rows if not state or row.state == state.upper())


def locality_of(tables: Tables, zip_code: str, day: date) -> str | None:
    """The locality of a ZIP code of five or nine digits; None where it has none, or needs nine. Raises NoRelease."""
    store = tables.on(ZIP_CODES, day).store
    for row in store.rows(zip_code[:5]):
        if not row.needs_plus_four:
            return row.locality
        return next((exact.locality for exact in store.rows(zip_code)), None) if len(zip_code) > 5 else None
    return None


def _indices(tables: Tables, locality: str, day: date) -> tuple[GpciRow, str | None]:
    if locality == NATIONAL:
        return GpciRow("", "NATIONAL", _ONE, _ONE, _ONE), None
    edition = tables.on(GPCI, day)
    rows = edition.store.rows(locality)
    if not rows:
        raise UnknownLocality(f"the fee schedule of {edition.release.name} has no locality {locality}")
    return rows[0], edition.release.name


def _amount(indices: GpciRow, work: Decimal, pe: Decimal, malpractice: Decimal, factor: Decimal) -> Decimal:
    adjusted = work * indices.work + pe * indices.practice_expense + malpractice * indices.malpractice
    return (adjusted * factor).quantize(_CENT, ROUND_HALF_UP)
