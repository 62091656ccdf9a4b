"""The coders' queue: look at it, pull from it, hand charts over."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.encoder import handlers, store
from services.encoder.api.cursors import chart_cursor, chart_position
from services.encoder.api.policies import CanCodeCharts, CanReadCharts, is_manager
from services.encoder.domain.charts import Chart, ChartStatus
from services.encoder.store import QueueFilter
from shared.claims import EncounterClass, Many, Model, Reference
from shared.errors import Forbidden
from shared.http import Page, PageRequest, Read, Write, json_body

router = APIRouter(prefix="/v1", tags=["queue"])


class NextChart(Model):
    """Which work the caller takes; empty takes any."""

    work_types: Many[EncounterClass] = ()
    facility_id: Reference | None = None


class Assignment(Model):
    """Who shall code the chart; None is the caller."""

    coder: Reference | None = None


WantedWork = Annotated[NextChart, json_body(NextChart)]
GivenAssignment = Annotated[Assignment, json_body(Assignment)]


@router.get("/charts", response_model=Page[Chart])
async def list_charts(
    caller: CanReadCharts,
    session: Read,
    page: PageRequest,
    status: Annotated[tuple[ChartStatus, ...], Query(description="Charts in any of these states.")] = (),
    work_type: Annotated[tuple[EncounterClass, ...], Query(description="Charts of any of these kinds.")] = (),
    facility: Annotated[str | None, Query(max_length=50)] = None,
    owner: Annotated[str | None, Query(max_length=255)] = None,
) -> Page[Chart]:
    """Charts, longest discharged first, then by value. `status=returned` is the worklist of what came back."""
    wanted = QueueFilter(status, work_type, facility, owner)
    after = chart_position(page)
    charts = await store.list_charts(session, caller.tenant, wanted, after=after, limit=page.limit + 1)
    shown = charts[: page.limit]
    more = len(charts) > page.limit
    return Page(items=tuple(shown), next_cursor=chart_cursor(shown[-1]) if more else None)


@router.post("/queue/next", response_model=Chart, responses={204: {"description": "No chart waits."}})
async def pull_next(caller: CanCodeCharts, write: Write, wanted: WantedWork) -> Response:
    """Take the next chart that waits: it is the caller's alone until released or finalized. 204 where none waits."""
    chosen = QueueFilter(work_types=wanted.work_types, facility_id=wanted.facility_id)
    return await write(lambda uow: handlers.pull_next(uow, chosen))


@router.post("/charts/{chart_id}/assignment", response_model=Chart)
async def assign(caller: CanCodeCharts, write: Write, chart_id: str, assignment: GivenAssignment) -> Response:
    """Take a chart, or as a manager hand it to a coder."""
    coder = assignment.coder or caller.subject
    if coder != caller.subject and not is_manager(caller):
        raise Forbidden("only a manager hands a chart to somebody else")
    return await write(lambda uow: handlers.assign(uow, chart_id, coder))


@router.delete("/charts/{chart_id}/assignment", response_model=Chart)
async def release(caller: CanCodeCharts, write: Write, chart_id: str) -> Response:
    """Give a chart back to the queue; a manager may give back another's."""
    return await write(lambda uow: handlers.release(uow, chart_id, as_manager=is_manager(caller)))
