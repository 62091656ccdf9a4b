"""Out and back: batches of waiting claims, delivery of what was prepared, collection of what came back.

Making an interchange and delivering it are apart. The bytes, their control number and the claims in them are one
transaction; delivery comes after it and repeats the same bytes until the other side has them. A crash anywhere neither
loses a claim nor sends it in two interchanges. Claims move to another route only out of an interchange whose delivery
was never begun, or sent nothing: of any other nobody can say that the first route does not have it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from datetime import datetime, timedelta

import structlog
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from services.submission import answering, arrivals, batch_store, preparing, route_store, store, views
from services.submission.batch_store import BatchedClaim
from services.submission.domain.batching import plan_batches
from services.submission.domain.lifecycle import after
from services.submission.domain.routing import Routing
from services.submission.errors import RouteUnavailable
from services.submission.records import Batched, Collected
from services.submission.resting import Rests
from services.submission.routes import Collected as CollectedFiles
from services.submission.routes import Outbound, RouteDown, RouteRefused, fault_of_route
from services.submission.store import ClaimRow, InterchangeRow, RouteCursorRow
from services.submission.ways import Way
from shared import audit
from shared.db import Context, Database, UnitOfWork, new_id
from shared.events import apart, emit
from shared.events.contracts import ClaimSubmitted

log = structlog.get_logger("revcycle.submission")

_FILES_AT_ONCE = 100
_CLAIMS_AT_ONCE = 5_000
FAILOVER_AFTER = timedelta(minutes=15)


class Transmitter:
    """All ways out and back. Every method may run in any replica; the worker runs each in one at a time."""

    def __init__(
        self,
        database: Database,
        ways: Sequence[Way],
        clock: Callable[[], datetime],
        *,
        failover_after: timedelta = FAILOVER_AFTER,
    ) -> None:
        """`ways` in the order in which they are preferred; `failover_after` of failing, another way is chosen."""
        self.ways = ways
        self._terms = [way.terms for way in ways]
        self._database = database
        self._clock = clock
        self._failover_after = failover_after
        self._deliveries, self._collections = Rests(clock), Rests(clock)

    # -- batches ------------------------------------------------------------------------------------------------------

    async def batch_all(self) -> None:
        """Batch what waits on the routes that are open, for every tenant; where it fails for one, the others go on."""
        await self._take_back()
        async with self._database.read() as session:
            tenants = await store.tenants_with_ready_claims(session)
        for tenant in tenants:
            async with apart(self._database, "batch", tenant):
                await self._batch_of(tenant)

    async def _batch_of(self, tenant: str) -> None:
        while True:
            async with self._unit(tenant) as uow:
                batched = await self._batch(uow, on_schedule=True)
            if not batched.interchanges:
                return

    async def batch(self, uow: UnitOfWork) -> Batched:
        """Put claims of the unit's tenant that wait, 5,000 at most, into interchanges by route, payer and kind."""
        return await self._batch(uow, on_schedule=False)

    async def _batch(self, uow: UnitOfWork, *, on_schedule: bool) -> Batched:
        routing = await self._routing(uow.session, on_schedule=on_schedule)
        waiting = await batch_store.ready_claims(uow.session, uow.context.tenant, routing.payers(), _CLAIMS_AT_ONCE)
        terms = {route.name: route for route in self._terms}
        made = [
            interchange
            for batch in plan_batches(waiting, lambda claim: routing.route_of(claim.payer_id))
            for interchange in await preparing.prepare(uow, batch, terms[batch.route])
        ]
        await uow.session.flush()
        shown = tuple(views.shown_interchange(row) for row in made)
        return Batched(interchanges=shown, claims=sum(row.claims for row in made))

    async def _routing(self, session: AsyncSession, *, on_schedule: bool) -> Routing:
        return await route_store.routing(
            session, self._terms, self._clock(), failover_after=self._failover_after, on_schedule=on_schedule
        )

    async def _take_back(self) -> None:
        """Free the claims of interchanges that wait on a route that does not work or is gone, if another takes them."""
        async with self._database.read() as session:
            routing = await self._routing(session, on_schedule=True)
            prepared = await route_store.never_sent(session, routing.working)
        for interchange in prepared:
            if routing.stand_in(interchange.route, interchange.payer_id) is not None:
                await self._withdraw(interchange)

    async def _withdraw(self, interchange: InterchangeRow) -> None:
        async with self._unit(interchange.tenant) as uow:
            if not await route_store.withdraw(uow.session, interchange.id):
                return
            for row in await store.claims_of_interchange(uow.session, interchange.id):
                row.state, row.changed_at = after(row.state, "withdraw") or row.state, uow.context.at
            await uow.session.flush()
            await route_store.forget_transmissions(uow.session, interchange.id)
            await route_store.note_given_up(uow.session, interchange.route, uow.context.at)
            audit.record(uow, "interchange.withdrawn", "interchange", interchange.id)

    # -- delivery -----------------------------------------------------------------------------------------------------

    async def deliver(self) -> None:
        """Hand over what is prepared, each route its own oldest first, until nothing is or the route is down."""
        async with self._database.read() as session:
            routing = await self._routing(session, on_schedule=True)
        resting = {way.terms.name for way in self.ways if not self._deliveries.is_over(way.terms.name)}
        going = [way for way in self.ways if way.terms.name not in routing.paused | routing.closed | resting]
        await asyncio.gather(*map(self._deliver_all, going))

    async def _deliver_all(self, way: Way) -> None:
        while True:
            async with self._database.read() as session:
                waiting = await route_store.waiting_interchanges(session, way.terms.name)
            for interchange in waiting:
                if not await self._deliver(way, interchange):
                    return
            if not waiting:
                return

    async def _deliver(self, way: Way, interchange: InterchangeRow) -> bool:
        """False where the route is down and the rest must wait."""
        async with self._unit(interchange.tenant) as uow:
            if not await route_store.begin_delivery(uow.session, interchange.id):
                return True
        outbound = Outbound(interchange.id, interchange.control_number, interchange.content, interchange.tenant)
        try:
            async with fault_of_route(way.terms.name):
                await way.route.deliver(outbound)
        except RouteDown as error:
            log.warning("route down", route=interchange.route, reason=str(error))
            self._deliveries.failed(interchange.route, error)
            await self._note_failure(interchange, error)
            return False
        except RouteRefused as error:
            self._deliveries.worked(interchange.route)
            log.error("interchange refused", route=interchange.route, interchange=interchange.id, reason=error.reason)
            await self._refused(interchange, error.reason)
            return True
        self._deliveries.worked(interchange.route)
        await self._delivered(interchange)
        return True

    async def _delivered(self, interchange: InterchangeRow) -> None:
        async with self._unit(interchange.tenant) as uow:
            if not await _leave(uow, interchange, state="delivered", delivered_at=uow.context.at):
                return
            rows = await batch_store.batched_claims(uow.session, interchange.id)
            # An answer may have overtaken our own record of the delivery: those claims are further than submitted.
            submitted = [row for row in rows if after(row.state, "submit") == "submitted"]
            for row in submitted:
                emit(uow, _submitted(uow, row, interchange))
            ids, at = [row.id for row in submitted], uow.context.at
            revision = ClaimRow.revision + 1
            await batch_store.move_claims(
                uow.session, interchange.tenant, ids, "submitted", changed_at=at, revision=revision
            )
            await route_store.note_delivered(uow.session, interchange.route, uow.context.at)
            audit.record(uow, "interchange.delivered", "interchange", interchange.id)

    async def _refused(self, interchange: InterchangeRow, reason: str) -> None:
        """The other side will never take these bytes: a person must look, and the claims say so."""
        async with self._unit(interchange.tenant) as uow:
            if not await _leave(uow, interchange, state="refused", last_error=reason[:200]):
                return
            for row in await store.claims_of_interchange(uow.session, interchange.id):
                if row.state == "batched":
                    preparing.reject_unsent(uow, row, text=f"the route refused the interchange: {reason}"[:80])
            await route_store.note_up(uow.session, interchange.route)
            audit.record(uow, "interchange.refused", "interchange", interchange.id, {"reason": reason})

    async def _note_failure(self, interchange: InterchangeRow, failure: RouteDown) -> None:
        async with self._unit(interchange.tenant) as uow:
            change = update(InterchangeRow).where(InterchangeRow.id == interchange.id)
            await uow.session.execute(change.values(last_error=str(failure)[:200]))
            if failure.nothing_sent:
                await route_store.not_begun(uow.session, interchange.id)
            await route_store.note_down(uow.session, interchange.route, str(failure), uow.context.at)

    # -- answers ------------------------------------------------------------------------------------------------------

    async def collect(self) -> Collected:
        """Take what the routes have for us, then read all that waits; nothing where somebody is at it at this moment.

        Raises RouteUnavailable where one is down, with nothing lost and the others read.
        """
        async with self._database.exclusive("job:collect") as ours:  # which the worker's job holds while it is at it
            return await self._collect(self.ways) if ours else Collected(files=0, read=0)

    async def collect_if_up(self) -> None:
        """The same as a job: a route that is down only costs the turn, and rests for some."""
        with suppress(RouteUnavailable):
            await self._collect([way for way in self.ways if self._collections.is_over(way.terms.name)])

    async def _collect(self, ways: Sequence[Way]) -> Collected:
        files, down = 0, []
        try:
            for way in ways:
                try:
                    files += await self._collect_by(way)
                except RouteDown as error:
                    await self._note_silence(way.terms.name, error)
                    down.append(way.terms.name)
        finally:
            read = await answering.read_waiting(self._database, self._clock)
        if down:
            raise RouteUnavailable(f"down: {', '.join(down)}")
        return Collected(files=files, read=read)

    async def _collect_by(self, way: Way) -> int:
        files, name = 0, way.terms.name
        while new := await self._collect_some(way):
            files += new
        self._collections.worked(name)
        async with self._database.read() as session:
            state = (await route_store.route_states(session)).get(name)
        if state is not None and state.answers_down_since is not None:
            async with self._unit("") as uow:
                await route_store.note_answers_up(uow.session, name)
        return files

    async def _note_silence(self, route: str, error: RouteDown) -> None:
        log.warning("route down", route=route, reason=str(error))
        self._collections.failed(route, error)
        async with self._unit("") as uow:
            await route_store.note_answers_down(uow.session, route, str(error), uow.context.at)

    async def _collect_some(self, way: Way) -> int:
        """How many files came that were not known. A route that gives the same again ends the round, not the day."""
        async with self._database.read() as session:
            cursor = await session.get(RouteCursorRow, way.terms.name)
        async with fault_of_route(way.terms.name):
            collected = await way.route.collect(cursor.cursor if cursor else None, limit=_FILES_AT_ONCE)
        if not collected.files:
            return 0
        async with self._unit("") as uow:
            new = await self._keep(uow, way.terms.name, collected)
        async with fault_of_route(way.terms.name):
            await way.route.taken(collected)
        return new

    async def _keep(self, uow: UnitOfWork, route: str, collected: CollectedFiles) -> int:
        new = 0
        for file in collected.files:
            new += (await arrivals.keep_file(uow, route, file.external_id, file.content)).is_new
        await uow.session.merge(RouteCursorRow(route=route, cursor=collected.cursor))
        return new

    def _unit(self, tenant: str) -> AbstractAsyncContextManager[UnitOfWork]:
        context = Context(tenant=tenant, actor=answering.ACTOR, request_id=new_id(), at=self._clock())
        return self._database.unit_of_work(context)


async def _leave(uow: UnitOfWork, interchange: InterchangeRow, **values: object) -> bool:
    """Move the interchange on from `prepared`; False where another did so before."""
    change = update(InterchangeRow).where(InterchangeRow.id == interchange.id, InterchangeRow.state == "prepared")
    moved = await uow.session.execute(change.values(**values).returning(InterchangeRow.id))
    return moved.first() is not None


def _submitted(uow: UnitOfWork, row: BatchedClaim, interchange: InterchangeRow) -> ClaimSubmitted:
    return ClaimSubmitted(
        claim=batch_store.claim_of(row),
        revision=row.revision + 1,
        interchange_control_number=f"{interchange.control_number:09d}",
        route=interchange.route,
        submitted_at=uow.context.at,
    )
