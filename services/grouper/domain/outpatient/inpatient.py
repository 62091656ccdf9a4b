"""Procedures that Medicare pays for only as inpatient ones: their day is denied, unless the patient died or left."""

from __future__ import annotations

from collections.abc import Iterator

from services.grouper.domain.outpatient.lines import Assigned, GroupOf, Lines, changed
from services.grouper.domain.outpatient.rules import InpatientDeathRule, OppsRules, known_on

_SEPARATE = "separate_procedure"


def death_of(lines: Lines, patient_status: str | None, rules: OppsRules, group_of: GroupOf) -> Assigned | None:
    """The inpatient-only procedure of an emergency that pays for the claim of a patient who died or was sent on.

    Source: CMS Pub 100-04 ch. 4 §180.7; Integrated OCE Specifications, edits 70 and 71.
    """
    marked = [(line, rule) for line, rule in _in_emergency(lines, rules) if line.has(rule.modifier)]
    if len(marked) != 1:
        return None
    [(line, rule)] = marked
    group = group_of(rule.apc, line.day) if line.day else None
    if group is None or line.units != 1 or patient_status not in rule.statuses:
        return None
    return line.paid_by(group, f"an inpatient-only procedure on a patient who died or was moved: APC {rule.apc}")


def deny_days(lines: Lines) -> list[Assigned]:
    """With an inpatient-only procedure (C), all services of its day are denied.

    A separate procedure beside T on its day, or J1 on the claim, is only not paid itself. Source: 42 CFR 419.22(n);
    CMS Pub 100-04 ch. 4 §180.7; Integrated OCE Specifications, edits 18, 45 and 49.
    """
    first = {line.day: line.line.number for line in reversed(_denying(lines))}
    beside = (line for line in lines if line.is_live and line.status != "C" and line.day in first)
    why = "on the day of an inpatient-only procedure, line {} (edit 49)"
    return changed(lines, (line.refused("not-paid", why.format(first[line.day])) for line in beside))


def _in_emergency(lines: Lines, rules: OppsRules) -> Iterator[tuple[Assigned, InpatientDeathRule]]:
    for line in _denying(lines):
        rule = known_on(rules.inpatient_death, line.day) if line.day else None
        if rule is not None:
            yield line, rule


def _denying(lines: Lines) -> list[Assigned]:
    """Inpatient-only procedures but for separate ones beside another with T or J1."""
    live = [line for line in lines if line.is_live]
    beside_any = any(line.status == "J1" for line in live)
    with_procedure = {line.day for line in live if line.status == "T"}
    return [
        line
        for line in live
        if line.status == "C" and not (line.on(_SEPARATE) and (beside_any or line.day in with_procedure))
    ]
