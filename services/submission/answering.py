"""From a file that came back to the claims it speaks of: each answer finds its claims, and the furthest true one wins.

A file can speak of several tenants. Each tenant's part is a unit of work of its own, and an answer that is kept already
is passed over, so that a file whose reading was cut off is simply read again.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import update

from services.submission import handlers, rejection_handlers, store
from services.submission.domain.acknowledgements import NotAnAcknowledgement, answers_by_claim, read_answers
from services.submission.domain.answers import Answer
from services.submission.domain.lifecycle import settle
from services.submission.domain.references import is_trace_number, read_batch_reference
from services.submission.domain.x12.reading import holds_remittances
from services.submission.posting import post_remittances
from services.submission.store import AnswerRow, ClaimRow, InterchangeRow, ResponseRow, ResponseState, TransmissionRow
from shared import audit
from shared.claims import ClaimId
from shared.claims.control_numbers import control_number
from shared.db import Context, Database, ReadSession, UnitOfWork
from shared.events import emit
from shared.events.contracts import ClaimAccepted
from shared.events.metrics import FAULTS
from shared.x12 import X12Error

log = structlog.get_logger("revcycle.submission")

ACTOR = "system:submission"
_TRIES = 3


@dataclass(frozen=True)
class _Found:
    """An answer, its place in the file, and what it is about: a transmission, an interchange, or nothing of ours."""

    position: int
    answer: Answer
    transmission: TransmissionRow | None = None
    interchange: InterchangeRow | None = None

    @property
    def tenant(self) -> str | None:
        about = self.transmission or self.interchange
        return about.tenant if about else None


async def read_waiting(database: Database, clock: Callable[[], datetime]) -> int:
    """Try every file that waits, oldest first. Returns how many.

    One that our own reading fails on, again and again, is kept as `failed` for somebody to look at, and those behind it
    are read. Raises what the database raises where it is away.
    """
    count = 0
    while True:
        async with database.read() as session:
            response = await store.next_unread_response(session)
            if response is None:
                return count
        state, problem = await _outcome(database, clock, response)
        await _settled(database, clock, response, state, problem)
        count += 1


async def _outcome(
    database: Database, clock: Callable[[], datetime], response: ResponseRow
) -> tuple[ResponseState, str | None]:
    """Each try goes on where the last one ended: what is kept of a file is not done again."""
    for _ in range(_TRIES):
        try:
            problem = await _read(database, clock, response)
        except Exception as error:
            if await database.is_away(error):
                raise
            log.error("reading a response failed", response=response.id, route=response.route, exc_info=True)
            FAULTS.labels("file").inc()
            failure = type(error).__name__
        else:
            return ("unreadable" if problem else "read"), problem
    return "failed", f"reading it failed on our side: {failure}"[:200]


async def _read(database: Database, clock: Callable[[], datetime], response: ResponseRow) -> str | None:
    """Returns why reading ended early, where it did."""
    if holds_remittances(response.content):
        return await post_remittances(database, clock, response)
    async with database.read() as session:
        found, problem = await _matched(session, response)
    await _apply(database, clock, response, found)
    return problem


async def _matched(session: ReadSession, response: ResponseRow) -> tuple[list[_Found], str | None]:
    """The file's answers with what they are about, and why reading ended early if it did."""
    answers: list[Answer] = []
    problem = None
    try:
        answers.extend(read_answers(response.content, response.received_at.date()))
    except (X12Error, NotAnAcknowledgement) as error:
        problem = str(error)[:200]
        log.warning("response unreadable", response=response.id, route=response.route)
    wanted = [number for answer in answers if (number := _interchange_number(answer)) is not None]
    whose = response.tenant
    interchanges = await store.interchanges_by_number(session, response.route, wanted, tenant=whose)
    answers = [one for answer in answers for one in await _by_claim(session, answer, interchanges)]
    numbers = [answer.patient_control_number for answer in answers if answer.patient_control_number]
    transmissions = dict(await store.transmissions_by_number(session, numbers, tenant=whose))
    for answer in answers:
        unknown = answer.scope == "claim" and answer.patient_control_number not in transmissions
        interchange = interchanges.get(_interchange_number(answer) or 0)
        if unknown and (found := await _by_other_numbers(session, answer, interchange, whose)) is not None:
            transmissions[answer.patient_control_number or ""] = found
    return [_found(n, answer, transmissions, interchanges) for n, answer in enumerate(answers)], problem


