"""What holds for every chapter rule, and that correct charts are left alone by all rules together."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from pkgutil import iter_modules

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samples.scenarios import Scenario, scenarios
from services.encoder.domain.guidelines.checking import all_rules, check
from services.encoder.domain.guidelines.rules import EVERYWHERE, CodedChart, GuidelineRule
from shared.claims import EncounterClass
from shared.tables import Tables, icd10
from shared.tables.icd10 import FIRST_DAY
from tests.services.encoder.domain import guidelines as here
from tests.services.encoder.domain.guidelines.cases import DAY, Case, coded, found, written
from tests.services.encoder.domain.guidelines.clean_charts import CLEAN_CHARTS

_CHAPTERS = (
    "circulatory",
    "diabetes",
    "external_causes",
    "factors",
    "hospital_acquired",
    "infections",
    "injuries",
    "kidney",
    "mental",
    "neoplasms",
    "perinatal",
    "pregnancy",
    "principal_hints",
    "respiratory",
    "signs_and_scales",
    "skin",
)
CASES: tuple[Case, ...] = tuple(
    case
    for module in iter_modules(here.__path__)
    if module.name.removeprefix("test_") in _CHAPTERS
    for case in import_module(f"{here.__name__}.{module.name}").CASES
)
RULES = tuple(rule for rule in all_rules() if rule.check.__module__.rpartition(".")[2] in _CHAPTERS)

_UNCONCERNED = ("H52.13", "L70.0", "M22.41", "K21.9", "H25.11", "M20.11", "L30.9", "H61.23", "J30.9", "Q66.89", "E55.9")
"""Everyday codes that no chapter rule lists; each of its own category, billable, none with a seventh character."""

_OPEN = {
    # The note at K70 puts alcohol dependence behind the liver disease; why the patient came may put it first.
    "alcohol withdrawal": (("use_additional.first", ("F10230", "K7030")),),
}
"""Warnings that a coder of a correct chart answers with the record."""


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_has_a_chart_that_it_speaks_of_and_one_that_it_leaves_alone(rule: GuidelineRule) -> None:
    of_rule = [case for case in CASES if case.rule == rule.id]
    assert any(case.at for case in of_rule)
    assert any(case.at is None for case in of_rule)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_speaks_only_on_the_days_it_is_in_force(rule: GuidelineRule, embedded_tables: Tables) -> None:
    case = next(case for case in CASES if case.rule == rule.id and case.at)
    assert rule.effective >= FIRST_DAY
    for silent_day in (rule.effective - timedelta(days=1), rule.through and rule.through + timedelta(days=1)):
        if silent_day is not None:
            assert found(_on(case, silent_day), embedded_tables) == []
    # A rule that reads titles is asked on the day of its case: not every code has one on the first day.
    if not rule.reads:
        for day in (rule.effective, rule.through):
            if day is not None:
                assert found(_on(case, day), embedded_tables)


def _on(case: Case, day: object) -> Case:
    facts = {name: getattr(case, name) for name in Case.__dataclass_fields__}
    return Case(**{**facts, "day": day})


@given(
    codes=st.lists(st.sampled_from(_UNCONCERNED), min_size=1, max_size=8, unique=True),
    setting=st.sampled_from(EVERYWHERE),
    age=st.none() | st.integers(0, 100),
)
def test_no_chapter_rule_speaks_of_codes_that_it_is_not_about(
    codes: list[str], setting: EncounterClass, age: int | None, embedded_tables: Tables
) -> None:
    chart = Case("", " ".join(codes), setting=setting, age=age).chart
    assert [rule.id for rule in RULES if list(rule.check(chart, embedded_tables))] == []


@given(
    pool=st.lists(st.sampled_from(CASES), min_size=1, max_size=3),
    shuffled=st.randoms(use_true_random=False),
    setting=st.sampled_from(EVERYWHERE),
    age=st.none() | st.integers(0, 100),
    cut=st.integers(3, 7),
)
def test_whatever_a_coder_types_a_finding_points_at_a_code_of_the_chart(
    pool: list[Case], shuffled: object, setting: EncounterClass, age: int | None, cut: int, embedded_tables: Tables
) -> None:
    """Charts of the cases thrown together, in any order, their codes cut short as while they are typed."""
    typed = list(dict.fromkeys(one.replace(".", "")[:cut] for case in pool for one in _codes(case)))
    shuffled.shuffle(typed)  # type: ignore[attr-defined]  # a random.Random
    chart = Case("", " ".join(typed), setting=setting, age=age).chart
    for rule in RULES:
        for finding in rule.check(chart, embedded_tables):
            place = int(finding.pointer.removeprefix("/diagnoses/"))
            assert chart.codes.diagnoses[place].code in finding.codes


def _codes(case: Case) -> list[str]:
    return [one.code for one in case.chart.coded]


def _of_scenario(scenario: Scenario) -> CodedChart:
    """The answer key of a scenario of the demo; diagnoses are written `code` or `code POA`."""
    codes = " ".join(one.replace(" ", ":") for one in scenario.diagnoses)
    causes = " ".join(one.replace(" ", ":") for one in scenario.external_causes)
    procedures = tuple(one.split()[0] for one in scenario.procedures)
    age = scenario.patient.ages[0]
    return Case("", f"{codes} | {causes}", setting=scenario.encounter_class, age=age, procedures=procedures).chart


def _alarms(chart: CodedChart, tables: Tables) -> list[tuple[str, tuple[str, ...]]]:
    return [(finding.rule, finding.codes) for finding in check(chart, tables) if finding.severity != "info"]


@pytest.mark.parametrize("scenario", scenarios(), ids=lambda scenario: scenario.id)
def test_an_answer_key_of_the_demo_raises_no_alarm(scenario: Scenario, embedded_tables: Tables) -> None:
    assert _alarms(_of_scenario(scenario), embedded_tables) == []


@pytest.mark.parametrize("case", CLEAN_CHARTS, ids=lambda case: case.rule)
def test_a_chart_coded_right_raises_no_alarm(case: Case, embedded_tables: Tables) -> None:
    alarms = _alarms(case.chart, embedded_tables)
    assert [alarm for alarm in alarms if alarm not in _OPEN.get(case.rule, ())] == []


@pytest.mark.parametrize("case", CLEAN_CHARTS, ids=lambda case: case.rule)
def test_a_chart_coded_right_holds_codes_of_its_day(case: Case, embedded_tables: Tables) -> None:
    assert case.day == DAY
    assert written(coded(case.codes)) == case.codes
    for one in case.chart.coded:
        assert icd10.is_billable(embedded_tables, "icd10cm", one.code, DAY)
