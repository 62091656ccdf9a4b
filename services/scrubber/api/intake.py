"""A claim in over REST, to be examined, kept, and cleared to go out or held."""

from fastapi import APIRouter, Response

from services.scrubber import intake_handlers
from services.scrubber.api.policies import CanSubmitClaims, TheScrubber
from services.scrubber.api.scrub import GivenClaim
from services.scrubber.domain.scrubbed_claim import ScrubbedClaim
from shared.http import Write

router = APIRouter(prefix="/v1", tags=["claims"])


@router.post("/claims", status_code=201, response_model=ScrubbedClaim)
async def take_claim(caller: CanSubmitClaims, write: Write, scrubber: TheScrubber, claim: GivenClaim) -> Response:
    """Take a new claim in and examine it: cleared, it goes on to submission; held, it waits on the worklist.

    As a claim that comes from the line, and compared with what was billed for its patient before. Submission asks this
    for every claim that comes in by its own door: `POST /submission/v1/claims`.
    """
    return await write(
        lambda uow: intake_handlers.take_claim(scrubber, uow, claim), location=lambda taken: f"/v1/claims/{taken.id}"
    )
