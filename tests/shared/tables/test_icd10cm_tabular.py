"""Lookups in the tabular list of April 2026 as NCHS published it. Expected values are read from that publication."""

from __future__ import annotations

import csv
import gzip
import os
from datetime import date
from pathlib import Path

import pytest

from shared.tables import Tables
from shared.tables import icd10cm_tabular as tabular
from shared.tables.errors import NoRelease
from shared.tables.icd10cm_references import CodeRange
from shared.tables.icd10cm_tabular import NoteKind, PlaceKind
from tests.shared.tables.tabular_list import DAY

REFERENCE = Path(os.environ.get("REVCYCLE_REFERENCE", "../shared")) / "data/icd10cm"


def the_place(tables: Tables, key: str) -> tabular.Place:
    place = tabular.place(tables, key, DAY)
    assert place is not None
    return place


def test_a_code_stands_under_its_category_sections_and_chapter(embedded_tables: Tables):
    place = the_place(embedded_tables, "C34.11")
    assert place.row.title == "Malignant neoplasm of upper lobe, right bronchus or lung"
    assert [(key, row.kind) for key, row in place.above] == [
        ("C341", PlaceKind.SUBCATEGORY),
        ("C34", PlaceKind.CATEGORY),
        ("C30-C39", PlaceKind.SECTION),
        ("C00-C75", PlaceKind.SECTION),
        ("C00-C96", PlaceKind.SECTION),
        ("2", PlaceKind.CHAPTER),
    ]
    assert place.release.name == "FY2026-2026-04-01"


def test_children_come_in_the_order_of_the_list_which_is_not_the_alphabet(embedded_tables: Tables):
    keys = [key for key, _row in tabular.children(embedded_tables, "C00-C96", DAY)]
    assert keys == ["C00-C75", "C7A-C7A", "C7B-C7B", "C76-C80", "C81-C96"]
    assert [key for key, _row in tabular.children(embedded_tables, "E11.1", DAY)] == ["E1110", "E1111"]
    assert tabular.children(embedded_tables, "E11.10", DAY) == ()


def test_there_are_twenty_two_chapters(embedded_tables: Tables):
    chapters = tabular.chapters(embedded_tables, DAY)
    assert [key for key, _row in chapters] == [str(number) for number in range(1, 23)]
    assert chapters[8][1].title == "Diseases of the circulatory system (I00-I99)"


@pytest.mark.parametrize(
    ("code", "key"),
    [("S52.001A", "S52001"), ("T36.95XA", "T3695"), ("t360x1a", "T360X1"), ("Y92.0", "Y920"), ("M80.00XA", "M8000")],
)
def test_a_code_is_found_where_its_seventh_character_is_added(embedded_tables: Tables, code: str, key: str):
    assert the_place(embedded_tables, code).key == key


@pytest.mark.parametrize("code", ["S52.001Z", "E11.65XA", "Z99.999", "", "I10-I99"])
def test_what_the_list_does_not_have_is_not_found(embedded_tables: Tables, code: str):
    assert tabular.place(embedded_tables, code, DAY) is None
    assert tabular.notes(embedded_tables, code, DAY) == ()
    assert tabular.seventh_characters(embedded_tables, code, DAY) == ()
    assert tabular.children(embedded_tables, code, DAY) == ()


def test_notes_are_those_of_the_code_and_of_every_place_above(embedded_tables: Tables):
    found = tabular.notes(embedded_tables, "E11.22", DAY)
    assert [(n.at, n.note.text) for n in found if n.note.kind is NoteKind.USE_ADDITIONAL_CODE] == [
        ("E1122", "code to identify stage of chronic kidney disease (N18.1-N18.6)"),
        ("E11", "code to identify control using:"),
        ("E11", "injectable non-insulin antidiabetic drugs (Z79.85)"),
        ("E11", "insulin (Z79.4)"),
        ("E11", "oral antidiabetic drugs (Z79.84)"),
        ("E11", "oral hypoglycemic drugs (Z79.84)"),
    ]
    excluded = {n.note.text: n for n in found if n.note.kind is NoteKind.EXCLUDES1}
    assert excluded["type 1 diabetes mellitus (E10.-)"].at_kind is PlaceKind.CATEGORY
    assert excluded["type 1 diabetes mellitus (E10.-)"].note.ranges == (CodeRange("E10", "E10"),)
    chapter = [n.at_kind for n in found if n.at == "4"]
    assert chapter
    assert set(chapter) == {PlaceKind.CHAPTER}


def test_inclusion_terms_are_not_inherited(embedded_tables: Tables):
    own = tabular.notes(embedded_tables, "I21.4", DAY)
    assert any(n.note.kind is NoteKind.INCLUSION_TERM and n.at == "I214" for n in own)
    terms = [n.at for n in tabular.notes(embedded_tables, "I25.110", DAY) if n.note.kind is NoteKind.INCLUSION_TERM]
    assert set(terms) <= {"I25110"}


