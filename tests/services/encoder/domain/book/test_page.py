"""The page of a code: expected values are the tabular list's, MS-DRG's, the MCE's and CMS's mapping as published."""

from __future__ import annotations

from datetime import date

from services.encoder.domain.book.page import AgeRangeOnPage, Category, CodePage, Severity, page
from shared.tables import Tables

DAY = date(2026, 11, 24)


def the_page(tables: Tables, code: str, day: date = DAY) -> CodePage:
    found = page(tables, "icd10cm", code, day)
    assert found is not None
    return found


def test_notes_are_inherited_and_their_codes_named(embedded_tables: Tables) -> None:
    notes = the_page(embedded_tables, "E1122").notes
    own = [note for note in notes if note.at == "E1122"]
    assert [(note.kind, [(codes.first, codes.last) for codes in note.codes]) for note in own] == [
        ("use_additional_code", [("N181", "N186")])
    ]
    gestational = next(note for note in notes if note.text.startswith("gestational diabetes"))
    assert (gestational.kind, gestational.at) == ("excludes1", "E11")
    assert [(codes.first, codes.description) for codes in gestational.codes] == [
        ("O244", "Gestational diabetes mellitus")
    ]
    chapter = next(note for note in the_page(embedded_tables, "O0900").notes if "NEVER ON NEWBORN RECORDS" in note.text)
    assert (chapter.at, chapter.at_kind) == ("15", "chapter")


def test_the_page_says_which_tables_are_of_another_day(embedded_tables: Tables) -> None:
    late = the_page(embedded_tables, "E1122")
    assert late.of_another_day == ("icd10cm.tabular",)
    assert late.releases["icd10cm.tabular"] == "FY2026-2026-04-01"
    assert the_page(embedded_tables, "E1122", date(2026, 5, 1)).of_another_day == ()


def test_severity_categories_and_marks_are_of_the_day(embedded_tables: Tables) -> None:
    # Table 6I has J96.01; CMS's mapping of PY2027 has E11.22 in HCC 37 of V28
    assert the_page(embedded_tables, "J9601").severity == Severity(level="MCC", version="v44")
    diabetic = the_page(embedded_tables, "E1122", date(2026, 5, 1))
    assert ("CMS-HCC V28", "37") in {(one.model, one.hcc) for one in diabetic.categories}
    assert all(isinstance(one, Category) for one in diabetic.categories)
    # MCE edit 4: the maternity category has the ages 9 to 64
    pregnant = the_page(embedded_tables, "O0900")
    assert "maternity" in pregnant.marks
    assert pregnant.ages == (AgeRangeOnPage(category="maternity", lowest=9, highest=64),)
    assert "manifestation" in the_page(embedded_tables, "F0280").marks


def test_seventh_characters_and_headings_stand_with_the_code(embedded_tables: Tables) -> None:
    sprain = the_page(embedded_tables, "S93401A")
    assert [one.character for one in sprain.seventh_characters] == ["A", "D", "S"]
    assert [entry.code for entry in sprain.above] == ["S93401", "S9340", "S934", "S93"]
    assert not the_page(embedded_tables, "S9340").billable
    assert [entry.code for entry in the_page(embedded_tables, "N18").children] == [
        "N181",
        "N182",
        "N183",
        "N184",
        "N185",
        "N186",
        "N189",
    ]


def test_what_a_code_was_before_is_told(embedded_tables: Tables) -> None:
    # Conversion table FY2021: N18.3 became N18.30, N18.31 and N18.32
    assert the_page(embedded_tables, "N1832").previous == ("N183",)
    assert the_page(embedded_tables, "N1832").valid_from == date(2020, 10, 1)


def test_a_procedure_has_its_index_terms(embedded_tables: Tables) -> None:
    found = page(embedded_tables, "icd10pcs", "0DTJ4ZZ", DAY)
    assert found is not None
    assert ("Appendectomy",) in {entry.path for entry in found.index}
    assert "icd10pcs.index" in found.of_another_day


def test_a_code_that_does_not_stand_has_no_page(embedded_tables: Tables) -> None:
    assert page(embedded_tables, "icd10cm", "N183X", DAY) is None
    assert page(embedded_tables, "icd10cm", "U071", date(2019, 1, 1)) is None
