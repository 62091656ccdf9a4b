"""The codes of a claim or stay in the code set of another day, and what it groups to then. Nothing is kept."""

from typing import Annotated

from fastapi import APIRouter, Response

from services.grouper import handlers
from services.grouper.api.policies import CanGroup, TheGrouper
from services.grouper.domain.claim_conversion import ClaimConversion, ConversionQuestion
from shared.http import answer, json_body

router = APIRouter(prefix="/v1/convert", tags=["grouping"])

GivenConversion = Annotated[ConversionQuestion, json_body(ConversionQuestion, as_received=True)]


@router.post("", response_model=ClaimConversion)
async def convert(caller: CanGroup, grouper: TheGrouper, question: GivenConversion) -> Response:
    """Each code kept, converted, or open with its choices; the DRG where no code is open."""
    return answer(await handlers.convert(grouper, question))
