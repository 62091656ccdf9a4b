"""Codes that documents support, each with the words that do, and what was left out and why."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from services.encoder import suggestion_handlers as handlers
from services.encoder.api.policies import CanReadCharts
from services.encoder.domain.reading.suggestions import DocumentReading, ReadChart, Reading
from services.encoder.suggesters.port import Suggester
from shared.http import NDJSON, CurrentTables, NdjsonStream, Read, answer, in_lines, json_body
from shared.tables import Tables

router = APIRouter(prefix="/v1", tags=["suggestions"])

GivenChart = Annotated[ReadChart, json_body(ReadChart)]


async def the_suggester(request: Request) -> Suggester | None:
    suggester: Suggester | None = request.app.state.suggester
    return suggester


TheSuggester = Annotated[Suggester | None, Depends(the_suggester)]


_IN_LINES: dict[int | str, dict[str, Any]] = {200: in_lines(DocumentReading, "The reading.")}


@router.post("/suggest", response_model=Reading, responses=_IN_LINES)
async def suggest(
    caller: CanReadCharts, request: Request, chart: GivenChart, tables: CurrentTables, suggester: TheSuggester
) -> Response:
    """Read the documents of an encounter; nothing is kept.

    With `Accept: application/x-ndjson` a line comes for each document as soon as it is read, and the chart's own last.
    """
    if NDJSON in request.headers.get("accept", ""):
        return NdjsonStream(_lines(chart, tables, suggester))
    return answer(await handlers.suggest(chart, tables, suggester))


@router.get("/charts/{chart_id}/suggestions", response_model=Reading)
async def suggestions_of_chart(
    caller: CanReadCharts, session: Read, chart_id: str, tables: CurrentTables, suggester: TheSuggester
) -> Response:
    """Read a chart's documents as they are now."""
    chart = await handlers.chart_to_read(session, caller.tenant, chart_id)
    return answer(await handlers.suggest(chart, tables, suggester))


async def _lines(chart: ReadChart, tables: Tables, suggester: Suggester | None) -> AsyncIterator[bytes]:
    async for each in handlers.suggest_by_document(chart, tables, suggester):
        yield each.model_dump_json(by_alias=True).encode() + b"\n"
