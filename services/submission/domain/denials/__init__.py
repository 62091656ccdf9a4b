"""Denials: what of an adjudicated claim the payer refuses to pay, why, and until when that can be appealed.

A denial was adjudicated; a rejection never was. Write-offs by contract, shares of the patient and decisions of other
payers are no denials, whatever their amount.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import Any

from services.submission.domain.references import line_number_of
from services.submission.domain.x12.reading.advice import DENIED, NOTHING, Adjustment, RemittedClaim
from services.submission.parameters import parameter
from shared.claims import Many, Model, Money

UNLISTED = "unlisted"


class DenialCategory(Model):
    """What kind of reason it is, in plain words of ours."""

    name: str
    is_denial: bool
    meaning: str
    advice: str | None = None
    """What usually helps."""


class DenialReason(Model):
    """One reason for which something was not paid."""

    line: int | None
    """None of the claim as a whole."""
    group: str
    """CAS01: CO, OA, PI, PR."""
    carc: str
    """Claim adjustment reason code; "" where the payer denies the claim without one."""
    rarcs: Many[str]
    """Remittance advice remark codes of the same line or claim."""
    amount: Money
    category: str


@dataclass(frozen=True)
class Denial:
    """What is refused of one adjudicated claim."""

    reasons: tuple[DenialReason, ...]

    @property
    def amount(self) -> Decimal:
        return sum((reason.amount for reason in self.reasons), NOTHING)

    @property
    def main(self) -> DenialReason:
        """The reason that most of the money goes with; of several the first."""
        by_code: dict[str, Decimal] = {}
        for reason in self.reasons:
            by_code[reason.carc] = by_code.get(reason.carc, NOTHING) + reason.amount
        carc = max(by_code, key=lambda code: by_code[code])
        return next(reason for reason in self.reasons if reason.carc == carc)


def denial_of(claim: RemittedClaim, day: date) -> Denial | None:
    """What `claim` refuses by the categories of `day`; None where it refuses nothing, or takes back what was paid."""
    if claim.is_reversal:
        return None
    reasons = [reason for reason in _reasons(claim, day) if reason.amount > 0]
    if not reasons and claim.status == DENIED and claim.charged > claim.paid:
        unpaid = claim.charged - claim.paid
        reasons = [DenialReason(line=None, group="", carc="", rarcs=claim.remarks, amount=unpaid, category=UNLISTED)]
    return Denial(tuple(reasons)) if reasons else None


def _reasons(claim: RemittedClaim, day: date) -> Iterator[DenialReason]:
    for adjustment in claim.adjustments:
        yield from _reason(adjustment, None, claim.remarks, day)
    for place, line in enumerate(claim.lines, 1):
        number = line_number_of(line.control_number) or place
        for adjustment in line.adjustments:
            yield from _reason(adjustment, number, line.remarks, day)


def _reason(adjustment: Adjustment, line: int | None, rarcs: tuple[str, ...], day: date) -> Iterator[DenialReason]:
    found = category_of(adjustment.reason, day)
    if found.is_denial:
        yield DenialReason(
            line=line,
            group=adjustment.group,
            carc=adjustment.reason,
            rarcs=rarcs,
            amount=adjustment.amount,
            category=found.name,
        )


def category_of(carc: str, day: date) -> DenialCategory:
    """The category of a claim adjustment reason code; `unlisted` where it stands in none. Raises NoEdition."""
    by_code, categories = _categories(day)
    return categories[by_code.get(carc, UNLISTED)]


def category_named(name: str, day: date) -> DenialCategory:
    """The category of that name; `unlisted` where there is none such. Raises NoEdition."""
    _, categories = _categories(day)
    return categories.get(name, categories[UNLISTED])


@cache
def _categories(day: date) -> tuple[Mapping[str, str], Mapping[str, DenialCategory]]:
    listed: Mapping[str, Mapping[str, Any]] = parameter("denial_categories").on(day)
    by_code = {code: name for name, entry in listed.items() for code in entry["carcs"]}
    categories = {
        name: DenialCategory(name=name, is_denial=entry["denial"], meaning=entry["meaning"], advice=entry.get("advice"))
        for name, entry in listed.items()
    }
    return MappingProxyType(by_code), MappingProxyType(categories)


def appeal_deadline(filing_indicator: str, notice_on: date) -> date | None:
    """The last day for an appeal of a decision of `notice_on`; None where the payer's time is not known."""
    limit = parameter("appeal_limits").on(notice_on).get(filing_indicator)
    return None if limit is None else notice_on + timedelta(days=limit["presumed_receipt"] + limit["days"])
