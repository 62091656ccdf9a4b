"""What was decided on a claim."""

from fastapi import APIRouter, Response

from services.grouper import handlers
from services.grouper.api.policies import CanReadClaims
from services.grouper.domain.history import GroupedClaim
from shared.http import Read, answer

router = APIRouter(prefix="/v1/claims", tags=["claims"])


@router.get("/{claim_id}", response_model=GroupedClaim)
async def open_claim(caller: CanReadClaims, session: Read, claim_id: str) -> Response:
    """Every decision on a claim, the newest first. The ETag is the claim's revision that was decided on last."""
    return answer(await handlers.open_claim(session, caller.tenant, claim_id))
