"""Payers that take a claim once: what they have decided on is not mended by another claim."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from services.submission.domain.resubmission import REPLACEMENT, VOID, AnyClaim
from services.submission.errors import ReplacementNotTaken
from services.submission.parameters import parameter
from shared.claims import ClaimKind


class Instead(NamedTuple):
    """What to do where a payer takes no replacement or void, in words, and who says so."""

    words: str
    source: str


def instead_of_replacement(filing_indicator: str, kind: ClaimKind, day: date) -> Instead | None:
    """By claim filing indicator (SBR09, CLP06); None where the payer takes replacements on `day`."""
    editions = parameter("replacements")
    terms = editions.on(max(day, editions.begins)).get(filing_indicator, {}).get(kind)
    return Instead(terms["instead"], terms["source"]) if terms is not None else None


def check_taken(claim: AnyClaim, frequency: str, day: date) -> None:
    """Raises ReplacementNotTaken, with what to do instead, where the billed payer takes no claim of that frequency."""
    if frequency not in (REPLACEMENT, VOID):
        return
    instead = instead_of_replacement(claim.billed_coverage.filing_indicator or "", claim.kind, day)
    if instead is not None:
        raise ReplacementNotTaken(instead.words, extra={"source": instead.source})
