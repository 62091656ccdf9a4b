"""What a person decides on a payment that differs from what was posted, and on what moves on a provider's account."""

from __future__ import annotations

from pydantic import JsonValue
from sqlalchemy import update

from services.submission import remittance_store
from services.submission.claim_posting import take_back
from services.submission.errors import (
    ClaimNotFound,
    PayeeUnknown,
    ProviderAdjustmentNotFound,
    RemittanceNotFound,
    RemittanceSettled,
)
from services.submission.remittance_records import AdjustmentSettlement, PaymentChoice
from services.submission.remittance_store import NOBODYS, ProviderAdjustmentRow, RemittanceRow
from services.submission.store import ClaimRow, ResponseRow
from shared import audit
from shared.db import UnitOfWork
from shared.errors import StaleVersion


async def choose(uow: UnitOfWork, remittance_id: str, version: int, choice: PaymentChoice) -> RemittanceRow:
    """Post a payment that differs beside what was posted or in its place, or set it aside.

    What stands in its way comes off the accounts at once. Its own claims are posted by the worker, which reads the file
    again: it may hold thousands. Raises RemittanceNotFound, StaleVersion, RemittanceSettled.
    """
    row = await remittance_store.remittance_for_change(uow.session, uow.context.tenant, remittance_id)
    if row is None:
        raise RemittanceNotFound("no remittance has this id")
    if row.version != version:
        raise StaleVersion("the remittance has changed since it was read")
    if row.state not in ("differs", "set_aside"):
        raise RemittanceSettled(f"the remittance is {row.state}")
    if choice.choice == "set_aside":
        row.state = "set_aside"
    else:
        if choice.choice == "replace":
            await _make_room(uow, row)
        row.state = "posted"
        await _read_again(uow, row)
    row.version += 1
    details: dict[str, JsonValue] = {"choice": choice.choice, "reason": choice.reason, "repeats": row.repeats}
    audit.record(uow, "remittance.decided", "remittance", row.id, details)
    await uow.session.flush()
    return row


async def adopt(uow: UnitOfWork, remittance_id: str) -> RemittanceRow:
    """Take a payment that was nobody's when it came, since its payee has sent claims by now; the worker posts it.

    Raises RemittanceNotFound, PayeeUnknown.
    """
    row = await remittance_store.remittance_for_change(uow.session, NOBODYS, remittance_id)
    if row is None:
        raise RemittanceNotFound("no remittance that is nobody's has this id")
    tenant = uow.context.tenant
    if await remittance_store.tenant_of_provider(uow.session, [row.payee_id]) != tenant:
        raise PayeeUnknown("submit a claim of the payee first, or ask the payer to name its NPI")
    before = await remittance_store.posted_payment(uow.session, tenant, row.identity)
    if before is not None:
        row.state, row.repeats = "repeated" if before.digest == row.digest else "differs", before.id
    row.tenant, row.version = tenant, row.version + 1
    await _read_again(uow, row)
    audit.record(uow, "remittance.adopted", "remittance", row.id, {"payee": row.payee_id, "state": row.state})
    await uow.session.flush()
    return row


async def _read_again(uow: UnitOfWork, row: RemittanceRow) -> None:
    """Let the worker post what of the file is not kept yet."""
    again = update(ResponseRow).where(ResponseRow.id == row.response_id).values(state="received")
    await uow.session.execute(again)


async def _make_room(uow: UnitOfWork, row: RemittanceRow) -> None:
    """Off the accounts with what the same payment has posted before; what of it was nobody's is on no list any more."""
    before = await remittance_store.posted_payment(uow.session, row.tenant, row.identity)
    if before is None:
        return
    claims = await remittance_store.claims_of_payment(uow.session, before.id)
    await take_back(uow, before, claims, row.id)
    for one in claims:
        if one.effect in ("unmatched", "held"):
            one.effect, one.version = "dismissed", one.version + 1
    before.state, before.repeats, before.version = "replaced", row.id, before.version + 1
    audit.record(uow, "remittance.replaced", "remittance", before.id, {"by": row.id})


async def settle(
    uow: UnitOfWork, remittance_id: str, position: int, version: int, said: AdjustmentSettlement
) -> ProviderAdjustmentRow:
    """Say what an adjustment of a provider's account was for. Nothing is posted: the money is in no claim.

    Raises ProviderAdjustmentNotFound, StaleVersion, RemittanceSettled, ClaimNotFound.
    """
    row = await uow.session.get(ProviderAdjustmentRow, (remittance_id, position), with_for_update=True)
    if row is None or row.tenant != uow.context.tenant:
        raise ProviderAdjustmentNotFound("no adjustment of a provider's account stands there")
    if row.version != version:
        raise StaleVersion("the adjustment has changed since it was read")
    if row.state == "settled":
        raise RemittanceSettled("the adjustment is settled")
    if said.claim_id is not None and await uow.session.get(ClaimRow, (row.tenant, said.claim_id)) is None:
        raise ClaimNotFound("no claim with this id is in flight", pointer="/claim_id")
    row.claim_id = said.claim_id or row.claim_id
    row.state, row.version = "settled", row.version + 1
    details: dict[str, JsonValue] = {"position": position, "claim": row.claim_id, "reason": said.reason}
    audit.record(uow, "provider_adjustment.settled", "remittance", remittance_id, details)
    await uow.session.flush()
    return row
