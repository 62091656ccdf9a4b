"""What Medicare pays for a service: the physician's fee, and the hospital's outpatient rate."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Path, Query
from msgspec.structs import asdict

from services.grouper.api.policies import CanReadCodes
from services.grouper.api.tables import FromTables, used
from services.grouper.errors import ServiceNotListed
from shared.claims import Money
from shared.http import CurrentTables
from shared.tables import mpfs, opps

router = APIRouter(prefix="/v1", tags=["reference tables"])

AskedCode = Annotated[str, Path(pattern=r"^[0-9A-Za-z]{5}$", description="A CPT or HCPCS code.")]
AskedDay = Annotated[date, Query(alias="date", description="The day of service.")]


class FoundFee(FromTables):
    """The allowed amount of one unit under the physician fee schedule, before policy adjustments, and its factors."""

    code: str
    modifier: str | None = None
    """26, TC or 53 where the line for it was used."""
    locality: str
    facility: bool
    status: str
    amount: Money | None = None
    """The lower of the two that follow; none where the schedule does not price the status."""
    schedule_amount: Money | None = None
    opps_cap: Money | None = None
    work: Decimal
    practice_expense: Decimal
    malpractice: Decimal
    work_gpci: Decimal
    practice_expense_gpci: Decimal
    malpractice_gpci: Decimal
    conversion_factor: Decimal
    is_rare_in_setting: bool


class FoundApc(FromTables):
    """How Medicare pays a hospital for a code on an outpatient claim: national and unadjusted."""

    code: str
    status_indicator: str
    apc: str | None = None
    rate: Decimal | None = None
    """Dollars; CMS publishes rates to three decimals."""
    copayment: Decimal | None = None


@router.get("/fees/{code}", response_model=FoundFee)
async def get_fee(
    caller: CanReadCodes,
    tables: CurrentTables,
    code: AskedCode,
    day: AskedDay,
    facility: Annotated[bool, Query(description="Whether the place of service is paid by the facility's expense.")],
    locality: Annotated[
        str, Query(pattern=r"^[0-9]{7}$", description="Contractor and locality; all zeros is the national amount.")
    ] = mpfs.NATIONAL,
    modifier: Annotated[str | None, Query(pattern=r"^[0-9A-Za-z]{2}$")] = None,
    qualifying_apm: Annotated[bool, Query(description="Paid by the factor of qualifying APM participants.")] = False,
) -> FoundFee:
    """The fee of a service in a locality, with each factor of it."""
    asked, with_modifier = code.upper(), modifier.upper() if modifier else None
    fee = mpfs.fee(tables, asked, with_modifier, locality, day, facility=facility, qualifying_apm=qualifying_apm)
    if fee is None:
        shown = f"{asked}-{with_modifier}" if with_modifier else asked
        raise ServiceNotListed(f"the physician fee schedule has no line for {shown} on {day}")
    values = asdict(fee)
    releases = used(((mpfs.RVU.name, values.pop("rvu_release")), (mpfs.GPCI.name, values.pop("gpci_release"))))
    return FoundFee(releases=releases, locality=locality, facility=facility, **values)


@router.get("/apcs/{code}", response_model=FoundApc)
async def get_apc(caller: CanReadCodes, tables: CurrentTables, code: AskedCode, day: AskedDay) -> FoundApc:
    """The status indicator, APC and rate of a code."""
    found = opps.procedure(tables, code.upper(), day)
    if not found.listed or found.status_indicator is None:
        raise ServiceNotListed(f"the outpatient payment system does not list {found.code} on {day}")
    return FoundApc(
        releases=used(((found.release.table, found.release.name),)),
        code=found.code,
        status_indicator=found.status_indicator,
        apc=found.apc,
        rate=found.rate,
        copayment=found.copayment,
    )
