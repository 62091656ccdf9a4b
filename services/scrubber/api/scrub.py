"""Scrub a claim, or a stream of them. Nothing is kept."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from pydantic_core import to_json

from services.scrubber.api.examples import CLAIM_EXAMPLE
from services.scrubber.api.policies import CanScrub, TheScrubber
from services.scrubber.domain.examination import Scrubber
from shared.claims import CLAIM, InstitutionalClaim, Model, ProfessionalClaim, ScrubReport
from shared.http import NDJSON, NdjsonItems, Problem, answer, json_body, ndjson_items
from shared.runtime import Runtime

router = APIRouter(prefix="/v1", tags=["scrub"])

AnyClaim = ProfessionalClaim | InstitutionalClaim
GivenClaim = Annotated[AnyClaim, json_body(CLAIM, as_received=True, examples=(CLAIM_EXAMPLE,))]
GivenClaims = Annotated[NdjsonItems[AnyClaim], ndjson_items(CLAIM, as_received=True, examples=(CLAIM_EXAMPLE,))]


class ScrubbedLine(Model):
    """The answer to one line of a bulk request: the claim's report, or the problem with the line."""

    line: int
    """Counts from 1, blank lines too."""
    status: int
    claim_id: str | None = None
    report: ScrubReport | None = None
    problem: Problem | None = None


@router.post("/scrub", response_model=ScrubReport)
async def scrub(caller: CanScrub, request: Request, scrubber: TheScrubber, claim: GivenClaim) -> Response:
    """Repair a claim and run every edit on it. 200 also where the claim would be held: the report says so."""
    runtime: Runtime = request.app.state.runtime
    return answer(scrubber.examine(claim, tenant=caller.tenant, as_of=runtime.clock().date()).report)


@router.post(
    "/scrub:bulk",
    response_class=StreamingResponse,
    responses={200: {"content": {NDJSON: {}}, "model": ScrubbedLine}},
)
async def scrub_bulk(
    caller: CanScrub, request: Request, scrubber: TheScrubber, claims: GivenClaims
) -> StreamingResponse:
    """Scrub one claim a line; one answer a line, in order, while the request still comes in."""
    runtime: Runtime = request.app.state.runtime
    return StreamingResponse(_answers(scrubber, caller.tenant, runtime, claims), media_type=NDJSON)


async def _answers(
    scrubber: Scrubber, tenant: str, runtime: Runtime, claims: NdjsonItems[AnyClaim]
) -> AsyncIterator[bytes]:
    async for line, claim in claims:
        if isinstance(claim, Problem):
            # The problem's own form: `brief` leaves out what only a whole answer needs.
            yield to_json({"line": line, "status": claim.status, "problem": claim.brief()}) + b"\n"
            continue
        report = scrubber.examine(claim, tenant=tenant, as_of=runtime.clock().date()).report
        done = ScrubbedLine(line=line, status=200, claim_id=str(claim.id), report=report)
        yield to_json(done, exclude_none=True) + b"\n"
