"""Pages of charts in the order of the queue."""

from datetime import date

from services.encoder import store
from services.encoder.domain.charts import Chart
from shared.http import InvalidCursor, PageQuery, encode_cursor


def chart_cursor(chart: Chart) -> str:
    """Where a page ends that ends with this chart."""
    day, cents, chart_id = store.position_of(chart)
    return encode_cursor([day.isoformat(), cents, chart_id])


def chart_position(page: PageQuery) -> store.Position | None:
    """The place after which the page begins; None for the first. Raises InvalidCursor."""
    values = page.after(str, int, str)
    if values is None:
        return None
    day, cents, chart_id = values
    try:
        return date.fromisoformat(str(day)), int(cents or 0), str(chart_id)
    except ValueError:
        raise InvalidCursor("the cursor belongs to another list; start again without one") from None
