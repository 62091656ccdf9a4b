"""What of payments a person decides: whose a claim is, what becomes of a payment that differs, what money was for."""

from collections.abc import Awaitable
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from services.submission import payment_handlers, remittance_views, unmatched_handlers
from services.submission.api.cursors import after_id
from services.submission.api.policies import CanPostRemittances, CanReadRemittances
from services.submission.remittance_records import (
    AdjustmentSettlement,
    Dismissal,
    Matching,
    PaymentChoice,
    ProviderAdjustmentShown,
    RemittanceSummary,
    RemittedClaim,
    UnmatchedClaim,
)
from services.submission.remittance_store import (
    AdjustmentState,
    ProviderAdjustmentRow,
    RemittanceRow,
    RemittedClaimRow,
)
from shared.http import IfMatch, Page, PageRequest, Read, Write, answer, encode_cursor, json_body
from shared.http.scope import runtime_of

router = APIRouter(prefix="/v1/remittances", tags=["remittances"])

_WRONG_NUMBER = {"claim_id": "0193628d-58f5-7a70-8d2e-7a3d8ef0a001", "reason": "The payer cut the control number"}
_CORRECTED = {"choice": "replace", "reason": "The payer sent the payment again, corrected"}

RemittedClaimPath = Annotated[str, Path(max_length=36, description="The id of the claim of a payment.")]
PositionPath = Annotated[int, Path(ge=0, le=2**31 - 1, description="Its place among the adjustments of the payment.")]
GivenMatching = Annotated[Matching, json_body(Matching, examples=(_WRONG_NUMBER,))]
GivenDismissal = Annotated[Dismissal, json_body(Dismissal, examples=({"reason": "Of a practice that was sold"},))]
GivenMistake = Annotated[Dismissal, json_body(Dismissal, examples=({"reason": "It was her sister's visit"},))]
GivenChoice = Annotated[PaymentChoice, json_body(PaymentChoice, examples=(_CORRECTED,))]
GivenSettlement = Annotated[
    AdjustmentSettlement, json_body(AdjustmentSettlement, examples=({"reason": "Interest, booked as such"},))
]


@router.get("/unmatched", response_model=Page[RemittedClaim])
async def list_unmatched(
    caller: CanReadRemittances,
    session: Read,
    page: PageRequest,
    dismissed: Annotated[bool, Query(description="Those instead that somebody has dismissed.")] = False,
) -> Page[RemittedClaim]:
    """Claims of payments that are of no claim that is known, oldest first. They are kept, and posted nowhere."""
    found = await remittance_views.unmatched(
        session, caller.tenant, dismissed=dismissed, after=after_id(page), limit=page.limit + 1
    )
    shown = tuple(found[: page.limit])
    return Page(items=shown, next_cursor=encode_cursor([shown[-1].id]) if len(found) > page.limit else None)


@router.get("/unmatched/{remitted_claim_id}", response_model=UnmatchedClaim)
async def read_unmatched(caller: CanReadRemittances, session: Read, remitted_claim_id: RemittedClaimPath) -> Response:
    """One of them with the claims that it may be of, the likeliest first: what they share, what speaks against.

    They are looked for by the first half of the control number, the payer's number, the member id and the charge.
    """
    return answer(await remittance_views.unmatched_claim(session, caller.tenant, remitted_claim_id))


@router.post("/unmatched/{remitted_claim_id}/match", response_model=RemittedClaim)
async def match(
    caller: CanPostRemittances,
    request: Request,
    write: Write,
    remitted_claim_id: RemittedClaimPath,
    version: IfMatch,
    matching: GivenMatching,
) -> Response:
    """Say whose it is: it is posted to that claim as if its number had named it, with all that follows.

    409 `match_doubtful` with `misfits` where charge, patient or days do not go together, unless `confirm` is true.
    """
    async with runtime_of(request).database.read() as session:
        said = await unmatched_handlers.as_it_came(session, caller.tenant, remitted_claim_id)
    return await write(lambda uow: _claim(unmatched_handlers.match(uow, remitted_claim_id, version, matching, said)))


