"""Out and back: batches of waiting claims, delivery of what was prepared, collection of what came back.

Making an interchange and delivering it are apart. The bytes, their control number and the claims in them are one
transaction; delivery comes after it and repeats the same bytes until the other side has them. A crash anywhere neither
loses a claim nor sends it in two interchanges.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

import structlog
from sqlalchemy import update

from services.submission import answering, handlers, rejection_handlers, store, views
from services.submission.domain.batching import Batch, plan_batches
from services.submission.domain.lifecycle import after
from services.submission.domain.x12 import EnvelopeSettings, UnwritableClaim, write_interchange
from services.submission.errors import RouteUnavailable
from services.submission.records import Batched, Collected
from services.submission.routes import Collected as CollectedFiles
from services.submission.routes import Outbound, Route, RouteDown, RouteRefused
from services.submission.settings import SubmissionSettings
from services.submission.store import ClaimRow, InterchangeRow, RouteCursorRow, TransmissionRow
from shared import audit
from shared.claims import ClaimKind, Contact, PayerStatus, Rejection
from shared.db import Context, Database, UnitOfWork, new_id
from shared.events import emit
from shared.events.contracts import ClaimSubmitted
from shared.x12 import TradingPartner

log = structlog.get_logger("revcycle.submission")

_FILES_AT_ONCE = 100


class _Waiting(NamedTuple):
    """A claim's row and what batching asks of it."""

    tenant: str
    payer_id: str
    kind: ClaimKind
    row: ClaimRow


class _Written(NamedTuple):
    """Claims as they stand in an interchange, and its bytes."""

    rows: list[ClaimRow]
    content: bytes


