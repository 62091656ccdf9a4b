"""One chart: read it, complete it, code it, finish it."""

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import TypeAdapter

from services.encoder import handlers, store
from services.encoder.api.policies import CanCodeCharts, CanReadAudit, CanReadCharts, CanWriteCharts
from services.encoder.api.tables import CurrentCodeSets
from services.encoder.domain.charts import Chart, FinalizedChart, OpenedChart
from services.encoder.domain.coding import ChartCodes
from services.encoder.settings import EncoderSettings
from shared import audit
from shared.claims import Charge, Coverage
from shared.http import IfMatch, Read, Write, answer, json_body

LEASE = EncoderSettings().lease

router = APIRouter(prefix="/v1/charts/{chart_id}", tags=["charts"])

ReceivedCharges = Annotated[list[Charge], json_body(TypeAdapter(list[Charge]), as_received=True)]
ReceivedCoverages = Annotated[list[Coverage], json_body(TypeAdapter(list[Coverage]), as_received=True)]
GivenCodes = Annotated[ChartCodes, json_body(ChartCodes)]


@router.get("", response_model=OpenedChart)
async def open_chart(caller: CanReadCharts, session: Read, chart_id: str) -> Response:
    """A chart with its encounter, its codes and a list of its documents."""
    return answer(await handlers.open_for_reading(session, caller.tenant, chart_id))


@router.post("/charges", response_model=Chart)
async def add_charges(caller: CanWriteCharts, write: Write, chart_id: str, charges: ReceivedCharges) -> Response:
    """Add charges that came late; one whose id is known takes the place of the old."""
    return await write(lambda uow: handlers.add_charges(uow, chart_id, charges))


@router.put("/coverages", response_model=Chart)
async def set_coverages(
    caller: CanWriteCharts,
    write: Write,
    chart_id: str,
    version: IfMatch,
    coverages: ReceivedCoverages,
) -> Response:
    """Set who pays, in their turns."""
    return await write(lambda uow: handlers.set_coverages(uow, chart_id, version, coverages))


@router.put("/codes", response_model=Chart)
async def save_codes(
    caller: CanCodeCharts,
    write: Write,
    chart_id: str,
    version: IfMatch,
    codes: GivenCodes,
    code_sets: CurrentCodeSets,
) -> Response:
    """Set the chart's codes. Each must be billable on the day; faults come with pointer and X12 element."""
    return await write(lambda uow: handlers.save_codes(uow, chart_id, version, codes, code_sets, LEASE))


@router.post("/finalize", response_model=FinalizedChart)
async def finalize(
    caller: CanCodeCharts, write: Write, chart_id: str, version: IfMatch, code_sets: CurrentCodeSets
) -> Response:
    """Make the claim and send it down the line; or list every reason why it cannot be made yet."""
    return await write(lambda uow: handlers.finalize(uow, chart_id, version, code_sets))


@router.get("/trail")
async def trail(caller: CanReadAudit, session: Read, chart_id: str) -> list[audit.Entry]:
    """Who did what to the chart and when, oldest first."""
    await store.get_chart(session, caller.tenant, chart_id)
    return await audit.trail(session, caller.tenant, "chart", chart_id)
