"""Packaging of single services: laboratory tests, services with Q1 and Q2, and what belongs to critical care."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from services.grouper.domain.outpatient.lines import Assigned, Group, Lines, changed
from services.grouper.domain.outpatient.rules import OppsRules

_ONE = Decimal(1)
_PAYABLE = frozenset({"J1", "J2", "Q1", "Q2", "Q3", "S", "T", "V"})
"""What laboratory tests are packaged with (OPPS Addendum D1, indicator Q4)."""


def package_tests(lines: Lines, *, whole_logic: bool) -> list[Assigned]:
    """Q4: laboratory tests are packaged with any hospital service of the claim, else paid by their own schedule.

    Source: CMS Pub 100-04 ch. 16 §30.3; OPPS Addendum D1. On specimens alone (014x) they are always paid.
    """
    with_others = whole_logic and any(line.is_live and line.status in _PAYABLE for line in lines)
    if with_others:
        reason = "a laboratory test is packaged with the hospital services of the claim (Q4)"
        return changed(lines, (line.packaged(reason) for line in _live(lines, "Q4")))
    return changed(lines, (replace(line, status="A", group=None) for line in _live(lines, "Q4")))


def package_conditional(lines: Lines) -> list[Assigned]:
    """Q1 is packaged with S, T or V of the claim, Q2 with T; alone, the one that pays most is paid for one unit.

    Source: CMS Pub 100-04 ch. 4 §10.4; OPPS Addendum D1; 80 FR 70298, section II.A.3 (by claim since 2016); Integrated
    OCE Specifications, conditional packaging.
    """
    return changed(lines, _conditional(lines))


def package_with_critical_care(lines: Lines, rules: OppsRules, day: date) -> list[Assigned]:
    """Ancillary services are packaged with critical care, unless a modifier says that some are apart from it.

    Those that other services package as well are packaged in any case. Source: CMS Pub 100-04 ch. 4
    §160.1; Integrated OCE Specifications, critical care processing.
    """
    ancillary = [line for line in lines if line.is_live and line.on("critical_care_ancillary")]
    has_care = any(line.is_live and line.on("trauma_critical_care") for line in lines)
    apart = any(line.has(*rules.distinct_modifiers.on(day)) for line in lines)
    if not has_care:
        return list(lines)
    reason = "an ancillary service of critical care is packaged with it"
    return changed(lines, (line.packaged(reason) for line in ancillary if not apart or line.on("stv_packaged")))


def _live(lines: Lines, *statuses: str) -> Iterator[Assigned]:
    return (line for line in lines if line.is_live and line.status in statuses)


def _conditional(lines: Lines) -> Iterator[Assigned]:
    statuses = {_paid_as(line) for line in lines if line.is_live and line.status not in ("Q1", "Q2")}
    with_any = statuses & {"S", "T", "V"}
    paid: list[Assigned] = []
    for indicator, packs, with_what in (("Q1", bool(with_any), "S, T or V"), ("Q2", "T" in statuses, "T")):
        found = list(_live(lines, indicator))
        if packs:
            reason = f"packaged with a service with {with_what} ({indicator})"
            yield from (line.packaged(reason) for line in found)
            continue
        paid += found
    highest = max(paid, key=lambda line: (line.rate, line.status == "Q1", -line.index), default=None)
    for line in paid:
        if line is not highest:
            yield line.packaged(f"packaged with a service that pays more ({line.status})")
        elif line.group is not None:
            yield _alone(line, line.group)


def _paid_as(line: Assigned) -> str | None:
    """The indicator that a line is paid by if it is: of a service with Q3, that of its own APC."""
    return line.group.status if line.group and line.status == "Q3" else line.status


def _alone(line: Assigned, group: Group) -> Assigned:
    with_what = "S, T or V" if line.status == "Q1" else "T"
    units = line.units if group.status == "J1" else _ONE
    reason = f"paid on its own, for one unit: it is billed with no service with {with_what} ({line.status})"
    return replace(line.paid_by(group, reason, units=units), was_conditional=True)
