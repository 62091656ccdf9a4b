"""Chapter 12: pressure ulcers by stage, other chronic ulcers by depth (ICD-10-CM Official Guidelines I.C.12)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import groupby

from services.encoder.domain.guidelines.code_lists import CodeLists
from services.encoder.domain.guidelines.rules import INPATIENT, Coded, CodedChart, Finding, Findings, Fix, guideline
from services.encoder.domain.guidelines.tabular_list import dotted
from shared.tables import Tables

SKIN = CodeLists("skin")

_FY2020 = date(2019, 10, 1)
_SITE = len("L8915")


def _stages(chart: CodedChart, name: str) -> Iterator[tuple[Coded, Coded]]:
    """Two codes of one site that differ in their last character, the deeper first."""
    ulcers = sorted(SKIN.coded(chart, name), key=lambda coded: coded.code)
    for _, group in groupby(ulcers, key=lambda coded: coded.code[:_SITE]):
        same_site = list(group)
        for coded in same_site[:-1]:
            yield same_site[-1], coded


@guideline(
    "pressure_ulcer.stage_twice",
    "A pressure ulcer in two stages",
    citation="I.C.12.a.6",
    through=date(2019, 9, 30),
)
def pressure_ulcer_highest_stage(chart: CodedChart, tables: Tables) -> Findings:
    """Until FY 2019 the highest stage of a stay stood alone."""
    for deeper, other in _stages(chart, "staged_pressure_ulcer"):
        message = f"one ulcer has its highest stage alone, {dotted(deeper.code)}; two of one site are queried"
        yield Finding(message, other.pointer, (other.code, deeper.code), severity="warning", fix=Fix.removing(other))


@guideline(
    "pressure_ulcer.stage_evolved",
    "A pressure ulcer in two stages without the later one arising in the stay",
    citation="I.C.12.a.6",
    severity="warning",
    effective=_FY2020,
    settings=INPATIENT,
)
def pressure_ulcer_stage_evolved(chart: CodedChart, tables: Tables) -> Findings:
    """Since FY 2020 both stages are told: that of admission and the highest reached, which was not present then."""
    for deeper, other in _stages(chart, "staged_pressure_ulcer"):
        if other.poa == "N" or deeper.poa not in ("N", None):
            message = (
                f"of an ulcer that got deeper, {dotted(other.code)} was present on admission, {dotted(deeper.code)} not"
            )
            yield Finding(message, deeper.pointer, (deeper.code, other.code))
        elif deeper.poa is None:
            message = (
                f"an ulcer that got deeper in the stay has both stages: POA Y and N tell {dotted(other.code)} first"
            )
            yield Finding(message, deeper.pointer, (deeper.code, other.code), severity="info")


@guideline(
    "chronic_ulcer.depth_twice",
    "A chronic ulcer in two depths, both present on admission",
    citation="I.C.12.b.3",
    severity="warning",
    effective=_FY2020,
)
def chronic_ulcer_depth_twice(chart: CodedChart, tables: Tables) -> Findings:
    for deeper, other in _stages(chart, "chronic_ulcer"):
        if deeper.poa != "N":
            message = (
                f"two depths of one site are told only where it got deeper in the stay: {dotted(deeper.code)} stands"
            )
            yield Finding(message, other.pointer, (other.code, deeper.code), fix=Fix.removing(other))
