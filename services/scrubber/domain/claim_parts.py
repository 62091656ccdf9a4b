"""The parts of a claim that edits and repairs look through, each with the pointer to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Any, TypeVar

from shared.claims import (
    Address,
    Diagnosis,
    InstitutionalClaim,
    InstitutionalLine,
    PersonName,
    ProfessionalClaim,
    ProfessionalLine,
    Provider,
    ServiceFacility,
)

T = TypeVar("T")


class _Roles:
    """The providers that a claim or a line may name, by their fields, with the entity code of each."""

    def __init__(self, **entities: str) -> None:
        self.entities = tuple(entities.items())
        self.of: Callable[[Any], tuple[AnyProvider | None, ...]] = attrgetter(*entities)


_ROLES = {
    "professional": (
        _Roles(
            billing="85", referring="DN", primary_care="P3", rendering="82", supervising="DQ", service_facility="77"
        ),
        _Roles(rendering="82", supervising="DQ", ordering="DK", referring="DN", service_facility="77"),
    ),
    "institutional": (
        _Roles(
            billing="85",
            attending="71",
            operating="72",
            other_operating="ZZ",
            rendering="82",
            referring="DN",
            service_facility="77",
        ),
        _Roles(operating="72", other_operating="ZZ", rendering="82", referring="DN"),
    ),
}
"""Those of the claim, then those of its lines."""
_NAME_FIELDS = ("last", "first", "middle", "suffix")
_ADDRESS_FIELDS = ("line1", "line2", "city", "state")
_NAME_TEXTS, _ADDRESS_TEXTS = attrgetter(*_NAME_FIELDS), attrgetter(*_ADDRESS_FIELDS)

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
    organizations: tuple[tuple[str, str], ...]
    """Pointer and name of providers that are no persons."""
    payers: tuple[tuple[str, str], ...]
    """The same of payers, and of subscribers that are no persons."""
    text: str
    """Every name and address line, each on a line of its own: the free text that a person typed."""

    @classmethod
    def of(cls, claim: AnyClaim) -> ClaimParts:
        providers = tuple(_providers(claim))
        addresses, names = tuple(_addresses(claim, providers)), tuple(_names(claim, providers))
        organizations = tuple(
            [(f"{at}/organization", one.organization) for at, _, one in providers if one.organization]
        )
        payers = tuple(_payers(claim))
        texts = [text for _, text in (*organizations, *payers)]
        for _, name in names:
            texts += filter(None, _NAME_TEXTS(name))
        for _, _, address in addresses:
            texts += filter(None, _ADDRESS_TEXTS(address))
        return cls(providers, addresses, names, organizations, payers, "\n".join(["", *texts, ""]))

    @property
    def words(self) -> Iterator[tuple[str, str]]:
        """The same, each with the pointer to it."""
        for pointer, name in self.names:
            yield from _pointed(pointer, _NAME_FIELDS, _NAME_TEXTS(name))
        yield from self.organizations
        for pointer, _, address in self.addresses:
            yield from _pointed(pointer, _ADDRESS_FIELDS, _ADDRESS_TEXTS(address))
        yield from self.payers


def _providers(claim: AnyClaim) -> Iterator[Placed[AnyProvider]]:
    roles, of_line = _ROLES[claim.kind]
    for (role, entity), provider in zip(roles.entities, roles.of(claim), strict=True):
        if provider is not None:
            yield f"/{role}", entity, provider
    for position, line in enumerate(claim.lines):
        found = of_line.of(line)
        if any(found):
            for (role, entity), provider in zip(of_line.entities, found, strict=True):
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


def _payers(claim: AnyClaim) -> Iterator[tuple[str, str]]:
    for position, coverage in enumerate(claim.coverages):
        yield f"/coverages/{position}/payer/name", coverage.payer.name
        if coverage.subscriber.organization:
            yield f"/coverages/{position}/subscriber/organization", coverage.subscriber.organization


def _pointed(pointer: str, fields: Sequence[str], texts: Sequence[str | None]) -> Iterator[tuple[str, str]]:
    for field, text in zip(fields, texts, strict=True):
        if text:
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
