"""The loader of the ICD-10-CM indexes and what is looked up in them, on small files in the layout of NCHS's."""

from __future__ import annotations

import csv
import gzip
import os
from datetime import UTC, date, datetime
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from shared.tables import Tables, icd10_index
from shared.tables.catalogue import Catalogue
from shared.tables.errors import NoRelease, RefusedFile
from shared.tables.formats import Asked
from shared.tables.icd10_index import DISEASES, DRUGS, EXTERNAL_CAUSES, Reference, ReferenceKind
from shared.tables.loading import load

AT = datetime(2026, 10, 1, 8, tzinfo=UTC)
DAY = date(2026, 11, 24)
REFERENCE = Path(os.environ.get("REVCYCLE_REFERENCE", "../shared")) / "data/icd10cm"

INDEX = """<?xml version="1.0" encoding="utf-8"?>
<ICD10CM.index>
  <version>2027</version>
  <title>ICD-10-CM INDEX TO DISEASES and INJURIES</title>
  <letter>
    <title>D</title>
    <mainTerm>
      <title>Dementia<nemod>(degenerative (primary))(old age)(persisting)</nemod></title>
      <code>F03.90</code>
      <term level="1">
        <title>in<nemod>(due to)</nemod></title>
        <term level="2">
          <title>Parkinson's disease</title>
          <seeAlso>Parkinsonism</seeAlso>
          <code>G20.-</code>
          <manif>[F02.80]</manif>
        </term>
      </term>
    </mainTerm>
  </letter>
  <letter>
    <title>P</title>
    <mainTerm>
      <title>Pneumonia<nemod>(acute)(double)(migratory)</nemod></title>
      <code>J18.9</code>
      <term level="1">
        <title>in<nemod>(due to)</nemod></title>
        <term level="2">
          <title>Klebsiella<nemod>(pneumoniae)</nemod></title>
          <code>J15.0</code>
        </term>
      </term>
      <term level="1">
        <title>lobar</title>
        <code>J18.1</code>
      </term>
    </mainTerm>
    <mainTerm>
      <title>Pneumonitis</title>
      <see>Pneumonia</see>
    </mainTerm>
  </letter>
  <letter>
    <title>S</title>
    <mainTerm>
      <title>Sjögren's syndrome</title>
      <code>M35.0-</code>
    </mainTerm>
  </letter>
</ICD10CM.index>
"""
CAUSES = """<?xml version="1.0" encoding="utf-8"?>
<ICD10CM.index>
  <version>2027</version>
  <title>ICD-10-CM EXTERNAL CAUSE of INJURIES INDEX</title>
  <letter>
    <title>A</title>
    <mainTerm>
      <title>Abandonment<nemod>(with intent to injure or kill)</nemod> NEC</title>
      <code>X58</code>
    </mainTerm>
    <mainTerm>
      <title>Accident<nemod>(to)</nemod></title>
      <code>X58</code>
      <term level="1">
        <title>lightning</title>
        <subcat>T75.0</subcat>
      </term>
    </mainTerm>
  </letter>
</ICD10CM.index>
"""
HEADS = """<indexHeading>
    <head col="1">Neoplasm</head>
    <head col="2">Malignant Primary</head>
    <head col="3">Malignant Secondary</head>
    <head col="4">Ca in situ</head>
    <head col="5">Benign</head>
    <head col="6">Uncertain Behavior</head>
    <head col="7">Unspecified Behavior</head>
  </indexHeading>"""
