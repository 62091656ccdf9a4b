"""The loaders of the ICD-10-PCS tables and index, on small files in the layout of CMS's, and the lookups in them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.tables import Tables, icd10_index
from shared.tables import icd10pcs_tables as pcs
from shared.tables.catalogue import Catalogue
from shared.tables.embedded.pcs_tables import products
from shared.tables.errors import RefusedFile
from shared.tables.formats import Asked
from shared.tables.icd10_index import PROCEDURES, Reference, ReferenceKind
from shared.tables.icd10pcs_tables import Meaning
from shared.tables.loading import load

AT = datetime(2026, 10, 1, 8, tzinfo=UTC)
DAY = date(2026, 11, 24)
EMBEDDED_DAY = date(2025, 5, 1)
"""The first of the days for which a fresh install has tables, of sections 0 and 1 only."""

TABLES = """<?xml version="1.0" encoding="utf-8"?>
<ICD10PCS.tabular>
  <version>2027</version>
  <title>ICD-10-PCS Tables</title>
  <pcsTable>
    <axis pos="1" values="1">
      <title>Section</title>
      <label code="0">Medical and Surgical</label>
    </axis>
    <axis pos="2" values="1">
      <title>Body System</title>
      <label code="F">Hepatobiliary System and Pancreas</label>
    </axis>
    <axis pos="3" values="1">
      <title>Operation</title>
      <label code="T">Resection</label>
      <definition>Cutting out or off, without replacement, all of a body part</definition>
    </axis>
    <pcsRow codes="4">
      <axis pos="4" values="2">
        <title>Body Part</title>
        <label code="0">Liver</label>
        <label code="4">Gallbladder</label>
      </axis>
      <axis pos="5" values="2">
        <title>Approach</title>
        <label code="0">Open</label>
        <label code="4">Percutaneous Endoscopic</label>
      </axis>
      <axis pos="6" values="1">
        <title>Device</title>
        <label code="Z">No Device</label>
      </axis>
      <axis pos="7" values="1">
        <title>Qualifier</title>
        <label code="Z">No Qualifier</label>
      </axis>
    </pcsRow>
    <pcsRow codes="1">
      <axis pos="4" values="1">
        <title>Body Part</title>
        <label code="5">Hepatic Duct, Right</label>
      </axis>
      <axis pos="5" values="1">
        <title>Approach</title>
        <label code="7">Via Natural or Artificial Opening</label>
      </axis>
      <axis pos="6" values="1">
        <title>Device</title>
        <label code="Z">No Device</label>
      </axis>
      <axis pos="7" values="1">
        <title>Qualifier</title>
        <label code="Z">No Qualifier</label>
      </axis>
    </pcsRow>
  </pcsTable>
</ICD10PCS.tabular>
"""
INDEX = """<?xml version="1.0" encoding="utf-8"?>
<ICD10PCS.index>
  <version>2027</version>
  <title>ICD-10-PCS Index</title>
  <letter>
    <title>A</title>
    <mainTerm>
      <title>Abdominal esophagus</title>
      <use>Esophagus, Lower</use>
    </mainTerm>
    <mainTerm>
      <title>Activa PC neurostimulator</title>
      <use>Stimulator Generator, Multiple Array in <tab>0JH</tab></use>
    </mainTerm>
  </letter>
  <letter>
    <title>C</title>
    <mainTerm>
      <title>Cholecystectomy</title>
      <see>Excision, Gallbladder <codes>0FB4</codes></see>
      <see>Resection, Gallbladder <codes>0FT4</codes></see>
    </mainTerm>
  </letter>
  <letter>
    <title>R</title>
    <mainTerm>
      <title>Radiation Therapy</title>
      <term level="1">
        <code>D0Y07ZZ</code>
      </term>
      <term level="1">
        <title>Bone</title>
        <codes>DP0</codes>
      </term>
    </mainTerm>
    <mainTerm>
      <title>Resection</title>
      <term level="1">
        <title>Gallbladder</title>
        <codes>0FT4</codes>
      </term>
    </mainTerm>
  </letter>
