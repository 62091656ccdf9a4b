"""What a payer decides on a claim it has taken: by the seed and the claim alone, so that a run can be repeated.

Amounts are invented, and add up: of every line what is charged is paid, adjusted, or the patient's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from services.simulator.domain.behaviour import Behaviour
from services.simulator.domain.received_claims import ReceivedClaim, ReceivedLine

NOTHING = Decimal("0.00")
_CENT = Decimal("0.01")
_COINSURANCE = Decimal("0.20")
_REDUCED = Decimal("0.90")

_DENIALS = (("29", ""), ("197", "M62"), ("50", "N115"), ("16", "N290"), ("27", ""), ("22", ""), ("18", ""))
"""CARC and RARC: too late, no authorization, not necessary, something missing, not covered, other payer, duplicate."""

PRIMARY, DENIED, REVERSAL = "1", "4", "22"

REPLACEMENT, VOID = "7", "8"
"""CLM05-3 of claims that take back what the payer has: by REF*F8, its number of it."""


class Adjustment(NamedTuple):
    """One reason of a CAS."""

    group: str
    reason: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class DecidedLine:
    """A service line with what is paid for it and why not all."""

    line: ReceivedLine
    charged: Decimal
    paid: Decimal
    allowed: Decimal
    adjustments: tuple[Adjustment, ...]
    remark: str = ""

    @property
    def taken_back(self) -> DecidedLine:
        adjustments = tuple(one._replace(amount=-one.amount) for one in self.adjustments)
        return replace(
            self, charged=-self.charged, paid=-self.paid, allowed=-self.allowed, adjustments=adjustments, remark=""
        )


@dataclass(frozen=True, slots=True)
class Decision:
    """A claim as it is adjudicated. `status` is CLP02."""

    claim: ReceivedClaim
    payer_number: str
    status: str
    lines: tuple[DecidedLine, ...]

    @property
    def charged(self) -> Decimal:
        return sum((line.charged for line in self.lines), NOTHING)

    @property
    def paid(self) -> Decimal:
        return sum((line.paid for line in self.lines), NOTHING)

    @property
    def of_patient(self) -> Decimal:
        return sum((one.amount for line in self.lines for one in line.adjustments if one.group == "PR"), NOTHING)

    @property
    def taken_back(self) -> Decision:
        """The same, reversed."""
        return replace(self, status=REVERSAL, lines=tuple(line.taken_back for line in self.lines))

    @property
    def reduced(self) -> Decision:
        """The same, paid a tenth less, under another number."""
        return replace(self, payer_number=f"{self.payer_number}C", lines=tuple(map(_reduced, self.lines)))


@dataclass(frozen=True, slots=True)
class FormerDecision:
    """What a payer keeps of its decision on a claim, to take it back; it names no patient."""

    control_number: str
    lines: tuple[DecidedLine, ...]

    @classmethod
    def of(cls, decision: Decision) -> FormerDecision:
        lines = tuple(replace(one, line=replace(one.line, segments=[])) for one in decision.lines)
        return cls(decision.claim.control_number, lines)

    def taken_back(self, claim: ReceivedClaim) -> Decision:
        """Reversed, since `claim` asks for it: under the control number that was decided on."""
        reversed_claim = replace(claim, control_number=self.control_number)
        decided = Decision(reversed_claim, claim.references.get("F8", ""), PRIMARY, self.lines)
        return decided.taken_back


def decide(claim: ReceivedClaim, payer_number: str, behaviour: Behaviour) -> Decision:
    """Paid by a share of the charge that the claim draws; denied, or paid but for its last line, as behaviour says."""
    key = claim.control_number
    carc, rarc = _DENIALS[behaviour.draw("denial-reason", key) % len(_DENIALS)]
    if behaviour.happens(behaviour.denied, "denied", key):
        lines = tuple(_denied(line, carc, rarc) for line in claim.lines)
        return Decision(claim, payer_number, DENIED, lines)
    share = Decimal(60 + behaviour.draw("allowed", key) % 31) / 100
    if behaviour.happens(behaviour.underpaid, "underpaid", key):
        share *= 1 - Decimal(behaviour.underpaid_by) / 100
    decided = [_paid(line, share) for line in claim.lines]
    if len(decided) > 1 and behaviour.happens(behaviour.partly_denied, "partly-denied", key):
        decided[-1] = _denied(claim.lines[-1], carc, rarc)
    return Decision(claim, payer_number, PRIMARY, tuple(decided))


def _paid(line: ReceivedLine, share: Decimal) -> DecidedLine:
    charged = line.charge or NOTHING
    allowed = _cents(charged * share)
    coinsurance = _cents(allowed * _COINSURANCE)
    adjustments = (Adjustment("CO", "45", charged - allowed), Adjustment("PR", "2", coinsurance))
    return DecidedLine(line, charged, allowed - coinsurance, allowed, _not_nothing(adjustments))


def _denied(line: ReceivedLine, carc: str, rarc: str) -> DecidedLine:
    charged = line.charge or NOTHING
    return DecidedLine(line, charged, NOTHING, NOTHING, _not_nothing((Adjustment("CO", carc, charged),)), rarc)


def _reduced(line: DecidedLine) -> DecidedLine:
    paid = _cents(line.paid * _REDUCED)
    less = line.paid - paid
    others = tuple(one for one in line.adjustments if (one.group, one.reason) != ("CO", "45"))
    written_off = sum((one.amount for one in line.adjustments if (one.group, one.reason) == ("CO", "45")), less)
    adjustments = _not_nothing((Adjustment("CO", "45", written_off), *others))
    return replace(line, paid=paid, allowed=line.allowed - less, adjustments=adjustments)


def _not_nothing(adjustments: tuple[Adjustment, ...]) -> tuple[Adjustment, ...]:
    return tuple(one for one in adjustments if one.amount)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT, ROUND_HALF_UP)
