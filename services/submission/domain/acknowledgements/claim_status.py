"""277: what a payer answers to a question about claims (005010X212). It tells, and moves nothing: an 835 does."""

from __future__ import annotations

from dataclasses import replace

from services.submission.domain.acknowledgements.claim_level import ClaimAcknowledgement, Traced
from services.submission.domain.answers import Answer
from shared.claims import PayerStatus


class ClaimStatus(ClaimAcknowledgement):
    """One 277, given answer by answer. TRN02 is the question's own trace number; the claim's number is REF*EJ."""

    def _answer(self, traced: Traced, statuses: tuple[PayerStatus, ...]) -> Answer:
        answer = super()._answer(traced, statuses)
        number = traced.references.get("EJ") if traced.scope == "claim" else None
        return replace(answer, source="277", verdict="none", patient_control_number=number)
