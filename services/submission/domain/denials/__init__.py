"""Denials: what of an adjudicated claim the payer refuses to pay, and why.

A denial was adjudicated; a rejection never was. Write-offs by contract, shares of the patient and decisions of other
payers are no denials, whatever their amount.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import Any

from services.submission.domain.remittances.lines import line_numbers
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


def denial_of(claim: RemittedClaim, day: date, numbers: Sequence[int] | None = None) -> Denial | None:
    """What `claim` refuses by the categories of `day`; None where it refuses nothing, or takes back what was paid.

    `numbers` are the lines of our claim that its services are.
    """
    if claim.is_reversal:
        return None
    numbers = numbers or line_numbers(claim.lines)
    reasons = [reason for reason in _reasons(claim, numbers, day) if reason.amount > 0]
    if not reasons and claim.status == DENIED and claim.charged > claim.paid:
        unpaid = claim.charged - claim.paid
        reasons = [DenialReason(line=None, group="", carc="", rarcs=claim.remarks, amount=unpaid, category=UNLISTED)]
    return Denial(tuple(reasons)) if reasons else None


def _reasons(claim: RemittedClaim, numbers: Sequence[int], day: date) -> Iterator[DenialReason]:
    """A line's remarks are its own and those of the claim, such as MA130, which holds for all of it."""
    for adjustment in claim.adjustments:
        yield from _reason(adjustment, None, claim.remarks, day)
    for number, line in zip(numbers, claim.lines, strict=True):
        remarks = tuple(dict.fromkeys((*line.remarks, *claim.own_remarks)))
        for adjustment in line.adjustments:
            yield from _reason(adjustment, number, remarks, day)


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
    """The category of a claim adjustment reason code; `unlisted` where it stands in none."""
    by_code, categories = _categories(day)
    return categories[by_code.get(carc, UNLISTED)]


def category_named(name: str, day: date) -> DenialCategory:
    """The category of that name; `unlisted` where there is none such."""
    _, categories = _categories(day)
    return categories.get(name, categories[UNLISTED])


@cache
def _categories(day: date) -> tuple[Mapping[str, str], Mapping[str, DenialCategory]]:
    editions = parameter("denial_categories")
    # A payer's notice may bear any date: one before the first edition is read by the first.
    listed: Mapping[str, Mapping[str, Any]] = editions.on(max(day, editions.begins))
    by_code = {code: name for name, entry in listed.items() for code in entry["carcs"]}
    categories = {
        name: DenialCategory(name=name, is_denial=entry["denial"], meaning=entry["meaning"], advice=entry.get("advice"))
        for name, entry in listed.items()
    }
    return MappingProxyType(by_code), MappingProxyType(categories)
