"""The denial worklist: what payers refused to pay, or allowed too little for, apart from what never reached them."""

from collections.abc import Awaitable
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.submission import denial_handlers, denial_store, denial_views
from services.submission.api.policies import CanWorkDenials, Now, TheLeases
from services.submission.denial_records import Closing, DenialGroups, ShownDenial
from services.submission.denial_store import DenialFilter, DenialOrder, DenialRow, DenialState, Position
from services.submission.domain.leases import Assignment
from shared.http import (
    CurrentTables,
    IfMatch,
    InvalidCursor,
    Page,
    PageQuery,
    PageRequest,
    Read,
    Write,
    answer,
    encode_cursor,
    json_body,
)
from shared.tables import Tables

router = APIRouter(prefix="/v1/denials", tags=["denials"])

Payer = Annotated[str | None, Query(max_length=80, description="Of this payer id.")]
Carc = Annotated[str | None, Query(max_length=5, description="With this claim adjustment reason code as main reason.")]
Category = Annotated[str | None, Query(max_length=20, description="Of this category, such as authorization.")]
GivenAssignment = Annotated[Assignment, json_body(Assignment, optional=True, examples=({},))]
GivenClosing = Annotated[Closing, json_body(Closing, examples=({"outcome": "appealed"},))]


@router.get("", response_model=Page[ShownDenial])
async def list_denials(
    caller: CanWorkDenials,
    session: Read,
    page: PageRequest,
    tables: CurrentTables,
    state: Annotated[DenialState, Query(description="Open ones, or those that are done with.")] = "open",
    owner: Annotated[str | None, Query(max_length=255, description="Only what this person works on.")] = None,
    payer: Payer = None,
    carc: Carc = None,
    category: Category = None,
    claim: Annotated[str | None, Query(max_length=36, description="Of this claim.")] = None,
    sort: Annotated[
        DenialOrder, Query(description="The most urgent, most valuable, or soonest to be appealed first.")
    ] = "priority",
) -> Page[ShownDenial]:
    """What payers refused: codes, amounts, the category in plain words, and until when it can be appealed.

    `category=underpaid` are claims of which nothing was refused, and less was allowed than was expected.
    """
    wanted = DenialFilter(state, owner, payer, carc, category, claim)
    after = _position(page, sort)
    found = await denial_store.denials(session, caller.tenant, wanted, order=sort, after=after, limit=page.limit + 1)
    rows = found[: page.limit]
    items = tuple(denial_views.shown(row, tables) for row in rows)
    return Page(items=items, next_cursor=_cursor(rows[-1], sort) if len(found) > page.limit else None)


@router.get("/groups", response_model=DenialGroups)
async def group_denials(
    caller: CanWorkDenials, session: Read, now: Now, payer: Payer = None, category: Category = None
) -> DenialGroups:
    """Open denials by payer and main reason, those with most money first."""
    return await denial_views.groups(session, caller.tenant, DenialFilter(payer=payer, category=category), now.date())


@router.post("/next", response_model=ShownDenial, responses={204: {"description": "No denial waits."}})
async def pull_next(
    caller: CanWorkDenials,
    write: Write,
    leases: TheLeases,
    tables: CurrentTables,
    payer: Payer = None,
    carc: Carc = None,
    category: Category = None,
) -> Response:
    """Take the most urgent denial that nobody has, for the time of a lease. 204 where none waits."""
    wanted = DenialFilter(payer=payer, carc=carc, category=category)
    return await write(lambda uow: _shown_or_none(denial_handlers.pull_next(uow, wanted, leases), tables))


@router.get("/{denial_id}", response_model=ShownDenial)
async def read_denial(caller: CanWorkDenials, session: Read, tables: CurrentTables, denial_id: str) -> Response:
    """One denial; the ETag is what closing it must name."""
    return answer(await denial_views.denial(session, caller.tenant, denial_id, tables))


@router.post("/{denial_id}/assignment", response_model=ShownDenial)
async def assign(
    caller: CanWorkDenials,
    write: Write,
    leases: TheLeases,
    tables: CurrentTables,
    denial_id: str,
    assignment: GivenAssignment,
) -> Response:
    """Take a denial, or give one that nobody has to somebody. One owner at a time, until their lease ends."""
    biller = assignment.biller or caller.subject
    return await write(lambda uow: _shown(denial_handlers.assign(uow, denial_id, biller, leases), tables))


@router.delete("/{denial_id}/assignment", response_model=ShownDenial)
async def give_back(caller: CanWorkDenials, write: Write, tables: CurrentTables, denial_id: str) -> Response:
    """Give a denial back to the list."""
    return await write(lambda uow: _shown(denial_handlers.give_back(uow, denial_id), tables))


@router.post("/{denial_id}/lease", response_model=ShownDenial)
async def renew_lease(
    caller: CanWorkDenials, write: Write, leases: TheLeases, tables: CurrentTables, denial_id: str
) -> Response:
    """Keep one's denial for another lease. Its ETag stays."""
    return await write(lambda uow: _shown(denial_handlers.renew_lease(uow, denial_id, leases), tables))


@router.post("/{denial_id}/close", response_model=ShownDenial)
async def close(
    caller: CanWorkDenials, write: Write, tables: CurrentTables, denial_id: str, version: IfMatch, closing: GivenClosing
) -> Response:
    """Say what came of a denial: it leaves the worklist. A later remittance on the claim closes it by itself."""
    return await write(lambda uow: _shown(denial_handlers.close(uow, denial_id, version, closing), tables))


async def _shown(done: Awaitable[DenialRow], tables: Tables) -> ShownDenial:
    return denial_views.shown(await done, tables)


async def _shown_or_none(done: Awaitable[DenialRow | None], tables: Tables) -> ShownDenial | None:
    row = await done
    return None if row is None else denial_views.shown(row, tables)


def _cursor(row: DenialRow, order: DenialOrder) -> str:
    return encode_cursor([*Position.of(row, order)])


def _position(page: PageQuery, order: DenialOrder) -> Position | None:
    values = page.after(str, int, str)
    if values is None:
        return None
    named, key, denial_id = values
    number = int(key or 0)
    if named != order or abs(number) > 10**14 or (order == "appeal" and not 1 <= number <= date.max.toordinal()):
        raise InvalidCursor("the cursor belongs to another list; start again without one")
    return Position(order, number, str(denial_id))
