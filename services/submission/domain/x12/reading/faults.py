"""What is wrong with a file of claims: where, and the answer that the other side would give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from shared.claims import Severity
from shared.x12 import Position, Segment


class Placed(NamedTuple):
    """A segment where it stands: its position in the file and the loop that it was read in."""

    segment: Segment
    position: Position
    loop: str


FaultCode = Literal[
    "claim-balance",
    "claim-cut-off",
    "claim-total",
    "claims-in-set",
    "diagnosis-qualifier",
    "element-characters",
    "element-code",
    "element-date",
    "element-missing",
    "element-not-carried",
    "element-number",
    "element-too-long",
    "element-too-short",
    "element-unexpected",
    "elements-empty-at-end",
    "faults-too-many",
    "group-control-number",
    "group-count",
    "group-trailer",
    "group-type",
    "group-version",
    "hierarchy",
    "interchange-control-number",
    "interchange-count",
    "interchange-duplicate",
    "interchange-header",
    "interchange-structure",
    "interchange-trailer",
    "loop-repeated",
    "patient-responsibility",
    "payment-balance",
    "relationship",
    "segment-missing",
    "segment-not-carried",
    "segment-order",
    "segment-repeated",
    "segment-unexpected",
    "segment-unknown",
    "service-balance",
    "set-control-number",
    "set-count",
    "set-duplicate",
    "set-trailer",
    "set-type",
    "set-version",
    "text",
]
"""Stable codes, one for each kind of fault."""

NOT_CARRIED: frozenset[FaultCode] = frozenset({"element-not-carried", "segment-not-carried"})
"""No faults of the file, and yet the claim cannot go out again: it would be without them."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong. `message` repeats no text of an element, which may be the patient's; sums it may tell.

    `answer` is what the other side would send: `TA1` with TA105, or `999` with the segment and code that say it (AK905
    of the group, IK502 of the transaction set, IK304 of the segment, IK403 of the element); a 277CA status where the
    file would pass the 999; "" where nobody answers, as of an 835. `pointer` leads into the claim document where the
    fault is of a value of it.
    """

    code: FaultCode
    message: str
    answer: str
    position: Position
    segment: str
    loop: str = ""
    element: str | None = None
    severity: Severity = "error"
    pointer: str = ""


def fault_at(
    placed: Placed,
    code: FaultCode,
    message: str,
    answer: str,
    *,
    element: str | None = None,
    severity: Severity = "error",
    pointer: str = "",
) -> Fault:
    """A fault of this very segment."""
    return Fault(
        code=code,
        message=message,
        answer=answer,
        position=placed.position,
        segment=placed.segment.id,
        loop=placed.loop,
        element=element,
        severity=severity,
        pointer=pointer,
    )


def distinct(faults: list[Fault]) -> list[Fault]:
    """In the order of the file, one for one element: what is missing there is told by segment and by model alike."""
    kept: dict[tuple[object, ...], Fault] = {}
    for fault in sorted(faults, key=lambda fault: fault.position):
        kept.setdefault((fault.position, fault.element or fault.message, fault.code), fault)
    return list(kept.values())
