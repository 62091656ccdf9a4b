"""Interchanges in, answers out: the two calls of a clearinghouse."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from services.simulator.api.policies import Boxes, CanUseSimulator
from services.simulator.errors import NotAnInterchange
from services.simulator.mailbox import Receipt, Responses
from services.simulator.settings import SimulatorSettings
from shared.http import decode_cursor, encode_cursor
from shared.http.body import raw_body
from shared.http.scope import context_of
from shared.x12 import X12Error

X12_MEDIA_TYPE = "application/edi-x12"
router = APIRouter(prefix="/v1", tags=["clearinghouse"])


@router.post("/interchanges", status_code=202, response_model=Receipt)
async def take_interchange(
    caller: CanUseSimulator,
    boxes: Boxes,
    request: Request,
    content: Annotated[bytes, raw_body(X12_MEDIA_TYPE, max_bytes=SimulatorSettings().max_interchange_bytes)],
) -> Receipt:
    """Take an 837 interchange. The same bytes again get the same receipt; other bytes under its ISA13 a TA1 025."""
    try:
        return await boxes.take(context_of(request), content)
    except X12Error as error:
        raise NotAnInterchange(str(error), x12="ISA") from error


@router.get("/responses", response_model=Responses)
async def list_responses(
    caller: CanUseSimulator,
    boxes: Boxes,
    request: Request,
    after: Annotated[str | None, Query(max_length=200, description="The `next_cursor` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Responses:
    """TA1, 999, 277CA and 835 in the order in which they went out. Reading again gives the same files again."""
    named, position = decode_cursor(after, str, int) if after else ("", 0)

    def begin_in(box: str) -> int:
        """A cursor of a box that is gone starts the new one's answers from the beginning."""
        return int(position or 0) if named == box else 0

    found, box, last = await boxes.responses(context_of(request), begin_in, limit)
    return Responses(items=tuple(found), next_cursor=encode_cursor([box, last]))
