"""What a DRG is and weighs on a day of discharge."""

from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Path, Query
from msgspec.structs import asdict

from services.grouper.api.policies import CanReadCodes
from services.grouper.api.tables import FromTables, used
from services.grouper.domain.drgs import DrgFilter, DrgType, definitions_release, drg_on, drgs_on
from services.grouper.errors import DrgNotFound
from shared.http import CurrentTables, Page, PageRequest, encode_cursor
from shared.tables import Tables, ipps, msdrg

AskedDay = Annotated[date, Query(alias="date", description="The day of discharge.")]

router = APIRouter(prefix="/v1/drgs", tags=["reference tables"])


class FoundDrg(FromTables):
    """A DRG. Where Table 5 of the fiscal year is not loaded, nothing is known of its weight and lengths of stay."""

    drg: str
    title: str
    mdc: str | None = None
    mdc_title: str | None = None
    type: str | None = None
    """SURG or MED."""
    weight: Decimal | None = None
    """The weight that pays: with the cap of 10 per cent on a decrease, where the year has one."""
    weight_before_cap: Decimal | None = None
    geometric_mean_stay: Decimal | None = None
    """Days."""
    arithmetic_mean_stay: Decimal | None = None
    post_acute: bool | None = None
    """A discharge to post-acute care is paid as a transfer."""
    special_pay: bool | None = None
    """And that by the special formula."""


@router.get("", response_model=Page[FoundDrg])
async def list_drgs(
    caller: CanReadCodes,
    tables: CurrentTables,
    page: PageRequest,
    day: AskedDay,
    mdc: Annotated[str | None, Query(pattern=r"^(PRE|[0-9]{2})$", description="Two digits, or PRE.")] = None,
    kind: Annotated[DrgType | None, Query(alias="type", description="Surgical or medical.")] = None,
    q: Annotated[str | None, Query(min_length=2, max_length=100, description="Part of the title.")] = None,
) -> Page[FoundDrg]:
    """The MS-DRGs of a day by number."""
    position = page.after(str)
    after = str(position[0]) if position is not None else None
    found = list(islice(drgs_on(tables, day, DrgFilter(mdc, kind, q), after=after), page.limit + 1))
    shown = found[: page.limit]
    more = len(found) > page.limit
    return Page(
        items=tuple(_found(tables, drg, day) for drg in shown),
        next_cursor=encode_cursor([shown[-1].drg]) if more else None,
    )


@router.get("/{drg}", response_model=FoundDrg)
async def get_drg(
    caller: CanReadCodes,
    tables: CurrentTables,
    drg: Annotated[str, Path(pattern=r"^[0-9]{3}$", description="Three digits.")],
    day: AskedDay,
) -> FoundDrg:
    """Title, MDC, weight and lengths of stay of an MS-DRG."""
    found = drg_on(tables, drg, day)
    if found is None:
        raise DrgNotFound(f"there is no MS-DRG {drg} on {day}")
    return _found(tables, found, day)


def _found(tables: Tables, drg: ipps.Drg, day: date) -> FoundDrg:
    values = asdict(drg)
    weights, titles = values.pop("weights_release"), values.pop("title_release")
    placed = definitions_release(tables, day) if weights is None and drg.mdc is not None else None
    releases = used(((ipps.DRGS.name, weights), (ipps.DRG_TITLES.name, titles), (msdrg.FORMULAS.name, placed)))
    return FoundDrg(releases=releases, **values)
