"""999: whether the transaction sets of a group follow their guide (005010X231A1)."""

from __future__ import annotations

from collections.abc import Iterator

from services.submission.domain.acknowledgements.values import number_or_none, status_or_none
from services.submission.domain.answers import Answer, ElementFault, Scope, SegmentFault, Verdict
from shared.claims import PayerStatus
from shared.x12 import Segment

_VERDICTS: dict[str, Verdict] = {
    "A": "received",
    "E": "received",
    "R": "rejected",
    "M": "rejected",
    "W": "rejected",
    "X": "rejected",
}
"""IK501 and AK901. P, partially accepted, is no word on any one transaction set."""
_CLAIM = "CLM01"
"""CTX01-1: the business unit that the fault is in is a claim (005010X231A1 2110 CTX)."""


class ImplementationAcknowledgement:
    """One 999, which answers one functional group: an answer for each AK2, or for the group where there is none."""

    def __init__(self) -> None:
        self._group: int | None = None
        self._header: tuple[str, ...] = ()
        self._transaction: _Transaction | None = None
        self._any_transaction = False
        self._any_refused = False

    def take(self, segment: Segment) -> Iterator[Answer]:
        if segment.id == "AK1":
            self._group = number_or_none(segment[2])
            self._header = (str(segment),)
        elif segment.id == "AK2":
            yield from self.close()
            self._any_transaction = True
            self._transaction = _Transaction(segment[2], segment)
        elif segment.id == "AK9":
            yield from self.close()
            if not self._any_transaction or segment[1] in ("R", "M", "W", "X"):
                yield self._group_answer(segment)
        elif self._transaction is not None:
            self._transaction.take(segment)

    def close(self) -> Iterator[Answer]:
        if self._transaction is not None:
            yield self._transaction_answer(self._transaction)
            self._transaction = None

    def _group_answer(self, segment: Segment) -> Answer:
        """Without a reason of its own (AK905) the outcome of a group is the sum of its sets, and says nothing more."""
        codes = [segment[number] for number in range(5, 10)]
        is_sum = self._any_refused and not any(codes)
        return Answer(
            source="999",
            scope="group",
            verdict="none" if is_sum else _VERDICTS.get(segment[1], "none"),
            statuses=_statuses(segment[1], codes, "group"),
            segments=(*self._header, str(segment)),
            interchange_control_number=self._group,
        )

    def _transaction_answer(self, transaction: _Transaction) -> Answer:
        verdict = _VERDICTS.get(transaction.outcome, "none")
        self._any_refused = self._any_refused or verdict == "rejected"
        return Answer(
            source="999",
            scope="transaction",
            verdict=verdict,
            statuses=_statuses(transaction.outcome, transaction.codes, "transaction"),
            segments=(*self._header, *transaction.segments),
            interchange_control_number=self._group,
            transaction_control_number=transaction.control_number,
            faults=transaction.faults,
        )


class _Transaction:
    """What stands between AK2 and IK5."""

    def __init__(self, control_number: str, header: Segment) -> None:
        self.control_number = control_number
        self.segments = [str(header)]
        self.outcome = ""
        self.codes: list[str] = []
        self._faults: list[list[Segment]] = []
        """Each an IK3 with what follows it."""

    def take(self, segment: Segment) -> None:
        self.segments.append(str(segment))
        if segment.id == "IK3":
            self._faults.append([segment])
        elif segment.id in ("CTX", "IK4") and self._faults:
            self._faults[-1].append(segment)
        elif segment.id == "IK5":
            self.outcome = segment[1]
            self.codes = [segment[number] for number in range(2, 7)]

    @property
    def faults(self) -> tuple[SegmentFault, ...]:
        return tuple(map(_segment_fault, self._faults))


def _segment_fault(segments: list[Segment]) -> SegmentFault:
    ik3 = segments[0]
    named = (segment.component(1, 2) for segment in segments if segment.component(1, 1) == _CLAIM)
    return SegmentFault(
        segment=ik3[1],
        position=number_or_none(ik3[2]) or 0,
        loop=ik3[3] or None,
        code=ik3[4] or None,
        elements=tuple(_element_fault(segment) for segment in segments if segment.id == "IK4"),
        patient_control_number=next(filter(None, named), None),
        raw=tuple(map(str, segments)),
    )


def _element_fault(ik4: Segment) -> ElementFault:
    return ElementFault(
        element=number_or_none(ik4.component(1, 1)) or 0,
        component=number_or_none(ik4.component(1, 2)),
        repetition=number_or_none(ik4.component(1, 3)),
        code=ik4[3],
    )


def _statuses(outcome: str, codes: list[str], level: Scope) -> tuple[PayerStatus, ...]:
    """One status for each error code, or one for the outcome alone."""
    found = [status_or_none(outcome, code, level=level) for code in codes if code]
    return tuple(filter(None, found or [status_or_none(outcome, outcome, level=level)]))