TUMOURS = f"""<?xml version="1.0" encoding="utf-8"?>
<ICD10CM.index>
  <version>2027</version>
  {HEADS}
  <letter>
    <title>N</title>
    <mainTerm>
      <title>Neoplasm, neoplastic</title>
      <cell col="2">C80.1</cell>
      <cell col="3">C79.9</cell>
      <cell col="4">D09.9</cell>
      <cell col="5">D36.9</cell>
      <cell col="6">D48.9</cell>
      <cell col="7">D49.9</cell>
      <term level="1">
        <title>abdomen, abdominal</title>
        <cell col="2">C76.2</cell>
        <cell col="3">C79.8-</cell>
        <cell col="4">D09.8</cell>
        <cell col="5">D36.7</cell>
        <cell col="6">D48.7</cell>
        <cell col="7">D49.89</cell>
        <term level="2">
          <title>wall</title>
          <seeAlso>Neoplasm, abdomen, wall, skin</seeAlso>
          <cell col="2">C44.509</cell>
          <cell col="4">-</cell>
        </term>
      </term>
    </mainTerm>
  </letter>
</ICD10CM.index>
"""
SUBSTANCES = """<?xml version="1.0" encoding="utf-8"?>
<ICD10CM.index>
  <version>2027</version>
  <indexHeading>
    <head col="1">Substance</head>
    <head col="2">Poisoning Accidental (unintentional)</head>
    <head col="3">Poisoning Intentional self-harm</head>
    <head col="4">Poisoning Assault</head>
    <head col="5">Poisoning Undetermined</head>
    <head col="6">Adverse effect</head>
    <head col="7">Underdosing</head>
  </indexHeading>
  <letter>
    <title>A</title>
    <mainTerm>
      <title>Abrine</title>
      <cell col="2">T62.2X1</cell>
      <cell col="3">T62.2X2</cell>
      <cell col="4">T62.2X3</cell>
      <cell col="5">T62.2X4</cell>
      <cell col="6">--</cell>
      <cell col="7">--</cell>
    </mainTerm>
    <mainTerm>
      <title>Aspirin<nemod>(aluminum)(soluble)</nemod></title>
      <cell col="2">T39.011</cell>
      <cell col="3">T39.012</cell>
      <cell col="4">T39.013</cell>
      <cell col="5">T39.014</cell>
      <cell col="6">T39.015</cell>
      <cell col="7">T39.016</cell>
    </mainTerm>
  </letter>
</ICD10CM.index>
"""


def loaded(folder: Path, *texts: str) -> Tables:
    files = folder / "files"
    files.mkdir(exist_ok=True)
    for number, text in enumerate(texts):
        (files / f"icd10cm-{number}-2027.xml").write_text(text, encoding="utf-8")
    catalogue = Catalogue(folder / "tables")
    load(files, catalogue, Asked(), AT)
    return Tables([(release, catalogue.path(release)) for release in catalogue.releases()])


@pytest.fixture
def tables(tmp_path: Path) -> Tables:
    return loaded(tmp_path, INDEX, CAUSES, TUMOURS, SUBSTANCES)


def paths(terms: tuple[icd10_index.Term, ...]) -> list[tuple[str, ...]]:
    return [term.path for term in terms]


def test_each_file_fills_the_table_that_its_content_names(tables: Tables):
    assert [(release.table, release.name, release.covers_through) for release in tables.releases()] == [
        (name, "FY2027", date(2027, 9, 30))
        for name in ("icd10cm.drugs", "icd10cm.external_cause_index", "icd10cm.index", "icd10cm.neoplasms")
    ]


def test_a_term_has_its_codes_modifiers_and_references(tables: Tables):
    (dementia,) = icd10_index.main_terms(tables, DISEASES, "dementia", DAY, 5)
    assert (dementia.row.title, dementia.row.codes, dementia.row.subterms) == ("Dementia", ("F03.90",), 1)
    assert dementia.row.modifiers == "(degenerative (primary))(old age)(persisting)"
    (within,) = icd10_index.subterms(tables, DISEASES, dementia.place, DAY)
    (parkinson,) = icd10_index.subterms(tables, DISEASES, within.place, DAY)
    assert parkinson.path == ("Dementia", "in", "Parkinson's disease")
    assert (parkinson.row.codes, parkinson.row.manifestation) == (("G20.-",), "F02.80")
    assert parkinson.row.references == (Reference(ReferenceKind.SEE_ALSO, "Parkinsonism"),)
    assert icd10_index.term(tables, DISEASES, parkinson.place, DAY) == parkinson


def test_words_behind_a_modifier_belong_to_the_title(tables: Tables):
    (abandonment,) = icd10_index.main_terms(tables, EXTERNAL_CAUSES, "aband", DAY, 5)
    assert abandonment.path == ("Abandonment NEC",)
    assert abandonment.row.modifiers == "(with intent to injure or kill)"


def test_a_subcategory_to_see_is_a_code_that_the_term_leads_to(tables: Tables):
    (lightning,) = icd10_index.terms_for(tables, "T75.09XA", DAY, EXTERNAL_CAUSES)
    assert lightning.path == ("Accident", "lightning")
    assert lightning.row.references == (Reference(ReferenceKind.SEE_SUBCATEGORY, "T75.0", ("T75.0-",)),)


