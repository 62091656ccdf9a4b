"""Synchronous submit: claims in by JSON, NDJSON or 837; all findings in the same answer, queued when clean."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends, Request, Response

from services.submission.api.policies import CanSubmitClaims, CanValidateClaims
from services.submission.intake import SUBMITTED, Intake, Items, enter, items_of_lines, items_of_x12
from services.submission.records import SubmittedClaim, SubmittedLine
from services.submission.scrubbing import AnyClaim
from shared.claims import CLAIM
from shared.http import NDJSON, NdjsonStream, Write, answer, json_body, ndjson_items, raw_body
from shared.http.body import JsonBody
from shared.http.policies import caller as caller_of
from shared.http.scope import context_of, runtime_of

router = APIRouter(prefix="/v1", tags=["submit"])

X12 = "application/edi-x12"
_X12_NAMES = (X12, "application/x12", "application/edi")
_NDJSON_NAMES = (NDJSON, "application/ndjson", "application/jsonl", "application/jsonlines")
_JSON = json_body(CLAIM, as_received=True).dependency
_LINES = ndjson_items(CLAIM, as_received=True).dependency
_FILE = raw_body(*_X12_NAMES, max_bytes=50_000_000)


@dataclass(frozen=True)
class ClaimsInAnyForm(JsonBody):
    """One claim as JSON, or many as NDJSON or an 837, by the Content-Type. Its documentation is that of the JSON."""

    __hash__ = object.__hash__

    async def __call__(self, request: Request) -> AnyClaim | Items:
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type in _NDJSON_NAMES:
            return items_of_lines(await _LINES(request))
        if media_type in _X12_NAMES:
            return items_of_x12(await _FILE.dependency(request), caller_of(request).tenant)
        return cast(AnyClaim, await super().__call__(request))


def _intake(request: Request) -> Intake:
    return Intake(
        scrubber=request.app.state.scrubber,
        database=runtime_of(request).database,
        context=context_of(request),
        authorization=request.headers.get("authorization", ""),
        key=request.headers.get("idempotency-key"),
    )


TheIntake = Annotated[Intake, Depends(_intake)]
GivenClaims = Annotated[
    AnyClaim | Items,
    Depends(ClaimsInAnyForm(_JSON.shape, _JSON.adapter, _JSON.models, True, _JSON.examples, _JSON.max_bytes)),
]
GivenFile = Annotated[bytes, _FILE]

_MANY: dict[int | str, dict[str, Any]] = {
    200: {"content": {NDJSON: {}}, "model": SubmittedLine, "description": "Of many claims: one answer a line."}
}
_FORMS = {
    "requestBody": {
        "content": {media_type: {"schema": {"type": "string", "format": "binary"}} for media_type in (NDJSON, X12)}
    }
}


@router.post(
    "/claims",
    status_code=201,
    response_model=SubmittedClaim,
    responses={**_MANY, 202: {"model": SubmittedClaim, "description": "Taken in and held: somebody must look first."}},
    openapi_extra=_FORMS,
)
async def submit(caller: CanSubmitClaims, write: Write, intake: TheIntake, given: GivenClaims) -> Response:
    """Submit a claim: every edit runs now, and the answer has all findings. Many come as NDJSON or as an 837.

    Clean, it goes out with the next batch; else it waits on the scrubber's worklist. Either way it is taken: sent
    again, it is refused as `claim_exists`, or under the same Idempotency-Key answered as before. 503 without the
    scrubber: nothing is kept then, for no claim goes past the edits.
    """
    if isinstance(given, AsyncIterator):
        return NdjsonStream(intake.submitted(given))
    scrubbed = await intake.take(given)
    if scrubbed.status == "held":
        return await write(lambda uow: enter(uow, scrubbed), status=SUBMITTED["held"])
    return await write(lambda uow: enter(uow, scrubbed), location=lambda told: f"/v1/claims/{told.claim_id}")


@router.post(
    "/claims/validate",
    response_model=SubmittedClaim,
    responses={200: _MANY[200] | {"description": ""}},
    openapi_extra=_FORMS,
)
async def validate(caller: CanValidateClaims, intake: TheIntake, given: GivenClaims) -> Response:
    """What submitting would answer, in any of its forms. Nothing is kept and nothing goes out."""
    if isinstance(given, AsyncIterator):
        return NdjsonStream(intake.examined(given))
    return answer(await intake.examine(given))


@router.post("/x12", response_class=NdjsonStream, responses=_MANY)
async def submit_file(caller: CanSubmitClaims, intake: TheIntake, content: GivenFile) -> NdjsonStream:
    """Take in an 837 file as it stands, such as one that was meant for a clearinghouse: claim by claim.

    A claim that cannot be read is answered with the place of each fault, and the next one goes on. A file that is sent
    twice gives the same claims, which are refused the second time.
    """
    return NdjsonStream(intake.submitted(items_of_x12(content, caller.tenant)))
