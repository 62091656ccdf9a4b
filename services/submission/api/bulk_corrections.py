"""One correction for many rejected claims. The edits run on each before it may go out again."""

from dataclasses import replace
from typing import Annotated

import structlog
from fastapi import APIRouter, Request, Response

from services.submission import correction_handlers, views
from services.submission.api.policies import CanWorkRejections
from services.submission.domain.corrections import BulkCorrection, SeenClaim, changed_document
from services.submission.records import BulkAnswer, BulkAnswers
from services.submission.scrubbing import AnyClaim, Scrubber
from shared.claims import CLAIM, ScrubReport
from shared.errors import ServiceError
from shared.http import Problem, Write, Writer, answer, json_body
from shared.http.policies import caller as caller_of
from shared.http.problems import InternalError, problem_of
from shared.http.scope import runtime_of

log = structlog.get_logger("revcycle.submission")

router = APIRouter(prefix="/v1", tags=["rejections"])

GivenCorrection = Annotated[BulkCorrection, json_body(BulkCorrection)]
_CLAIM = json_body(CLAIM, as_received=True).dependency


@router.post("/rejections:preview-correction", response_model=BulkAnswers)
async def preview(caller: CanWorkRejections, request: Request, wanted: GivenCorrection) -> Response:
    """What `:correct` would do to each claim, with all findings of the edits. Nothing changes."""
    return answer(_answers([await _previewed(request, wanted, seen) for seen in wanted.claims]))


@router.post("/rejections:correct", response_model=BulkAnswers)
async def correct(caller: CanWorkRejections, request: Request, write: Write, wanted: GivenCorrection) -> Response:
    """Do one correction to many rejected claims, at most 200, and send those again that pass every edit.

    Each is answered by itself. One that an edit holds stays on the worklist as it was, with its findings in the
    answer; so does one that has changed since it was seen, or that somebody else works on. With an Idempotency-Key
    each claim has its own, so that a request cut off in the middle is simply sent again.
    """
    return answer(_answers([await _corrected(request, write, wanted, seen) for seen in wanted.claims]))


async def _corrected(request: Request, write: Writer, wanted: BulkCorrection, seen: SeenClaim) -> BulkAnswer:
    looked_at = await _looked_at(request, wanted, seen)
    if isinstance(looked_at, BulkAnswer):
        return looked_at
    claim, report = looked_at
    own = replace(write, key=f"{write.key}\n{seen.id}") if write.key else write
    try:
        done = await own(lambda uow: correction_handlers.conclude(uow, seen, claim, report))
    except ServiceError as error:
        return _refused(seen, error)
    except Exception:
        # The claims beside it have their effects already; the caller must learn of each.
        log.error("claim was not corrected", exc_info=True)
        return _refused(seen, InternalError("quote the request id to support"))
    if done.status_code >= 400:
        return BulkAnswer(claim_id=seen.id, problem=Problem.model_validate_json(bytes(done.body)))
    return BulkAnswer.model_validate_json(bytes(done.body))


async def _looked_at(
    request: Request, wanted: BulkCorrection, seen: SeenClaim
) -> BulkAnswer | tuple[AnyClaim, ScrubReport]:
    """The claim as corrected and what the edits find on it. The scrubber is asked outside of any unit of work."""
    scrubber: Scrubber = request.app.state.scrubber
    try:
        async with runtime_of(request).database.read() as session:
            before = await views.claim_document(session, caller_of(request).tenant, seen.id)
        claim: AnyClaim = _CLAIM.read(changed_document(before, wanted.changes))
        return claim, await scrubber.examine(claim, request.headers.get("authorization", ""))
    except ServiceError as error:
        return _refused(seen, error)


async def _previewed(request: Request, wanted: BulkCorrection, seen: SeenClaim) -> BulkAnswer:
    looked_at = await _looked_at(request, wanted, seen)
    if isinstance(looked_at, BulkAnswer):
        return looked_at
    _, report = looked_at
    held = report.outcome == "held"
    return BulkAnswer(claim_id=seen.id, outcome="held" if held else "would be resubmitted", report=report)


def _refused(seen: SeenClaim, error: ServiceError) -> BulkAnswer:
    return BulkAnswer(claim_id=seen.id, problem=problem_of(error))


def _answers(answers: list[BulkAnswer]) -> BulkAnswers:
    held = sum(one.outcome == "held" for one in answers)
    refused = sum(one.problem is not None for one in answers)
    return BulkAnswers(claims=tuple(answers), resubmitted=len(answers) - held - refused, held=held, refused=refused)
