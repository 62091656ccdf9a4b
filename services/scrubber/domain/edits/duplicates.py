"""A service billed twice: on two lines of one claim, or on a claim for the patient that went before.

CMS Pub 100-04 ch. 1 §120.2: a line is an exact duplicate where patient, provider, days, procedure, place and charge are
those of another and no modifier says why; it is denied without review. Where only patient, provider, procedure and days
agree it is suspect, and a person looks. Facilities may bill one service on several lines, which is suspect at most.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import NamedTuple, Self

from services.scrubber.domain.claim_parts import AnyClaim
from services.scrubber.domain.edits.payer import MEDICARE
from services.scrubber.domain.engine import Circumstances, Defect, edit
from services.scrubber.domain.history import EarlierService
from services.scrubber.domain.services import Service, codes_listed, services
from shared.claims import InstitutionalClaim, Severity

_DUPLICATE = "CARC 18"
_SOURCE = "CMS Pub 100-04 ch. 1 §120.2; NCCI Policy Manual ch. I §E (59, 76, 77, 91)"
_ORIGINAL = "1"


class Twin(NamedTuple):
    """A line and an earlier one with the same procedure, provider, days and distinguishing modifiers."""

    first: Service
    second: Service
    exact: bool


class Billed(NamedTuple):
    """A line that an earlier claim has as well."""

    service: Service
    earlier: EarlierService
    exact: bool


class Twins(NamedTuple):
    """Lines that a claim has twice."""

    twins: tuple[Twin, ...]
    severity: Severity | None
    """Of those that are exactly alike, as the payer is known to take them."""


class BilledBefore(NamedTuple):
    """Lines that an earlier claim has as well."""

    lines: tuple[Billed, ...]
    whole: bool
    """One earlier claim has every line of this one exactly."""
    severity: Severity | None
    """Of a line that is exactly alike."""


def twins(claim: AnyClaim, on: Circumstances) -> Twins | None:
    """None where no line is there twice."""
    found = _twins_of(claim, on)
    return Twins(found, _severity(on)) if found else None


def billed_before(claim: AnyClaim, on: Circumstances) -> BilledBefore | None:
    """None where no other claim for the patient has a line of this one."""
    found = _billed_before(claim, on) if on.history else ()
    same = len({one.earlier.claim_id for one in found}) == 1 and all(one.exact for one in found)
    severity: Severity | None = "warning" if isinstance(claim, InstitutionalClaim) else _severity(on)
    return BilledBefore(found, same and len(found) == len(claim.lines), severity) if found else None


def _twins_of(claim: AnyClaim, on: Circumstances) -> tuple[Twin, ...]:
    """Each line that has a twin among the lines before it: an exact one where there is one."""
    given = on.once(services, claim)
    if len({service.code for service in given}) == len(given):
        return ()
    told = _Words.of(on)
    alike: dict[tuple[str, str, frozenset[str]], list[Service]] = {}
    for service in given:
        if not told.says_why(service.modifiers):
            key = service.code, service.provider, told.distinguishing(service.code, service.modifiers)
            alike.setdefault(key, []).append(service)
    facility = isinstance(claim, InstitutionalClaim)
    return tuple(twin for group in alike.values() if len(group) > 1 for twin in _twins(group, facility))


def _twins(alike: list[Service], facility: bool) -> Iterator[Twin]:
    """Of services that only their days and charges can tell apart, by their first days."""
    seen: dict[tuple[object, ...], Service] = {}
    running: Service | None = None
    for service in sorted(alike, key=attrgetter("first")):
        exact = seen.setdefault(_whole(service), service)
        if exact is not service:
            yield Twin(exact, service, not facility)
        elif running is not None and service.first <= running.last:
            first, second = sorted((running, service), key=attrgetter("position"))
            yield Twin(first, second, False)
        if running is None or service.last > running.last:
            running = service


def _whole(service: Service) -> tuple[object, ...]:
    """What two lines must share beside procedure and provider to be exact duplicates."""
    line = service.line
    days = service.first, service.last
    drug = line.drug and line.drug.ndc
    return *days, service.place_of_service, frozenset(service.modifiers), line.charge, line.units, drug


class _Words(NamedTuple):
    """What modifiers say of two lines of one service."""

    repeats: frozenset[str]
    visits: frozenset[str]
    of_visits: frozenset[str]

    @classmethod
    def of(cls, on: Circumstances) -> Self:
        names = ("modifiers_of_repeats", "visits", "modifiers_of_visits")
        return cls(*(codes_listed(on, name) for name in names))

    def says_why(self, modifiers: Iterable[str]) -> bool:
        return not self.repeats.isdisjoint(modifiers)

    def distinguishing(self, code: str, modifiers: Iterable[str]) -> frozenset[str]:
        """Any modifier may tell two lines apart (a side, a component, waste), but on visits not those of visits."""
        return frozenset(modifiers) - self.of_visits if code in self.visits else frozenset(modifiers)


@edit(
    "duplicate-line",
    sees=twins,
    title="A line is on the claim twice",
    predicted=_DUPLICATE,
    source=_SOURCE,
)
def duplicate_line(found: Twins) -> Iterator[Defect]:
    for twin in found.twins:
        if twin.exact:
            yield Defect(
                twin.second.pointer,
                f"Take line {twin.second.number} out, which is line {twin.first.number} once more; where the service "
                "was given again, say so (76, 77, 91, or 59 and its kinds).",
                _evidence(twin),
                severity=found.severity,
            )


@edit(
    "duplicate-line-suspect",
    sees=twins,
    title="Two lines may be one service",
    predicted=_DUPLICATE,
    source=_SOURCE,
    severity="warning",
)
def duplicate_line_suspect(found: Twins) -> Iterator[Defect]:
    for twin in found.twins:
        if not twin.exact:
            yield Defect(
                twin.second.pointer,
                f"Look at lines {twin.first.number} and {twin.second.number}: both are {twin.second.code} by one "
                "provider on one day, and no modifier says why.",
                _evidence(twin),
            )


def _evidence(twin: Twin) -> dict[str, str]:
    return {
        "code": twin.second.code,
        "other_line": twin.first.number,
        "day": twin.second.first.isoformat(),
        "modifiers": " ".join(twin.second.modifiers),
    }


def _billed_before(claim: AnyClaim, on: Circumstances) -> tuple[Billed, ...]:
    """A replacement or a void is to have what went before."""
    if claim.frequency != _ORIGINAL:
        return ()
    billing = str(claim.billing.npi or "")
    told, earlier = _Words.of(on), dict[tuple[str, str, frozenset[str]], list[EarlierService]]()
    for past in on.history:
        if past.billing == billing:
            key = past.code, past.provider, told.distinguishing(past.code, past.modifiers)
            earlier.setdefault(key, []).append(past)
    return tuple(
        found
        for service in on.once(services, claim)
        if not told.says_why(service.modifiers)
        and (
            alike := earlier.get((service.code, service.provider, told.distinguishing(service.code, service.modifiers)))
        )
        and (found := _billed(service, alike)) is not None
    )


def _billed(service: Service, alike: list[EarlierService]) -> Billed | None:
    same = [past for past in alike if past.first <= service.last and service.first <= past.last]
    exact = next((past for past in same if _is_exact_of(service, past)), None)
    if exact is not None:
        return Billed(service, exact, True)
    return Billed(service, same[0], False) if same else None


def _is_exact_of(service: Service, earlier: EarlierService) -> bool:
    return (service.first, service.last, service.place_of_service, service.line.charge) == (
        earlier.first,
        earlier.last,
        earlier.place_of_service,
        earlier.charge,
    ) and sorted(service.modifiers) == sorted(earlier.modifiers)


@edit(
    "claim-billed-before",
    sees=billed_before,
    title="An earlier claim bills all that this one does",
    predicted="A3:78",
    source="CMS Pub 100-04 ch. 1 §120.2; front-end edits of duplicates: provider, patient, days, procedures, charges",
    row=36,
)
def claim_billed_before(found: BilledBefore) -> Iterator[Defect]:
    if found.whole:
        earlier = found.lines[0].earlier.control_number
        yield Defect(
            "",
            f"Do not send this claim: claim {earlier} has all of it. To change that one, send a replacement "
            "(frequency 7), or ask the payer to reopen it.",
            {"claim": earlier, "lines": str(len(found.lines))},
        )


@edit(
    "line-billed-before",
    sees=billed_before,
    title="An earlier claim bills the same service",
    predicted=_DUPLICATE,
    source=_SOURCE,
)
def line_billed_before(found: BilledBefore) -> Iterator[Defect]:
    for one in found.lines if not found.whole else ():
        service, earlier = one.service, one.earlier
        yield Defect(
            service.pointer,
            f"Look at line {service.number}: {earlier.named} bills {service.code} of the same day and provider. Take "
            "it out, or say that the service was given again (76, 77, 91, or 59 and its kinds).",
            {
                "code": service.code,
                "claim": earlier.control_number,
                "other_line": str(earlier.line),
                "day": service.first.isoformat(),
            },
            severity=found.severity if one.exact else "warning",
        )


def _severity(on: Circumstances) -> Severity | None:
    """Of an exact duplicate of a line: Medicare denies it without review, what others do is not known."""
    return None if on.billed.filing_indicator in MEDICARE else "warning"
