"""One correction for many held claims: look at what it would do to each, then do it."""

from dataclasses import replace
from typing import Annotated

import structlog
from fastapi import APIRouter, Response

from services.scrubber import fix_handlers
from services.scrubber.api.policies import CanCorrectClaims, TheLeases, TheScrubber, WhoAndWhen
from services.scrubber.api.scrub import CLAIM_BODY
from services.scrubber.domain.examination import Scrubber
from services.scrubber.domain.fixes import BulkFix, FixedClaim, FixPreview, SeenClaim
from shared.claims import Many, Model
from shared.errors import ServiceError
from shared.http import Problem, Read, Write, Writer, answer, json_body
from shared.http.problems import InternalError, problem_of
from shared.worklists import Leases

log = structlog.get_logger("revcycle.scrubber")

router = APIRouter(prefix="/v1", tags=["claims"])

GivenPreview = Annotated[FixPreview, json_body(FixPreview)]
GivenFix = Annotated[BulkFix, json_body(BulkFix)]


class FixAnswer(Model):
    """What the fix does to one claim, or the problem that it meets there."""

    claim_id: str
    claim: FixedClaim | None = None
    problem: Problem | None = None

    @classmethod
    def refused(cls, claim_id: str, error: ServiceError) -> "FixAnswer":
        return cls(claim_id=claim_id, problem=problem_of(error))


class FixAnswers(Model):
    """One answer for each claim, in the order asked for, and how many of each there are."""

    claims: Many[FixAnswer]
    cleared: int
    held: int
    refused: int
    """Claims that the fix was not, or would not be, done to."""
    next_after: str | None = None
    """The id to go on after, where more claims are left."""

    @classmethod
    def of(cls, answers: list[FixAnswer], next_after: str | None = None) -> "FixAnswers":
        fixed = [answered.claim.outcome for answered in answers if answered.claim]
        return cls(
            claims=tuple(answers),
            cleared=fixed.count("cleared"),
            held=fixed.count("held"),
            refused=len(answers) - len(fixed),
            next_after=next_after,
        )


@router.post("/claims:preview-fix", response_model=FixAnswers)
async def preview_fix(
    caller: CanCorrectClaims, session: Read, scrubber: TheScrubber, asked: WhoAndWhen, wanted: GivenPreview
) -> Response:
    """What one correction would do to many held claims. Nothing changes, and no claim becomes anybody's.

    For each claim: the patch, which findings would go and which would come, and whether it would be released; or why
    the caller cannot do it. The claims that were named, or those of a filter, by their ids, at most 200 at a time.
    """
    ids, next_after = await fix_handlers.chosen_ids(session, caller.tenant, wanted)
    looked_at = fix_handlers.preview(scrubber, session, asked, ids, wanted.fix, CLAIM_BODY.dependency.read)
    answers = [
        FixAnswer.refused(claim_id, found)
        if isinstance(found, ServiceError)
        else FixAnswer(claim_id=claim_id, claim=found)
        async for claim_id, found in looked_at
    ]
    return answer(FixAnswers.of(answers, next_after))


@router.post("/claims:fix", response_model=FixAnswers)
async def fix(
    caller: CanCorrectClaims, write: Write, scrubber: TheScrubber, leases: TheLeases, wanted: GivenFix
) -> Response:
    """Do one correction to many held claims, at most 200, each at the version that its preview has shown.

    Each claim is changed by itself, as by PATCH, and answered by itself: one that has changed since (`stale_version`),
    that somebody else works on or that the patch does not fit is left as it is. With an Idempotency-Key each claim has
    its own, so that a request cut off in the middle is simply sent again.
    """
    return answer(FixAnswers.of([await _fixed(write, scrubber, leases, wanted, seen) for seen in wanted.claims]))


async def _fixed(write: Writer, scrubber: Scrubber, leases: Leases, wanted: BulkFix, seen: SeenClaim) -> FixAnswer:
    read = CLAIM_BODY.dependency.read
    own = replace(write, key=f"{write.key}\n{seen.id}") if write.key else write
    try:
        done = await own(lambda uow: fix_handlers.fix_claim(scrubber, uow, seen, wanted.fix, leases, read))
    except ServiceError as error:
        return FixAnswer.refused(seen.id, error)
    except Exception:
        # The claims beside it have their effects already; the caller must learn of each.
        log.error("claim was not fixed", exc_info=True)
        return FixAnswer.refused(seen.id, InternalError("quote the request id to support"))
    if done.status_code >= 400:
        return FixAnswer(claim_id=seen.id, problem=Problem.model_validate_json(bytes(done.body)))
    return FixAnswer(claim_id=seen.id, claim=FixedClaim.model_validate_json(bytes(done.body)))
