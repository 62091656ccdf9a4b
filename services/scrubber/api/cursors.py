"""Pages of held claims in the order of the worklist."""

from datetime import datetime
from decimal import Decimal

from services.scrubber import store
from shared.http import InvalidCursor, PageQuery, encode_cursor


def hold_cursor(position: store.Position) -> str:
    """Where a page ends that ends with the claim at this place."""
    charge, since, claim_id = position
    return encode_cursor([int(charge * 100), since.isoformat(), claim_id])


def hold_position(page: PageQuery) -> store.Position | None:
    """The place after which the page begins; None for the first. Raises InvalidCursor."""
    values = page.after(int, str, str)
    if values is None:
        return None
    cents, since, claim_id = values
    try:
        return Decimal(int(cents or 0)) / 100, datetime.fromisoformat(str(since)), str(claim_id)
    except ValueError:
        raise InvalidCursor("the cursor belongs to another list; start again without one") from None
