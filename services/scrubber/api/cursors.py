"""Pages of held claims in the order of the worklist."""

from datetime import datetime

from services.scrubber import store
from shared.http import InvalidCursor, PageQuery, encode_cursor


def hold_cursor(position: store.Position) -> str:
    """Where a page ends that ends with the claim at this place."""
    return encode_cursor([position.order, position.hundredths, position.since.isoformat(), position.claim_id])


def hold_position(page: PageQuery, order: store.HoldOrder) -> store.Position | None:
    """The place after which the page begins; None for the first. Raises InvalidCursor, also for another order's."""
    values = page.after(str, int, str, str)
    if values is None:
        return None
    told, hundredths, since, claim_id = values
    try:
        if told != order:
            raise ValueError("another order")
        return store.Position(order, int(hundredths or 0), datetime.fromisoformat(str(since)), str(claim_id))
    except ValueError:
        raise InvalidCursor("the cursor belongs to another list; start again without one") from None
