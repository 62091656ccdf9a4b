"""Who may call what: each endpoint names its scopes, and one that names none does not start."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts

from shared.errors import Forbidden
from shared.http.content import check_acceptable
from shared.runtime.principal import Principal, Unauthenticated


@dataclass(frozen=True)
class Policy:
    """A dependency that lets a caller in who holds every one of `scopes`, and answers who it is."""

    scopes: tuple[str, ...]

    async def __call__(self, request: Request) -> Principal:
        principal = caller(request)
        if missing := [scope for scope in self.scopes if scope not in principal.scopes]:
            raise Forbidden(
                f"the token does not carry the scope {' '.join(missing)}", extra={"missing_scopes": missing}
            )
        check_acceptable(request)
        return principal


def caller(request: Request) -> Principal:
    """The verified caller of this request. Raises what the check of the token found wrong."""
    found = request.scope.get("principal")
    if isinstance(found, Principal):
        return found
    raise found if found is not None else Unauthenticated("send a bearer token")


def requires(*scopes: str) -> Any:
    """The caller must hold every scope: `CanCodeCharts = Annotated[Principal, requires("charts:code")]`."""
    if not scopes:
        raise ValueError("an endpoint requires at least one scope")
    return Depends(Policy(scopes))


class UnguardedRoute(Exception):
    """An endpoint does not say who may call it."""


def policies_of(route: RouteContext) -> list[Policy]:
    """The policies that a route depends on, however deep."""
    return [policy for policy in map(_policy, dependants(getattr(route, "dependant", None))) if policy is not None]


def check_every_route_has_a_policy(app: FastAPI) -> None:
    """Deny unless allowed. Raises `UnguardedRoute` naming the endpoints."""
    own = (route for route in iter_route_contexts(app.routes) if isinstance(route.original_route, APIRoute))
    if unguarded := [f"{route.methods} {route.path}" for route in own if not policies_of(route)]:
        raise UnguardedRoute(f"no scope is required by {', '.join(unguarded)}")


def _policy(dependant: Dependant) -> Policy | None:
    return dependant.call if isinstance(dependant.call, Policy) else None


def dependants(root: Dependant | None) -> Iterator[Dependant]:
    """A dependency and all that it depends on."""
    if root is not None:
        yield root
        for child in root.dependencies:
            yield from dependants(child)
