"""The parts of a claim that edits and repairs look through, each with the pointer to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import TypeVar

from shared.claims import (
    Address,
    Diagnosis,
    InstitutionalClaim,
    InstitutionalLine,
    Model,
    PersonName,
    ProfessionalClaim,
    ProfessionalLine,
    Provider,
    ServiceFacility,
)

T = TypeVar("T")

_PROFESSIONAL_ROLES = {
    "billing": "85",
    "referring": "DN",
    "primary_care": "P3",
    "rendering": "82",
    "supervising": "DQ",
    "service_facility": "77",
}
_INSTITUTIONAL_ROLES = {
    "billing": "85",
    "attending": "71",
    "operating": "72",
    "other_operating": "ZZ",
    "rendering": "82",
    "referring": "DN",
    "service_facility": "77",
}
_PROFESSIONAL_LINE_ROLES = {
    "rendering": "82",
    "supervising": "DQ",
    "ordering": "DK",
    "referring": "DN",
    "service_facility": "77",
}
_INSTITUTIONAL_LINE_ROLES = {"operating": "72", "other_operating": "ZZ", "rendering": "82", "referring": "DN"}

AnyProvider = Provider | ServiceFacility


AnyClaim = ProfessionalClaim | InstitutionalClaim
AnyLine = ProfessionalLine | InstitutionalLine

Placed = tuple[str, str, T]
"""Pointer, entity code (X12 element 98, NM101) and what stands there."""


@dataclass(frozen=True)
class ClaimParts:
    """Everybody on a claim and where they live, walked once: the claim's own first, then those of its lines."""

    providers: tuple[Placed[AnyProvider], ...]
    addresses: tuple[Placed[Address], ...]
    names: tuple[tuple[str, PersonName], ...]
    words: tuple[tuple[str, str], ...]
    """Pointer and text of every name and address line: the free text that a person typed."""

    @classmethod
    def of(cls, claim: AnyClaim) -> ClaimParts:
        providers = tuple(_providers(claim))
        addresses = tuple(_addresses(claim, providers))
        names = tuple(_names(claim, providers))
        return cls(providers, addresses, names, tuple(_words(claim, providers, addresses, names)))


def _providers(claim: AnyClaim) -> Iterator[Placed[AnyProvider]]:
    institutional = isinstance(claim, InstitutionalClaim)
    roles = _INSTITUTIONAL_ROLES if institutional else _PROFESSIONAL_ROLES
    line_roles = _INSTITUTIONAL_LINE_ROLES if institutional else _PROFESSIONAL_LINE_ROLES
    for role, entity in roles.items():
        if (provider := getattr(claim, role)) is not None:
            yield f"/{role}", entity, provider
    of_line = attrgetter(*line_roles)
    for position, line in enumerate(claim.lines):
        found = of_line(line)
        if any(found):
            for (role, entity), provider in zip(line_roles.items(), found, strict=True):
                if provider is not None:
                    yield f"/lines/{position}/{role}", entity, provider


def _addresses(claim: AnyClaim, providers: Sequence[Placed[AnyProvider]]) -> Iterator[Placed[Address]]:
    for pointer, entity, provider in providers:
        if provider.address is not None:
            yield f"{pointer}/address", entity, provider.address
    if claim.pay_to_address is not None:
        yield "/pay_to_address", "87", claim.pay_to_address
    if claim.patient.address is not None:
        yield "/patient/address", "QC", claim.patient.address
    for position, coverage in enumerate(claim.coverages):
        if coverage.subscriber.address is not None:
            yield f"/coverages/{position}/subscriber/address", "IL", coverage.subscriber.address
        if coverage.payer.address is not None:
            yield f"/coverages/{position}/payer/address", "PR", coverage.payer.address


def _names(claim: AnyClaim, providers: Sequence[Placed[AnyProvider]]) -> Iterator[tuple[str, PersonName]]:
    yield "/patient/name", claim.patient.name
    for position, coverage in enumerate(claim.coverages):
        if coverage.subscriber.person is not None:
            yield f"/coverages/{position}/subscriber/person", coverage.subscriber.person
    for pointer, _, provider in providers:
        if isinstance(provider, Provider) and provider.person is not None:
            yield f"{pointer}/person", provider.person


def _words(
    claim: AnyClaim,
    providers: Sequence[Placed[AnyProvider]],
    addresses: Sequence[Placed[Address]],
    names: Sequence[tuple[str, PersonName]],
) -> Iterator[tuple[str, str]]:
    for pointer, name in names:
        yield from _texts(pointer, name, ("last", "first", "middle", "suffix"))
    for pointer, _, provider in providers:
        yield from _texts(pointer, provider, ("organization",))
    for pointer, _, address in addresses:
        yield from _texts(pointer, address, ("line1", "line2", "city", "state"))
    for position, coverage in enumerate(claim.coverages):
        yield f"/coverages/{position}/payer/name", coverage.payer.name
        yield from _texts(f"/coverages/{position}/subscriber", coverage.subscriber, ("organization",))


def _texts(pointer: str, model: Model, fields: Sequence[str]) -> Iterator[tuple[str, str]]:
    for field in fields:
        if text := getattr(model, field):
            yield f"{pointer}/{field}", text


def days_of(claim: AnyClaim) -> tuple[date | None, date | None]:
    """The first and the last day of service; None where a professional claim names none."""
    if isinstance(claim, InstitutionalClaim):
        return claim.statement_from, claim.statement_through
    first = [line.service_from for line in claim.lines if line.service_from]
    last = [day for line in claim.lines if (day := line.service_through or line.service_from)]
    return min(first, default=None), max(last, default=None)


def lines(claim: AnyClaim) -> Iterator[tuple[int, AnyLine]]:
    """Position, from 0, and line."""
    return enumerate(claim.lines)


def diagnoses(claim: AnyClaim) -> Iterator[tuple[str, Diagnosis]]:
    """Pointer and diagnosis of every diagnosis on the claim: the coded ones, then those of the visit and its cause."""
    for position, diagnosis in enumerate(claim.diagnoses):
        yield f"/diagnoses/{position}", diagnosis
    if not isinstance(claim, InstitutionalClaim):
        return
    if claim.admitting_diagnosis is not None:
        yield "/admitting_diagnosis", claim.admitting_diagnosis
    for field in ("reasons_for_visit", "external_causes"):
        for position, diagnosis in enumerate(getattr(claim, field)):
            yield f"/{field}/{position}", diagnosis


def age_on(born: date | None, day: date) -> int | None:
    """Completed years on a day; None where no birth date is given, or one after it."""
    if born is None or day < born:
        return None
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def in_united_states(address: Address) -> bool:
    return address.country in (None, "US", "USA")
