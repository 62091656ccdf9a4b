"""What submission shows, read in one snapshot. Every query is bound to one tenant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import partial

from pydantic_core import to_json
from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_
from sqlalchemy.orm import undefer

from services.submission import store
from services.submission.domain.lifecycle import IN_ADJUDICATION
from services.submission.domain.priority import priority, weights_on
from services.submission.domain.same_day import SameDayClock
from services.submission.domain.status_codes import wording
from services.submission.domain.timeline import entries
from services.submission.errors import ClaimNotFound, ClaimNotRejected, InterchangeNotFound
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
    UnmatchedAnswer,
)
from services.submission.store import AnswerRow, ClaimRow, InterchangeRow, ResponseRow, TransmissionRow
from shared import audit
from shared.claims import InstitutionalClaim, PayerStatus, ProfessionalClaim, Rejection
from shared.db import ReadSession
from shared.tables import Tables, codes
from shared.tables.errors import NoRelease
from shared.worklists import days_left

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
    row = await _claim(session, tenant, claim_id)
    transmissions = await _transmissions(session, tenant, claim_id)
    answers = await store.answers(session, tenant, claim_id)
    acts = await audit.trail(session, tenant, "claim", claim_id)
    of_interchanges = [
        act for sent in transmissions for act in await audit.trail(session, tenant, "interchange", sent.interchange_id)
    ]
    routes = await store.routes_of_responses(session, [answer.response_id for answer in answers])
    attempts = {sent.interchange_id: sent.attempt for sent in transmissions}
    return ClaimTimeline(
        version=row.version,
        summary=summary(row),
        claim=store.claim_of(row),
        rejection=None if row.rejection is None else rejection_of(row),
        transmissions=tuple(transmissions),
        answers=tuple(map(_answer, answers)),
        steps=tuple(Step(at=act.at, actor=act.actor, action=act.action) for act in acts),
        entries=entries(
            [*acts, *of_interchanges], ((routes[answer.response_id], answer) for answer in answers), attempts
        ),
    )


async def _claim(session: ReadSession, tenant: str, claim_id: str) -> ClaimRow:
    row = await session.get(ClaimRow, (tenant, claim_id))
    if row is None:
        raise ClaimNotFound("no claim with this id is in flight")
    return row


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


def rejected(row: ClaimRow, now: datetime, clock: SameDayClock, tables: Tables) -> RejectedClaim:
    """A rejected claim as an item of the worklist, with its rank as it was counted last."""
    rejection = rejection_of(row)
    claim = store.claim_of(row)
    since, day = row.rejected_at or row.changed_at, row.ranked_on or now.date()
    due_at = clock.due(row.tenant, since)
    loaded = partial(_loaded_words, tables, rejection.received_on)
    return RejectedClaim(
        version=row.version,
        summary=summary(row),
        rejection=rejection,
        reasons=tuple(
            Reason(status=status, meaning=wording(status, claim, rejection.received_on, loaded))
            for status in rejection.statuses
        ),
        hours_waiting=(now - since) // timedelta(hours=1),
        due_at=due_at,
        overdue=now > due_at,
        priority=priority(row.total_charge, since.date(), row.filing_deadline, weights_on(day), day),
        days_left=days_left(row.filing_deadline, now.date()),
    )


async def claim_document(session: ReadSession, tenant: str, claim_id: str) -> ProfessionalClaim | InstitutionalClaim:
    """The claim itself as it went out last. Raises ClaimNotFound."""
    return store.claim_of(await _claim(session, tenant, claim_id))


def _loaded_words(tables: Tables, day: date, code: str) -> str | None:
    """What X12's own list says of a status code, where the customer has loaded it."""
    try:
        found = codes.entry(tables, codes.CLAIM_STATUSES, code, day)
    except NoRelease:
        return None
    return (found.row.description or found.row.label or None) if found else None


async def rejection(
    session: ReadSession, tenant: str, claim_id: str, *, now: datetime, clock: SameDayClock, tables: Tables
) -> RejectedClaim:
    """Raises ClaimNotFound, ClaimNotRejected."""
    row = await _claim(session, tenant, claim_id)
    if row.state != "rejected":
        raise ClaimNotRejected(f"the claim is {row.state}")
    return rejected(row, now, clock, tables)


def rejection_of(row: ClaimRow) -> Rejection:
    """Why a rejected claim came back."""
    return Rejection.model_validate_json(to_json(row.rejection))


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
    concerned: ColumnElement[bool] = ResponseRow.id.in_(select(AnswerRow.response_id).where(of_tenant))
    if unmatched:
        unread = ResponseRow.state.in_(("unreadable", "failed"))
        concerned = and_(or_(concerned, unread), _is_nobodys_or(tenant))
    query = select(ResponseRow).where(concerned).order_by(ResponseRow.id).limit(limit)
    if after is not None:
        query = query.where(ResponseRow.id > after)
    rows = await session.scalars(query)
    return [response_file(row) for row in rows]


def _is_nobodys_or(tenant: str) -> ColumnElement[bool]:
    """Of files that came by a route nobody knows whose they are; one that was brought is of who brought it."""
    return or_(ResponseRow.tenant.is_(None), ResponseRow.tenant == tenant)


async def unmatched_answers(
    session: ReadSession, tenant: str, *, after: tuple[str, int] | None, limit: int
) -> list[UnmatchedAnswer]:
    """Answers about nothing of any tenant's, but those in a file that another tenant brought, as they came."""
    query = (
        select(AnswerRow)
        .join(ResponseRow, ResponseRow.id == AnswerRow.response_id)
        .where(AnswerRow.tenant.is_(None), _is_nobodys_or(tenant))
        .order_by(AnswerRow.response_id, AnswerRow.position)
    )
    if after is not None:
        query = query.where(tuple_(AnswerRow.response_id, AnswerRow.position) > after)
    return [_unmatched(row) for row in await session.scalars(query.limit(limit))]


def _unmatched(row: AnswerRow) -> UnmatchedAnswer:
    return UnmatchedAnswer(
        response_id=row.response_id,
        position=row.position,
        source=row.source,
        reference=row.reference,
        statuses=tuple(
            ":".join(filter(None, (status["category"], status["status"], status["entity"]))) for status in row.statuses
        ),
        at=row.at,
    )


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
        ClaimRow.tenant == tenant, ClaimRow.state.in_(IN_ADJUDICATION), ClaimRow.attempt == 1
    )
    return Figures(
        claims=sum(figure.claims for figure in found),
        accepted=sum(figure.claims for figure in found if figure.state in IN_ADJUDICATION),
        accepted_at_first=await session.scalar(at_first) or 0,
        by_payer=tuple(found),
    )
