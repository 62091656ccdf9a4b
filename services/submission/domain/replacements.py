"""Payers that take a claim once: what they have decided on is not mended by another claim."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from services.submission.domain.resubmission import REPLACEMENT, VOID, AnyClaim
from services.submission.errors import ReplacementNotTaken
from services.submission.parameters import parameter


def check_taken(claim: AnyClaim, frequency: str, day: date) -> None:
    """Raises ReplacementNotTaken, with what to do instead, where the billed payer takes no claim of that frequency."""
    if frequency not in (REPLACEMENT, VOID):
        return
    editions = parameter("replacements")
    refusing = editions.on(max(day, editions.begins)).get(claim.billed_coverage.filing_indicator or "", {})
    terms: Mapping[str, str] | None = refusing.get(claim.kind)
    if terms is not None:
        raise ReplacementNotTaken(terms["instead"], extra={"source": terms["source"]})
