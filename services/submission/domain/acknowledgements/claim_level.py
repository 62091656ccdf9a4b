"""277CA: what became of each claim at the front end (005010X214).

Four levels: source (HL 20), receiver (21), billing provider (19), patient (PT). A status at the receiver or provider
stands for all of its claims; a claim is what one TRN of a patient names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from services.submission.domain.acknowledgements.values import day_or_none, status_or_none
from services.submission.domain.answers import Answer, Scope, Verdict
from services.submission.domain.references import line_number_of, read_batch_reference
from services.submission.domain.status_codes import category_verdicts
from shared.claims import PayerStatus
from shared.x12 import Segment

_SCOPES: dict[str, Scope] = {"21": "receiver", "19": "provider", "PT": "claim", "22": "claim", "23": "claim"}
_CODES_IN_STC = (1, 10, 11)
_ACCEPT = "WQ"
"""STC03: the batch is accepted, whatever single claims in it are not."""


@dataclass
class _Line:
    number: int | None = None
    statuses: list[Segment] = field(default_factory=list)


@dataclass
class Traced:
    """What follows one TRN: its statuses, references and lines."""

    scope: Scope
    trace: str
    segments: list[str]
    statuses: list[Segment] = field(default_factory=list)
    references: dict[str, str] = field(default_factory=dict)
    lines: list[_Line] = field(default_factory=list)

    def take(self, segment: Segment) -> None:
        self.segments.append(str(segment))
        if segment.id == "SVC":
            self.lines.append(_Line())
        elif segment.id == "STC":
            (self.lines[-1].statuses if self.lines else self.statuses).append(segment)
        elif segment.id == "REF" and self.lines:
            if segment[1] == "FJ":
                self.lines[-1].number = line_number_of(segment[2])
        elif segment.id == "REF":
            self.references[segment[1]] = segment[2]


class ClaimAcknowledgement:
    """One 277CA, given answer by answer as its TRN groups end."""

    def __init__(self, received_on: date) -> None:
        self._verdicts = category_verdicts(received_on)
        self._scope: Scope | None = None
        self._batch_reference: str | None = None
        self._billing_npi: str | None = None
        self._traced: Traced | None = None

    def take(self, segment: Segment) -> Iterator[Answer]:
        if segment.id == "HL":
            yield from self.close()
            self._scope = _SCOPES.get(segment[3])
            if self._scope == "provider":
                self._billing_npi = None
        elif self._scope is None:
            return
        elif segment.id == "TRN":
            yield from self.close()
            self._traced = Traced(self._scope, segment[2], [str(segment)])
            if self._scope == "receiver":
                self._batch_reference = segment[2] or None
        elif segment.id == "NM1" and segment[1] == "85":
            self._billing_npi = segment[9] if segment[8] == "XX" else None
        elif self._traced is not None:
            self._traced.take(segment)

    def close(self) -> Iterator[Answer]:
        traced, self._traced = self._traced, None
        if traced is not None and (statuses := tuple(_statuses(traced))):
            yield self._answer(traced, statuses)

    def _answer(self, traced: Traced, statuses: tuple[PayerStatus, ...]) -> Answer:
        interchange, transaction = read_batch_reference(self._batch_reference or "") or (None, None)
        of_claim = traced.scope == "claim"
        return Answer(
            source="277CA",
            scope=traced.scope,
            verdict=self._verdict(traced, statuses),
            statuses=statuses,
            segments=tuple(traced.segments),
            interchange_control_number=interchange,
            transaction_control_number=transaction,
            batch_reference=self._batch_reference,
            billing_npi=None if traced.scope == "receiver" else self._billing_npi,
            patient_control_number=traced.trace if of_claim else None,
            trace_number=traced.references.get("D9") if of_claim else None,
            payer_claim_control_number=traced.references.get("1K") if of_claim else None,
            status_date=next((day for stc in traced.statuses if (day := day_or_none(stc[2]))), None),
        )

    def _verdict(self, traced: Traced, statuses: tuple[PayerStatus, ...]) -> Verdict:
        """The furthest of its statuses. Above the claims, only a refusal of them all reaches each: STC03 not WQ."""
        verdicts = {self._verdicts.get(status.category, "none") for status in statuses}
        if traced.scope != "claim":
            refused = "rejected" in verdicts and not any(stc[3] == _ACCEPT for stc in traced.statuses)
            return "rejected" if refused else "received"
        order: tuple[Verdict, ...] = ("rejected", "accepted", "received")
        return next((verdict for verdict in order if verdict in verdicts), "none")


def _statuses(traced: Traced) -> Iterator[PayerStatus]:
    for stc in traced.statuses:
        yield from _statuses_of(stc, level=traced.scope, line_number=None)
    for line in traced.lines:
        for stc in line.statuses:
            yield from _statuses_of(stc, level="line", line_number=line.number)


def _statuses_of(stc: Segment, *, level: str, line_number: int | None) -> Iterator[PayerStatus]:
    """STC01, STC10 and STC11 can each hold category, status and entity; STC12 is free text."""
    for number in _CODES_IN_STC:
        category, status, entity, *_ = [*stc.components(number), "", "", ""]
        found = status_or_none(
            category, status, entity=entity, level=level, line_number=line_number, text=stc[12], total=stc[4]
        )
        if found is not None:
            yield found
