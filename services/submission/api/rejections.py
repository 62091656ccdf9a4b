"""The rejection worklist: look at it, take the next, keep it, give it back."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import ConfigDict, Field

from services.submission import rejection_handlers, rejection_store, views
from services.submission.api.paths import ClaimPath
from services.submission.api.policies import CanWorkRejections, Now, TheClock, TheLeases
from services.submission.domain.leases import Assignment
from services.submission.records import ClaimSummary, RejectedClaim
from services.submission.rejection_store import Position, RejectionFilter, RejectionOrder
from services.submission.store import ClaimRow
from shared.claims import Model
from shared.http import (
    CurrentTables,
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

router = APIRouter(prefix="/v1/rejections", tags=["rejections"])

Payer = Annotated[str | None, Query(max_length=80, description="Claims to this payer id.")]
Category = Annotated[str | None, Query(max_length=10, description="With this category code, such as A7.")]
Status = Annotated[str | None, Query(max_length=10, description="With this status code, such as 562.")]
Entity = Annotated[str | None, Query(max_length=10, description="About this entity, such as 85.")]


class NextRejection(Model):
    """Which rejections the caller wants to work on; what is left out takes any."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"payer": "MCAREB", "status": "562"}]})

    payer: Annotated[str, Field(min_length=1, max_length=80)] | None = None
    category: Annotated[str, Field(min_length=1, max_length=10)] | None = None
    status: Annotated[str, Field(min_length=1, max_length=10)] | None = None
    entity: Annotated[str, Field(min_length=1, max_length=10)] | None = None

    @property
    def wanted(self) -> RejectionFilter:
        return RejectionFilter(payer=self.payer, category=self.category, status=self.status, entity=self.entity)


WantedRejection = Annotated[NextRejection, json_body(NextRejection, optional=True, examples=({},))]
GivenAssignment = Annotated[Assignment, json_body(Assignment, optional=True, examples=({},))]


@router.get("", response_model=Page[RejectedClaim])
async def list_rejections(
    caller: CanWorkRejections,
    session: Read,
    page: PageRequest,
    now: Now,
    clock: TheClock,
    tables: CurrentTables,
    owner: Annotated[str | None, Query(max_length=255, description="Only what this person works on.")] = None,
    payer: Payer = None,
    category: Category = None,
    status: Status = None,
    entity: Entity = None,
    sort: Annotated[RejectionOrder, Query(description="The most urgent, most valuable or longest waiting first.")] = (
        "priority"
    ),
) -> Page[RejectedClaim]:
    """What came back and waits for somebody: why in words, the field that is meant, what would help, how urgent."""
    wanted = RejectionFilter(owner, payer, category, status, entity)
    after = _position(page, sort)
    found = await rejection_store.rejected_claims(
        session, caller.tenant, wanted, order=sort, after=after, limit=page.limit + 1
    )
    shown = found[: page.limit]
    items = tuple(views.rejected(row, now, clock, tables) for row in shown)
    return Page(items=items, next_cursor=_cursor(shown[-1], sort) if len(found) > page.limit else None)


@router.post("/next", response_model=RejectedClaim, responses={204: {"description": "No rejection waits."}})
async def pull_next(
    caller: CanWorkRejections,
    write: Write,
    leases: TheLeases,
    clock: TheClock,
    tables: CurrentTables,
    wanted: WantedRejection,
) -> Response:
    """Take the most urgent rejection that nobody has. 204 where none waits.

    It is the caller's alone for the time of a lease, which goes on with `POST /v1/rejections/{claim_id}/lease`; then
    it goes back onto the worklist.
    """
    return await write(lambda uow: rejection_handlers.pull_next(uow, wanted.wanted, leases, clock, tables))


@router.get("/{claim_id}", response_model=RejectedClaim)
async def read_rejection(
    caller: CanWorkRejections, session: Read, now: Now, clock: TheClock, tables: CurrentTables, claim_id: ClaimPath
) -> Response:
    """One rejection; the ETag is what a correction must name. Its history is the claim's timeline."""
    return answer(await views.rejection(session, caller.tenant, claim_id, now=now, clock=clock, tables=tables))


@router.post("/{claim_id}/assignment", response_model=ClaimSummary)
async def assign(
    caller: CanWorkRejections, write: Write, leases: TheLeases, claim_id: ClaimPath, assignment: GivenAssignment
) -> Response:
    """Take a rejection, or give one that nobody has to somebody. One owner at a time, until their lease ends."""
    biller = assignment.biller or caller.subject
    return await write(lambda uow: rejection_handlers.assign(uow, claim_id, biller, leases))


@router.delete("/{claim_id}/assignment", response_model=ClaimSummary)
async def give_back(caller: CanWorkRejections, write: Write, claim_id: ClaimPath) -> Response:
    """Give a rejection back to the list."""
    return await write(lambda uow: rejection_handlers.give_back(uow, claim_id))


@router.post("/{claim_id}/lease", response_model=ClaimSummary)
async def renew_lease(caller: CanWorkRejections, write: Write, leases: TheLeases, claim_id: ClaimPath) -> Response:
    """Keep one's rejection for another lease. Its ETag stays."""
    return await write(lambda uow: rejection_handlers.renew_lease(uow, claim_id, leases))


def _cursor(row: ClaimRow, order: RejectionOrder) -> str:
    place = Position.of(row, order)
    return encode_cursor([order, place.hundredths, place.since.isoformat(), place.claim_id])


def _position(page: PageQuery, order: RejectionOrder) -> Position | None:
    values = page.after(str, int, str, str)
    if values is None:
        return None
    named, hundredths, since, claim_id = values
    try:
        moment = datetime.fromisoformat(str(since))
    except ValueError:
        moment = None
    if named != order or moment is None or moment.tzinfo is None or abs(int(hundredths or 0)) > 10**14:
        raise InvalidCursor("the cursor belongs to another list; start again without one")
    return Position(order, int(hundredths or 0), moment, str(claim_id))
