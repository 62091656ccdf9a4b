"""The loader of the tabular list, on a small file in the layout of NCHS's."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from shared.tables import Tables
from shared.tables import icd10cm_tabular as tabular
from shared.tables.catalogue import Catalogue
from shared.tables.errors import RefusedFile
from shared.tables.formats import Asked
from shared.tables.icd10cm_references import CodeRange
from shared.tables.icd10cm_tabular import InstructionRow, Note, NoteKind, PlaceKind, SeventhCharacter
from shared.tables.loading import Loaded, load

AT = datetime(2026, 10, 1, 8, tzinfo=UTC)
DAY = date(2026, 11, 24)
GOOD = """<?xml version="1.0" encoding="utf-8"?>
<ICD10CM.tabular>
  <version>2027</version>
  <introduction>
    <introSection type="title"><title>ICD-10-CM TABULAR LIST of DISEASES and INJURIES</title></introSection>
  </introduction>
  <chapter>
    <name>19</name>
    <desc>Injury, poisoning (S00-T88)</desc>
    <useAdditionalCode>
      <note>code to identify any retained foreign body, if applicable (Z18.-)</note>
    </useAdditionalCode>
    <excludes1>
      <note>birth trauma (P10-P15)</note>
      <note>obstetric trauma (O70-O71)</note>
    </excludes1>
    <sectionIndex>
      <sectionRef first="S50" last="S59" id="S50-S59">
         Injuries to the elbow and forearm
      </sectionRef>
    </sectionIndex>
    <section id="S50-S59">
      <desc>Injuries to the elbow and forearm (S50-S59)</desc>
      <diag>
        <name>S52</name>
        <desc>Fracture of forearm</desc>
        <excludes1>
          <note>traumatic amputation of forearm (S58.-)</note>
        </excludes1>
        <sevenChrNote>
          <note>The appropriate 7th character is to be added to all codes from category S52</note>
        </sevenChrNote>
        <sevenChrDef>
          <extension char="A">initial encounter for closed fracture</extension>
          <extension char="B">initial encounter for open fracture</extension>
          <note>open fracture NOS</note>
        </sevenChrDef>
        <diag placeholder="true">
          <name>S52.0X</name>
          <desc>Fracture of upper end of ulna</desc>
          <diag>
            <name>S52.0X1</name>
            <desc>Fracture of upper end of right ulna</desc>
            <inclusionTerm>
              <note>Fracture of proximal end of right ulna</note>
            </inclusionTerm>
          </diag>
        </diag>
        <diag>
          <name>S52.9</name>
          <desc>Unspecified fracture of forearm</desc>
        </diag>
      </diag>
    </section>
  </chapter>
