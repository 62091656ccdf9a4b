"""Until when a denial can be appealed or replaced: by the customer's contract with its payer, else by law.

A customer keeps its contracts' times itself, in editions: which one holds is decided by the day of the payer's notice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field, model_validator

from services.submission.parameters import parameter
from shared.claims import Date, Many, Model

_CENT = Decimal("0.01")

Days = Annotated[int, Field(ge=1, le=3660)]

Basis = Literal["contract", "rule", "claim", "none", "unknown"]
"""contract: the customer's own. rule: law. claim: the time for filing of the claim itself. none: it cannot be
appealed, or replaced. unknown: neither the customer nor the law says it."""


class AppealTime(Model):
    """How long a decision can be appealed."""

    days: Days
    counted_from: Literal["notice", "receipt"] = "notice"
    presumed_receipt: Annotated[int, Field(ge=0, le=30)] = 0
    """Days after the notice on which it is taken to be received."""

    @model_validator(mode="after")
    def _receipt_is_counted(self) -> AppealTime:
        if self.presumed_receipt and self.counted_from == "notice":
            raise ValueError("presumed_receipt says nothing where the days are counted from the notice")
        return self

    def ends(self, notice_on: date) -> date:
        return _later(notice_on, self.presumed_receipt + self.days)


class FilingTime(Model):
    """How long a claim that was decided on can be replaced."""

    days: Days
    counted_from: Literal["notice", "service"] = "notice"
    """service: from the last day of service."""


class Tolerance(Model):
    """How much less than expected a payer may allow before it is an underpayment: the greater of the two."""

    amount: Annotated[Decimal, Field(ge=0, le=1_000_000, max_digits=9, decimal_places=2)]
    """Dollars."""
    percent: Annotated[Decimal, Field(ge=0, le=100, max_digits=5, decimal_places=2)]
    """Of what is expected."""

    def of(self, expected: Decimal) -> Decimal:
        return max(self.amount, (expected * self.percent / 100).quantize(_CENT))


class PayerLimit(Model):
    """What holds with a payer from one day until another, both included."""

    effective: Date
    through: Date | None = None
    appeal: AppealTime | None = None
    filing: FilingTime | None = None
    underpayment: Tolerance | None = None
    source: Annotated[str, Field(min_length=1, max_length=200)]
    """The contract and its section, or the payer's manual."""

    def covers(self, day: date) -> bool:
        return self.effective <= day and (self.through is None or day <= self.through)


class LimitEditions(Model):
    """All that a customer keeps of one payer's times."""

    editions: Annotated[Many[PayerLimit], Field(max_length=100)]


class Deadline(NamedTuple):
    """A last day, and by what it was counted; no day where there is none, or none is known."""

    day: date | None
    basis: Basis
    source: str | None


_UNKNOWN = Deadline(None, "unknown", None)


def _later(day: date, days: int) -> date:
    """A payer's file may bear any date, the last of the calendar too."""
    return day + timedelta(days=min(days, (date.max - day).days))


def fault_of_editions(editions: Sequence[PayerLimit]) -> tuple[str, str] | None:
    """A JSON pointer and what is wrong there; None where each day has one edition at most."""
    for place, edition in enumerate(editions):
        if edition.through is not None and edition.through < edition.effective:
            return f"/editions/{place}/through", "an edition ends before it begins"
        if edition.appeal is None and edition.filing is None and edition.underpayment is None:
            says = "an edition says how long to appeal, how long to replace, or from when on it is an underpayment"
            return f"/editions/{place}", says
    by_begin = sorted(enumerate(editions), key=lambda one: one[1].effective)
    for (_, before), (place, after) in pairwise(by_begin):
        if before.through is None or before.through >= after.effective:
            return f"/editions/{place}/effective", "the edition before has not ended on that day"
    return None


def tolerance(limits: Iterable[PayerLimit], notice_on: date) -> Tolerance | None:
    """The customer's own on the day of the payer's notice; None where it keeps none."""
    own = (limit.underpayment for limit in limits if limit.underpayment is not None and limit.covers(notice_on))
    return next(own, None)


def appeal_deadline(
    limits: Iterable[PayerLimit], filing_indicator: str, notice_on: date, remarks: Iterable[str] = ()
) -> Deadline:
    """The last day for an appeal of a decision of `notice_on`; `remarks` are the RARC of the decision.

    What the law calls no determination cannot be appealed, whatever a contract says.
    """
    rule = _rule(filing_indicator, notice_on)
    if is_unprocessable(filing_indicator, notice_on, remarks):
        return Deadline(None, "none", rule["unprocessable"]["source"])
    own = next((limit for limit in limits if limit.appeal is not None and limit.covers(notice_on)), None)
    if own is not None and own.appeal is not None:
        return Deadline(own.appeal.ends(notice_on), "contract", own.source)
    if not rule:
        return _UNKNOWN
    return Deadline(_later(notice_on, rule["presumed_receipt"] + rule["days"]), "rule", rule["source"])


def is_unprocessable(filing_indicator: str, notice_on: date, remarks: Iterable[str]) -> bool:
    """Whether the payer says with its remark codes (RARC) that it has decided nothing: the claim is to be sent anew."""
    unprocessable = _rule(filing_indicator, notice_on).get("unprocessable")
    return unprocessable is not None and not set(remarks).isdisjoint(unprocessable["remarks"])


def _rule(filing_indicator: str, notice_on: date) -> Mapping[str, Any]:
    editions = parameter("appeal_limits")
    rule: Mapping[str, Any] = editions.on(max(notice_on, editions.begins)).get(filing_indicator) or {}
    return rule


def filing_deadline(
    limits: Iterable[PayerLimit], notice_on: date, last_service: date | None, of_claim: date | None
) -> Deadline:
    """The last day for a replacement: by contract, else `of_claim`, until when the claim itself could be filed."""
    own = next((limit for limit in limits if limit.filing is not None and limit.covers(notice_on)), None)
    if own is not None and own.filing is not None:
        counted_from = notice_on if own.filing.counted_from == "notice" else last_service
        if counted_from is not None:
            return Deadline(_later(counted_from, own.filing.days), "contract", own.source)
    return _UNKNOWN if of_claim is None else Deadline(of_claim, "claim", None)
