"""Codes as of a day: whether one stands, and what begins with it."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query

from services.encoder.api.policies import CanReadCodes
from services.encoder.code_sets import embedded_code_sets
from shared.claims import Date, Many, Model
from shared.tables import CodeEntry, CodeSystem

router = APIRouter(prefix="/v1/codes", tags=["codes"])


class FoundCode(Model):
    """A code valid on the day asked for."""

    system: CodeSystem
    code: str
    description: str | None = None
    billable: bool
    valid_from: Date
    valid_through: Date | None = None


class FoundCodes(Model):
    """What was found, the exact code first, and the release that was asked."""

    release: str
    codes: Many[FoundCode]


@router.get("", response_model=FoundCodes)
async def find_codes(
    caller: CanReadCodes,
    q: Annotated[str, Query(min_length=1, max_length=8, description="A code or its beginning; a dot is passed over.")],
    day: Annotated[date, Query(alias="date", description="The day of discharge or service.")],
    system: Annotated[CodeSystem, Query()] = "icd10cm",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> FoundCodes:
    """Codes by their beginning, valid on a day."""
    tables = embedded_code_sets()
    found = tables.prefix(system, q.replace(".", "").strip().upper(), day, limit)
    return FoundCodes(release=tables.release(system, day), codes=tuple(map(_found, found)))


def _found(entry: CodeEntry) -> FoundCode:
    return FoundCode(
        system=entry.system,
        code=entry.code,
        description=entry.description,
        billable=entry.billable,
        valid_from=entry.valid_from,
        valid_through=entry.valid_through,
    )
