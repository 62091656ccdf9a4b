"""Facility profiles: what an EHR does not say with every encounter."""

from typing import Annotated

from fastapi import APIRouter, Response

from services.encoder import handlers, store
from services.encoder.api.policies import CanReadCharts, CanWriteCharts
from services.encoder.domain.facilities import FacilityProfile
from shared.http import Read, Write, answer, json_body

router = APIRouter(prefix="/v1/facilities", tags=["facilities"])

ReceivedProfile = Annotated[FacilityProfile, json_body(FacilityProfile, as_received=True)]


@router.get("/{facility_id}", response_model=FacilityProfile)
async def get_facility(caller: CanReadCharts, session: Read, facility_id: str) -> Response:
    """A facility's profile."""
    return answer(await store.get_facility(session, caller.tenant, facility_id))


@router.put("/{facility_id}", response_model=FacilityProfile)
async def set_facility(
    caller: CanWriteCharts,
    write: Write,
    facility_id: str,
    profile: ReceivedProfile,
) -> Response:
    """Say who bills for a facility and how the names in its EHR's messages are to be read."""
    return await write(lambda uow: handlers.set_facility(uow, facility_id, profile))
