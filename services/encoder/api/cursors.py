"""Pages of charts in the order of the queue."""

from typing import cast

from services.encoder import queue_store
from services.encoder.domain.charts import Chart
from shared.http import InvalidCursor, PageQuery, encode_cursor


def chart_cursor(chart: Chart) -> str:
    """Where a page ends that ends with this chart."""
    return encode_cursor(queue_store.position_of(chart))


def chart_position(page: PageQuery) -> queue_store.Position | None:
    """The place after which the page begins; None for the first. Raises InvalidCursor."""
    values = page.after(int, int, str)
    if values is None:
        return None
    rank, cents, chart_id = (cast("int", values[0]), cast("int", values[1]), cast("str", values[2]))
    if max(abs(rank), abs(cents)) >= 2**63:
        raise InvalidCursor("the cursor belongs to another list; start again without one")
    return rank, cents, chart_id
