"""The one place where errors become answers."""

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from shared.errors import ServiceError
from shared.http.answers import respond
from shared.http.faults import invalid_parameters
from shared.http.problems import (
    BadRequest,
    InternalError,
    MethodNotAllowed,
    RouteNotFound,
    answer_of,
)

log = structlog.get_logger("revcycle.http")

_BY_STATUS: dict[int, type[ServiceError]] = {404: RouteNotFound, 405: MethodNotAllowed}


def install_problem_handlers(app: FastAPI) -> None:
    """Every error that an endpoint raises becomes a problem document. Unknown ones are left to `Observation`."""

    @app.exception_handler(ServiceError)
    async def service_error(request: Request, error: ServiceError) -> Response:
        return _problem(request, error)

    @app.exception_handler(RequestValidationError)
    async def parameters(request: Request, error: RequestValidationError) -> Response:
        return _problem(request, invalid_parameters(error))

    @app.exception_handler(HTTPException)
    async def framework(request: Request, error: HTTPException) -> Response:
        kind = _BY_STATUS.get(error.status_code, BadRequest if error.status_code < 500 else InternalError)
        response = _problem(request, kind(f"{request.method} is not answered at this address"))
        response.headers.update(error.headers or {})
        return response


def _problem(request: Request, error: ServiceError) -> Response:
    return respond(answer_of(error, request.scope.get("request_id")))
