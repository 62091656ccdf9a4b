"""Add-on codes: services that are paid only beside their primary procedure of the same day and practitioner.

CMS's list has three types. 1: CMS names every primary procedure. 2: the contractor names them all. 3: CMS names some,
the contractor may name more. That none of the named ones is on the claim is proof of a denial only with type 1.
Hospital outpatient bills meet the same list in the I/OCE: edits 106, 107 and 108, line denials.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from services.scrubber.domain.claim_parts import AnyClaim
from services.scrubber.domain.engine import Circumstances, Defect
from services.scrubber.domain.rule_books import rule_book
from services.scrubber.domain.services import Service, by_day, is_supplier, rows_on, services
from shared.claims import InstitutionalClaim, Severity
from shared.tables import Tables, ncci

_DENIED = "CARC B15"
"""Requires that a qualifying service be received and covered."""
_SOURCE = "NCCI Policy Manual for Medicare Services ch. I §W; CMS Pub 100-04 ch. 12 §30(D); CMS, add-on code edits"
_NAMED_IN_MESSAGE = 6


class Lonely(NamedTuple):
    """An add-on code without any primary procedure that CMS names for it, by the same provider on the day."""

    service: Service
    add_on: ncci.AddOn
    beside: Service | None
    """A primary procedure of the same day by another practitioner of the claim."""
    alone: bool
    """The day has no other code by the provider, so that nothing can be its primary."""
    elsewhere: bool
    """Its primary may stand on a claim of a colleague."""

    @property
    def evidence(self) -> dict[str, str]:
        return {
            "add_on": self.service.code,
            "type": str(self.add_on.types[0]),
            "primaries": " ".join(self.add_on.primaries),
            "day": self.service.first.isoformat(),
            "release": self.add_on.release,
        }


def lonely(claim: AnyClaim, on: Circumstances) -> tuple[Lonely, ...] | None:
    """The add-on codes of a claim that lack their primary; None where there is none."""
    if isinstance(claim, InstitutionalClaim):
        if not on.listed("ncci_bill_types", claim.facility_type):
            return None
    elif is_supplier(claim):
        return None
    return tuple(_lonely(claim, on)) or None


def _lonely(claim: AnyClaim, on: Circumstances) -> Iterator[Lonely]:
    for (day, _), given in on.once(by_day, claim).items():
        rows = rows_on(on.tables, ncci.ADD_ON, day)
        if rows is None:
            continue
        for service in given:
            if not rows(service.code):
                continue
            add_on = _add_on(on.tables, service.code, day)
            if add_on is None or any(other.code in add_on.primaries for other in given):
                continue
            others = (one for one in on.once(services, claim) if one.first == day and one.code in add_on.primaries)
            alone = all(other.code == service.code for other in given)
            elsewhere = on.listed("add_ons_to_a_colleague", service.code)
            yield Lonely(service, add_on, next(others, None), alone, elsewhere)


@lru_cache(maxsize=4096)
def _add_on(tables: Tables, code: str, day: date) -> ncci.AddOn | None:
    return ncci.primaries(tables, code, day)


@rule_book("ncci", lonely)(
    "add-on-without-primary",
    title="An add-on code stands without its primary procedure",
    predicted=_DENIED,
    source=_SOURCE,
)
def without_primary(found: tuple[Lonely, ...]) -> Iterator[Defect]:
    for one in found:
        if one.add_on.contractors_define:
            continue
        service = one.service
        yield Defect(
            f"{service.pointer}/procedure",
            f"Bill {_named(one.add_on)} by the same practitioner on the same day as the add-on {service.code} of line "
            f"{service.number}, or leave the line out.{_aside(one)}",
            one.evidence,
            severity=_severity(one),
        )


def _named(add_on: ncci.AddOn) -> str:
    shown = ", ".join(add_on.primaries[:_NAMED_IN_MESSAGE])
    more = len(add_on.primaries) - _NAMED_IN_MESSAGE
    return f"{shown} or one of {more} others" if more > 0 else f"one of {shown}" if "," in shown else shown


def _aside(one: Lonely) -> str:
    return f" Line {one.beside.number} has one, of another practitioner." if one.beside else ""


def _severity(one: Lonely) -> Severity | None:
    return "warning" if one.beside or one.elsewhere else None


@rule_book("ncci", lonely)(
    "add-on-primary-by-contractor",
    title="An add-on code has no primary procedure that CMS names; the contractor may name others",
    predicted=_DENIED,
    source=_SOURCE,
    severity="warning",
)
def primary_by_contractor(found: tuple[Lonely, ...]) -> Iterator[Defect]:
    for one in found:
        service, named = one.service, one.add_on.primaries
        # Beside another service a code of type 2 may well be right: who knows is the contractor.
        if not one.add_on.contractors_define or not (named or one.alone):
            continue
        yield Defect(
            f"{service.pointer}/procedure",
            f"Look for the primary procedure of the add-on {service.code} on line {service.number}"
            + (
                f": CMS names {_named(one.add_on)}, the contractor may name more." if named else ", which stands alone."
            ),
            one.evidence,
            severity=None if one.alone else "information",
        )
