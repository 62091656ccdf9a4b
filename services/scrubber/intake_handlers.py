"""Claims that come in over REST, coded and grouped elsewhere or without need of it."""

from __future__ import annotations

from collections.abc import Sequence

from services.scrubber import handlers, rules_store, store
from services.scrubber.domain.claim_parts import AnyClaim
from services.scrubber.domain.examination import Scrubber
from services.scrubber.domain.scrubbed_claim import ScrubbedClaim
from services.scrubber.errors import ClaimExists, InvalidClaimId
from shared.db import UnitOfWork

_FIRST = 1
"""The revision of a claim that comes in whole."""


async def take_claim(scrubber: Scrubber, uow: UnitOfWork, claim: AnyClaim) -> ScrubbedClaim:
    """Examine a new claim as one that comes from the line: cleared or held, and the line is told.

    Raises ClaimExists, for what is known is corrected, not sent again; InvalidClaimId where it could not be kept.
    """
    (taken,) = await take_claims(scrubber, uow, [claim])
    if isinstance(taken, ScrubbedClaim):
        return taken
    raise taken


async def take_claims(
    scrubber: Scrubber, uow: UnitOfWork, claims: Sequence[AnyClaim]
) -> list[ScrubbedClaim | ClaimExists | InvalidClaimId]:
    """As `take_claim` each, one after another; what it would raise stands in its place. No id comes twice."""
    session, tenant, at = uow.session, uow.context.tenant, uow.context.at
    valid = [claim for claim in claims if not claim.id.problem]
    known = await store.known_ids(session, tenant, [str(claim.id) for claim in valid])
    new = [claim for claim in valid if claim.id not in known]
    examined = await handlers.examine_all(scrubber, session, tenant, new, at.date())
    arrived = [ScrubbedClaim.arrived(found, revision=_FIRST, at=at, touched=False, before=None) for found in examined]
    added = await store.add_claims(session, tenant, arrived, at) if arrived else set()
    taken = {str(claim.id): claim for claim in arrived if claim.id in added}
    matches = [(str(found.claim.id), found.matches) for found in examined if found.claim.id in added]
    await rules_store.add_matches(session, tenant, matches, at.date())
    await handlers.keep_new(uow, list(taken.values()), _FIRST)
    return [taken.get(str(claim.id)) or _refusal(claim) for claim in claims]


def _refusal(claim: AnyClaim) -> ClaimExists | InvalidClaimId:
    if claim.id.problem:
        return InvalidClaimId("the claim cannot be kept under its id", pointer="/id")
    return ClaimExists("a claim has this id; correct it where it waits", pointer="/id")
