"""The HTTP door of submission: wiring only."""

from __future__ import annotations

from fastapi import FastAPI

from services.submission.api import answers, claims, interchanges, rejections
from services.submission.bootstrap import create_leases, create_same_day_clock, create_transmitter
from services.submission.routes import Route
from shared.http import create_service_app
from shared.runtime import Runtime


def create_app(runtime: Runtime, route: Route | None = None) -> FastAPI:
    app = create_service_app(
        title="Submission",
        description="Claims out in 837 interchanges, answers in, rejections on somebody's list and back out.",
        version="1",
        runtime=runtime,
        routers=[claims.router, rejections.router, interchanges.router, answers.router],
        tables=("codes", "payers"),
    )
    app.state.transmitter = create_transmitter(runtime, route)
    app.state.leases = create_leases()
    app.state.same_day_clock = create_same_day_clock()
    return app
