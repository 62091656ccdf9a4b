"""Files that come in, by whichever door: each is kept as it came, once, to be read by the worker."""

from __future__ import annotations

from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import undefer

from services.submission.route_store import change_route
from services.submission.store import ResponseRow
from shared.db import UnitOfWork, new_id

_LONGEST_ID = 128


class Kept(NamedTuple):
    """A file as it is kept, and whether this call did it."""

    row: ResponseRow
    is_new: bool


async def keep_file(
    uow: UnitOfWork, route: str, external_id: str, content: bytes, *, brought_by: str | None = None
) -> Kept:
    """The same content under the same id is one file. `brought_by` is the tenant of whose claims alone it can speak.

    Some clearinghouses use a name again. Other content under a known id is another file, which would else be lost: it
    is kept under that id and the beginning of its digest. So is a file whose id is too long, and one that only some
    other tenant has brought before, for that one was read of their claims alone.
    """
    known = await _known(uow, route, external_id) if len(external_id) <= _LONGEST_ID else None
    is_other = known is not None and (known.content != content or known.tenant not in (None, brought_by))
    if len(external_id) > _LONGEST_ID or is_other:
        digest = sha256((brought_by or "").encode() + content).hexdigest()
        external_id = f"{external_id[: _LONGEST_ID - 17]}~{digest[:16]}"
        known = await _known(uow, route, external_id)
    if known is not None:
        return Kept(known, is_new=False)
    await change_route(uow.session, route, answered_at=uow.context.at)
    return Kept(_added(uow, route, external_id, content, brought_by), is_new=True)


async def _known(uow: UnitOfWork, route: str, external_id: str) -> ResponseRow | None:
    query = select(ResponseRow).where(ResponseRow.route == route, ResponseRow.external_id == external_id)
    return (await uow.session.scalars(query.options(undefer(ResponseRow.content)))).one_or_none()


def _added(uow: UnitOfWork, route: str, external_id: str, content: bytes, brought_by: str | None) -> ResponseRow:
    row = ResponseRow(
        id=new_id(),
        route=route,
        external_id=external_id,
        tenant=brought_by,
        content=content,
        state="received",
        problem=None,
        received_at=uow.context.at,
    )
    uow.session.add(row)
    return row
