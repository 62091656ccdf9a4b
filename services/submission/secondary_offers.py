"""A claim offered for the next payer: what the last standing remittance says, put into a draft."""

from __future__ import annotations

from pydantic_core import to_json

from services.submission import remittance_store, store
from services.submission.domain.remittances.documents import AdjudicatedClaim
from services.submission.domain.secondary import AnyClaim, ForwardedByPayer, NoNextPayer, secondary
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
    standing = [one for one in said if one.effect == "posted" and one.undone_by is None and one.status != "22"]
    if not standing:
        raise NoSecondaryClaim("no payer has decided on the claim yet, or what it decided was taken back")
    last = standing[-1]
    remittance = await session.get(RemittanceRow, last.remittance_id)
    decided_on = (remittance.paid_on or remittance.notice_on) if remittance is not None else last.at.date()
    try:
        return secondary(
            store.claim_of(row),
            paid=last.paid,
            status=last.status,
            decided=AdjudicatedClaim.model_validate_json(to_json(last.document)),
            decided_on=decided_on,
            payer_number=last.payer_claim_control_number,
        )
    except (NoNextPayer, ForwardedByPayer) as error:
        raise NoSecondaryClaim(str(error)) from None
