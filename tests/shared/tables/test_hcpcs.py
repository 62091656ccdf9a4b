"""Which list says that a HCPCS code, a CPT code or a modifier is valid. Descriptors of CPT are placeholders."""

from __future__ import annotations

import csv
import gzip
import os
from datetime import date
from pathlib import Path

import pytest

from shared.tables import Catalogue, NoRelease, Tables, hcpcs, ioce
from shared.tables.folders import embedded_folder
from shared.tables.formats import Asked
from tests.shared.tables.formats.test_cpt import LIST, MODIFIER_TITLES, MODIFIERS, TITLES, VISIT, text
from tests.shared.tables.formats.test_hcpcs import A0021, A0021_LONG, JULY, july
from tests.shared.tables.quarterly_files import loaded, tables_of

IN_JULY = date(2024, 8, 1)


@pytest.fixture
def loaded_tables(tmp_path: Path) -> Tables:
    """A fresh install and, of the customer, the HCPCS file of 2024Q3 and the CPT files of 2024."""
    loaded(tmp_path, {JULY: july()})
    loaded(tmp_path, {"2024 CPT/Modifiers.txt": text(MODIFIER_TITLES, *MODIFIERS)})
    catalogue, _done = loaded(tmp_path, {LIST: text(TITLES, (*VISIT, "20240101", "", "", ""))})
    return tables_of(catalogue, Catalogue(embedded_folder()))


def test_the_hcpcs_file_answers_for_level_two(loaded_tables: Tables) -> None:
    found = hcpcs.code(loaded_tables, "A0021", IN_JULY)
    assert (found.valid, found.first, found.last) == (True, date(1985, 1, 1), None)
    assert (found.short, found.long) == (A0021["short"], A0021_LONG)
    assert (found.release.table, found.release.name) == ("hcpcs.codes", "2024Q3")
    assert found.level_two is not None
    assert (found.level_two.coverage, found.level_two.pricing) == ("I", ("00",))


@pytest.mark.parametrize(
    ("day", "valid"),
    [(date(2023, 6, 30), True), (date(2023, 7, 1), False), (date(2024, 7, 1), False)],
)
def test_a_code_is_valid_through_its_last_day(loaded_tables: Tables, day: date, valid: bool) -> None:
    """Record layout: the termination date is the last day on which the code may be used."""
    found = hcpcs.code(loaded_tables, "Q9999", day)
    assert (found.valid, found.last) == (valid, date(2023, 6, 30))


def test_a_level_two_code_that_the_file_does_not_have_is_looked_for_in_the_editor(loaded_tables: Tables) -> None:
    found = hcpcs.code(loaded_tables, "J1745", IN_JULY)
    assert (found.valid, found.release.table) == (True, "ioce.procedures")
    assert not hcpcs.code(loaded_tables, "A0022", IN_JULY).valid


def test_the_licensed_file_answers_for_cpt(loaded_tables: Tables) -> None:
    found = hcpcs.code(loaded_tables, "99213", IN_JULY)
    assert (found.valid, found.short, found.release.table) == (True, "(SHORT)", "cpt.codes")
    assert found.cpt is not None
    assert found.cpt.consumer == "(consumer)"
    other = hcpcs.code(loaded_tables, "99214", IN_JULY)
    assert (other.valid, other.release.table) == (True, "ioce.procedures")


def test_a_descriptor_of_a_later_day_is_not_valid_before_it(tmp_path: Path) -> None:
    visit = (*VISIT, "20240701", "", "", "")
    catalogue, _done = loaded(tmp_path, {LIST: text(TITLES, visit)}, Asked(effective=date(2024, 1, 1)))
    assert not hcpcs.code(tables_of(catalogue), "99213", date(2024, 6, 30)).valid
    assert hcpcs.code(tables_of(catalogue), "99213", date(2024, 7, 1)).valid


def test_without_the_editor_the_file_alone_decides(tmp_path: Path) -> None:
    catalogue, _done = loaded(tmp_path, {JULY: july()})
    found = hcpcs.code(tables_of(catalogue), "J1745", IN_JULY)
    assert (found.valid, found.release.table) == (False, "hcpcs.codes")
    with pytest.raises(NoRelease):
        hcpcs.code(tables_of(catalogue), "99213", IN_JULY)


