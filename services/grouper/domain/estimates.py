"""What Medicare would pay, with every step that led there: an estimate, never a promise.

Each payment system fills the same form, so that a reader who knows one knows all. What was not given or is not
supported is in `left_out`, in words; a number is never put where there is none.
"""

from __future__ import annotations

from typing import Literal

from shared.claims import Code, Date, HcpcsCode, LongText, Many, Model, Modifiers, Money, Quantity

Method = Literal["ipps", "opps", "mpfs"]
"""Inpatient or outpatient prospective payment system, Medicare physician fee schedule."""


class UsedRelease(Model):
    """A release of a reference table that an answer was read from."""

    table: str
    release: str


class Step(Model):
    """One amount on the way to the total, and how it came about."""

    name: str
    """Stable, such as `operating-federal-payment`."""
    amount: Money
    arithmetic: LongText
    """With the figures in it: `(4,000.00 × 0.676 × 1.02 + 4,000.00 × 0.324) × 1.5000`."""
    source: LongText
    """The rule: CFR section, or manual, chapter and section."""
    in_total: bool = True
    """Whether the total is the sum over this amount; an amount between, or shown for its own sake, is not."""


class LeftOut(Model):
    """Something that would change the amount and is not in it."""

    what: str
    """Stable, such as `outlier`."""
    reason: LongText
    """What was not given, or why it is not supported."""
    pointer: str | None = None
    """To the field or line that it is about, where it is about one."""


class PricedLine(Model):
    """A service line and its part of the estimate."""

    number: int
    """The line's number on the claim."""
    code: HcpcsCode | None
    modifiers: Modifiers = ()
    units: Quantity
    status: Code | None = None
    """The status indicator that the line is paid by, after claim logic: OPPS Addendum D1, or the fee schedule's."""
    apc: str | None = None
    outcome: Literal["paid", "packaged", "not-paid", "not-supported"]
    amount: Money | None = None
    """What Medicare allows, the patient's share in it. None where the outcome is `not-supported`."""
    patient_share: Money | None = None
    """Copayment or coinsurance, before any deductible; None where it is not known."""
    reason: LongText | None = None
    """In words why the line is packaged, not paid or not supported, and of what it is part."""
    steps: Many[Step] = ()


class Estimate(Model):
    """The payment of one claim or stay under one payment system of Medicare."""

    method: Method
    label: Literal["estimate"] = "estimate"
    as_of: Date
    """The day whose tables and rules were used."""
    total: Money | None
    """Dollars allowed; None where no amount can be said. `left_out` says why, and what is missing from an amount."""
    steps: Many[Step] = ()
    lines: Many[PricedLine] = ()
    left_out: Many[LeftOut] = ()
    releases: Many[UsedRelease] = ()
