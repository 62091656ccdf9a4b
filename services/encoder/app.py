"""The HTTP door of the encoder: wiring only."""

from __future__ import annotations

from fastapi import FastAPI

from services.encoder.api import (
    audits,
    book,
    charts,
    checks,
    code_indexes,
    code_structure,
    codes,
    documents,
    encounters,
    facilities,
    fhir,
    hcc,
    hcc_gaps,
    hl7,
    pcs_tables,
    queries,
    queue,
    queue_rules,
    statistics,
    suggestions,
    table_changes,
)
from services.encoder.bootstrap import create_grouper, create_suggester
from shared.http import create_service_app
from shared.runtime import Runtime


def create_app(runtime: Runtime) -> FastAPI:
    app = create_service_app(
        title="Encoder",
        description="From the chart to its codes: encounters in, a queue for coders, codes checked, the claim out.",
        version="1",
        runtime=runtime,
        routers=[
            encounters.router,
            fhir.router,
            fhir.charts_router,
            hl7.router,
            documents.router,
            facilities.router,
            queue_rules.router,
            queue.router,
            charts.router,
            queries.router,
            checks.router,
            codes.router,
            code_structure.router,
            book.router,
            code_indexes.router,
            pcs_tables.router,
            hcc.router,
            hcc_gaps.router,
            audits.router,
            statistics.router,
            suggestions.router,
            table_changes.router,
        ],
        tables=("icd10cm", "icd10pcs", "hcpcs", "cpt", "hcc", "ioce"),
    )
    app.state.grouper = create_grouper()
    app.state.suggester = create_suggester()
    return app
