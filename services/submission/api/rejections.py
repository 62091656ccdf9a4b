"""The rejection worklist."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.submission import handlers, views
from services.submission.api.policies import CanWorkRejections
from services.submission.records import ClaimSummary, RejectedClaim
from shared.http import InvalidCursor, Page, PageRequest, Read, Write, encode_cursor

router = APIRouter(prefix="/v1/rejections", tags=["rejections"])


@router.get("", response_model=Page[RejectedClaim])
async def list_rejections(
    caller: CanWorkRejections,
    session: Read,
    page: PageRequest,
    request: Request,
    owner: Annotated[str | None, Query(max_length=128, description="Only what this person works on.")] = None,
) -> Page[RejectedClaim]:
    """What came back and waits for somebody, the longest waiting first, with the reason in words."""
    now: datetime = request.app.state.runtime.clock()
    after = _position(page.after(str, str))
    found = await views.rejections(session, caller.tenant, owner=owner, after=after, limit=page.limit + 1, now=now)
    shown = tuple(found[: page.limit])
    if len(found) <= page.limit:
        return Page(items=shown)
    last = shown[-1].summary
    return Page(items=shown, next_cursor=encode_cursor([last.changed_at.isoformat(), last.id]))


@router.post("/{claim_id}/assignment", response_model=ClaimSummary)
async def take(caller: CanWorkRejections, write: Write, claim_id: str) -> Response:
    """Take a rejection: it is the caller's alone until corrected or given back."""
    return await write(lambda uow: handlers.assign(uow, claim_id, caller.subject))


@router.delete("/{claim_id}/assignment", response_model=ClaimSummary)
async def give_back(caller: CanWorkRejections, write: Write, claim_id: str) -> Response:
    """Give a rejection back to the list."""
    return await write(lambda uow: handlers.unassign(uow, claim_id, caller.subject))


def _position(values: tuple[str | int | None, ...] | None) -> tuple[datetime, str] | None:
    if values is None:
        return None
    try:
        return datetime.fromisoformat(str(values[0])), str(values[1])
    except ValueError:
        raise InvalidCursor("the cursor belongs to another list; start again without one") from None
