"""The HTTP door of submission: wiring only."""

from __future__ import annotations

from fastapi import FastAPI

from services.submission.api import (
    answers,
    bulk_corrections,
    claims,
    denials,
    interchanges,
    learning,
    payer_limits,
    rejections,
    remittances,
    routes,
    submit,
    unmatched,
)
from services.submission.bootstrap import create_leases, create_same_day_clock, create_scrubber, create_transmitter
from services.submission.routes import Route
from services.submission.scrubbing import Scrubber
from shared.http import create_service_app
from shared.runtime import Runtime


def create_app(runtime: Runtime, route: Route | None = None, scrubber: Scrubber | None = None) -> FastAPI:
    """`route` and `scrubber` in the places of those that the settings name."""
    app = create_service_app(
        title="Submission",
        description="Claims out in 837 interchanges, answers in, rejections on somebody's list and back out.",
        version="1",
        runtime=runtime,
        routers=[
            submit.router,
            claims.router,
            rejections.router,
            bulk_corrections.router,
            learning.router,
            interchanges.router,
            routes.router,
            answers.router,
            unmatched.router,
            remittances.router,
            denials.router,
            payer_limits.router,
        ],
        tables=("codes", "payers"),
    )
    app.state.transmitter = create_transmitter(runtime, route)
    app.state.scrubber = scrubber or create_scrubber()
    app.state.leases = create_leases()
    app.state.same_day_clock = create_same_day_clock()
    return app
