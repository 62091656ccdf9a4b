"""Composite APCs: one payment for several services of a day, of imaging and of mental health."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from services.grouper.domain.outpatient.lines import Assigned, Group, GroupOf, Lines, by_day, changed
from services.grouper.domain.outpatient.rules import MentalHealthRule, OppsRules

_ONE = Decimal(1)
_ANAESTHESIA_NOT_BEGUN = ("52", "73")
_MENTAL_HEALTH = "daily_mental_health"
_REMOTE, _REMOTE_ADD_ON = "remote_mental_health", "remote_mental_health_addon"


def pay_mental_health(lines: Lines, rules: OppsRules, group_of: GroupOf) -> list[Assigned]:
    """Mental health services of a day are paid no more than a day of partial hospitalization: then by a composite.

    Source: CMS Pub 100-04 ch. 4 §260.1.1 and §10.2.1; Integrated OCE Specifications, daily mental health logic.
    """
    return changed(lines, (change for day in by_day(lines) for change in _mental_health(day, rules, group_of)))


def pay_imaging(lines: Lines, rules: OppsRules, group_of: GroupOf) -> list[Assigned]:
    """Two or more imaging services of a family on one day are paid by one composite APC, with contrast if any has it.

    Source: CMS Pub 100-04 ch. 4 §10.2.1; Integrated OCE Specifications, multiple imaging composites.
    """
    return changed(lines, (change for day in by_day(lines) for change in _imaging(day, rules, group_of)))


def pay_alone(lines: Lines) -> list[Assigned]:
    """What may be part of a composite and is not is paid by its own APC (Q3)."""
    return changed(lines, (_alone(line) for line in lines if line.is_live and line.status == "Q3"))


def _mental_health(day: Lines, rules: OppsRules, group_of: GroupOf) -> Iterator[Assigned]:
    members = [line for line in day if line.is_live and (line.on(_MENTAL_HEALTH) or line.on(_REMOTE))]
    counted = [line for line in members if not line.on(_REMOTE_ADD_ON)]
    if not counted or counted[0].day is None:
        return
    rule = rules.mental_health_composite.on(counted[0].day)
    limit, composite = group_of(rule.limit, counted[0].day), group_of(rule.apc, counted[0].day)
    if limit is None or limit.rate is None or composite is None:
        reason = f"no loaded release has APC {rule.limit} or {rule.apc}, which limit mental health services of a day"
        yield from (_alone(line).not_priced(reason) for line in members)
        return
    total = sum((line.rate * line.units for line in counted), Decimal(0))
    if total > limit.rate:
        yield from _capped(members, counted[0], composite, rule, total)
    else:
        yield from (_alone(line) for line in members if line.status == "Q3")


def _capped(
    members: Lines, first: Assigned, composite: Group, rule: MentalHealthRule, total: Decimal
) -> Iterator[Assigned]:
    why = f"mental health services of the day come to {total:,.2f}, above the rate of APC {rule.limit}"
    paid = first.paid_by(composite, f"paid by composite APC {rule.apc} for the day: {why}", units=_ONE)
    yield _for_all(paid, members)
    for line in members:
        if line is not first:
            yield line.packaged(f"part of composite APC {rule.apc} of line {first.line.number}", into=first.index)


def _imaging(day: Lines, rules: OppsRules, group_of: GroupOf) -> Iterator[Assigned]:
    for family in rules.imaging_families.on(day[0].day) if day and day[0].day else ():
        members = [line for line in day if line.is_live and line.listed and line.listed.composite in family]
        whole = [line for line in members if not line.has(*_ANAESTHESIA_NOT_BEGUN)]
        if sum(map(_services, whole)) < 2:
            continue
        with_contrast = max((line.listed.composite or "" for line in whole if line.listed), default="")
        yield from _composite(whole, with_contrast, group_of)


def _services(line: Assigned) -> Decimal:
    """How many services a line stands for: two, where it is bilateral by its modifier."""
    is_bilateral = line.listed is not None and line.listed.bilateral in ("independent", "conditional")
    return Decimal(2) if is_bilateral and line.has("50") else line.line.units


def _composite(members: Lines, apc: str, group_of: GroupOf) -> Iterator[Assigned]:
    prime = members[0]
    composite = group_of(apc, prime.day) if prime.day else None
    if composite is None or composite.rate is None:
        reason = f"no loaded release has a rate for composite APC {apc}"
        yield from (_alone(line).not_priced(reason) for line in members)
        return
    paid = prime.paid_by(composite, f"paid by composite APC {apc} for the imaging services of its day", units=_ONE)
    yield _for_all(paid, members)
    for line in members[1:]:
        yield line.packaged(f"part of composite APC {apc} of line {prime.line.number}", into=prime.index)


def _for_all(paid: Assigned, members: Lines) -> Assigned:
    """The line that pays for a composite, which is not priced where the payment of a part would not be."""
    why = next((line.unpriced for line in members if line.unpriced), None)
    return replace(paid, is_composite=True, unpriced=why)


def _alone(line: Assigned) -> Assigned:
    if line.group is None or line.status != "Q3":
        return line
    alone = line.paid_by(line.group, "paid by its own APC: it is part of no composite on its day (Q3)")
    if line.listed is None or line.listed.lists is None:
        return alone.not_priced("no loaded release says of which composite the service may be part (Q3)")
    return alone
