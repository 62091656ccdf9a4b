"""Cases of guideline rules in a line each: the codes of a chart as a coder writes them, and what a rule says of them.

`"I10 I50.9:N | W01.0XXA"`: two diagnoses, the second not present on admission, and a cause in the list of its own. A
charge is `"99213 25"`: a HCPCS code with its modifiers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from services.encoder.domain.coding import ChartCodes
from services.encoder.domain.guidelines.checking import all_rules
from services.encoder.domain.guidelines.rules import BilledProcedure, CodedChart, Finding, Fix, VisitElements
from shared.claims import EncounterClass
from shared.tables import Tables

DAY = date(2026, 11, 24)
NOTHING_DOCUMENTED = VisitElements()


@dataclass(frozen=True)
class Case:
    rule: str
    codes: str
    at: str | None = None
    """The code that the finding points to; None where the rule is silent."""
    mended: str | None = None
    """The codes once the fix is made; None where there is none."""
    setting: EncounterClass = "inpatient"
    day: date = DAY
    age: int | None = None
    sex: Literal["F", "M", "U"] | None = None
    procedures: tuple[str, ...] = ()
    uncertain: tuple[str, ...] = ()
    documented: tuple[str, ...] = ()
    charges: tuple[str, ...] = ()
    visit: VisitElements = NOTHING_DOCUMENTED

    def __str__(self) -> str:
        return f"{self.rule} {'says' if self.at else 'nothing'}: {self._told}"

    @property
    def _told(self) -> str:
        return ", ".join(filter(None, (self.codes, *self.procedures, *self.charges, str(self.day))))

    @property
    def chart(self) -> CodedChart:
        return CodedChart(
            codes=coded(self.codes, self.procedures),
            setting=self.setting,
            day=self.day,
            age=self.age,
            sex=self.sex,
            procedures_billed=tuple(_billed(self.charges)),
            visit=self.visit,
            documented=frozenset(code.replace(".", "") for code in self.documented),
            uncertain=frozenset(code.replace(".", "") for code in self.uncertain),
        )


def fires(rule: str, codes: str, at: str, mended: str | None = None, **facts: Any) -> Case:
    return Case(rule, codes, at, mended, **facts)


def silent(rule: str, codes: str, **facts: Any) -> Case:
    return Case(rule, codes, **facts)


def coded(codes: str, procedures: Sequence[str] = ()) -> ChartCodes:
    diagnoses, _, causes = codes.partition("|")
    return ChartCodes.model_validate(
        {
            "diagnoses": list(_diagnoses(diagnoses)),
            "external_causes": list(_diagnoses(causes)),
            "procedures": [{"code": code, "date": None} for code in procedures],
        }
    )


def _billed(charges: Sequence[str]) -> Iterator[BilledProcedure]:
    for index, charge in enumerate(charges):
        code, *modifiers = charge.split()
        yield BilledProcedure(code, tuple(modifiers), DAY, index)


def _diagnoses(written: str) -> Iterator[dict[str, Any]]:
    for one in written.split():
        code, _, poa = one.partition(":")
        yield {"code": code.replace(".", ""), "poa": poa or None}


def written(codes: ChartCodes) -> str:
    """The inverse of `coded`."""
    lists = (codes.diagnoses, codes.external_causes)
    return " | ".join(
        " ".join(one.code.dotted + (f":{one.poa}" if one.poa else "") for one in diagnoses)
        for diagnoses in lists
        if diagnoses
    )


def found(case: Case, tables: Tables, chart: CodedChart | None = None) -> list[Finding]:
    """What the rule of a case says where it is in force for the chart."""
    chart = chart or case.chart
    rule = next(rule for rule in all_rules() if rule.id == case.rule)
    speaks = rule.in_force(chart.day) and chart.setting in rule.settings
    return list(rule.check(chart, tables)) if speaks else []


def assert_case(case: Case, tables: Tables) -> None:
    findings = found(case, tables)
    if case.at is None:
        assert findings == []
        return
    finding = findings[0]
    document = case.chart.codes.model_dump(mode="json")
    assert _told_of(case, document, finding) == case.at.replace(".", "")
    assert (finding.fix is None) == (case.mended is None)
    if finding.fix is not None:
        mended = ChartCodes.model_validate(patched(document, finding.fix))
        procedures = tuple(procedure.code for procedure in mended.procedures)
        changed = procedures if procedures != case.procedures else ()
        assert " ".join((written(mended), *changed)) == case.mended
        after = replace(case, codes=written(mended), procedures=procedures)
        assert len(found(after, tables)) < len(findings)


def _told_of(case: Case, document: dict[str, Any], finding: Finding) -> str:
    """The code at the place that a finding points to; of a list as a whole, the first code that it is about."""
    place, _, index = finding.pointer.lstrip("/").partition("/")
    if place == "charges":
        return case.charges[int(index)].split()[0]
    return str(_resolved(document, finding.pointer)["code"]) if index else finding.codes[0]


def patched(document: dict[str, Any], fix: Fix) -> dict[str, Any]:
    """The document after JSON Patch operations (RFC 6902 §4): those that fixes use."""
    for operation in fix.operations:
        holder, last = _holder(document, str(operation["path"]))
        match operation["op"]:
            case "add":
                holder.insert(_index(holder, last), operation["value"])
            case "remove":
                holder.pop(int(last) if isinstance(holder, list) else last)
            case "replace":
                holder[int(last) if isinstance(holder, list) else last] = operation["value"]
            case "move":
                source, place = _holder(document, str(operation["from"]))
                moved = source.pop(int(place))
                holder.insert(_index(holder, last), moved)
            case other:
                raise AssertionError(f"no such operation here: {other}")
    return document


def _index(holder: list[Any], last: str) -> int:
    return len(holder) if last == "-" else int(last)


def _holder(document: Any, pointer: str) -> tuple[Any, str]:
    *steps, last = pointer.split("/")[1:]
    for step in steps:
        document = document[int(step) if isinstance(document, list) else step]
    return document, last


def _resolved(document: Any, pointer: str) -> Any:
    holder, last = _holder(document, pointer)
    return holder[int(last) if isinstance(holder, list) else last]
