"""Claims that come in over REST, coded and grouped elsewhere or without need of it."""

from __future__ import annotations

from services.scrubber import handlers, store
from services.scrubber.domain.claim_parts import AnyClaim
from services.scrubber.domain.examination import Scrubber
from services.scrubber.domain.scrubbed_claim import ScrubbedClaim
from services.scrubber.errors import ClaimExists, InvalidClaimId
from shared.claims import Grouping
from shared.db import UnitOfWork
from shared.events.contracts import ClaimGrouped

_FIRST = 1


async def take_claim(scrubber: Scrubber, uow: UnitOfWork, claim: AnyClaim) -> ScrubbedClaim:
    """Examine a new claim as one that comes from the line: cleared or held, and the line is told.

    Raises ClaimExists, for what is known is corrected, not sent again; InvalidClaimId where it could not be kept.
    """
    if claim.id.problem:
        raise InvalidClaimId("the claim cannot be kept under its id", pointer="/id")
    if await store.find_claim(uow.session, uow.context.tenant, claim.id) is not None:
        raise ClaimExists("a claim has this id; correct it where it waits", pointer="/id")
    grouping = Grouping(method="none", reason="The claim came in whole.", as_of=claim.last_day or uow.context.at.date())
    await handlers.scrub_claim(scrubber, uow, ClaimGrouped(claim=claim, revision=_FIRST, grouping=grouping))
    return await store.claim_for_change(uow.session, uow.context.tenant, claim.id)
