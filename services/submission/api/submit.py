"""Synchronous submit: claims in by JSON, NDJSON or 837; all findings in the same answer, queued when clean.

What clearinghouses send comes in here too, if somebody has only the file.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Any, ClassVar, cast

from fastapi import APIRouter, Depends, Query, Request, Response

from services.submission import handlers, route_handlers
from services.submission.api.examples import EXAMPLE_837, EXAMPLE_LINES
from services.submission.api.policies import CanSubmitClaims, CanValidateClaims
from services.submission.errors import UnreadableClaims
from services.submission.intake import SUBMITTED, Intake, Items, enter, is_of_claims, items_of_lines, items_of_x12
from services.submission.records import ResponseFile, SubmittedClaim, SubmittedLine
from services.submission.scrubbing import AnyClaim, Scrubbed
from shared.claims import CLAIM
from shared.claims.examples import INSTITUTIONAL_CLAIM, PROFESSIONAL_CLAIM
from shared.http import (
    JSON,
    NDJSON,
    Effect,
    NdjsonStream,
    Write,
    answer,
    in_lines,
    json_body,
    ndjson_items,
    raw_body,
)
from shared.http.body import JsonBody
from shared.http.content import UnsupportedMediaType
from shared.http.policies import caller as caller_of
from shared.http.scope import context_of, runtime_of

router = APIRouter(prefix="/v1", tags=["submit"])

X12 = "application/edi-x12"
_X12_NAMES = (X12, "application/x12", "application/edi")
_NDJSON_NAMES = (NDJSON, "application/ndjson", "application/jsonl", "application/jsonlines")
_JSON = json_body(CLAIM, as_received=True, examples=(PROFESSIONAL_CLAIM, INSTITUTIONAL_CLAIM)).dependency
_LINES = ndjson_items(CLAIM, as_received=True).dependency
_FILE = raw_body(*_X12_NAMES, max_bytes=50_000_000, example=EXAMPLE_837)


@dataclass(frozen=True)
class ClaimsInAnyForm(JsonBody):
    """One claim as JSON, or many as NDJSON or an 837, by the Content-Type."""

    other_forms: ClassVar[Mapping[str, Any]] = {NDJSON: EXAMPLE_LINES, X12: EXAMPLE_837}

    __hash__ = object.__hash__

    async def __call__(self, request: Request) -> AnyClaim | Items:
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type in _NDJSON_NAMES:
            return items_of_lines(await _LINES(request))
        if media_type in _X12_NAMES:
            content = await _FILE.dependency(request)
            if not is_of_claims(content):
                raise UnreadableClaims("the file holds no 837; POST /v1/x12 takes the answers of clearinghouses in")
            return items_of_x12(content, caller_of(request).tenant)
        try:
            return cast(AnyClaim, await super().__call__(request))
        except UnsupportedMediaType:
            raise UnsupportedMediaType(f"send {JSON} or {NDJSON} in UTF-8, or {X12}") from None


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

_MANY: dict[int | str, dict[str, Any]] = {200: in_lines(SubmittedLine, "Of many claims: one answer a line.")}


@router.post(
    "/claims",
    status_code=201,
    response_model=SubmittedClaim,
    responses={**_MANY, 202: {"model": SubmittedClaim, "description": "Taken in and held: somebody must look first."}},
)
async def submit(caller: CanSubmitClaims, write: Write, intake: TheIntake, given: GivenClaims) -> Response:
    """Submit a claim: every edit runs now, and the answer has all findings. Many come as NDJSON or as an 837.

    Clean, it goes out with the next batch; else it waits on the scrubber's worklist, `GET /scrubber/v1/claims/{id}`.
    Either way it is taken: sent again, it is refused as `claim_exists`, or under the same Idempotency-Key answered as
    before. 503 without the scrubber: nothing is kept then, for no claim goes past the edits.
    """
    if isinstance(given, AsyncIterator):
        return NdjsonStream(intake.submitted(given))
    return await write.after(lambda: intake.take(given), _entered)


def _entered(scrubbed: Scrubbed) -> Effect:
    if scrubbed.status == "held":
        return Effect(lambda uow: enter(uow, scrubbed), SUBMITTED["held"])
    return Effect(lambda uow: enter(uow, scrubbed), SUBMITTED["queued"], lambda told: f"/v1/claims/{told.claim_id}")


@router.post("/claims/validate", response_model=SubmittedClaim, responses=_MANY)
async def validate(caller: CanValidateClaims, intake: TheIntake, given: GivenClaims) -> Response:
    """What submitting would answer, in any of its forms. Nothing is kept and nothing goes out."""
    if isinstance(given, AsyncIterator):
        return NdjsonStream(intake.examined(given))
    return answer(await intake.examine(given))


ByRoute = Annotated[
    str | None,
    Query(
        max_length=40,
        pattern=r"^[a-z0-9-]+$",
        description="By which route answers came; none where there is only one.",
    ),
]


@router.post(
    "/x12",
    status_code=202,
    response_model=ResponseFile,
    response_description="Of answers: kept, to be read within moments.",
    responses=_MANY,
)
async def submit_file(
    caller: CanSubmitClaims,
    write: Write,
    request: Request,
    intake: TheIntake,
    content: GivenFile,
    route: ByRoute = None,
) -> Response:
    """Take in a file of X12 as it stands: an 837 claim by claim, or a TA1, 999, 277CA, 277 or 835.

    A claim that cannot be read is answered with the place of each fault, and the next one goes on. A file that is sent
    twice gives the same claims, which are refused the second time. Answers are kept as if their route had brought
    them, once; what they say of nothing of ours is listed at `/v1/answers/unmatched`.
    """
    if is_of_claims(content):
        return NdjsonStream(intake.submitted(items_of_x12(content, caller.tenant)))
    name = route_handlers.route_of_file([way.terms for way in request.app.state.transmitter.ways], route)
    named = sha256(content).hexdigest()
    return await write(lambda uow: handlers.take_response(uow, name, named, content))
