"""Whether what the grouper expects to be paid for a claim holds after the claim was changed behind it."""

from __future__ import annotations

from typing import Any

from services.scrubber.domain.claim_parts import AnyClaim
from shared.claims import ExpectedPayment

_BESIDE_PRICE = {
    "patient_control_number", "frequency", "billed_sequence", "coverages", "references", "fixed_format", "note",
    "claim_notes", "billing_note", "supporting_documents", "delay_reason", "pay_to_address", "pay_to_plan", "referring",
    "attending", "operating", "other_operating", "supervising", "primary_care",
}  # fmt: skip
"""What no payment system of Medicare pays by. Everything else may count, so a change of it ends the expectation."""


def still_expected(expected: ExpectedPayment | None, before: AnyClaim, after: AnyClaim) -> ExpectedPayment | None:
    """`expected` of the claim `before`, where it is so of the claim `after` too; else None: nobody has priced that."""
    if expected is None or _priced_by(before) != _priced_by(after):
        return None
    return expected


def _priced_by(claim: AnyClaim) -> dict[str, Any]:
    facts = claim.model_dump(exclude=_BESIDE_PRICE)
    return facts | {"payer": claim.billed_coverage.filing_indicator, "is_first": claim.billed_sequence == "P"}
