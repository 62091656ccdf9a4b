"""The small code sets of claims and remittances: which codes were valid on a day, and what may be said of them.

All keep their history: a row is a code over one span of days, so that the newest release answers for the past too.
Wording stands only where its owner lets it: CMS's own, short labels of ours, or what the customer's licensed file says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from shared.tables.catalogue import Release
from shared.tables.errors import UnknownRelease
from shared.tables.history import DatedRow
from shared.tables.table import Table
from shared.tables.tables import Tables

_US_WORK = "Work of the United States government; free to use"
_AHA = "UB-04 Data Specifications Manual, American Hospital Association: codes are public, wording needs a licence"
_X12 = "Copyright X12: codes may be used, wording needs a licence"
_NUCC = "Copyright American Medical Association on behalf of the NUCC; commercial use needs a licence"


class CodeRow(DatedRow, frozen=True):
    """A code over one span of days."""

    label: str = ""
    """Its name; empty where nobody but the owner may give one."""
    description: str = ""
    notes: str = ""
    modified: date | None = None
    """When its wording last changed."""
    listed: bool = True
    """False for a code of which is known only that it lies in the range from which the authority assigns."""


class PlaceOfServiceRow(CodeRow, frozen=True):
    """A place of service."""

    facility: bool | None = None
    """Whether the physician fee schedule pays the facility amount there; None where the file does not say."""


class TaxonomyRow(CodeRow, frozen=True):
    """A provider taxonomy code; `label` is the display name, `description` the definition."""

    grouping: str = ""
    classification: str = ""
    specialization: str = ""
    section: str = ""
    """`Individual` or `Non-Individual`."""


class ModifierRow(CodeRow, frozen=True):
    """A modifier that NCCI edits know."""

    group: str = ""
    """`anatomic`, `global surgery` or `other`, as the NCCI Policy Manual orders them."""


Code = TypeVar("Code", bound=CodeRow)


def _table(name: str, title: str, row: type[Code], key: str, authority: str, licence: str) -> Table[Code]:
    return Table(f"codes.{name}", title, row, key, authority, licence, coded=False)


CARC = _table("carc", "Claim adjustment reason codes", CodeRow, "code without its group", "X12", _X12)
RARC = _table("rarc", "Remittance advice remark codes", CodeRow, "code", "X12", _X12)
CLAIM_ADJUSTMENT_GROUPS = _table("claim_adjustment_groups", "Claim adjustment groups", CodeRow, "code", "X12", _X12)
CLAIM_STATUS_CATEGORIES = _table("claim_status_categories", "Claim status categories", CodeRow, "code", "X12", _X12)
CLAIM_STATUSES = _table("claim_statuses", "Claim status codes", CodeRow, "code", "X12", _X12)
PLACE_OF_SERVICE = _table("place_of_service", "Places of service", PlaceOfServiceRow, "two digits", "CMS", _US_WORK)
TAXONOMY = _table("taxonomy", "Provider taxonomy", TaxonomyRow, "ten characters", "NUCC", _NUCC)
REVENUE = _table("revenue", "Revenue codes", CodeRow, "four digits", "NUBC", _AHA)
TYPE_OF_BILL = _table(
    "type_of_bill",
    "Types of bill, without frequency",
    CodeRow,
    "two digits: facility type and bill classification",
    "NUBC",
    _AHA,
)
CONDITION = _table("condition", "Condition codes", CodeRow, "two characters", "NUBC", _AHA)
OCCURRENCE = _table("occurrence", "Occurrence codes", CodeRow, "two characters", "NUBC", _AHA)
OCCURRENCE_SPAN = _table("occurrence_span", "Occurrence span codes", CodeRow, "two characters", "NUBC", _AHA)
VALUE = _table("value", "Value codes", CodeRow, "two characters", "NUBC", _AHA)
DISCHARGE_STATUS = _table("discharge_status", "Patient discharge statuses", CodeRow, "two digits", "NUBC", _AHA)
ADMISSION_TYPE = _table("admission_type", "Priorities of admission or visit", CodeRow, "one digit", "NUBC", _AHA)
ADMISSION_SOURCE = _table("admission_source", "Points of origin", CodeRow, "one character", "NUBC", _AHA)
CLAIM_FREQUENCY = _table("claim_frequency", "Claim frequencies", CodeRow, "one character", "NUBC", _AHA)
POA = _table("poa", "Present-on-admission indicators", CodeRow, "one character", "CMS", _US_WORK)
NCCI_MODIFIERS = _table(
    "ncci_modifiers", "NCCI-associated modifiers", ModifierRow, "two characters", "CMS", f"{_US_WORK}; CPT is the AMA's"
)
MUE_INDICATORS = _table("mue_indicators", "MUE adjudication indicators", CodeRow, "one digit", "CMS", _US_WORK)

TABLES: tuple[Table[Any], ...] = (
    CARC,
    RARC,
    CLAIM_ADJUSTMENT_GROUPS,
    CLAIM_STATUS_CATEGORIES,
    CLAIM_STATUSES,
    PLACE_OF_SERVICE,
    TAXONOMY,
    REVENUE,
    TYPE_OF_BILL,
    CONDITION,
    OCCURRENCE,
    OCCURRENCE_SPAN,
    VALUE,
    DISCHARGE_STATUS,
    ADMISSION_TYPE,
    ADMISSION_SOURCE,
    CLAIM_FREQUENCY,
    POA,
    NCCI_MODIFIERS,
    MUE_INDICATORS,
)


@dataclass(frozen=True, slots=True)
class CodeOnDay(Generic[Code]):
    """A code as it stood on the day it was asked for."""

    code: str
    row: Code
    release: Release
    """The release that answered."""


def code_set(name: str) -> Table[CodeRow]:
    """The table of a code set by its name, with or without `codes.`. Raises UnknownRelease."""
    for table in TABLES:
        if table.name.removeprefix("codes.") == name.removeprefix("codes."):
            return table
    raise UnknownRelease(f"there is no code set {name}")


def is_valid(tables: Tables, table: Table[Code], code: str, day: date) -> bool:
    """Whether a code of a set may be used on a day. Raises NoRelease where the set is not carried then."""
    for row in tables.on(table, day).store.rows(code):  # noqa: SIM110  # a generator costs a third of the lookup
        if row.covers(day):
            return True
    return False


def entry(tables: Tables, table: Table[Code], code: str, day: date) -> CodeOnDay[Code] | None:
    """A code as of a day; None where it is not valid then. Raises NoRelease."""
    edition = tables.on(table, day)
    for row in edition.store.rows(code):
        if row.covers(day):
            return CodeOnDay(code, row, edition.release)
    return None


def all_on(tables: Tables, table: Table[Code], day: date, *, prefix: str = "") -> Iterator[CodeOnDay[Code]]:
    """Every code that is valid on a day and begins with `prefix`, in order. Raises NoRelease."""
    edition = tables.on(table, day)
    return (
        CodeOnDay(code, row, edition.release)
        for code, rows in edition.store.items(prefix)
        for row in rows
        if row.covers(day)
    )
