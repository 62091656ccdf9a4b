"""The worklist of held claims."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Query

from services.scrubber import store
from services.scrubber.api.policies import CanReadClaims
from services.scrubber.domain.scrubbed_claim import Hold
from services.scrubber.store import HoldFilter
from shared.http import InvalidCursor, Page, PageRequest, Read, encode_cursor

router = APIRouter(prefix="/v1", tags=["holds"])


@router.get("/holds", response_model=Page[Hold])
async def list_holds(
    caller: CanReadClaims,
    session: Read,
    page: PageRequest,
    edit: Annotated[str | None, Query(max_length=100, description="Claims that this edit holds.")] = None,
    payer: Annotated[str | None, Query(max_length=80, description="Claims to this payer id.")] = None,
    owner: Annotated[str | None, Query(max_length=255, description="Claims that this person works on.")] = None,
) -> Page[Hold]:
    """Held claims, the most valuable first, among equals the oldest."""
    after = _position(page.after(int, str, str))
    wanted = HoldFilter(edit, payer, owner)
    holds = await store.list_holds(session, caller.tenant, wanted, after=after, limit=page.limit + 1)
    shown = tuple(holds[: page.limit])
    return Page(items=shown, next_cursor=_cursor(shown[-1]) if len(holds) > page.limit else None)


def _cursor(hold: Hold) -> str:
    return encode_cursor([int(Decimal(hold.total_charge) * 100), hold.held_since.isoformat(), str(hold.id)])


def _position(values: tuple[str | int | None, ...] | None) -> store.Position | None:
    if values is None:
        return None
    cents, since, claim_id = values
    try:
        return Decimal(int(cents or 0)) / 100, datetime.fromisoformat(str(since)), str(claim_id)
    except ValueError:
        raise InvalidCursor("the cursor belongs to another list; start again without one") from None
