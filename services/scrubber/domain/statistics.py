"""The figures of the scrubber: what each counts, by whose definition, and over what.

A claim passes through the scrubber once or more: a **passage** begins when it comes from the line and ends when it is
cleared, returned to the coder, or replaced by the claim as it was coded anew meanwhile. A claim that is returned, or
rejected by the payer and corrected, passes again. Days are days in UTC. What a figure is grouped and filtered by
(payer, facility, kind, value) is as the claim came.
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from services.scrubber.domain.claim_parts import AnyClaim
from shared.claims import ClaimKind, Instant, Model, Money

By = Literal["all", "payer", "coder", "facility", "kind", "day", "week", "month"]
"""What figures are told apart by. A week is an ISO 8601 week, from Monday on."""

Behind = Literal["came", "clean", "cleared", "touchless", "fixed", "held", "overridden"]
"""Which claims of a figure are asked for."""

_FOUR_PLACES = Decimal("0.0001")
_TWO_PLACES = Decimal("0.01")
_SECONDS_OF_AN_HOUR = 3600


class RateFigure(Model):
    """How many claims were clean, and how many went out without a touch.

    `clean_claim_rate` is HFMA's MAP Key CL-1: claims that pass the edits and need no manual intervention, over claims
    that are taken in for billing. Counted by claims that came for the first time in the period: a claim is clean where
    that first examination, after the format repairs, found no error. What becomes of it later does not change it.

    `touchless_rate` is over the passages that were cleared in the period: touchless where no person has changed the
    claim, let a finding of it pass, sent it back to its coder or corrected it after a rejection, in this passage or in
    one before. A claim that was held and passed when the edits ran again is touchless and not clean. Neither says that
    a payer took the claim: first-pass acceptance is a figure of the submission.
    """

    of: str
    """The group; empty for claims of which it is not known, `all` for all."""
    came: int
    clean: int
    clean_claim_rate: Decimal | None
    """Four places, half up; None of nothing."""
    cleared: int
    touchless: int
    touchless_rate: Decimal | None
    """As `clean_claim_rate`."""

    @classmethod
    def counted(cls, of: str, *, came: int = 0, clean: int = 0, cleared: int = 0, touchless: int = 0) -> RateFigure:
        return cls(
            of=of,
            came=came,
            clean=clean,
            clean_claim_rate=share(clean, came),
            cleared=cleared,
            touchless=touchless,
            touchless_rate=share(touchless, cleared),
        )


class EditFigure(Model):
    """What an edit held in the period: by the day on which it first held the claim in a passage. Errors only.

    `findings` are counted as they were when the edit first held the claim, `claims` once each; `value` is what these
    claims charge. `overridden` are those of them in which a person let the edit pass: many of one edit say that it is
    wrong, or that its payer does not apply it.
    """

    of: str
    """As of RateFigure."""
    edit_id: str
    findings: int
    claims: int
    value: Money
    overridden: int
    share_overridden: Decimal | None
    """Of the claims, four places."""


class FixTimeFigure(Model):
    """How long held claims waited until they were cleared, over the passages that were cleared in the period.

    From the moment at which the claim was held to the moment at which it was cleared, nights and weekends included;
    hours to two places. A passage that ended with the coder is not among them. The median is the least time within
    which half of them were cleared, `p90` that for nine in ten (nearest rank): each is the time of a claim.
    """

    of: str
    """As of RateFigure."""
    fixed: int
    median_hours: Decimal | None
    p90_hours: Decimal | None

    @classmethod
    def counted(cls, of: str, fixed: int, median: int | None, p90: int | None) -> FixTimeFigure:
        """Of seconds."""
        return cls(of=of, fixed=fixed, median_hours=hours(median), p90_hours=hours(p90))


class PassedClaim(Model):
    """A passage behind a figure. Says nothing of the patient: who may see the claim finds it by its id."""

    claim_id: str
    passage: int
    """Counts from 1."""
    kind: ClaimKind
    payer: str
    """Payer id; empty where the claim names none."""
    facility: str
    """NPI of who renders the services, else of who bills; empty where the claim names neither."""
    coder: str
    """Who finalized the chart that this passage began with; empty where it is not known."""
    total_charge: Money
    came_at: Instant
    clean: bool
    """The first examination of this passage found no error."""
    touched: bool
    status: Literal["cleared", "held", "returned", "replaced"]
    ended_at: Instant | None
    hours_to_fix: Decimal | None
    """From held to cleared; None where it was not held, or not cleared."""


def facility_of(claim: AnyClaim) -> str:
    """The NPI of the service facility, else of the billing provider: who renders (X12 2310C or 2310E, 2010AA)."""
    facility = claim.service_facility and claim.service_facility.npi
    return str(facility or claim.billing.npi or "")


def share(part: int, whole: int) -> Decimal | None:
    """A share of one, four places, half up; None of nothing."""
    return (Decimal(part) / whole).quantize(_FOUR_PLACES, ROUND_HALF_UP) if whole else None


def hours(seconds: int | None) -> Decimal | None:
    return None if seconds is None else (Decimal(seconds) / _SECONDS_OF_AN_HOUR).quantize(_TWO_PLACES, ROUND_HALF_UP)


def name_of_period(by: By, first: date) -> str:
    """`2026-11-24` of a day, `2026-W48` of the week that begins on it, `2026-11` of the month."""
    if by == "week":
        year, week, _ = first.isocalendar()
        return f"{year}-W{week:02d}"
    return f"{first:%Y-%m}" if by == "month" else first.isoformat()
