"""Claims in over REST, to be examined, kept, and cleared to go out or held."""

from functools import partial

from fastapi import APIRouter, Response

from services.scrubber import intake_handlers
from services.scrubber.api.policies import CanSubmitClaims, TheScrubber
from services.scrubber.api.scrub import GivenClaim, GivenClaims
from services.scrubber.domain.scrubbed_claim import ScrubbedClaim
from shared.claims import Model
from shared.http import NdjsonStream, Problem, Together, Write, in_lines, in_windows

router = APIRouter(prefix="/v1", tags=["claims"])


class TakenLine(Model):
    """The answer to one claim of many: the claim as it was taken in, or the problem with it."""

    line: int
    """Counts from 1, blank lines too."""
    status: int
    claim: ScrubbedClaim | None = None
    problem: Problem | None = None
    replayed: bool = False
    """The first answer under this Idempotency-Key, given again."""


@router.post("/claims", status_code=201, response_model=ScrubbedClaim)
async def take_claim(caller: CanSubmitClaims, write: Write, scrubber: TheScrubber, claim: GivenClaim) -> Response:
    """Take a new claim in and examine it: cleared, it goes on to submission; held, it waits on the worklist.

    As a claim that comes from the line, and compared with what was billed for its patient before. Submission asks this
    for a claim that comes in by its own door: `POST /submission/v1/claims`.
    """
    return await write(
        lambda uow: intake_handlers.take_claim(scrubber, uow, claim), location=lambda taken: f"/v1/claims/{taken.id}"
    )


@router.post("/claims:bulk", response_class=NdjsonStream, responses={200: in_lines(TakenLine, "One answer a line.")})
async def take_claims(
    caller: CanSubmitClaims, write: Write, scrubber: TheScrubber, claims: GivenClaims
) -> NdjsonStream:
    """Take one new claim a line in, as `POST /v1/claims` would one after another; one answer a line, in order.

    A line that is no claim, or a claim that is there already, is answered with its problem, and the next one goes on.
    With an Idempotency-Key each claim has its own, by its id, so that a request that was cut off is simply sent again.
    """
    together = Together(
        partial(intake_handlers.take_claims, scrubber), named=lambda claim: str(claim.id), member="claim", status=201
    )
    return NdjsonStream(in_windows(write, claims, together))