@router.post("/unmatched/{remitted_claim_id}/unmatch", response_model=RemittedClaim)
async def unmatch(
    caller: CanPostRemittances,
    write: Write,
    remitted_claim_id: RemittedClaimPath,
    version: IfMatch,
    mistake: GivenMistake,
) -> Response:
    """Take back a match that was a mistake: what it posted is undone on the claim, and it waits on the list again."""
    return await write(lambda uow: _claim(unmatched_handlers.unmatch(uow, remitted_claim_id, version, mistake.reason)))


@router.post("/unmatched/{remitted_claim_id}/dismiss", response_model=RemittedClaim)
async def dismiss(
    caller: CanPostRemittances,
    write: Write,
    remitted_claim_id: RemittedClaimPath,
    version: IfMatch,
    dismissal: GivenDismissal,
) -> Response:
    """Say that it is none of ours. It leaves the list, is kept, and can still be matched."""
    return await write(
        lambda uow: _claim(unmatched_handlers.dismiss(uow, remitted_claim_id, version, dismissal.reason))
    )


@router.get("/provider-adjustments", response_model=Page[ProviderAdjustmentShown])
async def list_provider_adjustments(
    caller: CanReadRemittances,
    session: Read,
    page: PageRequest,
    state: Annotated[AdjustmentState, Query(description="Those nobody has settled yet, or those settled.")] = "open",
) -> Page[ProviderAdjustmentShown]:
    """What payers took from or gave to providers' accounts beside their claims (PLB), oldest first."""
    values = page.after(str, int)
    after = None if values is None else (str(values[0]), int(values[1] or 0))
    found = await remittance_views.provider_adjustments(
        session, caller.tenant, state=state, after=after, limit=page.limit + 1
    )
    shown = tuple(found[: page.limit])
    more = len(found) > page.limit
    place = encode_cursor([shown[-1].remittance_id, shown[-1].position]) if more else None
    return Page(items=shown, next_cursor=place)


@router.post("/{remittance_id}/provider-adjustments/{position}/settle", response_model=ProviderAdjustmentShown)
async def settle_provider_adjustment(
    caller: CanPostRemittances,
    write: Write,
    remittance_id: str,
    position: PositionPath,
    version: IfMatch,
    settlement: GivenSettlement,
) -> Response:
    """Say what an adjustment was for, and which claim it is about. No claim's account changes by it."""
    return await write(
        lambda uow: _adjustment(payment_handlers.settle(uow, remittance_id, position, version, settlement))
    )


@router.post("/{remittance_id}/decide", response_model=RemittanceSummary)
async def decide(
    caller: CanPostRemittances, write: Write, remittance_id: str, version: IfMatch, choice: GivenChoice
) -> Response:
    """Say what becomes of a payment that differs from the same payment posted before.

    `add` posts it beside, `replace` takes the other's postings back first, `set_aside` posts nothing. Its claims are
    posted within moments.
    """
    return await write(lambda uow: _summary(payment_handlers.choose(uow, remittance_id, version, choice)))


@router.post("/{remittance_id}/adopt", response_model=RemittanceSummary)
async def adopt(caller: CanPostRemittances, write: Write, remittance_id: str) -> Response:
    """Take a payment that was nobody's when it came (`GET /v1/remittances?nobodys=true`). Posted within moments.

    409 `payee_unknown` unless claims of the caller, and of nobody else, name its payee as billing provider.
    """
    return await write(lambda uow: _summary(payment_handlers.adopt(uow, remittance_id)))


async def _claim(done: Awaitable[RemittedClaimRow]) -> RemittedClaim:
    return remittance_views.remitted_claim(await done)


async def _adjustment(done: Awaitable[ProviderAdjustmentRow]) -> ProviderAdjustmentShown:
    return remittance_views.provider_adjustment(await done)


async def _summary(done: Awaitable[RemittanceRow]) -> RemittanceSummary:
    return remittance_views.summary(await done)