</ICD10CM.tabular>
"""


def loaded(folder: Path, text: str, name: str = "icd10cm-tabular-2027.xml", asked: Asked | None = None) -> Loaded:
    (folder / name).write_text(text, encoding="utf-8")
    return load(folder / name, Catalogue(folder / "tables"), asked or Asked(), AT)


def tables_of(folder: Path) -> Tables:
    catalogue = Catalogue(folder / "tables")
    return Tables([(release, catalogue.path(release)) for release in catalogue.releases()])


def test_the_tree_and_its_notes_are_read(tmp_path: Path):
    loaded(tmp_path, GOOD)
    tables = tables_of(tmp_path)
    place = tabular.place(tables, "S52", DAY)
    assert place is not None
    assert (place.row.kind, place.row.title, place.row.parent) == (PlaceKind.CATEGORY, "Fracture of forearm", "S50-S59")
    assert place.row.children == ("S520X", "S529")
    assert place.row.notes == (
        Note(NoteKind.EXCLUDES1, "traumatic amputation of forearm (S58.-)", (CodeRange("S58", "S58"),)),
        Note(NoteKind.SEVENTH_CHARACTER, "The appropriate 7th character is to be added to all codes from category S52"),
    )
    assert [(key, row.kind) for key, row in place.above] == [
        ("S50-S59", PlaceKind.SECTION),
        ("19", PlaceKind.CHAPTER),
    ]


def test_seventh_characters_are_read_with_what_their_notes_add(tmp_path: Path):
    loaded(tmp_path, GOOD)
    assert tabular.seventh_characters(tables_of(tmp_path), "S52.9XXA", DAY) == (
        SeventhCharacter("A", "initial encounter for closed fracture"),
        SeventhCharacter("B", "initial encounter for open fracture; open fracture NOS"),
    )


def test_instructions_are_kept_at_every_code_below(tmp_path: Path):
    loaded(tmp_path, GOOD)
    tables = tables_of(tmp_path)
    chapter = (
        InstructionRow("19", "birth trauma (P10-P15)", (CodeRange("P10", "P15"),)),
        InstructionRow("19", "obstetric trauma (O70-O71)", (CodeRange("O70", "O71"),)),
    )
    own = InstructionRow("S52", "traumatic amputation of forearm (S58.-)", (CodeRange("S58", "S58"),))
    for code in ("S52", "S520X1", "S520X1A", "S529", "S529XXB"):
        assert tabular.instructions(tables, code, NoteKind.EXCLUDES1, DAY) == (own, *chapter)
    assert tabular.instructions(tables, "S52", NoteKind.CODE_FIRST, DAY) == ()


def test_the_version_is_the_fiscal_year(tmp_path: Path):
    (places, instructions) = loaded(tmp_path, GOOD).releases
    assert (places.name, places.covers_from, places.covers_through) == ("FY2027", date(2026, 10, 1), date(2027, 9, 30))
    assert places.sources[0].name == "icd10cm-tabular-2027.xml"
    assert (places.table, instructions.table) == ("icd10cm.tabular", "icd10cm.instructions")


@pytest.mark.parametrize(
    "name", ["icd10cm-tabular-April-2027.xml", "icd10c-tabular-April-1-2027.xml", "icd10cm_tabular_april_2027.xml"]
)
def test_an_april_update_is_told_by_its_name(tmp_path: Path, name: str):
    release = loaded(tmp_path, GOOD, name).releases[0]
    assert (release.name, release.covers_from) == ("FY2027-2027-04-01", date(2027, 4, 1))


def test_what_the_loader_is_told_goes_before_the_file(tmp_path: Path):
    asked = Asked(effective=date(2026, 12, 1), through=date(2027, 3, 31), release="draft")
    release = loaded(tmp_path, GOOD, asked=asked).releases[0]
    assert (release.name, release.covers_from, release.covers_through) == (
        "draft",
        date(2026, 12, 1),
        date(2027, 3, 31),
    )


def test_a_file_without_year_needs_to_be_told(tmp_path: Path):
    with pytest.raises(RefusedFile, match="--effective"):
        loaded(tmp_path, GOOD.replace("<version>2027</version>", ""))


def test_changes_are_read_as_they_stand_now(tmp_path: Path):
    changed = GOOD.replace(
        "<note>birth trauma (P10-P15)</note>", "<note><old>birth injury</old><new>birth trauma (P10-P15)</new></note>"
    )
    loaded(tmp_path, changed)
    chapter = tabular.place(tables_of(tmp_path), "19", DAY)
    assert chapter is not None
    assert chapter.row.notes[1].text == "birth trauma (P10-P15)"


@pytest.mark.parametrize(
    ("good", "bad", "at", "reason"),
    [
        ("<name>S52.9</name>", "<name>S5.29</name>", "<diag>\n          <name>S5.29", "not a code"),
        ("<name>S52.9</name>", "<name>S62.9</name>", "<diag>\n          <name>S62.9", "stands under S52"),
        ("<name>S52.9</name>", "<name>S52.0X</name>", "<diag>\n          <name>S52.0X<", "stands here and on line 38"),
        ("<name>S52</name>", "", "<diag>\n        \n", "has no <name>"),
        ("<desc>Fracture of forearm</desc>", "<desc> </desc>", "<diag>\n        <name>S52</name>", "has no <desc>"),
        ("<name>19</name>", "<name>XIX</name>", "<chapter>", "number of a chapter"),
        ('<section id="S50-S59">', '<section id="forearm">', "<section id", "range of categories"),
        ('<extension char="B">', '<extension char="A">', '<extension char="A">initial encounter for open', "twice"),
        ('<extension char="B">', "<extension>", "<extension>", "has no char"),
        ('<extension char="A">initial encounter for closed fracture</extension>', "<note/>", "<note/>", "out of place"),
    ],
)
def test_a_wrong_place_is_refused_with_its_line(tmp_path: Path, good: str, bad: str, at: str, reason: str):
    text = GOOD.replace(good, bad)
    with pytest.raises(RefusedFile, match=reason) as refused:
        loaded(tmp_path, text)
    assert refused.value.line == text[: text.index(at)].count("\n") + 1


def test_an_unknown_element_is_refused(tmp_path: Path):
    with pytest.raises(RefusedFile, match="<excludes3> is not known in <chapter>") as refused:
        loaded(tmp_path, GOOD.replace("excludes1>", "excludes3>"))
    assert refused.value.line == 13


def test_an_addenda_is_no_release(tmp_path: Path):
    with pytest.raises(RefusedFile, match="addenda"):
        loaded(tmp_path, GOOD.replace("<ICD10CM.tabular>", '<ICD10CM.tabular isAddenda="true">', 1))


def test_a_file_without_chapter_is_refused(tmp_path: Path):
    with pytest.raises(RefusedFile, match="no chapter"):
        loaded(tmp_path, "<ICD10CM.tabular><version>2027</version></ICD10CM.tabular>")


def test_two_files_of_one_release_are_one_too_many(tmp_path: Path):
    both = tmp_path / "both"
    both.mkdir()
    for name in ("icd10cm-tabular-2027.xml", "copy.xml"):
        (both / name).write_text(GOOD, encoding="utf-8")
    with pytest.raises(RefusedFile, match=r"copy\.xml is FY2027 of icd10cm\.tabular too"):
        load(both, Catalogue(tmp_path / "tables"), Asked(), AT)
    assert Catalogue(tmp_path / "tables").releases() == ()


def test_the_year_and_its_april_update_are_two_releases(tmp_path: Path):
    both = tmp_path / "both"
    both.mkdir()
    for name in ("icd10cm-tabular-2027.xml", "icd10cm-tabular-April-2027.xml"):
        (both / name).write_text(GOOD, encoding="utf-8")
    load(both, Catalogue(tmp_path / "tables"), Asked(), AT)
    tables = tables_of(tmp_path)
    assert tables.release(tabular.PLACES, date(2027, 3, 31)).name == "FY2027"
    assert tables.release(tabular.PLACES, date(2027, 4, 1)).name == "FY2027-2027-04-01"


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.99])
def test_a_cut_off_file_is_refused_and_the_active_release_stays(tmp_path: Path, kept: float):
    loaded(tmp_path, GOOD)
    cut = GOOD[: int(len(GOOD) * kept)]
    with pytest.raises(RefusedFile, match="broken or cut off") as refused:
        loaded(tmp_path, cut)
    assert refused.value.line is not None
    assert abs(refused.value.line - (cut.count("\n") + 1)) <= 1
    assert [release.name for release in Catalogue(tmp_path / "tables").releases()] == ["FY2027", "FY2027"]
    assert tabular.place(tables_of(tmp_path), "S52", DAY) is not None