def test_main_terms_come_by_their_beginning_whatever_case_and_accents(tables: Tables):
    assert paths(icd10_index.main_terms(tables, DISEASES, "PNEUMON", DAY, 5)) == [("Pneumonia",), ("Pneumonitis",)]
    assert paths(icd10_index.main_terms(tables, DISEASES, "pneumon", DAY, 1)) == [("Pneumonia",)]
    assert paths(icd10_index.main_terms(tables, DISEASES, "sjogren", DAY, 5)) == [("Sjögren's syndrome",)]
    assert icd10_index.main_terms(tables, DISEASES, "klebsiella", DAY, 5) == ()


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("klebsiella pneumonia", [("Pneumonia", "in", "Klebsiella")]),
        ("pneumonia due to klebsiella", [("Pneumonia", "in", "Klebsiella")]),
        ("kleb pneu", [("Pneumonia", "in", "Klebsiella")]),
        ("migratory pneumonia", [("Pneumonia",), ("Pneumonia", "in", "Klebsiella")]),  # of the modifier (pneumoniae)
        ("in", [("Dementia", "in"), ("Pneumonia", "in")]),
        ("pneumonia of the lobes", []),
        ("...", []),
    ],
)
def test_terms_are_found_by_words_of_theirs_and_of_those_above(
    tables: Tables, words: str, found: list[tuple[str, ...]]
):
    assert paths(icd10_index.find(tables, DISEASES, words, DAY, 10)) == found


@pytest.mark.parametrize(
    ("code", "way"),
    [
        ("J15.0", [("Pneumonia", "in", "Klebsiella")]),
        ("J150", [("Pneumonia", "in", "Klebsiella")]),
        ("G20.A1", [("Dementia", "in", "Parkinson's disease")]),  # G20.- is printed
        ("F02.80", [("Dementia", "in", "Parkinson's disease")]),  # the manifestation
        ("M35.09", [("Sjögren's syndrome",)]),
        ("J18.19", []),  # J18.1 is printed without a dash
        ("J15", []),
    ],
)
def test_the_ways_to_a_code(tables: Tables, code: str, way: list[tuple[str, ...]]):
    assert paths(icd10_index.terms_for(tables, code, DAY)) == way


def test_a_code_with_seventh_character_is_found_by_what_it_is_added_to(tables: Tables):
    assert paths(icd10_index.terms_for(tables, "T39.011A", DAY, DRUGS)) == [("Aspirin",)]
    assert paths(icd10_index.terms_for(tables, "X58.XXXA", DAY, EXTERNAL_CAUSES)) == [
        ("Abandonment NEC",),
        ("Accident",),
    ]


def test_a_line_of_the_neoplasm_table(tables: Tables):
    abdomen, wall = (
        icd10_index.neoplasm(tables, "abdomen", DAY)[0],
        icd10_index.neoplasm(tables, "abdominal wall", DAY)[0],
    )
    assert abdomen == icd10_index.NeoplasmLine(
        ("abdomen, abdominal",), "C76.2", "C79.8-", "D09.8", "D36.7", "D48.7", "D49.89", ()
    )
    assert (wall.malignant_primary, wall.malignant_secondary, wall.in_situ) == ("C44.509", "", "")
    assert wall.references[0].text == "Neoplasm, abdomen, wall, skin"


def test_a_line_of_the_table_of_drugs(tables: Tables):
    (aspirin,) = icd10_index.drug(tables, "aspirin", DAY)
    assert aspirin[:7] == (("Aspirin",), "T39.011", "T39.012", "T39.013", "T39.014", "T39.015", "T39.016")
    (abrine,) = icd10_index.drug(tables, "abrine", DAY)
    assert (abrine.poisoning_accidental, abrine.adverse_effect, abrine.underdosing) == ("T62.2X1", "", "")


@pytest.mark.parametrize("place", ["", "0", "00", "ZZZ", "0000Z", "00000"])
def test_a_place_without_term_is_none(tables: Tables, place: str):
    found = icd10_index.term(tables, DISEASES, place, DAY)
    assert (found is None) is (place != "00000")
    if found is None:
        assert icd10_index.subterms(tables, DISEASES, place, DAY) == ()


def test_a_day_without_release_is_told(tables: Tables):
    with pytest.raises(NoRelease):
        icd10_index.find(tables, DISEASES, "pneumonia", date(2026, 9, 30), 5)


