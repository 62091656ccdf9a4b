"""What a DRG is and weighs on a day of discharge."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Path, Query
from msgspec.structs import asdict

from services.grouper.api.policies import CanReadCodes
from services.grouper.api.tables import FromTables, used
from services.grouper.errors import DrgNotFound
from shared.http import CurrentTables
from shared.tables import ipps

router = APIRouter(prefix="/v1/drgs", tags=["reference tables"])


class FoundDrg(FromTables):
    """A DRG. Where Table 5 of the fiscal year is not loaded, its title alone is known; `releases` shows which were."""

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


@router.get("/{drg}", response_model=FoundDrg)
async def get_drg(
    caller: CanReadCodes,
    tables: CurrentTables,
    drg: Annotated[str, Path(pattern=r"^[0-9]{3}$", description="Three digits.")],
    day: Annotated[date, Query(alias="date", description="The day of discharge.")],
) -> FoundDrg:
    """Title, MDC, weight and lengths of stay of an MS-DRG."""
    found = ipps.drg(tables, drg, day)
    if found is None:
        raise DrgNotFound(f"there is no MS-DRG {drg} on {day}")
    values = asdict(found)
    releases = used(
        ((ipps.DRGS.name, values.pop("weights_release")), (ipps.DRG_TITLES.name, values.pop("title_release")))
    )
    return FoundDrg(releases=releases, **values)
