"""277CA as clearinghouse and payers write it (005010X214): source, receiver, providers, patients with claims."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from services.simulator.domain.acknowledgements import envelope
from services.simulator.domain.interchanges import ReceivedInterchange
from services.simulator.domain.received_claims import Party, ReceivedClaim, ReceivedLine
from services.simulator.domain.statuses import ClaimVerdict, Status
from shared.x12 import FunctionalGroup, TransactionSet, composite, segment

VERSION = "005010X214"


@dataclass(frozen=True, slots=True)
class Source:
    """Who speaks: the clearinghouse (AY) or a payer (PR)."""

    entity: str
    name: str
    id: str


@dataclass(frozen=True, slots=True)
class Answered:
    """A claim and what is said of it."""

    claim: ReceivedClaim
    verdict: ClaimVerdict


@dataclass(frozen=True, slots=True)
class Submission:
    """The transaction set that is answered: its submitter (1000A) and its BHT03."""

    submitter: Party
    reference: str


def claim_acknowledgement(
    received: ReceivedInterchange,
    source: Source,
    submission: Submission,
    answered: Sequence[Answered],
    control_number: int,
    at: datetime,
) -> bytes:
    """One 277CA about some of the claims of a transaction set."""
    body = "".join(_Writer(source, submission, control_number, at).segments(answered))
    answer = TransactionSet("277", "0001", VERSION, body)
    return envelope(received, control_number, at, [FunctionalGroup("HN", VERSION, control_number, [answer])])


class _Writer:
    def __init__(self, source: Source, submission: Submission, number: int, at: datetime) -> None:
        self._source = source
        self._submission = submission
        self._receipt = f"{number:09d}"
        self._at = at
        self._day = f"{at:%Y%m%d}"
        self._last = 0

    def segments(self, answered: Sequence[Answered]) -> Iterator[str]:
        yield segment("BHT", "0085", "08", self._receipt, self._day, f"{self._at:%H%M}", "TH")
        yield from self._source_level()
        yield from self._receiver_level(answered)
        receiver = self._last
        for billing, claims in _by_provider(answered):
            yield from self._provider_level(billing, claims, receiver)
            provider = self._last
            for one in claims:
                yield self._level(provider, "PT", "")
                yield from _claim(one, self._at.date())

    def _level(self, parent: int | None, code: str, children: str) -> str:
        self._last += 1
        return segment("HL", str(self._last), str(parent or ""), code, children)

    def _source_level(self) -> Iterator[str]:
        yield self._level(None, "20", "1")
        id_kind = "PI" if self._source.entity == "PR" else "46"
        yield segment("NM1", self._source.entity, "2", self._source.name, "", "", "", "", id_kind, self._source.id)
        yield segment("TRN", "1", self._receipt)
        yield segment("DTP", "050", "D8", self._day)
        yield segment("DTP", "009", "D8", self._day)

    def _receiver_level(self, answered: Sequence[Answered]) -> Iterator[str]:
        submitter = self._submission.submitter
        status = Status("A1", "19", self._source.entity)
        yield self._level(1, "21", "1")
        yield segment("NM1", "41", "2", submitter.last, "", "", "", "", "46", submitter.id)
        yield segment("TRN", "2", self._submission.reference)
        yield segment("STC", composite(*status), self._day, "WQ", _amount(_total(answered)))
        yield from _totals(answered, "90", "AA")

    def _provider_level(self, billing: Party, claims: Sequence[Answered], parent: int) -> Iterator[str]:
        yield self._level(parent, "19", "1")
        number = ("XX", billing.id) if billing.id else ("FI", billing.tax_id or "0")
        name = (billing.entity_type or "2", billing.last or "UNKNOWN", billing.first if billing.is_person else "")
        yield segment("NM1", "85", *name, "", "", "", *number)
        yield segment("TRN", "1", "0")
        yield segment("STC", composite(*Status("A1", "19", "85")), "", "WQ", _amount(_total(claims)))
        yield from _totals(claims, "QA", "QC")


def _by_provider(answered: Sequence[Answered]) -> list[tuple[Party, list[Answered]]]:
    groups: dict[tuple[str, str], list[Answered]] = {}
    for one in answered:
        groups.setdefault((one.claim.billing.id, one.claim.billing.tax_id), []).append(one)
    return [(claims[0].claim.billing, claims) for claims in groups.values()]


def _total(answered: Sequence[Answered]) -> Decimal:
    return sum((one.claim.total_charge or Decimal(0) for one in answered), Decimal(0))


def _amount(value: Decimal) -> str:
    text = f"{abs(value):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _totals(answered: Sequence[Answered], accepted_code: str, rejected_code: str) -> Iterator[str]:
    """QTY and AMT of what was accepted (YU) and rejected (YY); none where there is none."""
    accepted = [one for one in answered if not one.verdict.rejected]
    rejected = [one for one in answered if one.verdict.rejected]
    parts = [(accepted_code, "YU", accepted), (rejected_code, "YY", rejected)]
    known = [part for part in parts if part[2]]
    for quantity, _, members in known:
        yield segment("QTY", quantity, str(len(members)))
    for _, amount, members in known:
        yield segment("AMT", amount, _amount(_total(members)))


def _claim(one: Answered, day: date) -> Iterator[str]:
    """2100D and 2200D."""
    claim, verdict = one.claim, one.verdict
    patient = claim.patient
    member = claim.subscriber.id or "UNKNOWN"
    yield segment("NM1", "QC", "1", patient.last or "UNKNOWN", patient.first, "", "", "", "MI", member)
    yield segment("TRN", "2", claim.control_number)
    yield from _statuses(one, day)
    if verdict.payer_number:
        yield segment("REF", "1K", verdict.payer_number)
    if trace := claim.references.get("D9"):
        yield segment("REF", "D9", trace)
    if claim.kind == "institutional":
        yield segment("REF", "BLT", claim.type_of_bill)
    yield _service_date(claim, day)
    for wrong in verdict.lines:
        yield from _line(claim.lines[wrong.index], wrong.status, day)


def _statuses(one: Answered, day: date) -> Iterator[str]:
    """Three statuses to a segment: STC01, STC10, STC11."""
    statuses = one.verdict.statuses
    action = "U" if one.verdict.rejected else "WQ"
    total = _amount(one.claim.total_charge or Decimal(0))
    for begin in range(0, len(statuses), 3):
        first, second, third = [*map(_composite, statuses[begin : begin + 3]), "", ""][:3]
        yield segment("STC", first, f"{day:%Y%m%d}", action, total, "", "", "", "", "", second, third)


def _composite(status: Status) -> str:
    return composite(*status)


def _service_date(claim: ReceivedClaim, day: date) -> str:
    """DTP*472, required: the claim's first and last day, or today where it has none."""
    days = claim.service_dates or [f"{day:%Y%m%d}"]
    if days[0] == days[-1]:
        return segment("DTP", "472", "D8", days[0])
    return segment("DTP", "472", "RD8", f"{days[0]}-{days[-1]}")


def _line(line: ReceivedLine, status: Status, day: date) -> Iterator[str]:
    """2220D."""
    charge = _amount(line.charge or Decimal(0))
    units = _amount(line.units) if line.units is not None else ""
    if line.procedure:
        yield segment(
            "SVC", composite("HC", line.procedure, *line.modifiers), charge, "", line.revenue_code, "", "", units
        )
    else:
        yield segment("SVC", composite("NU", line.revenue_code or "0000"), charge, "", "", "", "", units)
    yield segment("STC", _composite(status), f"{day:%Y%m%d}", "U")
    if line.control_number:
        yield segment("REF", "FJ", line.control_number)
