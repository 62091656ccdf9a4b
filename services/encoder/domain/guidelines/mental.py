"""Chapter 5: substance use and dementia (ICD-10-CM Official Guidelines I.C.5)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from services.encoder.domain.guidelines.code_lists import CodeLists
from services.encoder.domain.guidelines.rules import Coded, CodedChart, Finding, Findings, Fix, guideline
from services.encoder.domain.guidelines.tabular_list import dotted
from shared.tables import Tables

MENTAL = CodeLists("mental")

_FY2018, _FY2022, _FY2023 = date(2017, 10, 1), date(2021, 10, 1), date(2022, 10, 1)
_CATEGORY = 3
_PATTERNS = {"9": 0, "1": 1, "2": 2}
"""The fourth character of F10-F19: use, abuse, dependence, in the order in which the later takes in the earlier."""
_PATTERN_NAMES = ("use", "abuse", "dependence")
_SEVERITIES = {"5": 0, "8": 0, "9": 0, "A": 1, "B": 2, "C": 3}
"""The fourth character of F01-F03: unspecified (5 in F01, 8 in F02, 9 in F03), mild, moderate, severe."""


def _by_category(coded: tuple[Coded, ...]) -> dict[str, list[Coded]]:
    found: dict[str, list[Coded]] = defaultdict(list)
    for one in coded:
        found[one.code[:_CATEGORY]].append(one)
    return found


def _fourth(coded: Coded) -> str:
    """The fourth character; empty for a category alone."""
    return coded.code[_CATEGORY : _CATEGORY + 1]


@guideline(
    "substance.patterns_together",
    "Use, abuse and dependence of one substance told together",
    citation="I.C.5.b.2",
)
def patterns_together(chart: CodedChart, tables: Tables) -> Findings:
    """Dependence takes in abuse, and abuse use."""
    for coded in _by_category(MENTAL.coded(chart, "substance")).values():
        ranked = [(_PATTERNS[_fourth(one)], one) for one in coded if _fourth(one) in _PATTERNS]
        highest, kept = max(ranked, key=lambda pair: pair[0], default=(0, None))
        for rank, one in ranked:
            if kept is not None and rank < highest:
                pattern, other = _PATTERN_NAMES[highest], _PATTERN_NAMES[rank]
                message = f"{pattern} of a substance, {dotted(kept.code)}, is told without its {other}"
                yield Finding(message, one.pointer, (one.code, kept.code), fix=Fix.removing(one))


@guideline(
    "substance.remission_beside_active",
    "A substance disorder in remission beside the same one active",
    citation="I.C.5.b.1",
    effective=_FY2018,
)
def remission_beside_active(chart: CodedChart, tables: Tables) -> Findings:
    """F1x.11 and F1x.21 are in remission."""
    for coded in _by_category(MENTAL.coded(chart, "substance")).values():
        remitted = [one for one in coded if one.code[_CATEGORY:] in ("11", "21")]
        active = [one for one in coded if one not in remitted and _fourth(one) in ("1", "2")]
        for one in remitted if active else ():
            message = f"{dotted(active[0].code)} says that the disorder is active, {dotted(one.code)} that it is not"
            yield Finding(message, one.pointer, (one.code, active[0].code))


@guideline(
    "substance.use_uncomplicated",
    "Use of a substance told without anything that it did",
    citation="I.C.5.b.3",
    severity="info",
    effective=_FY2018,
)
def use_uncomplicated(chart: CodedChart, tables: Tables) -> Findings:
    for coded in MENTAL.coded(chart, "use_uncomplicated"):
        message = f"{dotted(coded.code)} stands only where the provider ties the use to a disorder or medical condition"
        yield Finding(message, coded.pointer, (coded.code,))


@guideline(
    "substance.blood_alcohol_alone",
    "Blood alcohol level without an alcohol-related condition",
    citation="I.C.5.b.4, I.B.14",
    severity="warning",
    effective=_FY2022,
)
def blood_alcohol_alone(chart: CodedChart, tables: Tables) -> Findings:
    if not MENTAL.holds(chart, "alcohol"):
        for level in MENTAL.coded(chart, "blood_alcohol"):
            message = f"{dotted(level.code)} is told beside an alcohol-related condition that the provider documents"
            yield Finding(message, level.pointer, (level.code,))


@guideline(
    "dementia.severity_twice",
    "Dementia of one kind told in two severities",
    citation="I.C.5.d",
    effective=_FY2023,
)
def dementia_severity_twice(chart: CodedChart, tables: Tables) -> Findings:
    """Where it worsens during a stay, the highest severity stands."""
    for coded in _by_category(MENTAL.coded(chart, "dementia")).values():
        graded = [(_SEVERITIES[_fourth(one)], one) for one in coded if _fourth(one) in _SEVERITIES]
        highest, kept = max(graded, key=lambda pair: pair[0], default=(0, None))
        for grade, one in graded:
            if kept is not None and grade < highest:
                message = f"the highest severity stands: {dotted(kept.code)}, not {dotted(one.code)} with it"
                yield Finding(message, one.pointer, (one.code, kept.code), fix=Fix.removing(one))
