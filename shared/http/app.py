"""The HTTP door of a service: one function that puts on it everything that every service has."""

from collections.abc import Callable, Sequence
from typing import Any

from fastapi import APIRouter, FastAPI

from shared.http.admission import Admission
from shared.http.documentation import documentation_router
from shared.http.errors import install_problem_handlers
from shared.http.health import operations_router
from shared.http.keyed_bodies import KeyedBodies
from shared.http.observation import Observation
from shared.http.openapi import install_openapi
from shared.http.policies import check_every_route_has_a_policy
from shared.http.releases import releases_router
from shared.runtime.runtime import Runtime


def create_service_app(
    *,
    title: str,
    description: str,
    version: str,
    runtime: Runtime,
    routers: Sequence[APIRouter],
    tables: Sequence[str] = (),
    lifespan: Callable[[FastAPI], Any] | None = None,
) -> FastAPI:
    """A service's app: problem documents, identity, idempotency, rate limits, request ids, metrics, health, OpenAPI.

    `tables` are the families of reference tables that the service uses (`ncci`), whose releases it then lists.
    Raises `UnguardedRoute` when an endpoint of `routers` does not name its scopes with `requires`.
    """
    app = FastAPI(title=title, description=description, version=version, lifespan=lifespan, openapi_url=None)
    app.state.runtime = runtime
    for router in (*routers, *([releases_router(runtime, tables)] if tables else [])):
        app.include_router(router)
    check_every_route_has_a_policy(app)
    app.include_router(operations_router(runtime))
    app.include_router(documentation_router())
    install_problem_handlers(app)
    install_openapi(app, runtime.settings)
    app.add_middleware(KeyedBodies)
    app.add_middleware(Admission, runtime=runtime)
    app.add_middleware(Observation, service=runtime.name)
    return app
