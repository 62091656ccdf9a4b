"""What the tables say of each line of a visit, and which lines leave before claim logic begins."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from services.grouper.domain.outpatient.lines import Assigned, Group, Listed
from services.grouper.domain.outpatient.rules import OppsRules
from services.grouper.domain.outpatient.visits import OutpatientVisit, VisitLine
from shared.tables import NoRelease, Tables, ioce, opps
from shared.tables.catalogue import Release

_THERAPY = "therapy_conditionally_paid"
_OFF_CAMPUS = "PO"
_CONDITIONAL = frozenset({"J2", "Q1", "Q2", "Q3"})
"""What is paid, where it is, by the indicator of its APC."""
_TRANSITIONAL_DRUG = "G"
_OFFSET_KINDS = ("passthrough_", "skin_substitute")


def listed_lines(visit: OutpatientVisit, rules: OppsRules, tables: Tables) -> list[Assigned]:
    """Every line with its status indicator and APC of its day; those that cannot be paid or said leave at once."""
    return [_assigned(index, line, visit, rules, tables) for index, line in enumerate(visit.lines)]


def group_of(tables: Tables, apc: str, day: date) -> Group | None:
    """What an APC pays on a day; None where no loaded release knows it."""
    try:
        found = opps.apc(tables, apc, day)
    except NoRelease:
        return None
    if not found.listed or found.status_indicator is None:
        return None
    return Group(apc, found.status_indicator, found.rate, found.copayment, found.release)


def _assigned(index: int, line: VisitLine, visit: OutpatientVisit, rules: OppsRules, tables: Tables) -> Assigned:
    day = visit.day_of(line)
    bare = Assigned(index, line, day, None, None, None, line.units)
    if day is None:
        return bare.uncertain("the line has no date of service, and the visit has several days")
    if day < rules.begins:
        return bare.uncertain(f"the rules of the OPPS are carried from {rules.begins}")
    try:
        listed = _of_code(tables, str(line.procedure), day) if line.procedure else _of_revenue(tables, line, day)
    except NoRelease:
        return bare.uncertain(f"no loaded release of the OPPS or the I/OCE covers {day}")
    if listed is None:
        return bare.refused("not-supported", _unknown(line, day))
    return _judged(Assigned(index, line, day, listed, listed.status, listed.group, line.units), listed, day, rules)


def _judged(found: Assigned, listed: Listed, day: date, rules: OppsRules) -> Assigned:
    """A line that the tables know, with what keeps it from being priced."""
    if listed.status in _CONDITIONAL and listed.group is None:
        return found.uncertain("no loaded release has the APC that the service is paid by on its own")
    if listed.status == "C" and listed.lists is None:
        return found.uncertain("no loaded release says whether the inpatient-only procedure denies its day")
    for modifier in found.line.modifiers:
        if why := rules.denied_modifiers.on(day).get(str(modifier)):
            return found.refused("not-supported", f"modifier {modifier}: {why}")
    if found.on(_THERAPY) and found.has("GN", "GO", "GP"):
        reason = "under a plan of therapy it is paid by the physician fee schedule, which is not asked here"
        return found.refused("not-supported", reason)
    why = _unpriced(found, listed, day, rules)
    return found.not_priced(why) if why else found


def _unknown(line: VisitLine, day: date) -> str:
    if line.procedure:
        return f"the loaded releases do not list the code on {day}"
    return "the line has neither a procedure code nor a revenue code whose indicator is known"


def _of_code(tables: Tables, code: str, day: date) -> Listed | None:
    found = opps.procedure(tables, code, day)
    if not found.listed or found.status_indicator is None:
        return None
    releases = [found.release]
    group = None
    if found.apc:
        paid = group_of(tables, found.apc, day)
        if paid is not None or found.status_indicator not in _CONDITIONAL:
            status = paid.status if paid else found.status_indicator
            group = Group(found.apc, status, found.rate, _copayment(found), found.release)
        if paid and paid.release not in releases:
            releases.append(paid.release)
    row = ioce.procedure(tables, code, day).row if tables.carries(ioce.PROCEDURES, day) else None
    if row is None:
        return Listed(found.status_indicator, group, None, releases=tuple(releases))
    return Listed(
        status=found.status_indicator,
        group=group,
        lists=frozenset(row.lists),
        bilateral=row.bilateral,
        composite=_composite(tables, code, day, releases),
        releases=tuple(releases),
    )


def _is_offset(listed: Listed) -> bool:
    """Whether a pass-through drug is, or may be, of a kind that is packaged otherwise: contrast, radiopharmaceuticals.

    Source: 42 CFR 419.64; CMS Pub 100-04 ch. 4 §60.
    """
    return listed.lists is None or any(name.startswith(_OFFSET_KINDS) for name in listed.lists)


def _copayment(found: opps.Procedure) -> Decimal | None:
    """For a unit. Of a drug whose coinsurance the Inflation Reduction Act lowers, by that percentage of its rate."""
    percent = found.addendum.coinsurance if found.addendum else None
    if percent is None or found.rate is None:
        return found.copayment
    return found.rate * percent / 100


def _composite(tables: Tables, code: str, day: date, releases: list[Release]) -> str | None:
    if not tables.carries(ioce.COMPOSITES, day):
        return None
    answer = ioce.composite(tables, code, day)
    if answer.row is None:
        return None
    releases.append(answer.release)
    return answer.row.apc


def _of_revenue(tables: Tables, line: VisitLine, day: date) -> Listed | None:
    """A line without a procedure code has the indicator of its revenue code."""
    if line.revenue_code is None or not tables.carries(ioce.REVENUE, day):
        return None
    answer = ioce.revenue(tables, str(line.revenue_code), day)
    if answer.row is None:
        return None
    return Listed(answer.row.status_indicator, None, frozenset(), releases=(answer.release,))


def _unpriced(found: Assigned, listed: Listed, day: date, rules: OppsRules) -> str | None:
    """Why the payment of a line is not supported, though what it packages is known."""
    for modifier in found.line.modifiers:
        if why := rules.modifiers.on(day).get(str(modifier)):
            return f"modifier {modifier}: {why}"
    off_campus = rules.off_campus.on(day)
    if found.has(_OFF_CAMPUS) and (
        found.code in off_campus.codes or (listed.group and listed.group.apc in off_campus.apcs)
    ):
        return "modifier PO: an off-campus department is paid less for this service, which is not supported"
    if listed.status == _TRANSITIONAL_DRUG and _is_offset(listed):
        return "a pass-through drug of a packaged kind is paid less the drugs' part of its procedure, which is not done"
    if listed.group and (found.units < 1 or found.units != found.units.to_integral_value()):
        return "a service that may be paid is billed in whole units of at least one"
    return None
