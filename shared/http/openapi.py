"""OpenAPI that says all of it: raw bodies with their models and examples, problems, headers, scopes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from fastapi import FastAPI, params
from fastapi.openapi.utils import get_openapi
from fastapi.routing import RouteContext, iter_route_contexts
from fastapi.utils import create_model_field

from shared.http.body import Body, JsonBody, NdjsonBody, RawBody
from shared.http.content import JSON, NDJSON, PROBLEM
from shared.http.paths import OPEN_PATHS
from shared.http.policies import dependants, policies_of
from shared.http.problems import FieldError, Problem
from shared.http.writes import version_named, writer_of
from shared.runtime.settings import Settings

_SCHEME = "oidc"
_REF = "#/components/"


@dataclass(frozen=True)
class DocumentedRoute(RouteContext):
    """A route as its documentation sees it: with the body that it reads by itself."""

    body_field: Any = None


def install_openapi(app: FastAPI, settings: Settings) -> None:
    """Replace the app's `openapi()`; the document is made once, when first asked for."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = describe(app, settings)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way


def describe(app: FastAPI, settings: Settings) -> dict[str, Any]:
    """The OpenAPI 3.1 document of an app."""
    routes = [_documented(route) for route in iter_route_contexts(app.routes)]
    document = get_openapi(title=app.title, version=app.version, description=app.description, routes=routes)
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas |= _problem_schemas()
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    components["responses"] = {"Problem": _problem_response()}
    components["headers"] = _HEADERS
    components["securitySchemes"] = {
        _SCHEME: {
            "type": "openIdConnect",
            "openIdConnectUrl": f"{settings.issuer.rstrip('/')}/.well-known/openid-configuration",
        }
    }
    for route in routes:
        for method in route.methods or ():
            operation = document["paths"].get(route.path_format, {}).get(method.lower())
            if operation is not None:
                _describe_raw_body(operation, route)
                _describe_other_forms(operation, route)
                _name_lines(operation, schemas)
                _complete(operation, route)
    return document


def _calls(route: RouteContext) -> list[Any]:
    return [dependant.call for dependant in dependants(getattr(route, "dependant", None))]


def _documented(route: RouteContext) -> RouteContext:
    body = next((call for call in _calls(route) if isinstance(call, Body)), None)
    if body is None:
        return route
    field = create_model_field(
        name="body",
        type_=body.shape,
        field_info=params.Body(
            annotation=body.shape,
            media_type=NDJSON if isinstance(body, NdjsonBody) else JSON,
            openapi_examples={f"example {n}": {"value": value} for n, value in enumerate(body.examples, 1)} or None,
        ),
    )
    # FastAPI offers no other way to describe one inclusion of a route.
    return DocumentedRoute(route.route, route._route_context, body_field=field)


def _describe_raw_body(operation: dict[str, Any], route: RouteContext) -> None:
    if (raw := next((call for call in _calls(route) if isinstance(call, RawBody)), None)) is not None:
        content = {media_type: _of_bytes(raw.example) for media_type in raw.media_types}
        operation["requestBody"] = {"required": True, "content": content}


def _describe_other_forms(operation: dict[str, Any], route: RouteContext) -> None:
    """Beside the JSON body; a line of NDJSON has its schema. Some bodies need not be sent."""
    if (body := next((call for call in _calls(route) if isinstance(call, Body)), None)) is not None:
        if isinstance(body, JsonBody) and body.optional:
            operation["requestBody"]["required"] = False
        content = operation["requestBody"]["content"]
        for media_type, example in body.other_forms.items():
            in_lines = {"schema": content[JSON]["schema"], "example": example}
            content[media_type] = in_lines if media_type == NDJSON else _of_bytes(example)


def _of_bytes(example: str | None) -> dict[str, Any]:
    return {"schema": {"type": "string", "format": "binary"}} | ({} if example is None else {"example": example})


def _name_lines(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """The models of `in_lines` among the schemas, where a client generator finds them."""
    for response in operation["responses"].values():
        line = response.get("content", {}).get(NDJSON, {})
        if title := line.get("schema", {}).get("title"):
            model: dict[str, Any] = line["schema"]
            for name, found in ({title: model} | model.pop("$defs", {})).items():
                schemas.setdefault(name, found)
            line["schema"] = {"$ref": f"{_REF}schemas/{title}"}


def _complete(operation: dict[str, Any], route: RouteContext) -> None:
    """Add the scopes, the problems that can come, and the headers of every answer."""
    if route.path_format in OPEN_PATHS:
        return
    calls = _calls(route)
    operation["security"] = [{_SCHEME: sorted({s for policy in policies_of(route) for s in policy.scopes})}]
    responses: dict[str, Any] = operation["responses"]
    responses.pop("422", None)
    for status in _problem_statuses(operation, calls):
        responses[status] = {"$ref": f"{_REF}responses/Problem"}
    for status, response in responses.items():
        if "$ref" not in response:
            response["headers"] = _success_headers(writer_of in calls, status) | response.get("headers", {})


def _problem_statuses(operation: dict[str, Any], calls: list[Any]) -> list[str]:
    statuses = {"400", "401", "403", "406", "429", "500", "503"}
    if any(parameter["in"] == "path" for parameter in operation.get("parameters", ())):
        statuses |= {"404"}
    if operation.get("parameters"):
        statuses |= {"422"}
    if any(isinstance(call, (Body, RawBody)) for call in calls):
        statuses |= {"413", "415", "422"}
    if writer_of in calls:
        statuses |= {"404", "409", "413", "422"}
    if version_named in calls:
        statuses |= {"412", "428"}
    return sorted(statuses)


def _success_headers(writes: bool, status: str) -> dict[str, Any]:
    names = ["X-Request-Id", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"]
    if writes:
        names += ["Idempotency-Replayed", "ETag"] + (["Location"] if status == "201" else [])
    return {name: {"$ref": f"{_REF}headers/{name}"} for name in names}


def _header(description: str, kind: str = "string") -> dict[str, Any]:
    return {"description": description, "schema": {"type": kind}}


_HEADERS = {
    "X-Request-Id": _header("Names this request in logs and traces; yours when you sent a sane one."),
    "RateLimit-Limit": _header("Requests allowed in the window.", "integer"),
    "RateLimit-Remaining": _header("Requests left in the window.", "integer"),
    "RateLimit-Reset": _header("Seconds until the oldest request counts no more.", "integer"),
    "Retry-After": _header("Seconds to wait before asking again.", "integer"),
    "Idempotency-Replayed": _header("`true` when this is the first answer given again."),
    "ETag": _header("The record's version; send it as If-Match to change the record."),
    "Location": _header("Where the new record is."),
}


def _problem_schemas() -> dict[str, Any]:
    problem = Problem.model_json_schema(ref_template=f"{_REF}schemas/{{model}}", mode="serialization")
    own = cast(dict[str, Any], problem.pop("$defs", {}))
    return own | {Problem.__name__: problem, FieldError.__name__: own[FieldError.__name__]}


def _problem_response() -> dict[str, Any]:
    names = ["X-Request-Id", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "Retry-After"]
    return {
        "description": "A problem document (RFC 9457); decide by `code`.",
        "headers": {name: {"$ref": f"{_REF}headers/{name}"} for name in names},
        "content": {PROBLEM: {"schema": {"$ref": f"{_REF}schemas/{Problem.__name__}"}}},
    }
