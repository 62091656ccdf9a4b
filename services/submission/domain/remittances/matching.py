"""Which claim of ours a remitted one may be of, that no number told: what the two have in common, ranked, with reasons.

A payer that types a claim in from paper, or cuts or pads its numbers, gives back a patient control number that nobody
knows. A poster then looks at the payer's number, the member, the name, the dates and the charge.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any, Literal

from services.submission.domain.lifecycle import ClaimState
from services.submission.domain.remittances.documents import AdjudicatedClaim, RemittedPatient
from services.submission.parameters import parameter
from shared.claims import Date, InstitutionalClaim, Many, Model, Money, ProfessionalClaim

_SHORTEST_PART = 8
"""Characters of a control number that are more than chance when they are all that is left of it."""
_NEAR = 0.9

Fact = Literal[
    "control_number", "near_control_number", "payer_number", "member_id", "service_dates", "patient_name", "charge"
]

Misfit = Literal["charge", "patient", "service_dates"]
"""charge: more than the claim's, or no sum of its lines. patient: neither the member id nor the name is the claim's.
service_dates: all before or all after the claim's."""

Span = tuple[date, date]
"""First and last day."""


class MatchReason(Model):
    """One thing that the two have in common."""

    fact: Fact
    points: int


class Candidate(Model):
    """A claim of ours that it may be, why, and what speaks against it."""

    claim_id: str
    patient_control_number: str
    state: ClaimState
    payer_id: str
    payer_name: str
    first_day: Date | None
    last_day: Date | None
    total_charge: Money
    points: int
    reasons: Many[MatchReason]
    misfits: Many[Misfit]


@dataclass(frozen=True)
class Remitted:
    """What a remitted claim says of itself."""

    patient_control_number: str
    payer_claim_control_number: str
    charged: Decimal
    adjudicated: AdjudicatedClaim

    @property
    def span(self) -> Span | None:
        said = self.adjudicated
        return _span([said.statement_from, said.statement_through, *(line.service_from for line in said.lines)])


@dataclass(frozen=True)
class Known:
    """A claim of ours as it went out."""

    claim: ProfessionalClaim | InstitutionalClaim
    state: ClaimState
    payer_claim_control_number: str | None

    @property
    def span(self) -> Span | None:
        return _span([self.claim.first_day, self.claim.last_day])

    @property
    def members(self) -> frozenset[str]:
        ids = (coverage.subscriber.member_id for coverage in self.claim.coverages)
        return frozenset(key for one in ids if (key := member_key(one)) is not None)

    @property
    def surnames(self) -> frozenset[str]:
        people = [self.claim.patient.name, *(coverage.subscriber.person for coverage in self.claim.coverages)]
        return frozenset(_letters(one.last) for one in people if one is not None)


def member_key(text: str | None) -> str | None:
    """A member id as it is compared: payers write the same one with and without blanks and hyphens."""
    return "".join(filter(str.isalnum, text or "")).upper()[:80] or None


def candidates(said: Remitted, known: Iterable[Known], day: date, most: int) -> tuple[Candidate, ...]:
    """The likeliest of `known`, the best first, those apart that have nothing in common. Weights are of `day`."""
    weights = parameter("remittance_matching").on(day)
    found = [candidate for one in known if (candidate := _candidate(said, one, weights)).points]
    return tuple(sorted(found, key=lambda one: (len(one.misfits), -one.points, one.claim_id))[:most])


def _candidate(said: Remitted, known: Known, weights: Mapping[str, Any]) -> Candidate:
    claim, payer = known.claim, known.claim.billed_coverage.payer
    reasons = tuple(MatchReason(fact=fact, points=weights[fact]) for fact in _in_common(said, known))
    return Candidate(
        claim_id=claim.id,
        patient_control_number=claim.patient_control_number,
        state=known.state,
        payer_id=payer.payer_id or payer.name,
        payer_name=payer.name,
        first_day=claim.first_day,
        last_day=claim.last_day,
        total_charge=claim.total_charge,
        points=sum(reason.points for reason in reasons),
        reasons=reasons,
        misfits=tuple(misfits(said, known)),
    )


def _in_common(said: Remitted, known: Known) -> Iterator[Fact]:
    ours, theirs = _letters(known.claim.patient_control_number), _letters(said.patient_control_number)
    if ours == theirs:
        yield "control_number"
    elif _is_near(ours, theirs):
        yield "near_control_number"
    if said.payer_claim_control_number and said.payer_claim_control_number == known.payer_claim_control_number:
        yield "payer_number"
    patient = said.adjudicated.patient
    if patient is not None and member_key(patient.id) in known.members:
        yield "member_id"
    if _meet(said.span, known.span):
        yield "service_dates"
    if patient is not None and _letters(patient.last) in known.surnames:
        yield "patient_name"
    if abs(said.charged) == known.claim.total_charge:
        yield "charge"


def misfits(said: Remitted, known: Known) -> Iterator[Misfit]:
    """What speaks against `said` being of this claim. What is not said at all speaks against nothing."""
    if not _charge_fits(said, known):
        yield "charge"
    patient = said.adjudicated.patient
    is_named = patient is not None and (patient.id or patient.last)
    if patient is not None and is_named and not _is_ours(patient, known):
        yield "patient"
    if said.span and known.span and not _meet(said.span, known.span):
        yield "service_dates"


def _is_ours(patient: RemittedPatient, known: Known) -> bool:
    return member_key(patient.id) in known.members or _letters(patient.last) in known.surnames


def _charge_fits(said: Remitted, known: Known) -> bool:
    """A payer may decide on part of a claim's lines: then each of its services is one that was billed."""
    charged, total = abs(said.charged), known.claim.total_charge
    billed = {(str(line.procedure or ""), line.charge) for line in known.claim.lines}
    if isinstance(known.claim, InstitutionalClaim):
        billed |= {(str(line.revenue_code), line.charge) for line in known.claim.lines if line.procedure is None}
    services = [(line.billed_code or line.code, abs(line.charged)) for line in said.adjudicated.lines]
    return charged == total or (charged < total and bool(services) and billed.issuperset(services))


def _span(days: Iterable[date | None]) -> Span | None:
    found = [day for day in days if day is not None]
    return (min(found), max(found)) if found else None


def _meet(one: Span | None, other: Span | None) -> bool:
    return one is not None and other is not None and one[0] <= other[1] and other[0] <= one[1]


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).upper()


def _is_near(ours: str, theirs: str) -> bool:
    """Cut, padded, or with a character or two of twenty mistaken."""
    if min(len(ours), len(theirs)) < _SHORTEST_PART:
        return False
    return theirs in ours or ours in theirs or SequenceMatcher(None, ours, theirs, autojunk=False).ratio() >= _NEAR
