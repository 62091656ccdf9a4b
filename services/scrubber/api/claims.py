"""Work on held claims: look, correct, let pass, send back, hand over, check again."""

from typing import Annotated

from fastapi import APIRouter, Response

from services.scrubber import handlers
from services.scrubber.api.examples import PATCH_EXAMPLE
from services.scrubber.api.policies import (
    CanCorrectClaims,
    CanReadClaims,
    CanReleaseClaims,
    TheLeases,
    TheScrubber,
    Today,
)
from services.scrubber.api.scrub import CLAIM_BODY, GivenClaim
from services.scrubber.domain.claim_patch import ClaimPatch, PatchOperation
from services.scrubber.domain.fixes import Fix
from services.scrubber.domain.priority import Priority
from services.scrubber.domain.scrubbed_claim import ClaimRecord, ScrubbedClaim
from services.scrubber.domain.touches import Touch
from services.scrubber.domain.worklist import Assignment, Recheck, RecheckResult, Release, ReturnRequest
from shared.http import IfMatch, Page, PageRequest, Read, Write, answer, encode_cursor, json_body

router = APIRouter(prefix="/v1", tags=["claims"])

GivenPatch = Annotated[tuple[PatchOperation, ...], json_body(ClaimPatch, examples=(PATCH_EXAMPLE,))]
GivenRelease = Annotated[Release, json_body(Release)]
GivenReturn = Annotated[ReturnRequest, json_body(ReturnRequest)]
GivenAssignment = Annotated[Assignment, json_body(Assignment, optional=True, examples=({},))]
GivenRecheck = Annotated[Recheck, json_body(Recheck)]


@router.get("/claims/{claim_id}", response_model=ClaimRecord)
async def get_claim(caller: CanReadClaims, session: Read, claim_id: str) -> Response:
    """The claim as it stands, its report and every report before; the ETag is what a change must name."""
    return answer(await handlers.open_claim(session, caller.tenant, claim_id))


@router.get("/claims/{claim_id}/priority", response_model=Priority)
async def explain_priority(caller: CanReadClaims, session: Read, today: Today, claim_id: str) -> Priority:
    """Why a held claim stands where it stands on the worklist: every factor with its points and its reason."""
    return await handlers.explain_priority(session, caller.tenant, claim_id, today)


@router.get("/claims/{claim_id}/history", response_model=Page[Touch])
async def get_history(caller: CanReadClaims, session: Read, claim_id: str, page: PageRequest) -> Page[Touch]:
    """Who touched the claim when and how, and which findings went and came by it; the newest first."""
    after = page.after(int)
    told = await handlers.history(session, caller.tenant, claim_id)
    left = [touch for touch in told if after is None or touch.seq < int(after[0] or 0)]
    shown = tuple(left[: page.limit])
    return Page(items=shown, next_cursor=encode_cursor([shown[-1].seq]) if len(left) > page.limit else None)


@router.put("/claims/{claim_id}", response_model=ScrubbedClaim)
async def correct(
    caller: CanCorrectClaims,
    write: Write,
    scrubber: TheScrubber,
    leases: TheLeases,
    claim_id: str,
    version: IfMatch,
    claim: GivenClaim,
) -> Response:
    """Correct a held claim; it is examined at once. 200 also where it is held still: the report says why."""
    return await write(lambda uow: handlers.correct(scrubber, uow, claim_id, version, claim, leases))


@router.patch("/claims/{claim_id}", response_model=ScrubbedClaim)
async def patch(
    caller: CanCorrectClaims,
    write: Write,
    scrubber: TheScrubber,
    leases: TheLeases,
    claim_id: str,
    version: IfMatch,
    operations: GivenPatch,
) -> Response:
    """Correct a held claim by a JSON Patch (RFC 6902), such as a finding's repair; it is examined at once, as by PUT.

    All operations are done or none. The pointer of `patch_invalid` is into the patch, that of `invalid_body` into the
    claim as patched. A `test` that fails refuses the patch.
    """
    read, fix = CLAIM_BODY.dependency.read, Fix(patch=operations)
    return await write(lambda uow: handlers.patch(scrubber, uow, claim_id, version, fix, leases, read))


@router.post("/claims/{claim_id}/release", response_model=ScrubbedClaim)
async def release(
    caller: CanReleaseClaims,
    write: Write,
    scrubber: TheScrubber,
    leases: TheLeases,
    claim_id: str,
    version: IfMatch,
    wanted: GivenRelease,
) -> Response:
    """Let named findings pass, each for a reason that stays on the record. The others still hold the claim."""
    return await write(lambda uow: handlers.release(scrubber, uow, claim_id, version, wanted.overrides, leases))


@router.post("/claims/{claim_id}/return", response_model=ScrubbedClaim)
async def return_to_coder(
    caller: CanCorrectClaims, write: Write, leases: TheLeases, claim_id: str, version: IfMatch, wanted: GivenReturn
) -> Response:
    """Send a held claim back to the coder with questions. They stay with it, and it is examined when it comes again.

    409 `claim_not_coded` for a claim that came in whole: no chart of it is here.
    """
    return await write(lambda uow: handlers.return_to_coder(uow, claim_id, version, wanted.reasons, leases))


@router.post("/claims/{claim_id}/assignment", response_model=ScrubbedClaim)
async def assign(
    caller: CanCorrectClaims, write: Write, leases: TheLeases, claim_id: str, assignment: GivenAssignment
) -> Response:
    """Take a held claim, or give one that nobody has to somebody. One owner at a time, until their lease ends."""
    return await write(lambda uow: handlers.assign(uow, claim_id, assignment.biller or caller.subject, leases))


@router.delete("/claims/{claim_id}/assignment", response_model=ScrubbedClaim)
async def unassign(caller: CanCorrectClaims, write: Write, claim_id: str) -> Response:
    """Give one's claim back to the worklist."""
    return await write(lambda uow: handlers.unassign(uow, claim_id))


@router.post("/claims/{claim_id}/lease", response_model=ScrubbedClaim)
async def renew_lease(caller: CanCorrectClaims, write: Write, leases: TheLeases, claim_id: str) -> Response:
    """Keep one's claim for another lease, as every other touch of its owner does. Its ETag stays."""
    return await write(lambda uow: handlers.renew_lease(uow, claim_id, leases))


@router.post("/claims:recheck", response_model=RecheckResult)
async def recheck(
    caller: CanCorrectClaims, write: Write, scrubber: TheScrubber, leases: TheLeases, wanted: GivenRecheck
) -> Response:
    """Run every edit again on the claims that one edit holds; those that pass now are cleared."""
    return await write(lambda uow: handlers.recheck(scrubber, uow, wanted, leases))
