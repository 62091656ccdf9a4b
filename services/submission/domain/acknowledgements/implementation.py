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


class ImplementationAcknowledgement:
    """One 999, which answers one functional group: an answer for each AK2, or for the group where there is none."""

    def __init__(self) -> None:
        self._group: int | None = None
        self._header: tuple[str, ...] = ()
        self._transaction: _Transaction | None = None
        self._any_transaction = False

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
        codes = [segment[number] for number in range(5, 10)]
        return Answer(
            source="999",
            scope="group",
            verdict=_VERDICTS.get(segment[1], "none"),
            statuses=_statuses(segment[1], codes, "group"),
            segments=(*self._header, str(segment)),
            interchange_control_number=self._group,
        )

    def _transaction_answer(self, transaction: _Transaction) -> Answer:
        return Answer(
            source="999",
            scope="transaction",
            verdict=_VERDICTS.get(transaction.outcome, "none"),
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
        self._faults: list[tuple[Segment, list[ElementFault]]] = []

    def take(self, segment: Segment) -> None:
        self.segments.append(str(segment))
        if segment.id == "IK3":
            self._faults.append((segment, []))
        elif segment.id == "IK4" and self._faults:
            self._faults[-1][1].append(_element_fault(segment))
        elif segment.id == "IK5":
            self.outcome = segment[1]
            self.codes = [segment[number] for number in range(2, 7)]

    @property
    def faults(self) -> tuple[SegmentFault, ...]:
        return tuple(
            SegmentFault(
                segment=ik3[1],
                position=number_or_none(ik3[2]) or 0,
                loop=ik3[3] or None,
                code=ik3[4] or None,
                elements=tuple(elements),
            )
            for ik3, elements in self._faults
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
