"""Which claims of a transaction set a 999 finds fault with, and in which field: an answer for each of them.

By CTX*CLM01 where the other side names the claim, else by where the segment stands in the set that we sent. A fault
above the claims is of every claim below it. 005010X231A1 2110 IK3, CTX and IK4.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from services.submission.domain.acknowledgements.sent_sets import Block, SentClaim, SentSet, sent_set
from services.submission.domain.acknowledgements.values import status_or_none
from services.submission.domain.answers import Answer, ElementFault, SegmentFault
from services.submission.domain.shapes import shape_of
from shared.claims import ClaimPlace, PayerStatus, X12Element

_OF_SEGMENTS = frozenset({"5", "I5"})
"""IK502: the set is refused for its segments, and for nothing of the set itself."""
_ABSENT = frozenset({"3", "I6", "I7", "I8"})
"""IK304: what is meant does not stand in the set; IK302 is where it was missed."""
_OF_FAULT = ("IK3", "IK4", "CTX")


def answers_by_claim(answer: Answer, interchange: bytes) -> list[Answer]:
    """The answer to a transaction set as answers to the claims of it that are at fault, and to the rest of it at last.

    Of a refused set, the rest is `returned`. Where a fault is of no claim, or the set is refused for more than its
    segments, nobody can say what it would pass without: one answer to all, as it came. One to a set that the
    interchange does not hold says nothing.
    """
    sent = sent_set(interchange, answer.transaction_control_number or "")
    if sent is None:
        return [replace(answer, verdict="none")]
    at_fault = _claims_at_fault(answer, sent)
    if not at_fault:
        return [answer]
    rest = tuple(text for text in answer.segments if not text.startswith(_OF_FAULT))
    verdict = "returned" if answer.verdict == "rejected" else answer.verdict
    told = _Told(answer.statuses[0].category, sent)
    of_claims = [_of_claim(answer, told, claim, tuple(faults)) for claim, faults in at_fault.items()]
    return [*of_claims, replace(answer, verdict=verdict, segments=rest, faults=())]


def _claims_at_fault(answer: Answer, sent: SentSet) -> dict[Block, list[SegmentFault]]:
    """None of them where any fault is of no claim."""
    outcome = {status.category for status in answer.statuses}
    if any(status.status not in _OF_SEGMENTS | outcome for status in answer.statuses):
        return {}
    found: dict[Block, list[SegmentFault]] = {}
    named = {claim.patient_control_number: claim for claim in sent.claims}
    for fault in answer.faults:
        claim = named.get(fault.patient_control_number or "")
        meant = [claim] if claim is not None else _where_it_stands(fault, sent)
        if not meant:
            return {}
        for one in meant:
            found.setdefault(one, []).append(fault)
    return found


def _where_it_stands(fault: SegmentFault, sent: SentSet) -> list[Block]:
    """None where another segment stands there: the other side counts otherwise than we do."""
    segment = sent.segment(fault.position)
    if fault.code in _ABSENT:
        # Validators give the segment before the gap or the one behind it, which may be the next claim's.
        return list(dict.fromkeys((*sent.claims_at(fault.position - 1), *sent.claims_at(fault.position))))
    return sent.claims_at(fault.position) if segment is not None and segment.id == fault.segment else []


def _of_claim(answer: Answer, told: _Told, claim: Block, faults: tuple[SegmentFault, ...]) -> Answer:
    return replace(
        answer,
        scope="claim",
        statuses=tuple(status for fault in faults for status in told.of(fault, claim)) or answer.statuses,
        segments=tuple(text for fault in faults for text in fault.raw),
        patient_control_number=claim.patient_control_number,
        faults=faults,
    )


class _Told:
    """What the faults of one set say. One above the claims is read once, for it says the same of all below it."""

    def __init__(self, outcome: str, sent: SentSet) -> None:
        self._outcome, self._sent = outcome, sent
        self._of: dict[tuple[SegmentFault, Block], tuple[PayerStatus, ...]] = {}
        self._read: dict[Block, SentClaim] = {}

    def of(self, fault: SegmentFault, claim: Block) -> tuple[PayerStatus, ...]:
        block = self._sent.block_at(fault.position)
        key = fault, block if block is not None and block in claim.above else claim
        if key not in self._of:
            if claim not in self._read:
                self._read[claim] = self._sent.of(claim)
            self._of[key] = tuple(_statuses(self._outcome, fault, self._read[claim]))
        return self._of[key]


def _statuses(outcome: str, fault: SegmentFault, sent: SentClaim) -> Iterator[PayerStatus]:
    """One for each element, or for the segment where none is named."""
    if not fault.elements:
        yield from _status(outcome, fault.code or "8", _segment_place(fault, sent))
    for element in fault.elements:
        yield from _status(outcome, element.code, _element_place(fault, element, sent))


def _status(outcome: str, code: str, place: ClaimPlace) -> Iterator[PayerStatus]:
    status = status_or_none(outcome, code, level="claim")
    if status is not None:
        yield status.model_copy(update={"place": place})


def _segment_place(fault: SegmentFault, sent: SentClaim) -> ClaimPlace:
    at = sent.at(fault.position, fault.segment)
    loop = at.loop if at is not None else fault.loop or sent.loop(fault.position) or sent.loop(fault.position - 1)
    pointer = sent.whole(fault.position) if at is not None else sent.part(fault.position, loop)
    return ClaimPlace(x12=X12Element(loop=loop, segment=fault.segment), pointer=pointer)


def _element_place(fault: SegmentFault, element: ElementFault, sent: SentClaim) -> ClaimPlace:
    component = f"-{element.component}" if element.component else ""
    name = f"{fault.segment}{element.element:02d}{component}"
    at = sent.at(fault.position, fault.segment)
    if at is None:
        x12 = X12Element(loop=fault.loop or "", segment=fault.segment, element=name)
        return ClaimPlace(x12=x12, pointer=sent.part(fault.position, x12.loop))
    segment = at.segment
    value = segment.component(element.element, element.component) if element.component else segment[element.element]
    return ClaimPlace(
        x12=X12Element(loop=at.loop, segment=fault.segment, element=name),
        pointer=sent.field(fault.position, name),
        shape=shape_of(value) if value else None,
    )
