"""Whom a new release of a reference table touches."""

from typing import Annotated

from fastapi import APIRouter

from services.encoder import queue_store, store
from services.encoder.api.cursors import chart_cursor, chart_position
from services.encoder.api.policies import CanReadCharts
from services.encoder.domain.charts import OPEN
from services.encoder.domain.table_changes import held_codes
from services.encoder.queue_store import QueueFilter
from shared.http import Page, PageRequest, Read, json_body
from shared.http.table_changes import TableChange, Touched

router = APIRouter(prefix="/v1/table-changes", tags=["tables"])

GivenChange = Annotated[TableChange, json_body(TableChange)]


@router.post("/charts", response_model=Page[Touched])
async def touched_charts(caller: CanReadCharts, session: Read, page: PageRequest, change: GivenChange) -> Page[Touched]:
    """Open charts that hold changed codes on a day of the release, in the order of the queue.

    A page looks at `limit` charts and lists those that are touched: it may be empty and not the last. Nothing changes.
    """
    after = chart_position(page)
    charts = await queue_store.list_charts(session, caller.tenant, QueueFilter(OPEN), after=after, limit=page.limit + 1)
    looked_at = charts[: page.limit]
    contents = await store.contents_by_chart(session, caller.tenant, [chart.id for chart in looked_at])
    touch, period = change.touch, change.period
    items = (
        Touched(id=chart.id, codes=touch.found(held_codes(content.encounter, content.codes, period)))
        for chart in looked_at
        if (content := contents.get(chart.id)) is not None
    )
    more = len(charts) > page.limit
    return Page(
        items=tuple(item for item in items if item.codes), next_cursor=chart_cursor(looked_at[-1]) if more else None
    )
