"""Comprehensive APCs: one payment for the claim, by its primary service (J1) or for observation (J2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from services.grouper.domain.outpatient.lines import Assigned, Group, GroupOf, Lines, by_day, changed
from services.grouper.domain.outpatient.rules import ObservationRule, OppsRules, known_on

_ONE = Decimal(1)
_LAST = 1_000_000
"""Behind every rank."""
_TERMINATED = ("52", "73", "74")
_SRS_PREPARATION = "capc_srs_plan_and_prep"
_EXCLUDED = "capc_exclusion"

RankOf = Callable[[str, date], int | None]
"""The rank of a code; None where the release does not rank it. Raises NoRelease."""
AdjustedApc = Callable[[str, str, date], str | None]
"""The higher APC of a primary service with another; None where there is none. Raises NoRelease."""


def visits_of(lines: Lines) -> list[Assigned]:
    """J2: a visit is paid by its own APC unless it makes up an observation (CMS Pub 100-04 ch. 4 §290.5.3)."""
    return changed(lines, (_visit(line) for line in lines if line.is_live and line.status == "J2"))


def primary_of(lines: Lines, rank_of: RankOf) -> Assigned | None:
    """The service with J1 that ranks highest; what is not ranked comes last, and of its like the first.

    Raises NoRelease where several services could be the primary one and no release says which goes first.
    Source: 42 CFR 419.2(c); CMS Pub 100-04 ch. 4 §10.2.3; OPPS Addendum J.
    """
    found = [line for line in lines if line.is_live and line.status == "J1"]
    if len({line.code for line in found}) < 2:
        return found[0] if found else None
    ranks = {line.index: rank_of(line.code, line.day) for line in found if line.day}
    return min(found, key=lambda line: (ranks.get(line.index) or _LAST, line.index))


def observation_of(lines: Lines, rules: OppsRules, group_of: GroupOf) -> Assigned | None:
    """The visit that observation is paid by: eight hours or more, a visit of the day or the day before, and no T.

    Source: CMS Pub 100-04 ch. 4 §290.5.3; Integrated OCE Specifications, comprehensive observation.
    """
    if any(line.is_live and line.status == "T" for line in lines):
        return None
    for hours in lines:
        if hours.day is None or hours.outcome == "not-supported":  # such as one that is denied
            continue
        rule = rules.observation.on(hours.day)
        if hours.code == rule.hourly and hours.units >= rule.units:
            return _observed(lines, hours.day, rule, group_of)
    return None


def package_referrals(lines: Lines, rules: OppsRules) -> list[Assigned]:
    """A direct referral to observation is paid only with hours of observation and without a visit or T of its day.

    Source: CMS Pub 100-04 ch. 4 §290.5.2; Integrated OCE Specifications, direct referral for observation, edit 58.
    """
    return changed(lines, (change for day in by_day(lines) for change in _referrals(day, rules)))


def adjusted(primary: Assigned, lines: Lines, adjusted_apc: AdjustedApc, group_of: GroupOf) -> Assigned:
    """The primary service with the higher APC of a complex pair, where it makes one up with another line.

    Not where any service with J1 was stopped or reduced (52, 73, 74). Raises NoRelease where no release covers the
    day. Source: CMS Pub 100-04 ch. 4 §10.2.3; OPPS Addendum J.
    """
    day = primary.day
    if day is None or any(line.status == "J1" and line.has(*_TERMINATED) for line in lines):
        return primary
    is_twice = primary.units > 1 or primary.has("50")
    for line in lines:
        if not line.code or line.outcome == "not-supported" or (line.index == primary.index and not is_twice):
            continue
        apc = adjusted_apc(primary.code, line.code, day)
        if apc is None:
            continue
        group = group_of(apc, day)
        if group is None:
            return primary.not_priced(f"no loaded release has a rate for APC {apc} of the pair")
        return primary.paid_by(group, _with(primary, line, apc))
    return primary


def package_into(primary: Assigned, lines: Lines, rules: OppsRules) -> list[Assigned]:
    """Everything on the claim is packaged into its primary service but for what the rules exclude.

    Source: 42 CFR 419.2(b), (c); CMS Pub 100-04 ch. 4 §10.2.3; Integrated OCE Specifications.
    """
    whole = replace(
        primary,
        units=_ONE,
        is_primary=True,
        reason=primary.reason or "the comprehensive APC pays for the whole claim (J1)",
    )
    others = [line for line in lines if line.index != primary.index]
    return changed(lines, [whole, *(_beside(whole, line, rules) for line in others)])


def package_into_denied(primary: Assigned, lines: Lines, rules: OppsRules) -> list[Assigned]:
    """As `package_into`, where the primary service is itself not paid: then nothing pays for what it packages."""
    return changed(lines, (_beside(primary, line, rules) for line in lines if line.index != primary.index))


def _visit(line: Assigned) -> Assigned:
    return line if line.group is None else line.paid_by(line.group)


def _observed(lines: Lines, day: date, rule: ObservationRule, group_of: GroupOf) -> Assigned | None:
    before = day - timedelta(days=1)
    visits = [
        line
        for line in lines
        if line.is_live
        and line.listed is not None
        and line.listed.status == "J2"
        and (line.day == day or (line.day == before and line.code != rule.direct))
    ]
    if not visits:
        return None
    visit = max(visits, key=lambda line: (line.rate, -line.index))
    group = group_of(rule.apc, day)
    if group is None:
        return visit.not_priced(f"no loaded release has a rate for APC {rule.apc}")
    why = f"{rule.units} hours or more of observation, with a visit and without a service with T (J2)"
    return visit.paid_by(group, f"APC {rule.apc} pays for the whole claim: {why}")


def _referrals(day: Lines, rules: OppsRules) -> Iterator[Assigned]:
    rule = known_on(rules.observation, day[0].day) if day[0].day else None
    if rule is None:
        return
    referrals = [line for line in day if line.is_live and line.code == rule.direct]
    if not any(line.code == rule.hourly for line in day):
        reason = "a direct referral to observation without hours of observation on its day (edit 58)"
    elif any(_is_visit(line) for line in day if line not in referrals):
        reason = (
            "a direct referral to observation is packaged with a visit, critical care or a service with T of its day"
        )
    else:
        return
    yield from (line.packaged(reason) for line in referrals)


def _is_visit(line: Assigned) -> bool:
    return line.is_live and (line.status in ("T", "V") or line.on("trauma_critical_care"))


def _with(primary: Assigned, other: Assigned, apc: str) -> str:
    pair = "done more than once" if other.index == primary.index else f"with {other.code} of line {other.line.number}"
    return f"the comprehensive APC pays for the whole claim (J1); {primary.code} {pair} is paid by APC {apc}"


def _beside(primary: Assigned, line: Assigned, rules: OppsRules) -> Assigned:
    """What becomes of another line of the claim; a part of a composite becomes one of the claim's."""
    if line.outcome is not None and line.composite_of is None:
        return line
    if line.on(_EXCLUDED) or (primary.day and line.status in rules.comprehensive_exclusions.on(primary.day)):
        return line
    if line.on(_SRS_PREPARATION) and _is_radiosurgery(primary.group, primary.day, rules):
        return line
    if line.listed is None or (line.listed.lists is None and line.status not in ("J1", "N")):
        return line.refused("not-supported", "no loaded release says whether comprehensive APCs exclude the service")
    return line.packaged(f"packaged into the comprehensive service of line {primary.line.number}")


def _is_radiosurgery(group: Group | None, day: date | None, rules: OppsRules) -> bool:
    return group is not None and day is not None and group.apc in rules.radiosurgery_apcs.on(day)
