"""The HTTP door of the encoder: wiring only."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Thread

from fastapi import FastAPI

from services.encoder.api import (
    audits,
    book,
    charts,
    checks,
    code_indexes,
    code_search,
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
from services.encoder.code_search import open_ahead as open_search
from services.encoder.lexicon_store import open_ahead as open_lexicon
from shared.http import create_service_app
from shared.runtime import Runtime
from shared.tables import Tables


def create_app(runtime: Runtime) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        # Beside the start, and given up with the process: the first question waits for what is not open yet.
        Thread(target=_open_ahead, args=(runtime.tables.current(),), name="names", daemon=True).start()
        yield

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
            code_search.router,
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
        lifespan=lifespan,
        tables=("icd10cm", "icd10pcs", "hcpcs", "cpt", "hcc", "ioce"),
    )
    app.state.grouper = create_grouper()
    app.state.suggester = create_suggester()
    return app


def _open_ahead(tables: Tables) -> None:
    """One after the other: both compile for long where nothing is kept."""
    open_search(tables)
    open_lexicon(tables)
