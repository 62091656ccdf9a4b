"""From an 835 to the accounts of claims: each payment is posted once, whatever file it comes in and however often.

A file is read twice. The first time says whose each payment is, whether it adds up, and whether it was posted before;
the second posts its claims, some hundreds in a unit of work of one tenant. What is kept already is passed over, so that
a file whose reading was cut off is simply read again, and memory does not grow with the file.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from itertools import islice
from typing import NamedTuple

import structlog

from services.submission import remittance_store, store
from services.submission.claim_posting import KeptClaim, post_claims
from services.submission.domain.references import is_trace_number
from services.submission.domain.remittances.documents import fault_document
from services.submission.domain.x12.reading import Fault, NotARemittance, read_remittances
from services.submission.domain.x12.reading.advice import (
    Payment,
    PaymentEnd,
    ProviderAdjustment,
    RemittedClaim,
    every_row,
)
from services.submission.remittance_store import NOBODYS, ProviderAdjustmentRow, RemittanceRow
from services.submission.store import ResponseRow, TransmissionRow
from shared import audit
from shared.db import Context, Database, ReadSession, UnitOfWork, new_id
from shared.x12 import X12Error

log = structlog.get_logger("revcycle.submission")

_ACTOR = "system:submission"
_AT_ONCE = 300
_MOST_FAULTS = 100
_MOST_PAYMENTS = 10_000
"""In a file: what a payer sends in a month is some hundreds."""


@dataclass
class _Survey:
    """One payment of the file, as the first reading found it."""

    ordinal: int
    payment: Payment
    faults: list[Fault] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    """CLP01 of its claims."""
    digest: str = ""
    end: PaymentEnd | None = None

    @property
    def identity(self) -> str:
        """Which payment it is: who paid whom how much when under which trace number."""
        payment = self.payment
        who = payment.originator or next(payment.payer.ids, payment.payer.name)
        parts = (who, payment.trace_number, payment.paid_on, payment.amount, payment.is_debit, payment.payee.id)
        return sha256("|".join(map(str, parts)).encode()).hexdigest()


class _Item(NamedTuple):
    """A claim or provider adjustment: of which payment, and its place in it."""

    ordinal: int
    position: int
    said: RemittedClaim | ProviderAdjustment


async def post_remittances(database: Database, clock: Callable[[], datetime], response: ResponseRow) -> str | None:
    """Post what the file says. Returns why its reading ended early, where it did."""
    surveys, problem = await asyncio.to_thread(_surveyed, response.content)
    kept: dict[tuple[int, str], RemittanceRow] = {}
    owners: dict[int, str] = {}
    for survey in surveys:
        async with database.read() as session:
            tenants = await _tenants(session, survey, response.tenant)
        owners[survey.ordinal] = tenants[0]
        for tenant in tenants:
            kept[survey.ordinal, tenant] = await _kept(database, clock, response, survey, tenant)
    items = _items(response.content)
    while part := await asyncio.to_thread(lambda: list(islice(items, _AT_ONCE))):
        found = await _by_remittance(database, part, owners, surveys, response.tenant)
        for (ordinal, tenant), theirs in found.items():
            if (ordinal, tenant) not in kept:  # whose claim was found by the payer's own number alone
                kept[ordinal, tenant] = await _kept(database, clock, response, surveys[ordinal], tenant)
            remittance = kept[ordinal, tenant]
            if remittance.state == "posted" and tenant != NOBODYS:
                context = Context(tenant=tenant, actor=_ACTOR, request_id=response.id, at=clock())
                async with database.unit_of_work(context) as uow:
                    await _post(uow, remittance, theirs)
    return problem


# -- the first reading ------------------------------------------------------------------------------------------------


def _surveyed(content: bytes) -> tuple[list[_Survey], str | None]:
    surveys: list[_Survey] = []
    digest = sha256()
    problem = None
    try:
        for said in read_remittances(content):
            if isinstance(said, Payment):
                if len(surveys) == _MOST_PAYMENTS:
                    problem = f"a file has at most {_MOST_PAYMENTS} payments; the others are not posted"
                    break
                surveys.append(_Survey(len(surveys), said))
                digest = sha256()
            elif isinstance(said, Fault):
                problem = said.message[:200] if said.code == "text" else problem
                if surveys and len(surveys[-1].faults) < _MOST_FAULTS:
                    surveys[-1].faults.append(said)
            elif isinstance(said, PaymentEnd):
                surveys[-1].end, surveys[-1].digest = said, digest.hexdigest()
            else:
                if isinstance(said, RemittedClaim):
                    surveys[-1].numbers.append(said.patient_control_number)
                digest.update(repr(every_row(said)).encode())
    except (X12Error, NotARemittance) as error:
        problem = str(error)[:200]
    if problem is not None:
        log.warning("remittance unreadable in part")
    return surveys, problem


async def _tenants(session: ReadSession, survey: _Survey, brought_by: str | None) -> list[str]:
    """Whose claims are in it; first who owns the payment: who brought it, else most of its claims, else its payee."""
    if brought_by is not None:
        return [brought_by]
    known = await store.transmissions_by_number(session, survey.numbers, tenant=None)
    counted = Counter(known[number].tenant for number in survey.numbers if number in known)
    if counted:
        return [tenant for tenant, _ in counted.most_common()]
    owner = await remittance_store.tenant_of_provider(session, survey.payment.payee.ids)
    return [owner or NOBODYS]


async def _kept(
    database: Database, clock: Callable[[], datetime], response: ResponseRow, survey: _Survey, tenant: str
) -> RemittanceRow:
    """The payment as it is kept for one tenant: posted, or seen before in another file."""
    context = Context(tenant=tenant, actor=_ACTOR, request_id=response.id, at=clock())
    async with database.unit_of_work(context) as uow:
        known = await remittance_store.remittance_of(uow.session, response.id, survey.ordinal, tenant)
        if known is not None:
            return known
        row = _remittance(uow, response, survey)
        before = await remittance_store.posted_payment(uow.session, tenant, row.identity)
        if before is not None:
            row.state, row.repeats = "repeated" if before.digest == row.digest else "differs", before.id
        uow.session.add(row)
        details = {"state": row.state, "claims": row.claims, "repeats": row.repeats}
        audit.record(uow, "remittance.taken", "remittance", row.id, details)
        return row


def _remittance(uow: UnitOfWork, response: ResponseRow, survey: _Survey) -> RemittanceRow:
    payment, end = survey.payment, survey.end
    ids = next(payment.payer.ids, "") or payment.originator
    return RemittanceRow(
        id=new_id(),
        tenant=uow.context.tenant,
        response_id=response.id,
        ordinal=survey.ordinal,
        identity=survey.identity,
        digest=survey.digest,
        state="posted",
        repeats=None,
        payer_id=ids[:80],
        payer_name=payment.payer.name[:60],
        payee_id=payment.payee.id[:80],
        trace_number=payment.trace_number[:50],
        method=payment.method[:3],
        amount=-payment.amount if payment.is_debit else payment.amount,
        paid_on=payment.paid_on,
        produced_on=payment.produced_on,
        claims=end.claims if end else 0,
        claims_paid=end.claims_paid if end else 0,
        provider_adjusted=end.provider_adjusted if end else 0,
        is_balanced=end is not None and end.is_balanced,
        is_whole=end is not None and end.is_whole,
        faults=[fault_document(fault) for fault in survey.faults],
        received_at=response.received_at,
    )


# -- the second reading -----------------------------------------------------------------------------------------------


def claim_of_payment(content: bytes, ordinal: int, position: int) -> RemittedClaim | None:
    """A claim of a file, by the places of its payment and of itself; None where the file has no such claim."""
    for item in _items(content):
        if item.ordinal > ordinal:
            break
        if (item.ordinal, item.position) == (ordinal, position) and isinstance(item.said, RemittedClaim):
            return item.said
    return None


def _items(content: bytes) -> Iterator[_Item]:
    ordinal, claims, adjustments = -1, 0, 0
    try:
        for said in read_remittances(content):
            if isinstance(said, Payment):
                ordinal, claims, adjustments = ordinal + 1, 0, 0
                if ordinal == _MOST_PAYMENTS:
                    return
            elif isinstance(said, RemittedClaim):
                yield _Item(ordinal, claims, said)
                claims += 1
            elif isinstance(said, ProviderAdjustment):
                yield _Item(ordinal, adjustments, said)
                adjustments += 1
    except (X12Error, NotARemittance):
        return  # the first reading has told of it


async def _by_remittance(
    database: Database,
    part: Sequence[_Item],
    owners: Mapping[int, str],
    surveys: Sequence[_Survey],
    whose: str | None,
) -> Mapping[tuple[int, str], list[tuple[_Item, TransmissionRow | None]]]:
    """The items by payment and tenant, claims with the transmission that they answer."""
    numbers = [item.said.patient_control_number for item in part if isinstance(item.said, RemittedClaim)]
    found: defaultdict[tuple[int, str], list[tuple[_Item, TransmissionRow | None]]] = defaultdict(list)
    async with database.read() as session:
        known = await store.transmissions_by_number(session, numbers, tenant=whose)
        for item in part:
            sent = None
            if isinstance(item.said, RemittedClaim):
                payee = surveys[item.ordinal].payment.payee
                sent = known.get(item.said.patient_control_number)
                sent = sent or await _by_other_numbers(session, item.said, tuple(payee.ids), whose)
            found[item.ordinal, sent.tenant if sent else owners[item.ordinal]].append((item, sent))
    return found


async def _by_other_numbers(
    session: ReadSession, claim: RemittedClaim, payee_ids: Sequence[str], whose: str | None
) -> TransmissionRow | None:
    """By our trace number in CLP01, which a payer may have cut; else by CLP07 with the provider who is paid."""
    cut = claim.patient_control_number[:18]
    sent = await store.transmission_by_trace(session, cut, tenant=whose) if is_trace_number(cut) else None
    if sent is not None:
        return sent
    number = claim.payer_claim_control_number
    for npi in payee_ids if number else ():
        if (found := await store.transmission_by_payer_number(session, number, npi, tenant=whose)) is not None:
            return found
    return None


async def _post(
    uow: UnitOfWork, remittance: RemittanceRow, theirs: Sequence[tuple[_Item, TransmissionRow | None]]
) -> None:
    known = await remittance_store.kept_positions(uow.session, remittance.id)
    claims = [
        KeptClaim(item.position, item.said, sent)
        for item, sent in theirs
        if isinstance(item.said, RemittedClaim) and item.position not in known
    ]
    await post_claims(uow, remittance, claims)
    known = await remittance_store.kept_adjustments(uow.session, remittance.id)
    new = [(item.position, item.said) for item, _ in theirs if isinstance(item.said, ProviderAdjustment)]
    for position, said in new:
        if position not in known:
            about = await remittance_store.claim_referred_to(uow.session, remittance.tenant, said.reference)
            uow.session.add(_provider_adjustment(remittance, position, said, about))


def _provider_adjustment(
    remittance: RemittanceRow, position: int, said: ProviderAdjustment, claim_id: str | None
) -> ProviderAdjustmentRow:
    return ProviderAdjustmentRow(
        remittance_id=remittance.id,
        position=position,
        tenant=remittance.tenant,
        provider_id=said.provider_id[:80],
        period_end=said.period_end,
        reason=said.reason[:2],
        reference=said.reference[:50],
        amount=said.amount,
        claim_id=claim_id,
    )
