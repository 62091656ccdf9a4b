"""Procedures that Medicare pays for only as inpatient ones: their day is denied, unless the patient died or left."""

from __future__ import annotations

from collections.abc import Iterator

from services.grouper.domain.outpatient.lines import Assigned, GroupOf, Lines, by_day, changed
from services.grouper.domain.outpatient.rules import OppsRules

_SEPARATE = "separate_procedure"


def death_of(lines: Lines, patient_status: str | None, rules: OppsRules, group_of: GroupOf) -> Assigned | None:
    """The inpatient-only procedure of an emergency that pays for the claim of a patient who died or was sent on.

    Source: CMS Pub 100-04 ch. 4 §180.7; Integrated OCE Specifications, edits 70 and 71.
    """
    found = [line for line in lines if line.is_live and line.status == "C" and not _is_beside(line, lines)]
    for line in found:
        rule = rules.inpatient_death.on(line.day) if line.day else None
        marked = [one for one in found if rule and one.has(rule.modifier)]
        if rule is None or line not in marked or patient_status not in rule.statuses:
            continue
        group = group_of(rule.apc, line.day) if line.day else None
        if len(marked) > 1 or line.line.units != 1 or group is None:
            return None
        return line.paid_by(group, f"an inpatient-only procedure on a patient who died or was moved: APC {rule.apc}")
    return None


def deny_days(lines: Lines) -> list[Assigned]:
    """With an inpatient-only procedure (C), all services of its day are denied.

    A separate procedure beside T on its day, or J1 on the claim, is only not paid itself. Source: 42 CFR 419.22(n);
    CMS Pub 100-04 ch. 4 §180.7; Integrated OCE Specifications, edits 18, 45 and 49.
    """
    return changed(lines, (change for day in by_day(lines) for change in _denied(day, lines)))


def _is_beside(line: Assigned, lines: Lines) -> bool:
    """Whether it is a separate procedure beside one with T or J1."""
    return line.on(_SEPARATE) and any(
        other.is_live and (other.status == "J1" or (other.status == "T" and other.day == line.day)) for other in lines
    )


def _denied(day: Lines, lines: Lines) -> Iterator[Assigned]:
    denying = [line for line in day if line.is_live and line.status == "C" and not _is_beside(line, lines)]
    if not denying:
        return
    number = denying[0].line.number
    for line in day:
        if line.is_live and line.status != "C":
            yield line.refused("not-paid", f"on the day of an inpatient-only procedure, line {number} (edit 49)")