class Transmitter:
    """One route's way out and back. Every method may run in any replica; the worker runs each in one at a time."""

    def __init__(
        self, database: Database, route: Route, settings: SubmissionSettings, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._route = route
        self._settings = settings
        self._clock = clock

    # -- batches ------------------------------------------------------------------------------------------------------

    async def batch_all(self) -> None:
        """Batch what waits, for every tenant."""
        async with self._database.read() as session:
            tenants = await store.tenants_with_ready_claims(session)
        for tenant in tenants:
            while True:
                async with self._unit(tenant) as uow:
                    batched = await self.batch(uow)
                if batched.claims < self._settings.batch_limit:
                    break

    async def batch(self, uow: UnitOfWork) -> Batched:
        """Put claims of the unit's tenant that wait, `batch_limit` at most, into interchanges by payer and kind."""
        rows = await store.ready_claims(uow.session, uow.context.tenant, self._settings.batch_limit)
        waiting = [_Waiting(row.tenant, row.payer_id, row.kind, row) for row in rows]
        batches = plan_batches(waiting, lambda _: self._route.name, self._settings.batch_limit)
        made = [row for batch in batches if (row := await self._prepare(uow, batch)) is not None]
        await uow.session.flush()
        shown = tuple(views.shown_interchange(row) for row in made)
        return Batched(interchanges=shown, claims=sum(row.claims for row in made))

    async def _prepare(self, uow: UnitOfWork, batch: Batch[_Waiting]) -> InterchangeRow | None:
        number = await store.take_control_number(uow.session, batch.route)
        written = self._write(uow, [waiting.row for waiting in batch.claims], number)
        if not written.rows:
            return None
        interchange = _interchange(uow, batch, written, number)
        uow.session.add(interchange)
        await uow.session.flush()
        for row in written.rows:
            row.state, row.changed_at = after("ready", "batch") or row.state, uow.context.at
            uow.session.add(_transmission(uow, row, interchange))
        details = {"control_number": number, "claims": len(written.rows)}
        audit.record(uow, "interchange.prepared", "interchange", interchange.id, details)
        return interchange

    def _write(self, uow: UnitOfWork, rows: list[ClaimRow], number: int) -> _Written:
        """The interchange of all claims that can be written; one that cannot comes back as rejected by the writer."""
        claims = {row.patient_control_number: store.claim_of(row) for row in rows}
        while claims:
            try:
                content = write_interchange(list(claims.values()), self._envelope(number, uow.context.at))
            except UnwritableClaim as error:
                (refused,) = (row for row in rows if row.patient_control_number == error.patient_control_number)
                del claims[refused.patient_control_number]
                _reject(uow, refused, text="a character that the route cannot carry")
            else:
                return _Written([row for row in rows if row.patient_control_number in claims], content)
        return _Written([], b"")

    def _envelope(self, number: int, at: datetime) -> EnvelopeSettings:
        chosen = self._settings
        return EnvelopeSettings(
            sender=TradingPartner(chosen.sender_id),
            sender_name=chosen.sender_name,
            submitter_id=chosen.sender_id,
            contact=Contact(name=chosen.contact_name, telephone=chosen.contact_telephone),
            receiver=TradingPartner(chosen.receiver_id),
            receiver_name=chosen.receiver_name,
            receiver_id=chosen.receiver_id,
            control_number=number,
            created_at=at,
            usage=chosen.usage,
        )

    # -- delivery -----------------------------------------------------------------------------------------------------

    async def deliver(self) -> None:
        """Hand over what is prepared, oldest first, until nothing is or the route is down."""
        while True:
            async with self._database.read() as session:
                waiting = await store.prepared_interchanges(session)
            for interchange in waiting:
                if not await self._deliver(interchange):
                    return
            if not waiting:
                return

    async def _deliver(self, interchange: InterchangeRow) -> bool:
        """False where the route is down and the rest must wait."""
        outbound = Outbound(interchange.id, interchange.control_number, interchange.content)
        try:
            await self._route.deliver(outbound)
        except RouteDown as error:
            log.warning("route down", route=self._route.name, reason=str(error))
            await self._note_failure(interchange, str(error))
            return False
        except RouteRefused as error:
            log.error("interchange refused", route=self._route.name, interchange=interchange.id, reason=error.reason)
            await self._refused(interchange, error.reason)
            return True
        await self._delivered(interchange)
        return True

    async def _delivered(self, interchange: InterchangeRow) -> None:
        async with self._unit(interchange.tenant) as uow:
            if not await _leave(uow, interchange, state="delivered", delivered_at=uow.context.at):
                return
            for row in await store.claims_of_interchange(uow.session, interchange.id):
                if (state := after(row.state, "submit")) is None:
                    continue  # an answer overtook our own record of the delivery
                row.state, row.changed_at, row.revision = state, uow.context.at, row.revision + 1
                emit(uow, _submitted(uow, row, interchange))
            audit.record(uow, "interchange.delivered", "interchange", interchange.id)

    async def _refused(self, interchange: InterchangeRow, reason: str) -> None:
        """The other side will never take these bytes: a person must look, and the claims say so."""
        async with self._unit(interchange.tenant) as uow:
            if not await _leave(uow, interchange, state="refused", last_error=reason[:200]):
                return
            for row in await store.claims_of_interchange(uow.session, interchange.id):
                if row.state == "batched":
                    _reject(uow, row, text=f"the route refused the interchange: {reason}"[:80])
            audit.record(uow, "interchange.refused", "interchange", interchange.id, {"reason": reason})

    async def _note_failure(self, interchange: InterchangeRow, reason: str) -> None:
        async with self._unit(interchange.tenant) as uow:
            change = update(InterchangeRow).where(InterchangeRow.id == interchange.id)
            attempts = InterchangeRow.delivery_attempts + 1
            await uow.session.execute(change.values(delivery_attempts=attempts, last_error=reason[:200]))

    # -- answers ------------------------------------------------------------------------------------------------------

    async def collect(self) -> Collected:
        """Take what the route has for us, then read all that waits. Raises RouteUnavailable, with nothing lost."""
        files = 0
        try:
            while new := await self._collect_some():
                files += new
        except RouteDown as error:
            raise RouteUnavailable(f"the route {self._route.name} is down") from error
        finally:
            read = await answering.read_waiting(self._database, self._clock)
        return Collected(files=files, read=read)

    async def collect_if_up(self) -> None:
        """The same as a job: a route that is down only costs the turn."""
        try:
            await self.collect()
        except RouteUnavailable as error:
            log.warning("route down", route=self._route.name, reason=error.detail)

    async def _collect_some(self) -> int:
        """How many files came that were not known. A route that gives the same again ends the round, not the day."""
        async with self._database.read() as session:
            cursor = await session.get(RouteCursorRow, self._route.name)
        collected = await self._route.collect(cursor.cursor if cursor else None, limit=_FILES_AT_ONCE)
        if not collected.files:
            return 0
        async with self._unit("") as uow:
            new = await self._keep(uow, collected)
        await self._route.taken(collected)
        return new

    async def _keep(self, uow: UnitOfWork, collected: CollectedFiles) -> int:
        new = 0
        for file in collected.files:
            if await store.response_taken(uow.session, self._route.name, file.external_id) is None:
                handlers.kept_response(uow, self._route.name, file.external_id, file.content)
                new += 1
        await uow.session.merge(RouteCursorRow(route=self._route.name, cursor=collected.cursor))
        return new

    def _unit(self, tenant: str) -> AbstractAsyncContextManager[UnitOfWork]:
        context = Context(tenant=tenant, actor=answering.ACTOR, request_id=new_id(), at=self._clock())
        return self._database.unit_of_work(context)


async def _leave(uow: UnitOfWork, interchange: InterchangeRow, **values: object) -> bool:
    """Move the interchange on from `prepared`; False where another did so before."""
    change = update(InterchangeRow).where(InterchangeRow.id == interchange.id, InterchangeRow.state == "prepared")
    attempts = InterchangeRow.delivery_attempts + 1
    moved = await uow.session.execute(change.values(delivery_attempts=attempts, **values).returning(InterchangeRow.id))
    return moved.first() is not None


def _interchange(uow: UnitOfWork, batch: Batch[_Waiting], written: _Written, number: int) -> InterchangeRow:
    return InterchangeRow(
        id=new_id(),
        tenant=batch.tenant,
        route=batch.route,
        control_number=number,
        kind=written.rows[0].kind,
        payer_id=batch.payer_id,
        payer_name=written.rows[0].payer_name,
        state="prepared",
        claims=len(written.rows),
        total_charge=sum((row.total_charge for row in written.rows), Decimal("0.00")),
        content=written.content,
        sha256=hashlib.sha256(written.content).hexdigest(),
        delivery_attempts=0,
        last_error=None,
        created_at=uow.context.at,
        delivered_at=None,
    )


def _transmission(uow: UnitOfWork, row: ClaimRow, interchange: InterchangeRow) -> TransmissionRow:
    return TransmissionRow(
        tenant=row.tenant,
        claim_id=row.id,
        attempt=row.attempt,
        patient_control_number=row.patient_control_number,
        interchange_id=interchange.id,
        created_at=uow.context.at,
    )


def _submitted(uow: UnitOfWork, row: ClaimRow, interchange: InterchangeRow) -> ClaimSubmitted:
    return ClaimSubmitted(
        claim=store.claim_of(row),
        revision=row.revision,
        interchange_control_number=f"{interchange.control_number:09d}",
        route=interchange.route,
        submitted_at=uow.context.at,
    )


def _reject(uow: UnitOfWork, row: ClaimRow, *, text: str) -> None:
    """A claim that never left comes back to the worklist with the status it would have got over there (A7:511)."""
    status = PayerStatus(category="A7", status="511", level="claim", text=text)
    rejection_handlers.reject(
        uow, row, Rejection(source="writer", statuses=(status,), received_on=uow.context.at.date())
    )