async def _by_claim(
    session: ReadSession, answer: Answer, interchanges: Mapping[int, InterchangeRow]
) -> Sequence[Answer]:
    """A 999 that finds fault with a transaction set as answers to the claims of it; any other as it is."""
    interchange = interchanges.get(_interchange_number(answer) or 0)
    if answer.scope != "transaction" or interchange is None or (not answer.faults and answer.verdict != "rejected"):
        return [answer]
    return await asyncio.to_thread(answers_by_claim, answer, await store.content_of(session, interchange.id))


async def _by_other_numbers(
    session: ReadSession, answer: Answer, interchange: InterchangeRow | None, whose: str | None
) -> TransmissionRow | None:
    """By REF*D9, else REF*1K with the billing provider: a payer may cut or change CLM01, which TRN02 gives back.

    REF*D9 is the claim's through all its attempts: the interchange that the answer names says which of them is meant.
    """
    found = None
    if answer.trace_number and is_trace_number(answer.trace_number):
        sent_in = interchange.id if interchange else None
        found = await store.transmission_by_trace(session, answer.trace_number, tenant=whose, sent_in=sent_in)
    if found is None and answer.payer_claim_control_number and answer.billing_npi:
        number, npi = answer.payer_claim_control_number, answer.billing_npi
        found = await store.transmission_by_payer_number(session, number, npi, tenant=whose)
    return found


def _interchange_number(answer: Answer) -> int | None:
    if answer.interchange_control_number is not None:
        return answer.interchange_control_number
    ours = read_batch_reference(answer.batch_reference or "")
    return ours[0] if ours else None


def _found(
    position: int,
    answer: Answer,
    transmissions: Mapping[str, TransmissionRow],
    interchanges: Mapping[int, InterchangeRow],
) -> _Found:
    if answer.scope == "claim":
        return _Found(position, answer, transmission=transmissions.get(answer.patient_control_number or ""))
    return _Found(position, answer, interchange=interchanges.get(_interchange_number(answer) or 0))


async def _apply(
    database: Database, clock: Callable[[], datetime], response: ResponseRow, found: Sequence[_Found]
) -> None:
    by_tenant: dict[str | None, list[_Found]] = defaultdict(list)
    for one in found:
        by_tenant[one.tenant].append(one)
    for tenant, theirs in by_tenant.items():
        context = Context(tenant=tenant or "", actor=ACTOR, request_id=response.id, at=clock())
        async with database.unit_of_work(context) as uow:
            known = await store.answers_kept(uow.session, response.id)
            new = [one for one in theirs if one.position not in known]
            await (_apply_to_tenant(uow, response, new) if tenant else _keep_unmatched(uow, response, new))


async def _keep_unmatched(uow: UnitOfWork, response: ResponseRow, found: Iterable[_Found]) -> None:
    for one in found:
        _keep(uow, response, one, "unmatched")


async def _apply_to_tenant(uow: UnitOfWork, response: ResponseRow, found: Sequence[_Found]) -> None:
    ids = {one.transmission.claim_id for one in found if one.transmission}
    claims = await store.locked_claims(uow.session, uow.context.tenant, ids)
    for one in found:
        if one.transmission is not None:
            claim = claims[one.transmission.claim_id]
            effect = _settle(uow, claim, one.answer, of_this_attempt=one.transmission.attempt == claim.attempt)
        elif one.interchange is not None:
            effect = await _settle_interchange(uow, one.interchange, one.answer)
        _keep(uow, response, one, effect)


