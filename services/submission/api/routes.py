"""The routes out and back: which there are, how each is, and which of them rest."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from services.submission import route_handlers
from services.submission.api.policies import CanManageRoutes, CanReadClaims, Now
from services.submission.domain.routing import RouteTerms
from services.submission.records import Routes, RouteStatus
from shared.http import Read, Write

router = APIRouter(prefix="/v1/routes", tags=["routes"])

Name = Annotated[str, Path(max_length=40, pattern=r"^[a-z0-9-]+$")]


def _terms(request: Request) -> list[RouteTerms]:
    return [way.terms for way in request.app.state.transmitter.ways]


@router.get("", response_model=Routes)
async def list_routes(caller: CanReadClaims, session: Read, request: Request, now: Now) -> Routes:
    """Every route in the order in which they are preferred: since when it is paused or down, and what waits for it."""
    return Routes(items=tuple(await route_handlers.statuses(session, _terms(request), caller.tenant, now)))


@router.post("/{name}/pause", response_model=RouteStatus)
async def pause_route(caller: CanManageRoutes, write: Write, request: Request, name: Name) -> Response:
    """Send nothing by this route until it is resumed. Its claims go by another that serves their payer, or wait."""
    return await write(lambda uow: route_handlers.pause(uow, _terms(request), name))


@router.post("/{name}/resume", response_model=RouteStatus)
async def resume_route(caller: CanManageRoutes, write: Write, request: Request, name: Name) -> Response:
    """Let a paused route go on."""
    return await write(lambda uow: route_handlers.resume(uow, _terms(request), name))
