"""What payers reject again and again, and the rules that were learned from it."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from services.submission import learning_handlers, learning_store
from services.submission.api.policies import CanWorkRejections
from services.submission.records import RejectionPattern
from shared.http import Page, PageRequest, Read, encode_cursor

router = APIRouter(prefix="/v1/rejection-patterns", tags=["rejections"])


@router.get("", response_model=Page[RejectionPattern])
async def list_patterns(
    caller: CanWorkRejections,
    session: Read,
    page: PageRequest,
    payer: Annotated[str | None, Query(max_length=80, description="Of this payer id.")] = None,
) -> Page[RejectionPattern]:
    """What rejections have in common, the commonest first. It holds nothing of a patient."""
    values = page.after(int, str)
    after = None if values is None else (min(int(values[0] or 0), 2**31 - 1), str(values[1]))
    found = await learning_store.patterns(session, caller.tenant, payer=payer, after=after, limit=page.limit + 1)
    shown = found[: page.limit]
    cursor = encode_cursor([shown[-1].claims, shown[-1].id]) if len(found) > page.limit else None
    return Page(items=tuple(map(learning_handlers.pattern, shown)), next_cursor=cursor)


@router.get("/{pattern_id}", response_model=RejectionPattern)
async def read_pattern(
    caller: CanWorkRejections, session: Read, pattern_id: Annotated[str, Path(max_length=24)]
) -> RejectionPattern:
    """One with the rule that it comes to and its evidence as it is now.

    How many claims the rule would have caught, and how many it would have stopped that the payer has accepted.
    """
    return await learning_handlers.open_pattern(session, caller.tenant, pattern_id)