@pytest.mark.parametrize(
    ("text", "good", "bad", "at", "reason"),
    [
        (INDEX, "<code>J15.0</code>", "<code>pneumonia</code>", "<code>pneumonia", "is not a code"),
        (
            INDEX,
            '<term level="2">\n          <title>Kleb',
            '<term level="3">\n          <title>Kleb',
            '<term level="3">',
            "level 3",
        ),
        (INDEX, '<term level="2">\n          <title>Kleb', "<term>\n          <title>Kleb", "<term>", "has no level"),
        (INDEX, "<see>Pneumonia</see>", "<sea>Pneumonia</sea>", "<sea>", "<sea> is not known"),
        (INDEX, "<title>Pneumonitis</title>", "", "<mainTerm>\n      \n", "has no <title>"),
        (INDEX, "DISEASES and INJURIES", "HERBS", "<ICD10CM.index>", "no index has the title"),
        (TUMOURS, '<cell col="4">-</cell>', '<cell col="2">-</cell>', '<cell col="2">-', "column 2"),
        (TUMOURS, '<cell col="4">-</cell>', '<cell col="8">-</cell>', '<cell col="8">', "column 8"),
        (TUMOURS, '<cell col="4">-</cell>', "<cell>-</cell>", "<cell>", "has no col"),
        (TUMOURS, '<cell col="4">-</cell>', '<cell col="4">no</cell>', '<cell col="4">no', "is not a code"),
        (TUMOURS, '"5">Benign', '"5">Uncertain', '<head col="5">', "column 5 is not that of benign"),
        (SUBSTANCES, '<head col="7">Underdosing</head>', "", "<indexHeading>", "column 7"),
        (SUBSTANCES, "Substance", "Herb", "<indexHeading>", "first column"),
    ],
)
def test_a_wrong_term_is_refused_with_its_line(tmp_path: Path, text: str, good: str, bad: str, at: str, reason: str):
    assert good in text
    wrong = text.replace(good, bad)
    with pytest.raises(RefusedFile, match=reason) as refused:
        loaded(tmp_path, wrong)
    assert refused.value.line == wrong[: wrong.index(at)].count("\n") + 1


def test_a_cut_off_file_is_refused_and_the_active_release_stays(tmp_path: Path):
    tables = loaded(tmp_path, INDEX)
    with pytest.raises(RefusedFile, match="cut off"):
        loaded(tmp_path, INDEX[:900])
    assert Catalogue(tmp_path / "tables").releases() == tables.releases()


def test_a_file_without_term_is_refused(tmp_path: Path):
    with pytest.raises(RefusedFile, match="no main term"):
        loaded(tmp_path, "<ICD10CM.index><version>2027</version><title>INDEX TO DISEASES</title></ICD10CM.index>")


def the_reference(name: str) -> bytes:
    path = REFERENCE / name
    if not path.exists():
        pytest.skip(f"no reference data at {REFERENCE}; set REVCYCLE_REFERENCE")
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def the_main_index() -> str:
    """Half of the main index of FY2025, written in the layout of NCHS's file."""
    lines = [
        "<ICD10CM.index><version>2027</version><title>ICD-10-CM INDEX TO DISEASES and INJURIES</title>",
        "<letter>",
    ]
    level = -1
    for row in csv.DictReader(the_reference("index_2025_half.csv").decode().splitlines()):
        below = int(row["Level"])
        lines += ["</term>" if above else "</mainTerm>" for above in range(level, below - 1, -1)]
        level = below
        modifiers = f"<nemod>{escape(row['NonEssModif'])}</nemod>" if row["NonEssModif"] else ""
        lines += [
            f'<term level="{level}">' if level else "<mainTerm>",
            f"<title>{escape(row['Term'])}{modifiers}</title>",
        ]
        parts = (("see", row["See"]), ("seeAlso", row["SeeAlso"]), ("code", row["Code"]))
        lines += [f"<{tag}>{escape(text)}</{tag}>" for tag, text in parts if text]
    lines += ["</term>" if above else "</mainTerm>" for above in range(level, -1, -1)]
    return "\n".join([*lines, "</letter></ICD10CM.index>"])


@pytest.mark.reference
def test_every_term_of_the_published_files_is_read_and_leads_to_its_code(tmp_path: Path):
    """The numbers of terms are counted in the files: `grep -c '<title>'` less those of letters and the document."""
    files = ("icd-10-cm-eindex-2025.xml", "icd-10-cm-neoplasm-2025.xml", "icd-10-cm-drug-2025.xml.gz")
    texts = [the_reference(name).decode().replace("<version>2025<", "<version>2027<") for name in files]
    tables = loaded(tmp_path, the_main_index(), *texts)
    counts = {
        table.name: sum(1 for _key in tables.on(table, DAY).store.items("p ")) for table in icd10_index.TABLES[:4]
    }
    assert counts == {
        "icd10cm.index": 37_373,
        "icd10cm.external_cause_index": 8_064,
        "icd10cm.neoplasms": 1_939,
        "icd10cm.drugs": 7_428,
    }
    for key, rows in tables.on(DISEASES, DAY).store.items("p 1"):
        for code in rows[0].codes:
            assert any(term.place == key[2:] for term in icd10_index.terms_for(tables, code, DAY)), (key, code)
