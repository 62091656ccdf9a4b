"""Table 5 of the inpatient prospective payment system: what a DRG weighs, how long its stays are; and its title.

CMS publishes Table 5 with the final rule of each federal fiscal year; a discharge is paid by the table of its day. The
titles of DRGs and MDCs are known for more days than the weights, from the definitions of the grouper's versions.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec

from shared.tables.table import Table, TableRow
from shared.tables.tables import Tables

PRE_MDC = "PRE"
"""How Table 5 names the MDC of transplants and the like, which the grouper numbers 00."""

_PUBLIC = "work of the United States government, public domain"


class DrgRow(TableRow, frozen=True):
    """A line of Table 5."""

    title: str
    mdc: str | None
    """Two digits or `PRE`. None for the DRGs that belong to no MDC (981-989, 998, 999)."""
    type: str | None
    """SURG or MED. None for 998 and 999."""
    weight: Decimal | None
    """The weight that pays: from FY2023 (final rule CMS-1771-F) with the cap of 10 per cent on a decrease."""
    weight_before_cap: Decimal | None
    """None before FY2023 too, when there was no cap."""
    geometric_mean_stay: Decimal | None
    """Days, for transfers (42 CFR 412.4(f)) and outliers of length."""
    arithmetic_mean_stay: Decimal | None
    post_acute: bool
    """A discharge to post-acute care is paid as a transfer (42 CFR 412.4(c))."""
    special_pay: bool
    """And that by the special formula: half of the payment on the first day (42 CFR 412.4(f)(6))."""


class TitleRow(TableRow, frozen=True):
    title: str


DRGS = Table(
    "ipps.drgs",
    "MS-DRG weights and lengths of stay (IPPS Table 5)",
    DrgRow,
    key="MS-DRG, three digits",
    authority="CMS",
    licence=_PUBLIC,
)
DRG_TITLES = Table(
    "msdrg.drgs",
    "Titles of the MS-DRGs",
    TitleRow,
    key="MS-DRG, three digits",
    authority="CMS",
    licence=_PUBLIC,
)
MDC_TITLES = Table(
    "msdrg.mdcs",
    "Titles of the major diagnostic categories",
    TitleRow,
    key="MDC, two digits",
    authority="CMS",
    licence=_PUBLIC,
    coded=False,
)
TABLES = (DRGS, DRG_TITLES, MDC_TITLES)


class Drg(msgspec.Struct, frozen=True, gc=False):
    """A DRG as of a day. Where Table 5 of the fiscal year is not loaded, its title alone is known."""

    drg: str
    title: str
    """Table 5's, else that of the grouper's definitions."""
    mdc: str | None
    mdc_title: str | None
    type: str | None
    weight: Decimal | None
    weight_before_cap: Decimal | None
    geometric_mean_stay: Decimal | None
    arithmetic_mean_stay: Decimal | None
    post_acute: bool | None
    special_pay: bool | None
    weights_release: str | None
    """Which Table 5 answers: `FY2026`. None where no Table 5 of the day is loaded: every value above is None then."""
    title_release: str | None
    """Which version of the grouper's definitions: `v43.1`. None where none of the day is loaded."""


def drg(tables: Tables, number: str, day: date) -> Drg | None:
    """The DRG of a number on a day of discharge; None where there is none. Raises NoRelease: no table has the day."""
    titles = tables.on(DRG_TITLES, day) if tables.carries(DRG_TITLES, day) else None
    # Without titles the weights must be there: asking for them says so where they are not.
    weights = tables.on(DRGS, day) if titles is None or tables.carries(DRGS, day) else None
    row = next(iter(weights.store.rows(number)), None) if weights else None
    titled = next(iter(titles.store.rows(number)), None) if titles else None
    title = row.title if row else titled.title if titled else None
    if title is None:
        return None
    mdc = row.mdc if row else None
    return Drg(
        drg=number,
        title=title,
        mdc=mdc,
        mdc_title=mdc_title(tables, mdc, day) if mdc else None,
        type=row.type if row else None,
        weight=row.weight if row else None,
        weight_before_cap=row.weight_before_cap if row else None,
        geometric_mean_stay=row.geometric_mean_stay if row else None,
        arithmetic_mean_stay=row.arithmetic_mean_stay if row else None,
        post_acute=row.post_acute if row else None,
        special_pay=row.special_pay if row else None,
        weights_release=weights.release.name if weights and row else None,
        title_release=titles.release.name if titles and titled else None,
    )


def weight(tables: Tables, number: str, day: date) -> Decimal | None:
    """The weight that a DRG pays by on a day of discharge; None where no weights of the day are loaded."""
    if not tables.carries(DRGS, day):
        return None
    rows = tables.on(DRGS, day).store.rows(number)
    return rows[0].weight if rows else None


def mdc_title(tables: Tables, mdc: str, day: date) -> str | None:
    """The title of an MDC (`05`, `PRE`); None where there is none or no version of the day is loaded."""
    if not tables.carries(MDC_TITLES, day):
        return None
    rows = tables.on(MDC_TITLES, day).store.rows("00" if mdc == PRE_MDC else mdc)
    return rows[0].title if rows else None
