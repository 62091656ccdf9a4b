"""The coders' queue: look at it, pull from it, keep, hold and hand over charts."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.encoder import queue_handlers, queue_store
from services.encoder.api.cursors import chart_cursor, chart_position
from services.encoder.api.policies import CanCodeCharts, CanReadCharts, is_manager
from services.encoder.domain.charts import Chart, ChartStatus, TouchlessOutcome
from services.encoder.domain.queue.priority import Priority
from services.encoder.domain.queue.requests import Assignment, HandOverRequest, HoldRequest, NextChart
from services.encoder.queue_store import QueueFilter
from services.encoder.settings import EncoderSettings
from shared.claims import EncounterClass
from shared.errors import Forbidden
from shared.http import Page, PageRequest, Read, Write, json_body
from shared.http.scope import runtime_of

router = APIRouter(prefix="/v1", tags=["queue"])

LEASE = EncoderSettings().lease

WantedWork = Annotated[NextChart, json_body(NextChart, optional=True, examples=({},))]
GivenAssignment = Annotated[Assignment, json_body(Assignment, optional=True, examples=({},))]
GivenHandOver = Annotated[HandOverRequest, json_body(HandOverRequest)]
GivenHold = Annotated[HoldRequest, json_body(HoldRequest)]


@router.get("/charts", response_model=Page[Chart])
async def list_charts(
    caller: CanReadCharts,
    session: Read,
    page: PageRequest,
    status: Annotated[tuple[ChartStatus, ...], Query(description="Charts in any of these states.")] = (),
    work_type: Annotated[tuple[EncounterClass, ...], Query(description="Charts of any of these kinds.")] = (),
    facility: Annotated[str | None, Query(max_length=50)] = None,
    owner: Annotated[str | None, Query(max_length=255)] = None,
    queue: Annotated[tuple[str, ...], Query(max_length=200, description="Charts in any of these queues.")] = (),
    hold: Annotated[str | None, Query(max_length=50, description="Charts held for this reason.")] = None,
    touchless: Annotated[
        TouchlessOutcome | None, Query(description="What the touchless path made of them; `audited` are to be audited.")
    ] = None,
) -> Page[Chart]:
    """Charts by their priority, then by value. `status=returned` is the worklist of what came back."""
    wanted = QueueFilter(status, work_type, facility, owner, queue, hold, touchless)
    after = chart_position(page)
    charts = await queue_store.list_charts(session, caller.tenant, wanted, after=after, limit=page.limit + 1)
    shown = charts[: page.limit]
    more = len(charts) > page.limit
    return Page(items=tuple(shown), next_cursor=chart_cursor(shown[-1]) if more else None)


@router.post("/queue/next", response_model=Chart, responses={204: {"description": "No chart waits."}})
async def pull_next(caller: CanCodeCharts, write: Write, wanted: WantedWork) -> Response:
    """Take the next chart that waits and that the caller's profile allows. 204 where none does.

    It is the caller's alone for the time of a lease, which goes on with every change of its codes and with
    `POST /v1/charts/{chart_id}/lease`; then it goes back into the queue.
    """
    chosen = QueueFilter(work_types=wanted.work_types, facility_id=wanted.facility_id, queues=wanted.queues)
    return await write(lambda uow: queue_handlers.pull_next(uow, chosen, LEASE))


@router.post("/charts/{chart_id}/assignment", response_model=Chart)
async def assign(caller: CanCodeCharts, write: Write, chart_id: str, assignment: GivenAssignment) -> Response:
    """Take a chart, or as a manager hand it to a coder."""
    coder = assignment.coder or caller.subject
    if coder != caller.subject and not is_manager(caller):
        raise Forbidden("only a manager hands a chart to somebody else")
    return await write(lambda uow: queue_handlers.assign(uow, chart_id, coder, LEASE))


@router.delete("/charts/{chart_id}/assignment", response_model=Chart)
async def release(caller: CanCodeCharts, write: Write, chart_id: str) -> Response:
    """Give a chart back to the queue; a manager may give back another's."""
    return await write(lambda uow: queue_handlers.release(uow, chart_id, as_manager=is_manager(caller)))


@router.post("/charts/{chart_id}/lease", response_model=Chart)
async def renew_lease(caller: CanCodeCharts, write: Write, chart_id: str) -> Response:
    """Keep one's chart for another lease. Its ETag stays."""
    return await write(lambda uow: queue_handlers.renew_lease(uow, chart_id, LEASE))


@router.post("/charts/{chart_id}/hand-over", response_model=Chart)
async def hand_over(caller: CanCodeCharts, write: Write, chart_id: str, wanted: GivenHandOver) -> Response:
    """Give one's chart, as a manager any chart, to a coder or to a queue, with a note."""
    return await write(lambda uow: queue_handlers.hand_over(uow, chart_id, wanted, as_manager=is_manager(caller)))


@router.post("/charts/{chart_id}/holds", response_model=Chart)
async def hold(caller: CanCodeCharts, write: Write, chart_id: str, wanted: GivenHold) -> Response:
    """Let a chart wait for a reason: nobody pulls it and it is not finalized. Its owner keeps it; the lease rests."""
    return await write(lambda uow: queue_handlers.hold(uow, chart_id, wanted, as_manager=is_manager(caller)))


@router.delete("/charts/{chart_id}/holds/{reason}", response_model=Chart)
async def lift_hold(caller: CanCodeCharts, write: Write, chart_id: str, reason: str) -> Response:
    """The reason is gone. An open query's hold goes with the query alone."""
    manager = is_manager(caller)
    return await write(lambda uow: queue_handlers.lift_hold(uow, chart_id, reason, LEASE, as_manager=manager))


@router.get("/charts/{chart_id}/priority", response_model=Priority)
async def explain_priority(caller: CanReadCharts, session: Read, request: Request, chart_id: str) -> Priority:
    """Why the chart stands where it stands: every factor with its points, and which rule put it into its queue."""
    day = runtime_of(request).clock().date()
    return await queue_handlers.explain_priority(session, caller.tenant, chart_id, day)
