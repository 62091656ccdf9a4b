"""The engine: which rules run, what they sign, in which order they answer, and that every rule is proved."""

from __future__ import annotations

from datetime import date, timedelta
from importlib import import_module
from pkgutil import iter_modules
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.encoder.domain.coding import ChartCodes
from services.encoder.domain.guidelines.checking import all_rules, check, releases_read, rules_on
from services.encoder.domain.guidelines.rules import EVERYWHERE, CodedChart, Fix, GuidelineRule, guideline
from shared.claims import EncounterClass
from shared.tables import Tables
from shared.tables.icd10 import FIRST_DAY
from tests.services.encoder.domain import guidelines as here
from tests.services.encoder.domain.guidelines.cases import DAY, Case, coded, found, patched

CASES: dict[str, list[Case]] = {}
for _module in iter_modules(here.__path__):
    if _module.name not in ("conftest", "test_checking"):
        for _case in getattr(import_module(f"{here.__name__}.{_module.name}"), "CASES", ()):
            CASES.setdefault(_case.rule, []).append(_case)


def chart(codes: str, **facts: object) -> CodedChart:
    return Case("", codes, **facts).chart  # type: ignore[arg-type]  # the facts are the fields of Case


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.id)
def test_every_rule_has_a_chart_that_it_speaks_of_and_a_near_miss(rule: GuidelineRule) -> None:
    cases = CASES.get(rule.id, [])
    assert any(case.at for case in cases)
    assert any(case.at is None for case in cases)


def test_every_case_is_of_a_rule() -> None:
    assert set(CASES) == {rule.id for rule in all_rules()}


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.id)
def test_a_rule_is_silent_before_its_guideline_took_effect(rule: GuidelineRule, rule_tables: Tables) -> None:
    case = next(case for case in CASES[rule.id] if case.at)
    facts = {name: getattr(case, name) for name in Case.__dataclass_fields__}
    eve = Case(**{**facts, "day": rule.effective - timedelta(days=1)})
    assert rule.effective >= FIRST_DAY
    assert found(eve, rule_tables) == []


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.id)
def test_a_rule_cites_a_section(rule: GuidelineRule) -> None:
    assert rule.section
    assert rule.cited(DAY).startswith(rule.authority)


def test_an_id_names_one_rule_for_ever() -> None:
    with pytest.raises(ValueError, match=r"excludes1\.pair"):
        guideline("excludes1.pair", "Another", citation="I.A.12.a")(all_rules()[0].check)


def test_the_guidelines_are_cited_by_their_fiscal_year(rule_tables: Tables) -> None:
    """Fiscal year 2027 begins on 2026-10-01."""
    rule = next(rule for rule in all_rules() if rule.id == "duplicate.repeated")
    assert rule.cited(date(2026, 9, 30)) == "ICD-10-CM Official Guidelines FY 2026, I.B.12"
    assert rule.cited(date(2026, 10, 1)) == "ICD-10-CM Official Guidelines FY 2027, I.B.12"


def test_a_finding_names_the_release_of_the_note_that_it_found(rule_tables: Tables) -> None:
    finding = next(one for one in check(chart("E11.9 E10.9"), rule_tables) if one.rule == "excludes1.pair")
    assert finding.citation == (
        "ICD-10-CM Official Guidelines FY 2027, I.A.12.a; Excludes1 note at E11, tabular list FY2026-2026-04-01"
    )
    assert (finding.pointer, finding.x12, finding.codes) == ("/diagnoses/1", "2300.HI01-2", ("E119", "E109"))


def test_the_element_is_that_of_the_kind_of_claim(rule_tables: Tables) -> None:
    """An 837I has the principal in a segment of its own, an 837P the first twelve in one."""
    elements = {
        setting: next(one.x12 for one in check(chart("J18.9 J18.9", setting=setting), rule_tables) if one.fix)
        for setting in ("outpatient", "professional")
    }
    assert elements == {"outpatient": "2300.HI01-2", "professional": "2300.HI02-2"}


