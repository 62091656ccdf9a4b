"""TA1: what the receiver thinks of the interchange as such (005010X231A1 appendix C.1)."""

from __future__ import annotations

from services.submission.domain.acknowledgements.values import day_or_none, number_or_none, status_or_none
from services.submission.domain.answers import Answer, Verdict
from shared.x12 import Segment

_DUPLICATE = "025"


def interchange_answer(segment: Segment) -> Answer:
    """TA104: A accepted, E accepted with errors, R rejected. A refused copy (025) says nothing on the first one."""
    outcome, note = segment[4], segment[5]
    verdict: Verdict = "none"
    if outcome in ("A", "E"):
        verdict = "received"
    elif outcome == "R" and note != _DUPLICATE:
        verdict = "rejected"
    status = status_or_none(outcome, note or "000", level="interchange")
    return Answer(
        source="TA1",
        scope="interchange",
        verdict=verdict if status else "none",
        statuses=(status,) if status else (),
        segments=(str(segment),),
        interchange_control_number=number_or_none(segment[1]),
        status_date=day_or_none("20" + segment[2]),
    )
