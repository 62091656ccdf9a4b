"""The worklist of held claims: look at it, take the next."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.scrubber import handlers, store
from services.scrubber.api.cursors import hold_cursor, hold_position
from services.scrubber.api.policies import CanCorrectClaims, CanReadClaims, TheLeases, Today
from services.scrubber.domain.scrubbed_claim import Hold, ScrubbedClaim
from services.scrubber.domain.worklist import NextHold
from services.scrubber.store import HoldFilter, HoldOrder, Position
from shared.http import Page, PageRequest, Read, Write, json_body

router = APIRouter(prefix="/v1", tags=["holds"])

WantedHold = Annotated[NextHold, json_body(NextHold, optional=True, examples=({},))]


@router.get("/holds", response_model=Page[Hold])
async def list_holds(
    caller: CanReadClaims,
    session: Read,
    page: PageRequest,
    today: Today,
    edit: Annotated[str | None, Query(max_length=100, description="Claims that this edit holds.")] = None,
    payer: Annotated[str | None, Query(max_length=80, description="Claims to this payer id.")] = None,
    owner: Annotated[str | None, Query(max_length=255, description="Claims that this person works on.")] = None,
    queue: Annotated[str | None, Query(max_length=50, description="Claims that a customer rule sent here.")] = None,
    sort: Annotated[HoldOrder, Query(description="`value`: the most valuable first.")] = "priority",
) -> Page[Hold]:
    """Held claims with why, since when and until when, the most urgent first, among equals the oldest."""
    after = hold_position(page, sort)
    wanted = HoldFilter(edit, payer, owner, queue)
    holds = await store.list_holds(session, caller.tenant, wanted, today, order=sort, after=after, limit=page.limit + 1)
    shown = tuple(holds[: page.limit])
    return Page(items=shown, next_cursor=hold_cursor(Position.of(shown[-1], sort)) if len(holds) > page.limit else None)


@router.post("/holds/next", response_model=ScrubbedClaim, responses={204: {"description": "No claim waits."}})
async def pull_next(caller: CanCorrectClaims, write: Write, leases: TheLeases, wanted: WantedHold) -> Response:
    """Take the most urgent held claim that nobody has. 204 where none waits.

    It is the caller's alone for the time of a lease, which goes on with every change of theirs and with
    `POST /v1/claims/{claim_id}/lease`; then it goes back onto the worklist.
    """
    chosen = HoldFilter(edit=wanted.edit, payer=wanted.payer, queue=wanted.queue)
    return await write(lambda uow: handlers.pull_next(uow, chosen, leases))
