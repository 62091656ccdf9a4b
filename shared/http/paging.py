"""Pages of a list: an opaque cursor, at most 200 items, no counting."""

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

from fastapi import Depends, Query

from shared.claims import Many, Model
from shared.errors import ServiceError

T = TypeVar("T")
Position = str | int | None
_CHECK_BYTES = 6


class InvalidCursor(ServiceError):
    code, title, status = "invalid_cursor", "The cursor was not made by this list", 400


def encode_cursor(values: Sequence[Position]) -> str:
    """The sort values of the last item on a page, as opaque text. No PHI: cursors end up in logs of proxies."""
    content = json.dumps(list(values), separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_check(content) + content).rstrip(b"=").decode()


def decode_cursor(text: str, *shape: type) -> tuple[Position, ...]:
    """The sort values again. Raises `InvalidCursor` when the text was altered or its values are not of `shape`.

    The check finds a cut or edited cursor and one of another list; it is no secret. A cursor gives no right to
    anything, because every query is bound to the caller's tenant.
    """
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        check, content = raw[:_CHECK_BYTES], raw[_CHECK_BYTES:]
        if check != _check(content):
            raise InvalidCursor("the cursor was altered; start again without one")
        values = tuple(json.loads(content))
    except (ValueError, TypeError, binascii.Error):
        raise InvalidCursor("the cursor was altered; start again without one") from None
    if shape and (len(values) != len(shape) or not all(map(isinstance, values, shape))):
        raise InvalidCursor("the cursor belongs to another list; start again without one")
    return values


def _check(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=_CHECK_BYTES, person=b"cursor").digest()


class Page(Model, Generic[T]):
    """Some items of a list, in the list's order. `next_cursor` is null on the last page."""

    items: Many[T]
    next_cursor: str | None = None


@dataclass(frozen=True)
class PageQuery:
    """Which page is asked for."""

    limit: int = 50
    cursor: str | None = None

    def after(self, *shape: type) -> tuple[Position, ...] | None:
        """The position after which to begin, or None for the first page. Raises `InvalidCursor`."""
        return None if self.cursor is None else decode_cursor(self.cursor, *shape)


def _page_query(
    limit: Annotated[int, Query(ge=1, le=200, description="Items on the page.")] = 50,
    cursor: Annotated[str | None, Query(max_length=500, description="`next_cursor` of the page before.")] = None,
) -> PageQuery:
    return PageQuery(limit=limit, cursor=cursor)


PageRequest = Annotated[PageQuery, Depends(_page_query)]
"""`page: PageRequest` in a route: `limit` (1 to 200) and `cursor` from the query string."""
