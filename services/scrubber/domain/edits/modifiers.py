"""Modifiers: valid on the day, fit for the service they stand on, and not contradicting each other."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from functools import lru_cache
from itertools import combinations
from types import MappingProxyType
from typing import NamedTuple

from services.scrubber.domain.claim_parts import AnyClaim
from services.scrubber.domain.edits.payer import MEDICARE
from services.scrubber.domain.engine import PROFESSIONAL, Circumstances, Defect, edit
from services.scrubber.domain.services import Service, codes_by_day, codes_listed, services
from shared.claims import InstitutionalClaim, Modifier, ProfessionalLine
from shared.tables import NoRelease, Tables, codes, hcpcs

_INCONSISTENT = "CARC 4"
"""The procedure code is inconsistent with the modifier."""
_AMBULANCE = "A0"
_REPEATS = MappingProxyType({"76": "the same practitioner", "77": "another practitioner", "91": "the same laboratory"})
_PLACES_AGAIN = date(2024, 1, 1)
"""Until the end of 2023 telehealth was billed with the place that a visit in person would have had (95)."""
_DENIALS = MappingProxyType({"GY": "CARC 96", "GZ": "CARC 50"})


class Modified(NamedTuple):
    """The services of a claim that have modifiers."""

    claim: AnyClaim
    on: Circumstances
    services: tuple[Service, ...]
    modifiers: frozenset[str]
    """All that they have."""

    def having(self, wanted: Collection[str]) -> Iterator[tuple[Service, str]]:
        """Each modifier that is wanted, with its service."""
        if self.modifiers.isdisjoint(wanted):
            return iter(())
        return ((service, one) for service in self.services for one in service.modifiers if one in wanted)

    def paired(self, listed: str) -> Iterator[tuple[Service, str, str]]:
        """The pairs of modifiers of a line that stand on a list of pairs."""
        for service in self.services:
            for one, other in combinations(sorted(set(service.modifiers)), 2):
                if self.on.listed(listed, f"{one}/{other}"):
                    yield service, one, other


def modified(claim: AnyClaim, on: Circumstances) -> Modified | None:
    """None where no service has a modifier."""
    return _modified(claim, on, [service for service in on.once(services, claim) if service.modifiers])


def much_modified(claim: AnyClaim, on: Circumstances) -> Modified | None:
    """The services with several modifiers; None where there are none."""
    return _modified(claim, on, [service for service in on.once(services, claim) if len(service.modifiers) > 1])


def _modified(claim: AnyClaim, on: Circumstances, found: list[Service]) -> Modified | None:
    if not found:
        return None
    return Modified(claim, on, tuple(found), frozenset([one for service in found for one in service.modifiers]))


@edit(
    "modifier-invalid",
    sees=modified,
    title="A modifier was not valid on the day of service",
    predicted="A7:453",
    source="Front-end edit X222.351.2400.SV101-3.020; CMS HCPCS and CPT modifiers of the day",
    row=51,
)
def modifier_invalid(found: Modified) -> Iterator[Defect]:
    on = found.on
    if isinstance(found.claim, InstitutionalClaim) and "ioce" in on.payer_rule.applies:
        return  # which answers by its own edit 22
    for service in found.services:
        for place, modifier in enumerate(service.modifiers):
            if _is_valid(on.tables, modifier, service.first) or _beside(service, modifier, on):
                continue
            yield Defect(
                f"{service.pointer}/modifiers/{place}",
                f"Choose a modifier that was valid on the day of line {service.number}: {modifier} was not.",
                {"modifier": str(modifier), "day": service.first.isoformat()},
            )


@lru_cache(maxsize=8192)
def _is_valid(tables: Tables, modifier: str, day: date) -> bool:
    try:
        return hcpcs.modifier(tables, modifier, day).valid
    except NoRelease:
        return True


def _beside(service: Service, modifier: Modifier, on: Circumstances) -> bool:
    """What the lists of modifiers leave out, or the edit of its form has spoken of."""
    by_letters = service.code.startswith(_AMBULANCE) and on.listed("ambulance_modifiers", modifier)
    return by_letters or on.listed("modifiers_beside_the_editor", modifier) or modifier.problem is not None


@edit(
    "modifiers-exclude-each-other",
    sees=much_modified,
    title="Two modifiers of a line exclude each other",
    predicted=_INCONSISTENT,
    source="CMS Pub 100-04 ch. 12 §40.7, ch. 13 §20.2, ch. 4 §20.6.4, ch. 30 §50; CMS CR 6563",
)
def modifiers_exclude(found: Modified) -> Iterator[Defect]:
    for service, one, other in found.paired("modifiers_that_exclude"):
        yield Defect(
            f"{service.pointer}/modifiers",
            f"Keep {one} or {other} on line {service.number}: no line can have both.",
            {"modifiers": f"{one} {other}", "list": "modifiers_that_exclude"},
        )


@edit(
    "modifiers-at-odds",
    sees=much_modified,
    title="Two modifiers of a line say two things at once",
    predicted=_INCONSISTENT,
    source="CMS Pub 100-04 ch. 12 §40.2, §40.8; NCCI Policy Manual ch. I §E; CMS MLN1783722",
    severity="warning",
)
def modifiers_at_odds(found: Modified) -> Iterator[Defect]:
    for service, one, other in found.paired("modifiers_at_odds"):
        sides = (
            "Bill a line for each side, or 50 where the service takes it" if one == "LT" else "Keep the one that holds"
        )
        yield Defect(
            f"{service.pointer}/modifiers",
            f"Look at {one} and {other} on line {service.number}: together they say two things. {sides}.",
            {"modifiers": f"{one} {other}", "list": "modifiers_at_odds"},
        )


@edit(
    "modifier-without-visit",
    sees=modified,
    title="A modifier of visits stands on a service that is none",
    predicted=_INCONSISTENT,
    source="CMS Pub 100-04 ch. 12 §30.6.6, §40.2 (24, 25, 57), ch. 4 §20.6 (27)",
    severity="warning",
)
def modifier_without_visit(found: Modified) -> Iterator[Defect]:
    visits = codes_listed(found.on, "visits")
    for service, modifier in found.having(codes_listed(found.on, "modifiers_of_visits")):
        if service.code not in visits:
            yield _misplaced(service, modifier, "it belongs to a visit, which that is not")


@edit(
    "modifier-on-visit",
    sees=modified,
    title="A modifier of procedures stands on a visit",
    predicted=_INCONSISTENT,
    source="NCCI Policy Manual ch. I §E (58, 59, 78, 79, XE, XP, XS, XU); CMS Pub 100-04 ch. 12 §40.6 to §40.8",
    severity="warning",
)
def modifier_on_visit(found: Modified) -> Iterator[Defect]:
    visits = codes_listed(found.on, "visits")
    for service, modifier in found.having(codes_listed(found.on, "modifiers_never_of_visits")):
        if service.code in visits:
            yield _misplaced(service, modifier, "it belongs to a procedure, and that is a visit")


def _misplaced(service: Service, modifier: str, why: str) -> Defect:
    return Defect(
        f"{service.pointer}/modifiers",
        f"Look at {modifier} on {service.code} of line {service.number}: {why}.",
        {"modifier": modifier, "code": service.code},
    )


@edit(
    "modifiers-of-two-sites",
    sees=much_modified,
    title="The modifiers of a line name two sites",
    predicted=_INCONSISTENT,
    source="NCCI Policy Manual ch. I §E: an anatomical modifier names one site, and each site is a line of its own",
    severity="warning",
)
def modifiers_of_two_sites(found: Modified) -> Iterator[Defect]:
    for service in found.services:
        named = _sites(found.on.tables, service.first)
        sites = [modifier for modifier in service.modifiers if modifier in named]
        if len(sites) > 1 and _apart({named[modifier] for modifier in sites}):
            yield Defect(
                f"{service.pointer}/modifiers",
                f"Bill each site on a line of its own: line {service.number} names {' and '.join(sites)}.",
                {"modifiers": " ".join(sites), "code": service.code},
            )


Site = tuple[str, str]
"""A side, empty where it has none, and a place on it, empty for the side as a whole."""


@lru_cache(maxsize=1024)
def _sites(tables: Tables, day: date) -> dict[str, Site]:
    """The anatomical modifiers of a day, by the words of the list: `Left hand, thumb`, `Upper left eyelid`."""
    if not tables.carries(codes.NCCI_MODIFIERS, day):
        return {}
    return {
        found.code: _site(found.row.label)
        for found in codes.all_on(tables, codes.NCCI_MODIFIERS, day)
        if found.row.group == "anatomic"
    }


def _site(label: str) -> Site:
    words = label.lower()
    side = next((side for side in ("left", "right") if side in words.split()), "")
    if "artery" in words:  # the left and the right coronary arteries are vessels, not sides
        return "", words
    return side, "" if words == f"{side} side" else words


def _apart(sites: set[Site]) -> bool:
    """Whether these cannot be one site. A side and a place on it can; both sides are the business of another edit."""
    places = {place for _, place in sites if place}
    return len(places) > 1 or (len(places) == 1 and len({side for side, _ in sites}) > 1)


@edit(
    "modifier-repeat-without-first",
    sees=modified,
    title="A service is called a repeat, and the first is not on the claim",
    predicted=_INCONSISTENT,
    source="CMS Pub 100-04 ch. 12 §40.6, ch. 16 §100.5.1 (91), ch. 4 §20.6.5 (76, 77)",
    severity="information",
)
def repeat_without_first(found: Modified) -> Iterator[Defect]:
    if found.modifiers.isdisjoint(_REPEATS):
        return
    for _, given in found.on.once(codes_by_day, found.claim):
        for code, of_code in given.items():
            repeats = [(one, modifier) for one in of_code for modifier in one.modifiers if modifier in _REPEATS]
            # 77 tells of the first of another practitioner, who bills it.
            if len(repeats) == len(of_code) and not any(modifier == "77" for _, modifier in repeats):
                service, modifier = repeats[0]
                yield Defect(
                    f"{service.pointer}/modifiers",
                    f"Line {service.number} calls {code} a repeat by {_REPEATS[modifier]} ({modifier}). Look whether "
                    "the first was billed: it is not on this claim.",
                    {"modifier": modifier, "code": code, "day": service.first.isoformat()},
                )


@edit(
    "telehealth-place",
    sees=modified,
    title="A service by telehealth is billed from a place where patients are seen",
    predicted="CARC 5",
    source="CMS CY 2024 physician fee schedule final rule; CMS CR 12427 (places 02 and 10); Pub 100-04 ch. 12 §190",
    kinds=PROFESSIONAL,
    severity="warning",
    effective=_PLACES_AGAIN,
)
def telehealth_place(found: Modified) -> Iterator[Defect]:
    places = codes_listed(found.on, "telehealth_places")
    for service, modifier in found.having(codes_listed(found.on, "telehealth_modifiers")):
        if service.place_of_service not in places:
            yield Defect(
                _place_of(service),
                f"Bill line {service.number}, which {modifier} calls telehealth, with place of service 10 (patient at "
                "home) or 02 (elsewhere).",
                {"modifier": modifier, "place_of_service": service.place_of_service},
            )


def _place_of(service: Service) -> str:
    of_line = isinstance(service.line, ProfessionalLine) and service.line.place_of_service
    return f"{service.pointer}/place_of_service" if of_line else "/place_of_service"


@edit(
    "modifier-expects-denial",
    sees=modified,
    title="A line is billed to be denied",
    predicted=_DENIALS["GZ"],
    source="CMS Pub 100-04 ch. 1 §60.4 and ch. 30 §50; CMS CR 7228: lines with GZ are denied without review",
    severity="information",
)
def modifier_expects_denial(found: Modified) -> Iterator[Defect]:
    if found.on.billed.filing_indicator not in MEDICARE:
        return
    for service, modifier in found.having(_DENIALS):
        pays = "the patient pays" if modifier == "GY" else "the provider bears it, as no notice was given"
        yield Defect(
            f"{service.pointer}/modifiers",
            f"Medicare denies line {service.number} because of {modifier}; {pays}.",
            {"modifier": modifier, "code": service.code},
            predicted=_DENIALS[modifier],
        )
