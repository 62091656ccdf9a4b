"""Claims in flight and their timelines."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.submission import correction_handlers, views
from services.submission.api.cursors import after_id
from services.submission.api.paths import ClaimPath
from services.submission.api.policies import CanReadClaims, CanWorkRejections
from services.submission.domain.lifecycle import ClaimState
from services.submission.records import ClaimSummary, ClaimTimeline, Figures, Resubmitted
from shared.claims import CLAIM, Claim
from shared.claims.examples import INSTITUTIONAL_CLAIM, PROFESSIONAL_CLAIM
from shared.http import IfMatch, Page, PageRequest, Read, Write, answer, encode_cursor, json_body

router = APIRouter(prefix="/v1", tags=["claims"])

ChangeReason = Annotated[
    str | None,
    Query(
        pattern=r"^(D[0-9]|E0)$",
        description="The claim change reason, a condition code, where it is to be another than the one found.",
    ),
]
CorrectedClaim = Annotated[
    Claim, json_body(CLAIM, as_received=True, examples=(PROFESSIONAL_CLAIM, INSTITUTIONAL_CLAIM))
]


@router.get("/claims", response_model=Page[ClaimSummary])
async def list_claims(
    caller: CanReadClaims,
    session: Read,
    page: PageRequest,
    state: Annotated[tuple[ClaimState, ...], Query(description="Claims in any of these states.")] = (),
    payer: Annotated[str | None, Query(max_length=80, description="The payer's id.")] = None,
) -> Page[ClaimSummary]:
    """Claims in flight, oldest first."""
    found = await views.claims(
        session, caller.tenant, states=state, payer=payer, after=after_id(page), limit=page.limit + 1
    )
    more = len(found) > page.limit
    shown = tuple(found[: page.limit])
    return Page(items=shown, next_cursor=encode_cursor([shown[-1].id]) if more else None)


@router.get("/claims/{claim_id}", response_model=ClaimTimeline)
async def read_claim(caller: CanReadClaims, session: Read, claim_id: ClaimPath) -> Response:
    """The whole timeline: every transmission, every answer with its raw segments, who did what."""
    return answer(await views.timeline(session, caller.tenant, claim_id))


@router.post("/claims/{claim_id}/correct", response_model=Resubmitted)
async def correct_claim(
    caller: CanWorkRejections,
    write: Write,
    claim_id: ClaimPath,
    version: IfMatch,
    claim: CorrectedClaim,
    change_reason: ChangeReason = None,
) -> Response:
    """Send a claim that came back into the line again, corrected. It passes every edit again before it goes out.

    What became of it decides how it goes, and the answer says why: a rejected claim as a new one under a new control
    number; one that the payer has taken, paid or denied as its replacement (frequency 7) with the payer's number in
    REF*F8. Identity, frequency and numbers are decided here, whatever the body says of them. A replacement of an
    institutional claim gets the claim change reason (D0 to D4, D7 to E0) that says best what has changed, unless one is
    given, here or as a new condition code.
    """
    return await write(lambda uow: correction_handlers.correct(uow, claim_id, version, claim, change_reason))


@router.post("/claims/{claim_id}/void", response_model=Resubmitted)
async def void_claim(
    caller: CanWorkRejections, write: Write, claim_id: ClaimPath, version: IfMatch, change_reason: ChangeReason = None
) -> Response:
    """Take back a claim that the payer has: it goes out as a void (frequency 8) with the payer's number in REF*F8.

    A void passes the edits as every claim does. Of an institutional claim it has the claim change reason D6, or D5
    where it is told that a Medicare or provider number was wrong.
    """
    return await write(lambda uow: correction_handlers.void(uow, claim_id, version, change_reason))


@router.get("/figures", response_model=Figures)
async def figures(caller: CanReadClaims, session: Read) -> Figures:
    """How many claims stand where, for each payer."""
    return await views.figures(session, caller.tenant)
