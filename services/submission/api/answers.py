"""Answers that came back and are about nothing of ours."""

from fastapi import APIRouter

from services.submission import views
from services.submission.api.policies import CanSubmitClaims
from services.submission.records import UnmatchedAnswer
from shared.http import Page, PageRequest, Read, encode_cursor

router = APIRouter(prefix="/v1/answers", tags=["interchanges"])


@router.get("/unmatched", response_model=Page[UnmatchedAnswer])
async def list_unmatched(caller: CanSubmitClaims, session: Read, page: PageRequest) -> Page[UnmatchedAnswer]:
    """Answers that name no claim or interchange of ours, oldest first. Their files are kept as they came."""
    values = page.after(str, int)
    after = None if values is None else (str(values[0]), int(values[1] or 0))
    found = await views.unmatched_answers(session, caller.tenant, after=after, limit=page.limit + 1)
    shown = tuple(found[: page.limit])
    more = len(found) > page.limit
    return Page(items=shown, next_cursor=encode_cursor([shown[-1].response_id, shown[-1].position]) if more else None)
