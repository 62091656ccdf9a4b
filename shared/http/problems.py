"""Problem documents (RFC 9457): every answer that is not a success looks like this, and none repeats what was sent."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict, Field
from pydantic_core import to_json

from shared.claims import Many, Model
from shared.errors import ServiceError
from shared.http.content import PROBLEM
from shared.http.idempotency import Answer

_TYPE_PREFIX = "urn:revcycle:problem:"


class FieldError(Model):
    """One thing wrong with the request. The value sent is never repeated."""

    code: str
    """Stable name of the fault, such as `missing`, `date_impossible`, `npi_check_digit`."""
    message: str
    """The fault in words for a person."""
    pointer: str | None = None
    """JSON pointer (RFC 6901) into the request body."""
    parameter: str | None = None
    """The parameter at fault, `query.limit`, where it is not in the body."""
    x12: str | None = None
    """Loop and element of the 837 where the field will stand, such as `2010AA.NM109`."""


class Problem(Model):
    """A problem document, `application/problem+json`."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:revcycle:problem:invalid_body",
                    "title": "The request body is not valid",
                    "status": 422,
                    "code": "invalid_body",
                    "detail": "1 fault in the request body",
                    "request_id": "0192f3a0-7c1e-7b51-9a41-8f3f6f0f2b11",
                    "errors": [
                        {
                            "code": "npi_check_digit",
                            "message": "the check digit of the NPI is wrong",
                            "pointer": "/billing/npi",
                            "parameter": None,
                            "x12": "2010AA.NM109",
                        }
                    ],
                }
            ]
        },
    )

    type: str
    """`urn:revcycle:problem:` and the code."""
    title: str
    """What kind of problem this is; the same for every occurrence."""
    status: int = Field(ge=400, le=599)
    """The HTTP status."""
    code: str
    """Stable name of the problem; programs decide by this."""
    detail: str
    """This occurrence, for a person. Holds no patient data."""
    request_id: str | None = None
    """Name this when you ask for help."""
    pointer: str | None = None
    x12: str | None = None
    errors: Many[FieldError] = ()

    def brief(self) -> dict[str, Any]:
        """The members that say something, as JSON values."""
        return {name: value for name, value in self.model_dump(mode="json").items() if value not in (None, [])}


class InvalidBody(ServiceError):
    """The body does not fit its model; `errors` says where and why."""

    code, title, status = "invalid_body", "The request body is not valid", 422

    def __init__(self, errors: tuple[FieldError, ...]) -> None:
        first = errors[0]
        plural = "fault" if len(errors) == 1 else "faults"
        super().__init__(f"{len(errors)} {plural} in the request body", pointer=first.pointer, x12=first.x12)
        self.errors = errors


class InvalidParameters(ServiceError):
    """The path, query or headers do not fit; `errors` says where and why."""

    code, title, status = "invalid_parameters", "A parameter of the request is not valid", 422

    def __init__(self, errors: tuple[FieldError, ...]) -> None:
        super().__init__("; ".join(f"{error.parameter}: {error.message}" for error in errors))
        self.errors = errors


class MalformedJson(ServiceError):
    code, title, status = "malformed_json", "The request body is not JSON", 400


class BadRequest(ServiceError):
    code, title, status = "bad_request", "The request cannot be understood", 400


class TooManyRequests(ServiceError):
    code, title, status = "rate_limited", "Too many requests", 429


class RouteNotFound(ServiceError):
    code, title, status = "route_not_found", "There is no such address", 404


class MethodNotAllowed(ServiceError):
    code, title, status = "method_not_allowed", "The address does not take this method", 405


class InternalError(ServiceError):
    code, title, status = "internal_error", "Something went wrong on our side", 500


def problem_of(error: ServiceError, request_id: str | None = None) -> Problem:
    """The problem document of an error."""
    return Problem(
        type=_TYPE_PREFIX + error.code,
        title=error.title,
        status=error.status,
        code=error.code,
        detail=error.detail,
        request_id=request_id,
        pointer=error.pointer,
        x12=error.x12,
        errors=getattr(error, "errors", ()),
        **error.extra,
    )


def answer_of(error: ServiceError, request_id: str | None = None) -> Answer:
    """The answer to the caller."""
    headers = {"Content-Type": PROBLEM}
    if error.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="revcycle"'
    if (seconds := error.extra.get("retry_after")) is not None:
        headers["Retry-After"] = str(seconds)
    return Answer(error.status, headers, to_json(problem_of(error, request_id).brief()))
