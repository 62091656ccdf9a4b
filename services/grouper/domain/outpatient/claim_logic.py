"""The order in which a claim is looked at: what leaves it, what pays for what, and what is left to be paid."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from services.grouper.domain.outpatient import comprehensive
from services.grouper.domain.outpatient.composites import pay_alone, pay_imaging, pay_mental_health
from services.grouper.domain.outpatient.inpatient import death_of, deny_days
from services.grouper.domain.outpatient.lines import Assigned, Group, Lines, changed
from services.grouper.domain.outpatient.listing import group_of, listed_lines
from services.grouper.domain.outpatient.packaging import package_conditional, package_tests, package_with_critical_care
from services.grouper.domain.outpatient.rules import OppsRules, StatusRule
from services.grouper.domain.outpatient.visits import OutpatientVisit
from shared.tables import NoRelease, Tables, opps
from shared.tables.catalogue import Release

_NO_RANK = "several services with J1, and no loaded release ranks them (OPPS Addendum J)"
_NO_PAIRS = "no loaded release of Addendum J or the I/OCE has the complexity adjustments of the day"


@dataclass
class AskedTables:
    """The tables as claim logic asks them, and what was read from them."""

    tables: Tables
    releases: list[Release] = field(default_factory=list)

    def group_of(self, apc: str, day: date) -> Group | None:
        group = group_of(self.tables, apc, day)
        if group is not None:
            self.releases.append(group.release)
        return group

    def rank_of(self, code: str, day: date) -> int | None:
        """Raises NoRelease."""
        found = opps.rank(self.tables, code, day)
        self.releases.append(found.release)
        return found.rank

    def adjusted_apc(self, primary: str, other: str, day: date) -> str | None:
        """Raises NoRelease."""
        found = opps.complexity_adjustment(self.tables, primary, other, day)
        self.releases.append(found.release)
        return found.apc


def decided_lines(visit: OutpatientVisit, rules: OppsRules, asked: AskedTables) -> list[Assigned]:
    """Every line of a visit with its outcome: paid by an APC, packaged, not paid, not supported."""
    lines: list[Assigned] = listed_lines(visit, rules, asked.tables)
    if doubtful := next((line for line in lines if line.is_uncertain), None):
        return _refused(lines, f"what line {doubtful.line.number} is paid with or packages cannot be known")
    whole_logic = visit.facility_type in rules.whole_logic_bill_types.on(visit.service_date)
    lines = package_tests(lines, whole_logic=whole_logic)
    decide = _whole if whole_logic else _alone
    return [_settled(line, rules) for line in decide(lines, visit, rules, asked)]


def _alone(lines: Lines, visit: OutpatientVisit, rules: OppsRules, asked: AskedTables) -> list[Assigned]:
    return pay_alone(package_conditional(lines))


def _whole(lines: Lines, visit: OutpatientVisit, rules: OppsRules, asked: AskedTables) -> list[Assigned]:
    """In the order of the I/OCE: later steps see what earlier ones made of a line."""
    died = death_of(lines, visit.patient_status, rules, asked.group_of)
    if died is not None:
        return comprehensive.package_into(died, lines, rules)
    denied, foremost = deny_days(lines), _foremost(lines, asked)
    if foremost is not None and not denied[foremost.index].is_live:
        return comprehensive.package_into_denied(denied[foremost.index], denied, rules)
    lines = comprehensive.visits_of(denied)
    lines = pay_mental_health(lines, rules, asked.group_of)
    lines = package_conditional(lines)
    lines = package_with_critical_care(lines, rules, visit.service_date)
    lines = pay_alone(pay_imaging(lines, rules, asked.group_of))
    return _comprehensive(lines, rules, asked)


def _foremost(lines: Lines, asked: AskedTables) -> Assigned | None:
    """The service with J1 that ranks highest, before any is denied; None where that cannot be said yet."""
    try:
        return comprehensive.primary_of(lines, asked.rank_of)
    except NoRelease:
        return None


def _comprehensive(lines: Lines, rules: OppsRules, asked: AskedTables) -> list[Assigned]:
    try:
        primary = comprehensive.primary_of(lines, asked.rank_of)
    except NoRelease:
        return _refused(lines, _NO_RANK)
    if primary is not None:
        try:
            primary = comprehensive.adjusted(primary, lines, asked.adjusted_apc, asked.group_of)
        except NoRelease:
            return _refused(lines, _NO_PAIRS)
    else:
        primary = comprehensive.observation_of(lines, rules, asked.group_of)
    if primary is None:
        return comprehensive.package_referrals(lines, rules)
    return comprehensive.package_into(primary, lines, rules)


def _refused(lines: Lines, reason: str) -> list[Assigned]:
    return changed(lines, (line.refused("not-supported", reason) for line in lines if line.is_live))


def _settled(line: Assigned, rules: OppsRules) -> Assigned:
    """A line that is still in the running has the outcome of its status indicator."""
    if line.outcome is not None or line.day is None:
        return line
    known = rules.status_indicators.on(line.day)
    rule = known.get(line.status or "") or StatusRule(
        "not-supported", f"status indicator {line.status} is not supported"
    )
    if rule.outcome != "paid":
        return line.refused(rule.outcome, _schedule(line, rules) or rule.reason)
    if line.unpriced is not None:
        return line.refused("not-supported", line.unpriced)
    if line.group is None or line.group.rate is None:
        return line.refused("not-supported", "the loaded releases have no rate for the line")
    return replace(line, outcome="paid")


def _schedule(line: Assigned, rules: OppsRules) -> str | None:
    """By which schedule a service with A is paid, where its code says so."""
    if line.status != "A" or line.day is None:
        return None
    for known in rules.other_schedules.on(line.day):
        if len(line.code) == len(known.first) and known.first <= line.code <= known.last:
            return f"it is paid by {known.schedule}, not by the OPPS"
    return None
