"""Scrub a claim, or a stream of them. Nothing is kept."""

from typing import Annotated

from fastapi import APIRouter, Response

from services.scrubber.api.bulk import ScrubbedLine, scrubbed_lines
from services.scrubber.api.policies import CanScrub, TheRules, TheScrubber, Today
from services.scrubber.domain.claim_parts import AnyClaim
from shared.claims import CLAIM, ScrubReport
from shared.claims.examples import INSTITUTIONAL_CLAIM, PROFESSIONAL_CLAIM
from shared.http import NdjsonItems, NdjsonStream, answer, in_lines, json_body, ndjson_items

router = APIRouter(prefix="/v1", tags=["scrub"])

_EXAMPLES = (PROFESSIONAL_CLAIM, INSTITUTIONAL_CLAIM)
CLAIM_BODY = json_body(CLAIM, as_received=True, examples=_EXAMPLES)
GivenClaim = Annotated[AnyClaim, CLAIM_BODY]
GivenClaims = Annotated[NdjsonItems[AnyClaim], ndjson_items(CLAIM, as_received=True, examples=_EXAMPLES)]


@router.post("/scrub", response_model=ScrubReport)
async def scrub(caller: CanScrub, scrubber: TheScrubber, rules: TheRules, today: Today, claim: GivenClaim) -> Response:
    """Repair a claim and run every edit on it. 200 also where the claim would be held: the report says so."""
    return answer(scrubber.examine(claim, tenant=caller.tenant, as_of=today, rules=rules).report)


@router.post(
    "/scrub/batch",
    response_class=NdjsonStream,
    responses={200: in_lines(ScrubbedLine, "One answer a line.")},
)
async def scrub_batch(
    caller: CanScrub, scrubber: TheScrubber, rules: TheRules, today: Today, claims: GivenClaims
) -> NdjsonStream:
    """Scrub one claim a line; one answer a line, in order, while the request still comes in.

    A line that is no claim is answered with its problem, and the next one goes on. The claims of a stream are not
    compared with one another.
    """
    return NdjsonStream(scrubbed_lines(scrubber, rules, claims, tenant=caller.tenant, as_of=today))
