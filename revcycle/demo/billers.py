"""Billers at work: correct what the edits hold, correct what the payers reject. Nothing skips the edits."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from revcycle.demo.api import Api, Json
from revcycle.demo.book import Book, Case
from revcycle.demo.corrections import corrected
from samples.models import Change

BILLERS = ("biller", "billing-lead")

_ABOUT_THE_MEMBER = frozenset({"A3:33", "A7:88", "A7:97", "A7:26"})
"""Member not found, not eligible, not covered (277CA): the payer's word on the person, not on the claim."""

_MOST_REJECTIONS = 5
_REST_SECONDS = 0.5


async def work_held_claims(api: Api, book: Book) -> None:
    """Empty the scrubber's worklist again and again, until cancelled."""
    while True:
        holds = [hold async for hold in api.pages("/scrubber/v1/holds")]
        for hold in holds:
            await _work_hold(api, book, book.of_claim(hold["id"]))
        await asyncio.sleep(_REST_SECONDS)


async def _work_hold(api: Api, book: Book, case: Case) -> None:
    if case.unexpected:
        return
    record = await api.get(f"/scrubber/v1/claims/{case.claim_id}")
    if record["status"] != "held":
        return
    edits = sorted({one["edit_id"] for one in record["report"]["findings"] if one["severity"] == "error"})
    if case.held_by or case.sample is None or case.sample.fate != "held" or case.sample.defect is None:
        case.unexpected = f"held by {', '.join(edits)}"
        return
    case.held_by = edits
    book.tally["held"] += 1
    claim = corrected(record["claim"], case.sample.defect.cure)
    await api.put(f"/scrubber/v1/claims/{case.claim_id}", claim, version=record["version"])
    book.tally["corrected"] += 1


async def work_rejections(api: Api, book: Book) -> None:
    """Empty the rejection worklist again and again, until cancelled."""
    while True:
        rejections = [rejected async for rejected in api.pages("/submission/v1/rejections")]
        for rejected in rejections:
            await _work_rejection(api, book, rejected)
        await asyncio.sleep(_REST_SECONDS)


async def _work_rejection(api: Api, book: Book, rejected: Json) -> None:
    summary, statuses = rejected["summary"], rejected["rejection"]["statuses"]
    case = book.of_claim(summary["id"])
    if case.unexpected:
        return
    reasons = [f"{status['category']}:{status['status']}" for status in statuses]
    cure = _cure(case, reasons)
    if cure is None:
        case.unexpected = f"rejected: {', '.join(reasons)}"
        return
    case.rejected_for += reasons
    book.tally["rejected"] += 1
    timeline = await api.get(f"/submission/v1/claims/{case.claim_id}")
    claim = corrected(timeline["claim"], cure)
    await api.post(f"/submission/v1/claims/{case.claim_id}/correct", claim, version=timeline["version"])
    book.tally["resubmitted"] += 1


def _cure(case: Case, reasons: list[str]) -> Sequence[Change] | None:
    """What to change before the claim goes out again; None where nobody knows.

    A member that was not found is looked up with the payer. Here the card is always right, so nothing changes and the
    payer finds the member in the end.
    """
    if _ABOUT_THE_MEMBER.issuperset(reasons):
        return () if len(case.rejected_for) < _MOST_REJECTIONS else None
    if case.cured or case.sample is None or case.sample.fate != "rejected" or case.sample.defect is None:
        return None
    case.cured = True
    return case.sample.defect.cure
