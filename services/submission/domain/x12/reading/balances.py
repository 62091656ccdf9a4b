"""Whether what was paid adds up: the three balances of an 835 (005010X221A1 section 1.10.2.1)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from services.submission.domain.x12.reading.faults import Fault, FaultCode, Placed, fault_at
from services.submission.domain.x12.reading.parts import number
from shared.x12 import Position, Segment

_NOTHING = Decimal(0)
_CAS_AMOUNTS = range(3, 20, 3)
_PLB_AMOUNTS = range(4, 15, 2)
_PREDETERMINATION = "25"
"""CLP02 of an answer that pays nothing: it need not balance."""


def amount_of(segment: Segment, place: int) -> Decimal:
    """An amount; nought where it is absent or no number, which is another fault's business."""
    value = number(segment[place]) if segment[place] else _NOTHING
    return value if isinstance(value, Decimal) else _NOTHING


class _Open:
    """A claim or service line: charged, paid, and what stands between the two."""

    def __init__(self, placed: Placed, charged: int, paid: int) -> None:
        self.placed = placed
        self.charged, self.paid = amount_of(placed.segment, charged), amount_of(placed.segment, paid)
        self.adjusted = _NOTHING

    def fault(self, code: FaultCode, what: str) -> Iterator[Fault]:
        if self.charged - self.adjusted != self.paid:
            message = f"{what}: charged {self.charged} less adjustments {self.adjusted} is not the {self.paid} paid"
            yield fault_at(self.placed, code, message, "")


class PaymentBalance:
    """Follows one 835 from ST to SE. Service: SVC02 - CAS = SVC03. Claim: CLP03 - all CAS = CLP04. Payment: BPR02 is
    the sum of CLP04 less that of PLB.
    """

    def __init__(self) -> None:
        self._payment: Placed | None = None
        self._paid = _NOTHING
        self._claim: _Open | None = None
        self._service: _Open | None = None

    def take(self, segment: Segment, position: Position) -> Iterator[Fault]:
        """A segment between ST and SE."""
        match segment.id:
            case "BPR":
                self._payment = Placed(segment, position, "")
            case "CLP":
                yield from self._end_claim()
                self._claim = _Open(Placed(segment, position, "2100"), 3, 4)
                self._paid += self._claim.paid
            case "SVC":
                yield from self._end_service()
                self._service = _Open(Placed(segment, position, "2110"), 2, 3)
            case "CAS":
                adjusted = sum((amount_of(segment, place) for place in _CAS_AMOUNTS), _NOTHING)
                for one in (self._claim, self._service):
                    if one is not None:
                        one.adjusted += adjusted
            case "PLB":
                yield from self._end_claim()
                self._paid -= sum((amount_of(segment, place) for place in _PLB_AMOUNTS), _NOTHING)
            case "LX":
                yield from self._end_claim()

    def close(self) -> Iterator[Fault]:
        """SE, or the end of what there is."""
        yield from self._end_claim()
        if self._payment is not None and amount_of(self._payment.segment, 2) != self._paid:
            stated = amount_of(self._payment.segment, 2)
            message = f"the payment is {stated}, its claims less provider adjustments make {self._paid}"
            yield fault_at(self._payment, "payment-balance", message, "", element="BPR02")

    def _end_service(self) -> Iterator[Fault]:
        if self._service is not None:
            yield from self._service.fault("service-balance", "the service line does not balance")
            self._service = None

    def _end_claim(self) -> Iterator[Fault]:
        yield from self._end_service()
        if self._claim is not None and self._claim.placed.segment[2] != _PREDETERMINATION:
            yield from self._claim.fault("claim-balance", "the claim does not balance")
        self._claim = None
