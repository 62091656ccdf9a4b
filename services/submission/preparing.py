"""From claims that wait to an interchange with its bytes, its control number and their transmissions."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import structlog

from services.submission import batch_store, rejection_handlers, store
from services.submission.batch_store import WaitingClaim
from services.submission.domain.batching import Batch
from services.submission.domain.routing import RouteTerms
from services.submission.domain.x12 import EnvelopeSettings, UnwritableClaim, write_interchange
from services.submission.store import ClaimRow, InterchangeRow
from shared import audit
from shared.claims import PayerStatus, Rejection
from shared.db import UnitOfWork, new_id
from shared.events.metrics import FAULTS
from shared.x12 import X12Error

log = structlog.get_logger("revcycle.submission")

_MOST_TEXT = 80


class _Written(NamedTuple):
    """Claims as they stand in an interchange, and its bytes."""

    rows: Sequence[WaitingClaim]
    content: bytes


async def prepare(uow: UnitOfWork, batch: Batch[WaitingClaim], terms: RouteTerms) -> Sequence[InterchangeRow]:
    """The interchanges of a batch, its claims on their way: one, or more where the route does not carry so many bytes.

    None where no claim of it can be written.
    """
    made = []
    number = await store.take_control_number(uow.session, batch.route)
    waiting: list[Sequence[WaitingClaim]] = [batch.claims]
    while waiting:
        written = await _write(uow, waiting.pop(), terms, number)
        if len(written.rows) > 1 and len(written.content) > terms.most_bytes:
            middle = len(written.rows) // 2
            waiting += [written.rows[middle:], written.rows[:middle]]
        elif written.rows:
            made.append(await _prepared(uow, batch, written, number))
            if waiting:
                number = await store.take_control_number(uow.session, batch.route)
    return made


async def _prepared(uow: UnitOfWork, batch: Batch[WaitingClaim], written: _Written, number: int) -> InterchangeRow:
    interchange = _interchange(uow, batch, written, number)
    uow.session.add(interchange)
    await uow.session.flush()
    ids = [row.id for row in written.rows]
    await batch_store.move_claims(uow.session, batch.tenant, ids, "batched", changed_at=uow.context.at)
    sent = [_transmission(uow, row, interchange) for row in written.rows]
    await batch_store.keep_transmissions(uow.session, sent)
    details = {"control_number": number, "claims": len(written.rows)}
    audit.record(uow, "interchange.prepared", "interchange", interchange.id, details)
    return interchange


async def _write(uow: UnitOfWork, rows: Sequence[WaitingClaim], terms: RouteTerms, number: int) -> _Written:
    """The interchange of all claims that can be written; those that cannot come back as rejected by the writer."""
    envelope = terms.envelope(number, uow.context.at)
    try:
        return _Written(rows, write_interchange(list(map(batch_store.claim_of, rows)), envelope))
    except Exception:
        refused = _refused(rows, envelope)
        if not refused:  # the envelope itself is at fault, and no claim
            raise
    for row in (await store.locked_claims(uow.session, uow.context.tenant, refused)).values():
        reject_unsent(uow, row, text=refused[row.id])
    going = [row for row in rows if row.id not in refused]
    content = write_interchange(list(map(batch_store.claim_of, going)), envelope) if going else b""
    return _Written(going, content)


def _refused(rows: Sequence[WaitingClaim], envelope: EnvelopeSettings) -> dict[str, str]:
    """Why each claim that cannot be written cannot, by its id: found by writing each alone.

    Whatever our own writer fails on, one claim must not keep the thousands beside it.
    """
    refused = {}
    for row in rows:
        try:
            write_interchange([batch_store.claim_of(row)], envelope)
        except UnwritableClaim as error:
            refused[row.id] = f"an 837 cannot carry it: {error}"[:_MOST_TEXT]
        except X12Error:
            continue
        except Exception as error:
            log.error("claim cannot be written", claim=row.id, exc_info=True)
            FAULTS.labels("claim").inc()
            refused[row.id] = f"writing it failed on our side: {type(error).__name__}"[:_MOST_TEXT]
    return refused


def reject_unsent(uow: UnitOfWork, row: ClaimRow, *, text: str) -> None:
    """A claim that never left comes back to the worklist with the status it would have got over there (A7:511)."""
    status = PayerStatus(category="A7", status="511", level="claim", text=text)
    rejection_handlers.reject(
        uow, row, Rejection(source="writer", statuses=(status,), received_on=uow.context.at.date())
    )


def _interchange(uow: UnitOfWork, batch: Batch[WaitingClaim], written: _Written, number: int) -> InterchangeRow:
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


def _transmission(uow: UnitOfWork, row: WaitingClaim, interchange: InterchangeRow) -> dict[str, Any]:
    return {
        "tenant": row.tenant,
        "claim_id": row.id,
        "attempt": row.attempt,
        "patient_control_number": row.patient_control_number,
        "interchange_id": interchange.id,
        "created_at": uow.context.at,
    }
