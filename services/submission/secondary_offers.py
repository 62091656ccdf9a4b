"""A claim offered for the next payer: what the last standing remittance says, put into a draft."""

from __future__ import annotations

from pydantic_core import to_json

from services.submission import remittance_store, store
from services.submission.domain.remittances.documents import AdjudicatedClaim
from services.submission.domain.remittances.posting import decisions
from services.submission.domain.secondary import AnyClaim, ForwardedByPayer, NoNextPayer, secondary, together
from services.submission.domain.x12.reading.advice import NOTHING, REVERSAL
from services.submission.errors import ClaimNotFound, NoSecondaryClaim
from services.submission.remittance_store import RemittanceRow
from services.submission.store import ClaimRow
from shared.db import ReadSession


async def secondary_draft(session: ReadSession, tenant: str, claim_id: str) -> AnyClaim:
    """The claim as it would go to the payer after the one that has decided. Raises ClaimNotFound, NoSecondaryClaim."""
    row = await session.get(ClaimRow, (tenant, claim_id))
    if row is None:
        raise ClaimNotFound("no claim with this id is in flight")
    said = await remittance_store.remitted_claims(session, tenant, claim_id)
    by_id = {one.id: one for one in said if one.status != REVERSAL}
    standing = (await remittance_store.standing_postings(session, tenant, [claim_id]))[claim_id]
    decided = decisions(row.total_charge, [one for one in standing if one.id in by_id])
    if not decided:
        raise NoSecondaryClaim("no payer has decided on the claim yet, or what it decided was taken back")
    parts = [by_id[one.id] for one in decided[-1]]
    last = parts[-1]
    remittance = await session.get(RemittanceRow, last.remittance_id)
    decided_on = (remittance.paid_on or remittance.notice_on) if remittance is not None else last.at.date()
    try:
        return secondary(
            store.claim_of(row),
            paid=sum((part.paid for part in parts), NOTHING),
            status=last.status,
            decided=together([AdjudicatedClaim.model_validate_json(to_json(part.document)) for part in parts]),
            decided_on=decided_on,
            payer_number=last.payer_claim_control_number,
        )
    except (NoNextPayer, ForwardedByPayer) as error:
        raise NoSecondaryClaim(str(error)) from None