async def _settle_interchange(uow: UnitOfWork, interchange: InterchangeRow, answer: Answer) -> str:
    """An answer about all the claims of an interchange, or of one billing provider in it."""
    claims = await store.claims_of_interchange(uow.session, interchange.id)
    npi = answer.billing_npi
    effects = {
        _settle(uow, claim, answer, of_this_attempt=True) for claim in claims if npi is None or claim.billing_npi == npi
    }
    if answer.scope in ("interchange", "group", "transaction"):
        await _note_on_interchange(uow, interchange, refused=answer.verdict == "rejected")
    return "advanced" if "advanced" in effects else next(iter(sorted(effects)), "noted")


async def _note_on_interchange(uow: UnitOfWork, interchange: InterchangeRow, *, refused: bool) -> None:
    change = update(InterchangeRow).where(InterchangeRow.id == interchange.id)
    if not refused:  # a refusal stays
        change = change.where(InterchangeRow.state != "refused")
    await uow.session.execute(change.values(state="refused" if refused else "acknowledged"))


def _settle(uow: UnitOfWork, claim: ClaimRow, answer: Answer, *, of_this_attempt: bool) -> str:
    decision = settle(claim.state, answer.verdict, of_this_attempt=of_this_attempt, of_file=answer.is_of_file)
    if of_this_attempt and answer.payer_claim_control_number and claim.payer_claim_control_number is None:
        claim.payer_claim_control_number = answer.payer_claim_control_number
    if not decision.moves:
        if decision.state == answer.verdict == "rejected":
            rejection_handlers.reject_further(uow, claim, answer)
        return decision.effect
    if decision.state == "rejected":
        rejection_handlers.reject(uow, claim, answer.rejection(uow.context.at.date()))
        return decision.effect
    if decision.state == "ready":
        _go_again(uow, claim, answer)
        return decision.effect
    claim.state, claim.changed_at = decision.state, uow.context.at
    if decision.state == "accepted":
        _tell_accepted(uow, claim, answer)
    audit.record(uow, f"claim.{decision.state}", "claim", claim.id, {"source": answer.source})
    return decision.effect


def _go_again(uow: UnitOfWork, claim: ClaimRow, answer: Answer) -> None:
    """As it is, for its next attempt; onto the worklist where the control number has room for none."""
    try:
        number = control_number(ClaimId(claim.id), claim.attempt + 1)
    except ValueError:
        rejection_handlers.reject(uow, claim, answer.rejection(uow.context.at.date()))
        return
    claim.state, claim.attempt = "ready", claim.attempt + 1
    handlers.take_document(claim, store.claim_of(claim).model_copy(update={"patient_control_number": number}), uow)
    audit.record(uow, "claim.returned", "claim", claim.id, {"source": answer.source, "attempt": claim.attempt})


def _tell_accepted(uow: UnitOfWork, claim: ClaimRow, answer: Answer) -> None:
    number = answer.payer_claim_control_number or claim.payer_claim_control_number
    claim.payer_claim_control_number = number
    claim.revision += 1
    emit(
        uow,
        ClaimAccepted(
            claim=store.claim_of(claim),
            revision=claim.revision,
            payer_claim_control_number=number,
            accepted_at=uow.context.at,
        ),
    )


def _keep(uow: UnitOfWork, response: ResponseRow, found: _Found, effect: str) -> None:
    answer, sent = found.answer, found.transmission
    uow.session.add(
        AnswerRow(
            response_id=response.id,
            position=found.position,
            tenant=found.tenant,
            claim_id=sent.claim_id if sent else None,
            interchange_id=sent.interchange_id if sent else found.interchange.id if found.interchange else None,
            attempt=sent.attempt if sent else None,
            source=answer.source,
            reference=answer.reference[:50],
            statuses=[status.model_dump(mode="json") for status in answer.statuses],
            segments=list(answer.segments),
            effect=effect,
            at=uow.context.at,
        )
    )


async def _settled(
    database: Database,
    clock: Callable[[], datetime],
    response: ResponseRow,
    state: ResponseState,
    problem: str | None,
) -> None:
    context = Context(tenant="", actor=ACTOR, request_id=response.id, at=clock())
    async with database.unit_of_work(context) as uow:
        change = update(ResponseRow).where(ResponseRow.id == response.id)
        await uow.session.execute(change.values(state=state, problem=problem))
