"""Whom a new release of a reference table touches."""

from typing import Annotated

from fastapi import APIRouter

from services.scrubber import store
from services.scrubber.api.cursors import hold_cursor, hold_position
from services.scrubber.api.policies import CanReadClaims
from services.scrubber.domain.table_changes import held_codes
from shared.http import Page, PageRequest, Read, json_body
from shared.http.table_changes import TableChange, Touched

router = APIRouter(prefix="/v1/table-changes", tags=["tables"])

GivenChange = Annotated[TableChange, json_body(TableChange)]


@router.post("/claims", response_model=Page[Touched])
async def touched_claims(caller: CanReadClaims, session: Read, page: PageRequest, change: GivenChange) -> Page[Touched]:
    """Held claims that hold changed codes on a day of the release, the most valuable first.

    A page looks at `limit` claims and lists those that are touched: it may be empty and not the last. Nothing changes.
    """
    after = hold_position(page, "value")
    claims = await store.list_held(session, caller.tenant, after=after, limit=page.limit + 1)
    looked_at = claims[: page.limit]
    touch, period = change.touch, change.period
    items = (Touched(id=str(held.id), codes=touch.found(held_codes(held.claim, period))) for held in looked_at)
    more = len(claims) > page.limit
    return Page(
        items=tuple(item for item in items if item.codes),
        next_cursor=hold_cursor(store.position_of(looked_at[-1])) if more else None,
    )
