"""The worklist of held claims."""

from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Query

from services.scrubber import store
from services.scrubber.api.cursors import hold_cursor, hold_position
from services.scrubber.api.policies import CanReadClaims
from services.scrubber.domain.scrubbed_claim import Hold
from services.scrubber.store import HoldFilter
from shared.http import Page, PageRequest, Read

router = APIRouter(prefix="/v1", tags=["holds"])


@router.get("/holds", response_model=Page[Hold])
async def list_holds(
    caller: CanReadClaims,
    session: Read,
    page: PageRequest,
    edit: Annotated[str | None, Query(max_length=100, description="Claims that this edit holds.")] = None,
    payer: Annotated[str | None, Query(max_length=80, description="Claims to this payer id.")] = None,
    owner: Annotated[str | None, Query(max_length=255, description="Claims that this person works on.")] = None,
    queue: Annotated[str | None, Query(max_length=50, description="Claims that a customer rule sent here.")] = None,
) -> Page[Hold]:
    """Held claims, the most valuable first, among equals the oldest."""
    after = hold_position(page)
    wanted = HoldFilter(edit, payer, owner, queue)
    holds = await store.list_holds(session, caller.tenant, wanted, after=after, limit=page.limit + 1)
    shown = tuple(holds[: page.limit])
    return Page(items=shown, next_cursor=hold_cursor(_place(shown[-1])) if len(holds) > page.limit else None)


def _place(hold: Hold) -> store.Position:
    return Decimal(hold.total_charge), hold.held_since, str(hold.id)
