"""Batches, interchanges and the files that come back."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from services.submission import handlers, route_handlers, views
from services.submission.api.cursors import after_id
from services.submission.api.policies import CanManageRoutes, CanReadClaims, CanSubmitClaims
from services.submission.records import Batched, Collected, Interchange, ResponseFile
from services.submission.store import InterchangeState
from services.submission.transmission import Transmitter
from shared.http import Page, PageRequest, Read, Write, encode_cursor

router = APIRouter(prefix="/v1", tags=["interchanges"])

X12 = "application/edi-x12"
LARGEST_RESPONSE = 50_000_000


@router.post("/batches", status_code=201, response_model=Batched)
async def batch_now(caller: CanSubmitClaims, write: Write, request: Request) -> Response:
    """Make interchanges of every claim that waits, now, by payer and kind. They are delivered in the background."""
    transmitter: Transmitter = request.app.state.transmitter
    return await write(lambda uow: transmitter.batch(uow), status=201)


@router.get("/interchanges", response_model=Page[Interchange])
async def list_interchanges(
    caller: CanReadClaims,
    session: Read,
    page: PageRequest,
    state: Annotated[tuple[InterchangeState, ...], Query(description="In any of these states.")] = (),
) -> Page[Interchange]:
    """Interchanges, oldest first."""
    found = await views.interchanges(session, caller.tenant, states=state, after=after_id(page), limit=page.limit + 1)
    shown = tuple(found[: page.limit])
    return Page(items=shown, next_cursor=encode_cursor([shown[-1].id]) if len(found) > page.limit else None)


@router.get("/interchanges/{interchange_id}", response_model=Interchange)
async def read_interchange(caller: CanReadClaims, session: Read, interchange_id: str) -> Interchange:
    """One interchange."""
    return await views.interchange(session, caller.tenant, interchange_id)


@router.get(
    "/interchanges/{interchange_id}/content",
    response_class=Response,
    responses={200: {"content": {X12: {"schema": {"type": "string"}}}, "description": "The 837, byte for byte."}},
)
async def read_content(caller: CanReadClaims, session: Read, interchange_id: str) -> Response:
    """The 837 as it went out."""
    content = await views.interchange_content(session, caller.tenant, interchange_id)
    return Response(content, media_type=X12)


@router.post("/responses:collect", response_model=Collected)
async def collect_now(caller: CanSubmitClaims, request: Request) -> Collected:
    """Look for answers at the clearinghouse now. Where the worker does so at this moment, nothing is left to do."""
    transmitter: Transmitter = request.app.state.transmitter
    return await transmitter.collect()


@router.put(
    "/responses/{route}/{external_id}",
    status_code=202,
    response_model=ResponseFile,
    openapi_extra={"requestBody": {"required": True, "content": {X12: {"schema": {"type": "string"}}}}},
)
async def take_response(
    caller: CanSubmitClaims,
    write: Write,
    request: Request,
    route: Annotated[str, Path(max_length=40, pattern=r"^[a-z0-9-]+$")],
    external_id: Annotated[str, Path(max_length=128, description="The sender's id of the file.")],
) -> Response:
    """Take a TA1, 999, 277CA or 835 that an adapter brings. It is kept at once and read within moments.

    It speaks of the claims of the caller's tenant; what it says of others is listed as about nothing of ours.

    The same file again changes nothing. Other content under a known id is another file, whose id in the answer says so.
    """
    content = await handlers.read_response(request.stream(), LARGEST_RESPONSE)
    return await write(lambda uow: handlers.take_response(uow, route, external_id, content), status=202)


@router.post("/responses/{response_id}/read", status_code=202, response_model=ResponseFile)
async def read_again(
    caller: CanManageRoutes,
    write: Write,
    response_id: Annotated[str, Path(max_length=36, description="The id of the file here.")],
) -> Response:
    """Have a file read again that failed or could not be read: after an update that knows better.

    What it said before it failed stands, and is not done twice.
    """
    return await write(lambda uow: route_handlers.read_again(uow, response_id), status=202)


@router.get("/responses", response_model=Page[ResponseFile])
async def list_responses(
    caller: CanSubmitClaims,
    session: Read,
    page: PageRequest,
    unmatched: Annotated[
        bool, Query(description="Only files that are not read whole, or have an answer about nothing of ours.")
    ] = False,
) -> Page[ResponseFile]:
    """Files that came in, oldest first."""
    found = await views.responses(
        session, caller.tenant, unmatched=unmatched, after=after_id(page), limit=page.limit + 1
    )
    shown = tuple(found[: page.limit])
    return Page(items=shown, next_cursor=encode_cursor([shown[-1].id]) if len(found) > page.limit else None)
