"""The customer's own times with its payers: until when to appeal, until when to replace."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from services.submission import limit_handlers, limit_store
from services.submission.api.cursors import after_id
from services.submission.api.policies import CanManagePayers, CanWorkDenials
from services.submission.denial_records import PayerLimits
from services.submission.domain.denials.limits import LimitEditions
from shared.http import IfMatch, Page, PageRequest, Read, Write, answer, encode_cursor, json_body

router = APIRouter(prefix="/v1/payers", tags=["denials"])

_EDITION = {
    "effective": "2026-01-01",
    "through": "2026-12-31",
    "appeal": {"days": 180, "counted_from": "notice"},
    "filing": {"days": 365, "counted_from": "service"},
    "source": "Agreement of 2025-10-01, section 9.2",
}

PayerPath = Annotated[str, Path(min_length=1, max_length=80, description="The payer's id, as claims name it.")]
GivenLimits = Annotated[LimitEditions, json_body(LimitEditions, examples=({"editions": [_EDITION]},))]


@router.get("/limits", response_model=Page[PayerLimits])
async def list_limits(caller: CanWorkDenials, session: Read, page: PageRequest) -> Page[PayerLimits]:
    """All payers with times of the customer's own, by their ids."""
    found = await limit_store.kept(session, caller.tenant, after=after_id(page), limit=page.limit + 1)
    shown = tuple(map(limit_handlers.shown, found[: page.limit]))
    return Page(items=shown, next_cursor=encode_cursor([shown[-1].payer_id]) if len(found) > page.limit else None)


@router.get("/{payer_id}/limits", response_model=PayerLimits)
async def read_limits(caller: CanWorkDenials, session: Read, payer_id: PayerPath) -> Response:
    """What is kept of one payer; the ETag is what a change must name, `"0"` where nothing is kept yet.

    Without an edition for the day of a notice the law's time holds where it says one (42 CFR 405.942, 422.582), else
    the denial says `unknown`.
    """
    return answer(await limit_handlers.limits(session, caller.tenant, payer_id))


@router.put("/{payer_id}/limits", response_model=PayerLimits)
async def keep_limits(
    caller: CanManagePayers, write: Write, payer_id: PayerPath, version: IfMatch, limits: GivenLimits
) -> Response:
    """Keep these editions in the place of those before. Open denials get their deadlines by them at once."""
    return await write(lambda uow: limit_handlers.keep(uow, payer_id, version, limits))
