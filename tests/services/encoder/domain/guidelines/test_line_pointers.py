"""A fix that moves diagnoses leaves every line of a claim with the diagnoses that it was for (005010X222A1, SV107)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.encoder.domain.coding import ChartCodes
from services.encoder.domain.guidelines.line_pointers import keeping_pointers
from services.encoder.domain.guidelines.rules import CodedChart, Fix
from tests.services.encoder.domain.guidelines.cases import DAY, patched

_CODES = ("N390", "O2343", "Z3A30", "I10", "E119")


def _codes(*pointers: list[int]) -> ChartCodes:
    lines = [{"charge_id": f"c{number}", "pointers": places} for number, places in enumerate(pointers)]
    return ChartCodes.model_validate({"diagnoses": [{"code": code} for code in _CODES], "lines": lines})


def _pointed_at(document: dict) -> list[list[str]]:  # type: ignore[type-arg]  # JSON
    return [[document["diagnoses"][place - 1]["code"] for place in line["pointers"]] for line in document["lines"]]


def _fixes(codes: ChartCodes) -> tuple[Fix, ...]:
    chart = CodedChart(codes, "professional", DAY)
    return (
        *(Fix.moving(coded, to) for coded in chart.diagnoses for to in range(len(_CODES))),
        *(Fix.removing(coded) for coded in chart.diagnoses),
        *(Fix.adding("Z370", at) for at in (None, 0, 3)),
        Fix.replacing(chart.diagnoses[3], "I110"),
    )


def test_a_diagnosis_moved_to_the_front_is_pointed_at_there() -> None:
    codes = _codes([1, 2], [4])
    fix = keeping_pointers(Fix.moving(CodedChart(codes, "professional", DAY).diagnoses[1], 0), codes)
    assert fix.operations[1:] == ({"op": "replace", "path": "/lines/0/pointers", "value": [2, 1]},)


def test_a_chart_without_pointers_has_its_fix_as_it_is() -> None:
    codes = _codes([])
    fix = Fix.removing(CodedChart(codes, "professional", DAY).diagnoses[0])
    assert keeping_pointers(fix, codes) is fix


@given(pointers=st.lists(st.lists(st.integers(1, len(_CODES)), max_size=4, unique=True), min_size=1, max_size=3))
def test_lines_point_at_the_diagnoses_that_they_pointed_at(pointers: list[list[int]]) -> None:
    codes = _codes(*pointers)
    before = _pointed_at(codes.model_dump(mode="json"))
    for fix in _fixes(codes):
        after = patched(codes.model_dump(mode="json"), keeping_pointers(fix, codes))
        standing = [diagnosis["code"] for diagnosis in after["diagnoses"]]
        replaced = {"I10": "I110"} if "I110" in standing else {}
        expected = [[replaced.get(code, code) for code in line] for line in before]
        assert _pointed_at(after) == [[code for code in line if code in standing] for line in expected]
