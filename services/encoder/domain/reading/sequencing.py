"""Sequence: codes put in the order that the guidelines' rules ask for, by the moves that these rules propose."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from services.encoder.domain.guidelines.checking import check
from services.encoder.domain.guidelines.rules import CodedChart, GuidelineFinding
from shared.claims import Diagnosis
from shared.tables import Tables

_MOVES = 12
"""More moves than charts ever need: rules that never come to rest are left where they are."""
_LIST = "/diagnoses/"


@dataclass(frozen=True, slots=True)
class Sequenced:
    """A chart whose diagnoses stand in order."""

    chart: CodedChart
    findings: tuple[GuidelineFinding, ...]
    """What the rules still find."""
    moves: tuple[GuidelineFinding, ...]
    """By which it was put in order, in their order."""


def in_sequence(chart: CodedChart, tables: Tables) -> Sequenced:
    """The chart with its diagnoses in the order that the rules ask for; where they never agree, as far as they did."""
    moves: list[GuidelineFinding] = []
    seen = {_order(chart)}
    findings = check(chart, tables)
    while len(moves) < _MOVES:
        step = next(((one, moved) for one in findings if (moved := _moved(chart, one)) is not None), None)
        if step is None or _order(step[1]) in seen:
            break
        moves.append(step[0])
        chart = step[1]
        seen.add(_order(chart))
        findings = check(chart, tables)
    return Sequenced(chart, findings, tuple(moves))


def with_diagnoses(chart: CodedChart, diagnoses: Iterable[Diagnosis]) -> CodedChart:
    """The chart with these instead of its own."""
    return replace(chart, codes=chart.codes.model_copy(update={"diagnoses": tuple(diagnoses)}))


def _moved(chart: CodedChart, finding: GuidelineFinding) -> CodedChart | None:
    """By the fix of a finding; None where it is no move within the diagnoses."""
    if finding.fix is None or len(finding.fix.operations) != 1:
        return None
    [operation] = finding.fix.operations
    source, target = str(operation.get("from", "")), str(operation["path"])
    if operation["op"] != "move" or not source.startswith(_LIST) or not target.startswith(_LIST):
        return None
    diagnoses = list(chart.codes.diagnoses)
    diagnoses.insert(int(target[len(_LIST) :]), diagnoses.pop(int(source[len(_LIST) :])))
    return with_diagnoses(chart, diagnoses)


def _order(chart: CodedChart) -> Sequence[str]:
    return tuple(diagnosis.code for diagnosis in chart.codes.diagnoses)
