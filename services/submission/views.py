"""What submission shows, read in one snapshot. Every query is bound to one tenant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from pydantic_core import to_json
from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import undefer

from services.submission import store
from services.submission.domain.status_codes import wording
from services.submission.errors import ClaimNotFound, InterchangeNotFound
from services.submission.records import (
    Answer,
    ClaimSummary,
    ClaimTimeline,
    Figures,
    Interchange,
    PayerFigures,
    Reason,
    RejectedClaim,
    ResponseFile,
    Step,
    Transmission,
)
from services.submission.store import AnswerRow, ClaimRow, InterchangeRow, ResponseRow, TransmissionRow
from shared import audit
from shared.claims import PayerStatus, Rejection
from shared.db import ReadSession

_SUMMARY = ClaimSummary.model_fields.keys()
_INTERCHANGE = Interchange.model_fields.keys()
_RESPONSE = ResponseFile.model_fields.keys()


def summary(row: ClaimRow) -> ClaimSummary:
    return ClaimSummary.model_validate({name: getattr(row, name) for name in _SUMMARY})


def response_file(row: ResponseRow) -> ResponseFile:
    return ResponseFile.model_validate({name: getattr(row, name) for name in _RESPONSE})


def shown_interchange(row: InterchangeRow) -> Interchange:
    return Interchange.model_validate({name: getattr(row, name) for name in _INTERCHANGE})


async def claims(
    session: ReadSession, tenant: str, *, states: Sequence[str], payer: str | None, after: str | None, limit: int
) -> list[ClaimSummary]:
    query = select(ClaimRow).where(ClaimRow.tenant == tenant).order_by(ClaimRow.id).limit(limit)
    if states:
        query = query.where(ClaimRow.state.in_(states))
    if payer is not None:
        query = query.where(ClaimRow.payer_id == payer)
    if after is not None:
        query = query.where(ClaimRow.id > after)
    return [summary(row) for row in await session.scalars(query)]


async def timeline(session: ReadSession, tenant: str, claim_id: str) -> ClaimTimeline:
    """Raises ClaimNotFound."""
    row = await session.get(ClaimRow, (tenant, claim_id))
    if row is None:
        raise ClaimNotFound("no claim with this id is in flight")
    return ClaimTimeline(
        version=row.version,
        summary=summary(row),
        claim=store.claim_of(row),
        rejection=None if row.rejection is None else Rejection.model_validate_json(to_json(row.rejection)),
        transmissions=tuple(await _transmissions(session, tenant, claim_id)),
        answers=tuple(_answer(found) for found in await store.answers(session, tenant, claim_id)),
        steps=tuple(
            Step(at=entry.at, actor=entry.actor, action=entry.action)
            for entry in await audit.trail(session, tenant, "claim", claim_id)
        ),
    )


async def _transmissions(session: ReadSession, tenant: str, claim_id: str) -> list[Transmission]:
    query = (
        select(TransmissionRow, InterchangeRow)
        .join(InterchangeRow, InterchangeRow.id == TransmissionRow.interchange_id)
        .where(TransmissionRow.tenant == tenant, TransmissionRow.claim_id == claim_id)
        .order_by(TransmissionRow.attempt)
    )
    return [
        Transmission(
            attempt=sent.attempt,
            patient_control_number=sent.patient_control_number,
            interchange_id=interchange.id,
            interchange_control_number=interchange.control_number,
            route=interchange.route,
            state=interchange.state,
            batched_at=sent.created_at,
            delivered_at=interchange.delivered_at,
        )
        for sent, interchange in await session.execute(query)
    ]


def _answer(row: AnswerRow) -> Answer:
    return Answer(
        source=row.source,
        attempt=row.attempt,
        reference=row.reference,
        statuses=tuple(PayerStatus.model_validate_json(to_json(status)) for status in row.statuses),
        segments=tuple(row.segments),
        effect=row.effect,
        response_id=row.response_id,
        at=row.at,
    )


async def rejections(
    session: ReadSession,
    tenant: str,
    *,
    owner: str | None,
    after: tuple[datetime, str] | None,
    limit: int,
    now: datetime,
) -> list[RejectedClaim]:
    query = (
        select(ClaimRow)
        .where(ClaimRow.tenant == tenant, ClaimRow.state == "rejected")
        .order_by(ClaimRow.changed_at, ClaimRow.id)
        .limit(limit)
    )
    if owner is not None:
        query = query.where(ClaimRow.owner == owner)
    if after is not None:
        query = query.where(tuple_(ClaimRow.changed_at, ClaimRow.id) > after)
    return [_rejected(row, now) for row in await session.scalars(query)]


def _rejected(row: ClaimRow, now: datetime) -> RejectedClaim:
    rejection = Rejection.model_validate_json(to_json(row.rejection))
    claim = store.claim_of(row)
    return RejectedClaim(
        version=row.version,
        summary=summary(row),
        rejection=rejection,
        reasons=tuple(
            Reason(status=status, meaning=wording(status, claim, rejection.received_on))
            for status in rejection.statuses
        ),
        hours_waiting=(now - row.changed_at) // timedelta(hours=1),
    )


async def interchanges(
    session: ReadSession, tenant: str, *, states: Sequence[str], after: str | None, limit: int
) -> list[Interchange]:
    query = select(InterchangeRow).where(InterchangeRow.tenant == tenant).order_by(InterchangeRow.id).limit(limit)
    if states:
        query = query.where(InterchangeRow.state.in_(states))
    if after is not None:
        query = query.where(InterchangeRow.id > after)
    return [shown_interchange(row) for row in await session.scalars(query)]


async def interchange(session: ReadSession, tenant: str, interchange_id: str) -> Interchange:
    """Raises InterchangeNotFound."""
    return shown_interchange(await _interchange(session, tenant, interchange_id))


async def interchange_content(session: ReadSession, tenant: str, interchange_id: str) -> bytes:
    """Raises InterchangeNotFound."""
    return (await _interchange(session, tenant, interchange_id, content=True)).content


async def _interchange(
    session: ReadSession, tenant: str, interchange_id: str, *, content: bool = False
) -> InterchangeRow:
    options = [undefer(InterchangeRow.content)] if content else []
    row = await session.get(InterchangeRow, interchange_id, options=options)
    if row is None or row.tenant != tenant:
        raise InterchangeNotFound("no interchange has this id")
    return row


async def responses(
    session: ReadSession, tenant: str, *, unmatched: bool, after: str | None, limit: int
) -> list[ResponseFile]:
    of_tenant = AnswerRow.tenant.is_(None) if unmatched else AnswerRow.tenant == tenant
    query = (
        select(ResponseRow)
        .where(ResponseRow.id.in_(select(AnswerRow.response_id).where(of_tenant)))
        .order_by(ResponseRow.id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(ResponseRow.id > after)
    rows = await session.scalars(query)
    return [response_file(row) for row in rows]


async def figures(session: ReadSession, tenant: str) -> Figures:
    by_payer = (
        select(
            ClaimRow.payer_id,
            func.max(ClaimRow.payer_name),
            ClaimRow.state,
            func.count(),
            func.sum(ClaimRow.total_charge, type_=ClaimRow.total_charge.type),
        )
        .where(ClaimRow.tenant == tenant)
        .group_by(ClaimRow.payer_id, ClaimRow.state)
        .order_by(ClaimRow.payer_id, ClaimRow.state)
    )
    found = [
        PayerFigures(payer_id=payer_id, payer_name=name, state=state, claims=count, total_charge=charge)
        for payer_id, name, state, count, charge in await session.execute(by_payer)
    ]
    at_first = select(func.count()).where(
        ClaimRow.tenant == tenant, ClaimRow.state == "accepted", ClaimRow.attempt == 1
    )
    return Figures(
        claims=sum(figure.claims for figure in found),
        accepted=sum(figure.claims for figure in found if figure.state == "accepted"),
        accepted_at_first=await session.scalar(at_first) or 0,
        by_payer=tuple(found),
    )
