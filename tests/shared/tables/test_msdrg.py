"""Severity levels and CC exclusions against CMS's own tables 6I, 6J and 6K of FY 2026, which package `drg` carries."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest

from shared.tables import NoRelease, Tables, msdrg
from shared.tables.embedded.source import package_file

FY2026 = date(2025, 10, 1)


def table_6(name: str) -> Path:
    return package_file("drg", "data", "cms", f"{name}.txt")


def listed_codes(name: str) -> set[str]:
    lines = table_6(name).read_text("latin-1").splitlines()
    return {code.replace(".", "") for line in lines[2:] if re.fullmatch(r"[A-Z]\w[\w.]+", code := line.split("\t")[0])}


@pytest.mark.parametrize(("table", "level"), [("cc_list", "CC"), ("mcc_list", "MCC")])
def test_the_diagnoses_of_a_level_are_those_of_cms_table_6(
    embedded_tables: Tables, table: str, level: msdrg.Level
) -> None:
    store = embedded_tables.on(msdrg.DIAGNOSES, FY2026).store
    ours = {code for code, rows in store.items() if any(r.level == level and r.first <= FY2026 <= r.last for r in rows)}
    assert ours == listed_codes(table)


def table_6k() -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Part 1: the secondary diagnoses of each collection, and the collections that a principal diagnosis is in."""
    secondaries: dict[str, set[str]] = defaultdict(set)
    collections: dict[str, set[str]] = defaultdict(set)
    collection = None
    for line in table_6("cc_exclusions").read_text("latin-1").splitlines():
        if line.startswith("K Part 2"):
            break
        if entry := re.match(r" (\w{3,7}) +M?CC +(\d{4}):[\d,]+ code", line):
            secondaries[entry[2]].add(entry[1])
        elif entry := re.match(r"PDX collection (\d{4})", line.strip()):
            collection = entry[1]
        elif collection and (entry := re.match(r" +([A-Z]\w{2,6}) ", line)):
            collections[entry[1]].add(collection)
    return secondaries, collections


def test_every_exclusion_of_table_6k_holds_and_no_other(embedded_tables: Tables) -> None:
    secondaries, collections = table_6k()
    counted = listed_codes("cc_list") | listed_codes("mcc_list")
    lists = embedded_tables.on(msdrg.EXCLUSION_LISTS, FY2026).store
    list_of = {
        principal: row.exclusion_list
        for principal, rows in embedded_tables.on(msdrg.PRINCIPAL_DIAGNOSES, FY2026).store.items()
        for row in rows
        if row.first <= FY2026 <= row.last
    }
    # Principals by the thousand share their collections and their list: each combination is compared once.
    combinations = {
        (frozenset(collections.get(principal, ())), list_of.get(principal))
        for principal in collections.keys() | list_of.keys()
    }
    assert len(combinations) > 2000
    for of_cms, ours in combinations:
        excluded = lists.rows(ours)[0].codes if ours else frozenset()
        assert excluded & counted == set().union(*(secondaries[collection] for collection in of_cms))


def test_a_principal_diagnosis_excludes_the_secondary_ones_on_its_list(embedded_tables: Tables) -> None:
    # Table 6K: A00.0 is a CC, and collection 0002 (A00.0, A00.1, A00.9) excludes it.
    assert msdrg.is_excluded(embedded_tables, "A000", "A001", FY2026)
    assert not msdrg.is_excluded(embedded_tables, "A000", "I5023", FY2026)


def test_a_level_is_that_of_the_day_of_discharge(embedded_tables: Tables) -> None:
    # FY 2024 final rule (88 FR 58768): Z59.00, Z59.01 and Z59.02, homelessness, became CCs on 2023-10-01.
    found = [msdrg.grouped_diagnosis(embedded_tables, "Z5900", day) for day in (date(2023, 9, 30), date(2023, 10, 1))]
    assert [diagnosis.level for diagnosis in found if diagnosis] == ["NCC", "CC"]


def test_a_code_that_ms_drg_does_not_know_has_no_level(embedded_tables: Tables) -> None:
    assert msdrg.grouped_diagnosis(embedded_tables, "I50", FY2026) is None


def test_the_formulas_of_an_mdc_are_tried_in_their_order(embedded_tables: Tables) -> None:
    # Definitions Manual v43, MDC 5: heart failure and shock is DRG 291 with MCC, 292 with CC, 293 without.
    found = [formula for formula in msdrg.formulas(embedded_tables, 5, FY2026) if formula.family == 291]
    assert [(formula.drg, formula.kind) for formula in found] == [(291, "MEDICAL"), (292, "MEDICAL"), (293, "MEDICAL")]
    assert "MCC" in found[0].condition
    heart_failure = msdrg.grouped_diagnosis(embedded_tables, "I5023", FY2026)
    assert heart_failure is not None
    assert heart_failure.mdc == 5
    assert found[2].condition == f"PDX:{heart_failure.principal_lists[0]}"


@pytest.mark.parametrize(
    ("procedure", "operating_room"),
    [
        ("0DTJ4ZZ", True),  # appendectomy, percutaneous endoscopic
        ("0SRC0J9", True),  # knee replacement
        ("3E0G76Z", False),  # introduction of a nutritional substance
        ("B2111ZZ", False),  # coronary angiography
    ],
)
def test_a_procedure_is_an_operating_room_procedure_as_appendix_e_has_it(
    embedded_tables: Tables, procedure: str, operating_room: bool
) -> None:
    found = msdrg.grouped_procedure(embedded_tables, procedure, FY2026)
    assert found is not None
    assert found.operating_room is operating_room


@pytest.mark.parametrize("day", [date(2022, 9, 30), date(2027, 4, 1)])
def test_outside_the_versions_that_are_carried_there_is_no_answer(embedded_tables: Tables, day: date) -> None:
    with pytest.raises(NoRelease, match=r"msdrg\.diagnoses"):
        msdrg.grouped_diagnosis(embedded_tables, "I5023", day)
