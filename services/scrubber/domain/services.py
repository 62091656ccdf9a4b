"""The services of a claim: its lines with a procedure, by the day and the provider that NCCI compares them by."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

import msgspec

from services.scrubber.domain.claim_parts import AnyClaim, AnyLine
from services.scrubber.domain.engine import Circumstances
from services.scrubber.domain.history import EarlierService
from shared.claims import InstitutionalClaim, Modifier, ProfessionalClaim, ProfessionalLine
from shared.tables import NoRelease, Table, Tables
from shared.tables.store import PairStore

_FACILITY = _NOWHERE = ""
_VOID = "8"
_SUPPLIERS = ("332B", "332H", "335E", "3336")
"""NUCC: equipment and supplies, eyewear, prosthetics and orthotics, pharmacies."""


class Service(msgspec.Struct, frozen=True, order=True, gc=False):
    """A line with a procedure and a day."""

    position: int
    """Of the line, from 0."""
    code: str
    modifiers: tuple[Modifier, ...]
    first: date
    last: date
    provider: str
    """Who renders it, by NPI: of the line, else of the claim, else who bills. Empty on a facility's claim, for which
    all is of one provider."""
    place_of_service: str
    """Of the line, else of the claim; empty on a facility's claim."""
    line: AnyLine

    @property
    def number(self) -> str:
        """Of the line, as people count."""
        return str(self.position + 1)

    @property
    def units(self) -> Decimal:
        return self.line.units

    @property
    def pointer(self) -> str:
        """JSON pointer to the line."""
        return f"/lines/{self.position}"

    @property
    def counts_minutes(self) -> bool:
        return isinstance(self.line, ProfessionalLine) and self.line.unit == "MJ"


Day = tuple[date, str]
"""One day of one provider."""


def services(claim: AnyClaim, on: Circumstances) -> tuple[Service, ...]:
    """The services that a claim asks payment for, for `Circumstances.once`. A void asks for none."""
    return () if claim.frequency == _VOID else services_of(claim)


def services_of(claim: AnyClaim) -> tuple[Service, ...]:
    """The services of a claim in the order of its lines. A line without a day takes that of a claim of one day."""
    if isinstance(claim, InstitutionalClaim):
        whole = claim.statement_from if claim.statement_from == claim.statement_through else None
        return tuple(
            Service(
                position,
                line.procedure,
                line.modifiers,
                first,
                line.service_through or first,
                _FACILITY,
                _NOWHERE,
                line,
            )
            for position, line in enumerate(claim.lines)
            if line.procedure is not None and (first := line.service_from or whole) is not None
        )
    provider, place = _rendering(claim), claim.place_of_service
    return tuple(
        Service(
            position,
            line.procedure,
            line.modifiers,
            first,
            line.service_through or first,
            provider if (of_line := line.rendering) is None else str(of_line.npi or provider),
            line.place_of_service or place,
            line,
        )
        for position, line in enumerate(claim.lines)
        if (first := line.service_from) is not None
    )


def by_day(claim: AnyClaim, on: Circumstances) -> dict[Day, list[Service]]:
    """The services of each day and provider, by the first day of a line that spans several."""
    days: dict[Day, list[Service]] = {}
    for service in on.once(services, claim):
        days.setdefault((service.first, service.provider), []).append(service)
    return days


def by_code(services: Iterable[Service]) -> dict[str, list[Service]]:
    codes: dict[str, list[Service]] = {}
    for service in services:
        codes.setdefault(service.code, []).append(service)
    return codes


def codes_by_day(claim: AnyClaim, on: Circumstances) -> tuple[tuple[date, dict[str, list[Service]]], ...]:
    """The services of each day and provider by their codes."""
    return tuple([(day, by_code(given)) for (day, _), given in on.once(by_day, claim).items()])


def numbers(services: Iterable[Service]) -> str:
    """The lines, as people count them: `1, 3`."""
    return ", ".join(service.number for service in services)


def codes_listed(on: Circumstances, name: str) -> frozenset[str]:
    """The codes of a list on the day of service, for an edit that asks of many; patterns are not among them."""
    return on.lists[name].codes


@lru_cache(maxsize=1024)
def rows_on(tables: Tables, table: Table[Any], day: date) -> Callable[..., tuple[Any, ...]] | None:
    """How the rows of a key are found on a day; None where no release covers it, which is found out once."""
    try:
        rows: Callable[..., tuple[Any, ...]] = tables.editions[table, day].store.rows
    except NoRelease:
        return None
    return rows


@lru_cache(maxsize=1024)
def pairs_on(tables: Tables, table: Table[Any], day: date) -> PairStore[Any] | None:
    """The pairs of a table on a day; None as of `rows_on`."""
    return tables.pairs_on(table, day).store if tables.carries(table, day) else None


def is_supplier(claim: AnyClaim) -> bool:
    """Whether a supplier of durable medical equipment bills, by its taxonomy: to the DME MAC, not to the Part B MAC."""
    taxonomy = claim.billing.taxonomy
    return taxonomy is not None and taxonomy.startswith(_SUPPLIERS)


def _rendering(claim: ProfessionalClaim) -> str:
    rendering = claim.rendering
    return str((rendering.npi if rendering is not None else None) or claim.billing.npi)


def billed_services(claim: AnyClaim) -> tuple[EarlierService, ...]:
    """What a later claim for the patient is to know of this one; nothing of a void, which takes back what it bills."""
    if claim.frequency == _VOID:
        return ()
    billing = str(claim.billing.npi or "")
    return tuple(
        EarlierService(
            claim_id=str(claim.id),
            control_number=str(claim.patient_control_number),
            line=service.position + 1,
            code=str(service.code),
            modifiers=tuple(str(modifier) for modifier in service.modifiers),
            first=service.first,
            last=service.last,
            provider=service.provider,
            billing=billing,
            place_of_service=service.place_of_service,
            charge=service.line.charge,
            units=service.units,
        )
        for service in services_of(claim)
    )