</ICD10PCS.index>
"""


def loaded(folder: Path, *texts: str) -> Tables:
    files = folder / "files"
    files.mkdir(exist_ok=True)
    for number, text in enumerate(texts):
        (files / f"icd10pcs_{number}_2027.xml").write_text(text, encoding="utf-8")
    catalogue = Catalogue(folder / "tables")
    load(files, catalogue, Asked(), AT)
    return Tables([(release, catalogue.path(release)) for release in catalogue.releases()])


@pytest.fixture
def tables(tmp_path: Path) -> Tables:
    return loaded(tmp_path, TABLES, INDEX)


def test_a_table_has_its_head_definition_and_rows(tables: Tables):
    table = pcs.pcs_table(tables, "0ft44zz", DAY)
    assert table is not None
    assert (table.key, table.release.name, pcs.is_complete(table.release)) == ("0FT", "FY2027", True)
    assert [axis.values[0].label for axis in table.row.head] == [
        "Medical and Surgical",
        "Hepatobiliary System and Pancreas",
        "Resection",
    ]
    assert table.row.definition == "Cutting out or off, without replacement, all of a body part"
    assert [[axis.characters for axis in row.axes] for row in table.row.rows] == [
        ["04", "04", "Z", "Z"],
        ["5", "7", "Z", "Z"],
    ]
    assert pcs.pcs_table(tables, "0FB", DAY) is None


@pytest.mark.parametrize(
    ("code", "built"),
    [
        ("0FT00ZZ", True),
        ("0FT44ZZ", True),
        ("0FT57ZZ", True),
        ("0FT47ZZ", False),
        ("0FT54ZZ", False),
        ("0FB44ZZ", False),
        ("0FT4", False),
        ("", False),
    ],
)
def test_a_code_is_made_of_one_row_and_not_across_rows(tables: Tables, code: str, built: bool):
    assert pcs.is_built(tables, code, DAY) is built


@pytest.mark.parametrize(
    ("beginning", "title", "characters"),
    [
        ("", "Section", "0"),
        ("0", "Body System", "F"),
        ("0f", "Operation", "T"),
        ("0FT", "Body Part", "045"),
        ("0FT5", "Approach", "7"),
        ("0FT4", "Approach", "04"),
        ("0FT44Z", "Qualifier", "Z"),
    ],
)
def test_the_next_character_is_one_of_the_rows_that_fit(tables: Tables, beginning: str, title: str, characters: str):
    following = pcs.next_characters(tables, beginning, DAY)
    assert following is not None
    assert (following.title, following.characters) == (title, characters)


@pytest.mark.parametrize("beginning", ["1", "0FB", "0FT9", "0FT47", "0FT44ZZ", "0FT44ZZZ"])
def test_nothing_follows_what_no_code_begins_with_or_is_whole(tables: Tables, beginning: str):
    assert pcs.next_characters(tables, beginning, DAY) is None


def test_each_character_has_its_meaning(tables: Tables):
    assert pcs.meaning(tables, "0FT44ZZ", DAY)[3:] == (
        Meaning("Body Part", "4", "Gallbladder"),
        Meaning("Approach", "4", "Percutaneous Endoscopic"),
        Meaning("Device", "Z", "No Device"),
        Meaning("Qualifier", "Z", "No Qualifier"),
    )
    assert len(pcs.meaning(tables, "0FT4", DAY)) == 4
    assert pcs.meaning(tables, "0FT47ZZ", DAY) == pcs.meaning(tables, "0F", DAY) == ()


def test_the_index_sends_on_with_codes_and_to_values(tables: Tables):
    (cholecystectomy,) = icd10_index.main_terms(tables, PROCEDURES, "chole", DAY, 5)
    assert cholecystectomy.row.references == (
        Reference(ReferenceKind.SEE, "Excision, Gallbladder", ("0FB4",)),
        Reference(ReferenceKind.SEE, "Resection, Gallbladder", ("0FT4",)),
    )
    (esophagus,) = icd10_index.find(tables, PROCEDURES, "esophagus", DAY, 5)
    assert esophagus.row.references == (Reference(ReferenceKind.USE, "Esophagus, Lower"),)
    (neurostimulator,) = icd10_index.terms_for(tables, "0JH60BZ", DAY, PROCEDURES)
    assert neurostimulator.row.references == (
        Reference(ReferenceKind.USE, "Stimulator Generator, Multiple Array in", ("0JH",)),
    )


def test_a_procedure_is_found_by_the_beginning_of_its_code(tables: Tables):
    terms = icd10_index.terms_for(tables, "0FT44ZZ", DAY, PROCEDURES)
    assert [term.path for term in terms] == [("Cholecystectomy",), ("Resection", "Gallbladder")]
    (radiation,) = icd10_index.terms_for(tables, "D0Y07ZZ", DAY, PROCEDURES)
    assert radiation.path == ("Radiation Therapy", "")


@pytest.mark.parametrize(
    ("text", "good", "bad", "at", "reason"),
    [
        (TABLES, '<pcsRow codes="4">', '<pcsRow codes="5">', "<pcsRow", "says that it makes 5 codes and makes 4"),
        (TABLES, '<pcsRow codes="4">', '<pcsRow codes="four">', "<pcsRow", "not a whole number"),
        (TABLES, '<label code="4">Gallbladder</label>', "", '<axis pos="4" values="2">', "has 2 values and has 1"),
        (
            TABLES,
            '<label code="4">Gallbladder',
            '<label code="0">Gallbladder',
            '<axis pos="4" values="2">',
            "stands twice",
        ),
        (TABLES, '<label code="4">Gallbladder', '<label code="O">Gallbladder', '<label code="O">', "no character"),
        (TABLES, '<axis pos="5" values="2">', '<axis pos="6" values="2">', "<pcsRow", "4 to 7 belong"),
        (TABLES, "<title>Device</title>", "", '<axis pos="6" values="1">', "has no <title>"),
        (INDEX, "<codes>DP0</codes>", "<codes>DP</codes>", "<codes>DP<", "not the codes of"),
        (INDEX, "<code>D0Y07ZZ</code>", "<code>D0Y07Z</code>", "<code>D0Y07Z<", "not the code of"),
        (INDEX, "<tab>0JH</tab>", "<tab>0JH6</tab>", "<tab>", "not the tab of"),
        (INDEX, "<tab>0JH</tab>", "<table>0JH</table>", "<table>", "not the table of"),
        (INDEX, "<title>Cholecystectomy</title>", "", "<mainTerm>\n      \n", "has no <title>"),
        (INDEX, "<use>Esophagus, Lower</use>", "<using>Esophagus</using>", "<using>", "<using> is not known"),
    ],
)
def test_what_cms_does_not_publish_so_is_refused_with_its_line(
    tmp_path: Path, text: str, good: str, bad: str, at: str, reason: str
):
    assert good in text
    wrong = text.replace(good, bad, 1)
    with pytest.raises(RefusedFile, match=reason) as refused:
        loaded(tmp_path, wrong)
    assert refused.value.line == wrong[: wrong.index(at)].count("\n") + 1


def test_a_table_that_stands_twice_is_refused(tmp_path: Path):
    table = TABLES[TABLES.index("  <pcsTable>") : TABLES.index("</ICD10PCS")]
    twice = TABLES.replace("</ICD10PCS.tabular>", f"{table}</ICD10PCS.tabular>")
    with pytest.raises(RefusedFile, match="0FT stands here and on line 5"):
        loaded(tmp_path, twice)


@pytest.mark.parametrize("text", [TABLES, INDEX])
def test_a_cut_off_file_is_refused_and_the_active_release_stays(tmp_path: Path, text: str):
    before = loaded(tmp_path, text).releases()
    with pytest.raises(RefusedFile, match="cut off"):
        loaded(tmp_path, text[:1000])
    assert Catalogue(tmp_path / "tables").releases() == before


ENDINGS = st.sets(st.text(alphabet="04Z", min_size=4, max_size=4), min_size=1, max_size=40)


@given(ENDINGS)
def test_rows_made_of_codes_make_exactly_these_codes(endings: set[str]):
    rows = products(endings)
    made = ["".join(characters) for row in rows for characters in product(*row)]
    assert sorted(made) == sorted(endings)


def test_the_embedded_tables_say_what_they_have_and_never_that_a_code_is_none(embedded_tables: Tables):
    """CMS: 0FT44ZZ is laparoscopic cholecystectomy; B030ZZZ (MRI of the brain) is of a section that is not in them."""
    release = embedded_tables.release(pcs.TABLE, EMBEDDED_DAY)
    assert release.name.endswith("incomplete")
    assert (release.covers_from, release.covers_through) == (date(2025, 4, 1), date(2025, 9, 30))
    assert pcs.is_built(embedded_tables, "0FT44ZZ", EMBEDDED_DAY) is True
    assert pcs.is_built(embedded_tables, "B030ZZZ", EMBEDDED_DAY) is None
    assert pcs.is_built(embedded_tables, "0FT44Z1", EMBEDDED_DAY) is None
    assert [said.label for said in pcs.meaning(embedded_tables, "10D00Z1", EMBEDDED_DAY)] == [
        "Obstetrics",
        "Pregnancy",
        "Extraction",
        "Products of Conception",
        "Open",
        "No Device",
        "Low",
    ]


def test_the_embedded_tables_follow_the_code_set_of_the_day(embedded_tables: Tables):
    """03120JY is one of five codes of section 0 that CMS added for FY2026 without a new value: no label is missing."""
    assert pcs.is_built(embedded_tables, "03120JY", EMBEDDED_DAY) is None
    assert pcs.is_built(embedded_tables, "03120JY", DAY) is pcs.is_built(embedded_tables, "0FT44ZZ", DAY) is True
    assert embedded_tables.release(pcs.TABLE, DAY).name == "FY2027-incomplete"


@pytest.mark.parametrize(
    ("words", "path", "codes"),
    [
        ("bypass vein brachial right", ("Bypass", "Vein", "Brachial", "Right"), ("0519",)),  # cut by the end of a page
        (
            "transfusion vein central red frozen",
            ("Transfusion", "Vein", "Central", "Blood", "Red Cells", "Frozen"),
            ("30243P",),
        ),
        ("appendectomy", ("Appendectomy",), ("0DBJ", "0DTJ")),
    ],
)
def test_the_embedded_index_is_a_tree_again(
    embedded_tables: Tables, words: str, path: tuple[str, ...], codes: tuple[str, ...]
):
    term = icd10_index.find(embedded_tables, PROCEDURES, words, EMBEDDED_DAY, 1)[0]
    assert term.path == path
    assert tuple(icd10_index.codes_of(term.row)) == codes