def test_the_seventh_characters_of_a_forearm_fracture_are_the_sixteen_of_its_category(embedded_tables: Tables):
    sevenths = tabular.seventh_characters(embedded_tables, "S52.001", DAY)
    assert "".join(s.character for s in sevenths) == "ABCDEFGHJKMNPQRS"
    assert sevenths[0].meaning == "initial encounter for closed fracture"
    assert sevenths[1].meaning == (
        "initial encounter for open fracture type I or II; initial encounter for open fracture NOS"
    )


def test_a_nearer_definition_of_seventh_characters_counts(embedded_tables: Tables):
    """Torus fractures (S52.01-) have their own: there is none that is open."""
    sevenths = tabular.seventh_characters(embedded_tables, "S52.011", DAY)
    assert "".join(s.character for s in sevenths) == "ADGKPS"


def test_a_code_without_seventh_character_has_none(embedded_tables: Tables):
    assert tabular.seventh_characters(embedded_tables, "E11.9", DAY) == ()


@pytest.mark.parametrize(
    ("one", "other", "at"),
    [
        ("E119", "E109", "E11"),  # type 1 and type 2 diabetes
        ("J0190", "J329", "J01"),  # acute sinusitis, and sinusitis NOS
    ],
)
def test_codes_that_an_excludes1_note_keeps_apart(embedded_tables: Tables, one: str, other: str, at: str):
    conflict = tabular.excludes1_between(embedded_tables, one, other, DAY)
    assert conflict is not None
    assert (conflict.at, {conflict.code, conflict.excluded}) == (at, {one, other})
    reverse = tabular.excludes1_between(embedded_tables, other, one, DAY)
    assert reverse is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [("E1122", "N183"), ("I10", "E785"), ("S52001A", "S72001A"), ("E119", "E119"), ("E1110", "E1122")],
)
def test_codes_that_nothing_keeps_apart(embedded_tables: Tables, one: str, other: str):
    assert tabular.excludes1_between(embedded_tables, one, other, DAY) is None


def test_an_exclusion_reaches_codes_with_a_seventh_character(embedded_tables: Tables):
    """S52 Excludes1 traumatic amputation of forearm (S58.-)."""
    conflict = tabular.excludes1_between(embedded_tables, "S58011A", "S52001A", DAY)
    assert conflict is not None
    assert (conflict.at, conflict.code, conflict.excluded) == ("S52", "S52001A", "S58011A")


def test_a_manifestation_says_what_comes_first(embedded_tables: Tables):
    """G63 Polyneuropathy in diseases classified elsewhere: underlying disease first, such as amyloidosis (E85.-)."""
    rows = tabular.code_first(embedded_tables, "G63", DAY)
    assert rows[0].text == "underlying disease, such as:"
    assert CodeRange("E85", "E85") in [named for row in rows for named in row.ranges]
    assert tabular.code_first(embedded_tables, "I10", DAY) == ()


def test_a_range_skips_what_the_list_keeps_elsewhere(embedded_tables: Tables):
    """D49 Excludes2 neoplasms of uncertain behavior (D37-D44, D48): D3A stands before D37 in the list."""
    (note,) = [n.note for n in tabular.notes(embedded_tables, "D49", DAY) if "D37-D44" in n.note.text]
    assert any(named.covers("D400") for named in note.ranges)
    assert not any(named.covers("D3A00") for named in note.ranges)


def test_a_day_without_release_is_told(embedded_tables: Tables):
    with pytest.raises(NoRelease):
        tabular.notes(embedded_tables, "I10", date(2015, 9, 30))
    with pytest.raises(NoRelease):
        tabular.excludes1_between(embedded_tables, "I10", "I11", date(2015, 9, 30))


@pytest.mark.reference
def test_every_billable_code_is_a_place_with_its_seventh_character(embedded_tables: Tables):
    """Against the billable codes of FY2027: all are found as they are but those that are new in that year."""
    path = REFERENCE / "icd10cm_fy2027_codes.csv.gz"
    if not path.exists():
        pytest.skip(f"no reference data at {REFERENCE}; set REVCYCLE_REFERENCE")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        codes = [row["code"] for row in csv.DictReader(file)]
    unknown, wrong = [], []
    for code in codes:
        place = tabular.place(embedded_tables, code, DAY)
        sevenths = {s.character for s in tabular.seventh_characters(embedded_tables, code, DAY)}
        if place is None:
            unknown.append(code)
        elif place.row.children or (code[6:] not in sevenths if sevenths else place.key != code):
            wrong.append(code)
    assert wrong == []
    assert len(unknown) < len(codes) / 300
