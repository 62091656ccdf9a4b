"""Remittances: payments that came in, their claims, what of them is nobody's, and the accounts of claims."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from services.submission import remittance_views, secondary_offers
from services.submission.api.cursors import after_id
from services.submission.api.policies import CanReadClaims, CanReadRemittances, CanValidateClaims
from services.submission.remittance_records import (
    ClaimAccount,
    Remittance,
    RemittanceSummary,
    RemittedClaim,
    SecondaryDraft,
)
from services.submission.remittance_store import RemittanceState
from services.submission.scrubbing import Scrubber
from shared.http import Page, PageRequest, Read, encode_cursor
from shared.http.scope import runtime_of

router = APIRouter(prefix="/v1", tags=["remittances"])


@router.get("/remittances", response_model=Page[RemittanceSummary])
async def list_remittances(
    caller: CanReadRemittances,
    session: Read,
    page: PageRequest,
    state: Annotated[tuple[RemittanceState, ...], Query(description="In any of these states.")] = (),
    payer: Annotated[str | None, Query(max_length=80, description="The payer's id.")] = None,
    trace_number: Annotated[str | None, Query(max_length=50, description="The check or EFT number.")] = None,
    nobodys: Annotated[
        bool, Query(description="Those in which no claim and no billing provider of ours is named.")
    ] = False,
) -> Page[RemittanceSummary]:
    """Payments of payers, oldest first, with their sums and whether they balance."""
    found = await remittance_views.remittances(
        session, caller.tenant, states=state, payer=payer, trace_number=trace_number, nobodys=nobodys,
        after=after_id(page), limit=page.limit + 1,
    )  # fmt: skip
    shown = tuple(found[: page.limit])
    return Page(items=shown, next_cursor=encode_cursor([shown[-1].id]) if len(found) > page.limit else None)


@router.get("/remittances/{remittance_id}", response_model=Remittance)
async def read_remittance(caller: CanReadRemittances, session: Read, remittance_id: str) -> Remittance:
    """One payment: what does not add up and where, and what moves on the provider's account."""
    return await remittance_views.remittance(session, caller.tenant, remittance_id)


@router.get("/remittances/{remittance_id}/claims", response_model=Page[RemittedClaim])
async def list_claims_of_remittance(
    caller: CanReadRemittances, session: Read, page: PageRequest, remittance_id: str
) -> Page[RemittedClaim]:
    """The claims of a payment as the payer decided on them, in its order."""
    position = page.after(int)
    after = None if position is None else int(position[0] or 0)
    found = await remittance_views.claims_of(session, caller.tenant, remittance_id, after=after, limit=page.limit + 1)
    shown = found[: page.limit]
    more = encode_cursor([shown[-1][0]]) if len(found) > page.limit else None
    return Page(items=tuple(claim for _, claim in shown), next_cursor=more)


@router.get("/claims/{claim_id}/account", response_model=ClaimAccount)
async def read_account(caller: CanReadClaims, session: Read, claim_id: str) -> ClaimAccount:
    """What was paid and adjusted on a claim, what is open and whose it is, and every posting behind it."""
    return await remittance_views.claim_account(session, caller.tenant, claim_id)


@router.post("/claims/{claim_id}/secondary", response_model=SecondaryDraft)
async def offer_secondary(caller: CanValidateClaims, request: Request, claim_id: str) -> SecondaryDraft:
    """The claim for the payer after the one that has decided, with its decision filled in: paid, adjustments, dates.

    It is a draft that the edits have seen, and nothing is kept. `POST /v1/claims` submits it, past every edit again.
    Its id is the same whenever it is asked for, so that it is billed once.
    """
    async with runtime_of(request).database.read() as session:
        draft = await secondary_offers.secondary_draft(session, caller.tenant, claim_id)
    scrubber: Scrubber = request.app.state.scrubber
    report = await scrubber.examine(draft, request.headers.get("authorization", ""))
    return SecondaryDraft(claim=draft, report=report)