@pytest.mark.parametrize(
    ("codes", "severity"),
    [
        ("E11.9 E10.9", "warning"),
        # I50.3 excludes combined failure, I50.4: of one category only one can be right.
        ("I50.32 I50.42", "error"),
        # S72 excludes the amputation of hip and thigh, S78: on the other side it is another injury.
        ("S72.001A S78.012A", "info"),
        ("S72.001A S78.011A", "warning"),
    ],
)
def test_an_excluded_pair_weighs_by_what_the_conditions_have_to_do(
    codes: str, severity: str, rule_tables: Tables
) -> None:
    """Section I.A.12.a lets both stand where they are unrelated."""
    [finding] = [one for one in check(chart(codes), rule_tables) if one.rule == "excludes1.pair"]
    assert finding.severity == severity


def test_errors_come_first_and_then_the_order_of_the_codes(rule_tables: Tables) -> None:
    codes = "I10 " + " ".join(f"M25.5{part}1" for part in "1234567") + " J69.0 N39.0 N39.0 J18.9 J18.9"
    places = [(one.severity, one.pointer) for one in check(chart(codes), rule_tables)]
    order = {"error": 0, "warning": 1, "info": 2}
    assert places == sorted(places, key=lambda one: (order[one[0]], int(one[1].rpartition("/")[2])))
    assert ("error", "/diagnoses/10") in places


def test_two_rules_that_would_mend_the_same_codes_speak_once(rule_tables: Tables) -> None:
    """Both the general rule (I.B.8) and the chapter of respiratory failure know J96.21."""
    fixes = [one for one in check(chart("J96.11 J96.01"), rule_tables) if one.fix is not None]
    assert len(fixes) == 1


def test_a_rule_without_any_release_of_its_tables_is_silent(embedded_tables: Tables, rule_tables: Tables) -> None:
    """A fresh install has no list of codes exempt from POA reporting."""
    unreported = chart("I21.4 I10")
    assert [one.rule for one in check(unreported, embedded_tables) if one.rule.startswith("poa")] == []
    assert [one.pointer for one in check(unreported, rule_tables) if one.rule == "poa.missing"] == [
        "/diagnoses/0",
        "/diagnoses/1",
    ]
    assert check(unreported, Tables()) == ()


def test_the_releases_that_were_read_are_those_of_the_day_or_the_nearest(rule_tables: Tables) -> None:
    read = {release.table: release for release in releases_read(chart("I10"), rule_tables)}
    assert read["icd10cm.codes"].covers(DAY)
    assert not read["icd10cm.tabular"].covers(DAY)
    assert read["icd10cm.tabular"].name == "FY2026-2026-04-01"


def test_rules_of_stays_are_not_asked_of_visits() -> None:
    stay, visit = ({rule.id for rule in rules_on(setting, DAY)} for setting in ("inpatient", "professional"))
    assert "uncertain.inpatient" in stay - visit
    assert "uncertain.outpatient" in visit - stay


def test_a_chart_without_codes_has_no_findings(rule_tables: Tables) -> None:
    for setting in ("inpatient", "professional", "emergency"):
        assert check(CodedChart(coded(""), setting, DAY), rule_tables) == ()


def test_a_fix_moves_within_the_list_of_its_code() -> None:
    first = chart("I10 | W01.0XXA").external_causes[0]
    assert Fix.moving(first, 0).operations == (
        {"op": "move", "from": "/external_causes/0", "path": "/external_causes/0"},
    )


@given(
    pool=st.lists(st.sampled_from([case for cases in CASES.values() for case in cases]), min_size=1, max_size=4),
    shuffled=st.randoms(use_true_random=False),
    setting=st.sampled_from(EVERYWHERE),
    cut=st.integers(3, 7),
)
def test_every_fix_can_be_made(
    pool: list[Case], shuffled: Random, setting: EncounterClass, cut: int, rule_tables: Tables
) -> None:
    """Charts of the cases thrown together in any order, their codes cut short as while they are typed."""
    typed = [f"{one.code[:cut]}:{one.poa or ''}" for case in pool for one in case.chart.coded]
    shuffled.shuffle(typed)
    procedures = tuple(dict.fromkeys(code for case in pool for code in case.procedures))
    charges = tuple(charge for case in pool for charge in case.charges)
    mixed = chart(" ".join(typed), setting=setting, procedures=procedures, charges=charges)
    for finding in check(mixed, rule_tables):
        if finding.fix is not None:
            mended = ChartCodes.model_validate(patched(mixed.codes.model_dump(mode="json"), finding.fix))
            # Of a code that is there twice, one may be put in the place of the other.
            assert mended != mixed.codes or len(mixed.all_codes) < len(mixed.coded)
