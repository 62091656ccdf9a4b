"""Conditions of the MS-DRG logic: read as the Definitions Manual writes them, judged in three values."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.grouper.domain.formulas import Judge, UnreadableCondition, read_condition
from shared.tables import Tables, msdrg


def knowing(true: str = "", false: str = "") -> Judge:
    known = dict.fromkeys(true.split(), True) | dict.fromkeys(false.split(), False)
    return known.get


@pytest.mark.parametrize(
    ("condition", "true", "false", "judged"),
    [
        ("MCC & bypass", "MCC bypass", "", True),
        ("MCC & bypass", "bypass", "MCC", False),
        ("septal | NORnorpercut", "septal", "NORnorpercut", True),
        ("(MCC & (cardefib | defib)) | crtsinstim", "MCC defib", "cardefib crtsinstim", True),
        ("a | b & c", "a", "b c", True),  # and binds more than or
        ("~a & b", "b", "a", True),  # not binds more than and
        ("~(a & b)", "a b", "", False),
        ("PDX:dxc0505 & ~SDX:hiv", "PDX:dxc0505", "SDX:hiv", True),
        ("cluster1 | bypass", "bypass", "", True),  # what is not known cannot spoil it
        ("cluster1 & bypass", "bypass", "", None),
        ("cluster1 & bypass", "", "bypass", False),
        ("~cluster1", "", "", None),
    ],
)
def test_a_condition_is_judged(condition: str, true: str, false: str, judged: bool | None) -> None:
    assert read_condition(condition).judged(knowing(true, false)) is judged


@pytest.mark.parametrize("condition", ["", "a &", "| a", "(a", "a)", "a b", "a & $"])
def test_what_is_no_condition_is_refused(condition: str) -> None:
    with pytest.raises(UnreadableCondition):
        read_condition(condition)


def test_terms_under_a_not_are_no_terms_for_it() -> None:
    assert list(read_condition("(a | b) & ~c").terms()) == ["a", "b"]


@given(st.dictionaries(st.sampled_from("abcd"), st.booleans()))
def test_what_is_judged_with_few_facts_holds_with_all_of_them(facts: dict[str, bool]) -> None:
    condition = read_condition("(a & ~b) | (c & (b | ~d))")
    early = condition.judged(facts.get)
    for filled in (True, False):
        late = condition.judged(lambda name, filled=filled: facts.get(name, filled))  # type: ignore[misc]
        assert early is None or late is early


@pytest.mark.parametrize("day", [date(2022, 10, 1), date(2024, 4, 1), date(2026, 10, 1)])
def test_every_formula_of_every_mdc_can_be_read(embedded_tables: Tables, day: date) -> None:
    read = [
        read_condition(formula.condition) for mdc in range(100) for formula in msdrg.formulas(embedded_tables, mdc, day)
    ]
    assert len(read) > 700