def test_a_fresh_install_knows_codes_and_no_descriptor_of_the_ama_or_the_ada(embedded_tables: Tables) -> None:
    day = date(2025, 2, 3)
    store = embedded_tables.on(ioce.PROCEDURES, day).store
    described = {code[0] for code, rows in store.items() for row in rows if row.short}
    assert described == set("ABCEGHJKLMPQRSTUV")
    visit = hcpcs.code(embedded_tables, "99213", day)
    assert (visit.valid, visit.short, visit.long) == (True, "", "")
    # HCPCS Level II of 2025: J1745.
    assert hcpcs.code(embedded_tables, "J1745", day).short == "Infliximab not biosimil 10mg"


def test_a_code_of_the_editor_has_the_days_of_all_its_rows(embedded_tables: Tables) -> None:
    """99213 has rows that differ, but has been valid throughout; 99201 was deleted from CPT with 2021."""
    found = hcpcs.code(embedded_tables, "99213", date(2025, 2, 3))
    assert (found.first, found.last) == (date(2019, 7, 1), date(2026, 6, 30))
    assert hcpcs.code(embedded_tables, "99201", date(2020, 3, 1)).last == date(2020, 12, 31)


def test_modifiers_of_both_levels(loaded_tables: Tables) -> None:
    left = hcpcs.modifier(loaded_tables, "LT", IN_JULY)
    assert (left.valid, left.short, left.release.table) == (True, "Left side", "hcpcs.modifiers")
    assert left.editor is not None
    assert left.editor.ncci_associated
    evaluation = hcpcs.modifier(loaded_tables, "25", IN_JULY)
    assert (evaluation.valid, evaluation.short, evaluation.release.table) == (True, "(name)", "cpt.modifiers")
    other = hcpcs.modifier(loaded_tables, "59", IN_JULY)
    assert (other.valid, other.short, other.release.table) == (True, "", "ioce.modifiers")
    assert not hcpcs.modifier(loaded_tables, "ZZ", IN_JULY).valid


def test_a_modifier_needs_a_list_that_covers_the_day(tmp_path: Path) -> None:
    catalogue, _done = loaded(tmp_path, {"2024 CPT/Modifiers.txt": text(MODIFIER_TITLES, *MODIFIERS)})
    unknown = hcpcs.modifier(tables_of(catalogue), "ZZ", IN_JULY)
    assert (unknown.valid, unknown.release.table) == (False, "cpt.modifiers")
    with pytest.raises(NoRelease):
        hcpcs.modifier(tables_of(catalogue), "25", date(2023, 12, 31))


REFERENCE = Path(os.environ.get("REVCYCLE_REFERENCE", Path(__file__).parents[4] / "shared")) / "data" / "hcpcs"


@pytest.mark.reference
@pytest.mark.skipif(not REFERENCE.exists(), reason="the reference data is not beside the checkout")
def test_the_editor_lists_the_codes_of_the_hcpcs_file(embedded_tables: Tables) -> None:
    """Of the file of July 2024: all codes in use but three (two antibodies withdrawn), and none that was ended."""
    day = date(2024, 7, 1)
    with gzip.open(REFERENCE / "level2_descriptions_2024q3.csv.gz", "rt") as file:
        short = {
            row["hcpcs_code"]: row["hcpcs_description"] for row in csv.DictReader(file) if "S" in row["hcpcs_desc_type"]
        }
    missing, ended, same = [], [], 0
    with (REFERENCE / "level2_attributes_2024q3.csv").open() as file:
        for row in csv.DictReader(file):
            code, known = row["hcpcs_code"], hcpcs.code(embedded_tables, row["hcpcs_code"], day)
            if row["date_term"] and row["date_term"] < str(day):
                ended += [code] if known.valid else []
            elif not known.valid:
                missing.append(code)
            else:
                same += known.short.lower().split() == short[code].lower().split()
    assert (missing, ended, same) == (["M0245", "M0246", "Q0245"], [], 6_963)
