"""The HTTP door of the scrubber: wiring only."""

from __future__ import annotations

from fastapi import FastAPI

from services.scrubber.api import (
    claims,
    code_sets,
    coverage,
    edits,
    fixes,
    holds,
    intake,
    ncci,
    rules,
    scrub,
    statistics,
    table_changes,
)
from services.scrubber.bootstrap import create_scrubber
from services.scrubber.settings import ScrubberSettings
from shared.http import create_service_app
from shared.runtime import Runtime
from shared.worklists import Leases


def create_app(runtime: Runtime) -> FastAPI:
    app = create_service_app(
        title="Scrubber",
        description="Every edit that a payer would apply, applied first: findings, repairs, and the held claims.",
        version="1",
        runtime=runtime,
        routers=[
            scrub.router,
            edits.router,
            holds.router,
            claims.router,
            intake.router,
            fixes.router,
            code_sets.router,
            coverage.router,
            ncci.router,
            rules.router,
            statistics.router,
            table_changes.router,
        ],
        tables=("icd10cm", "icd10pcs", "hcpcs", "cpt", "ncci", "opps", "ioce", "codes", "coverage", "payers"),
    )
    settings = ScrubberSettings()
    app.state.scrubber = create_scrubber(settings, tables=runtime.tables)
    app.state.leases = Leases(taken=settings.lease, given=settings.given_lease)
    return app
