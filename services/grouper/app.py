"""The HTTP door of the grouper: wiring only."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from services.grouper.api import (
    claims,
    conversion,
    drgs,
    fees,
    grouping,
    outpatient,
    payment,
    risk_adjustment,
    versions,
)
from services.grouper.bootstrap import create_grouper
from services.grouper.domain.risk_adjustment.scorer import RiskScorer
from services.grouper.engines.risk_scores import HccInFhir
from services.grouper.parameters.hcc import load_risk_rules
from services.grouper.parameters.payment import load_payment_rules
from shared.http import create_service_app
from shared.runtime import Runtime


def create_app(runtime: Runtime) -> FastAPI:
    grouper = create_grouper(runtime)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await grouper.engine.start()
        try:
            yield
        finally:
            await grouper.engine.close()

    app = create_service_app(
        title="Grouper",
        description="The MS-DRG of a stay, by the version of its day of discharge, or the reason why it has none.",
        version="1",
        runtime=runtime,
        routers=[
            grouping.router,
            conversion.router,
            claims.router,
            versions.router,
            drgs.router,
            fees.router,
            payment.router,
            outpatient.router,
            risk_adjustment.router,
        ],
        tables=("icd10cm", "icd10pcs", "hcpcs", "cpt", "ipps", "msdrg", "mpfs", "opps", "ioce", "hcc"),
        lifespan=lifespan,
    )
    app.state.grouper = grouper
    app.state.payment_rules = load_payment_rules()
    app.state.risk_scorer = RiskScorer(load_risk_rules(), HccInFhir(), runtime.tables)
    return app
