"""The loader of the main index as rows: the same terms as in NCHS's XML, refused where it is no tree."""

from __future__ import annotations

import csv
import io
import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from shared.tables import Tables, icd10_index
from shared.tables.catalogue import Catalogue
from shared.tables.errors import RefusedFile
from shared.tables.formats import Asked
from shared.tables.icd10_index import DISEASES, Reference, ReferenceKind
from shared.tables.loading import load
from shared.tables.tables import ReferenceTables

AT = datetime(2026, 10, 1, 8, tzinfo=UTC)
DAY = date(2024, 11, 24)
REFERENCE = Path(os.environ.get("REVCYCLE_REFERENCE", "../shared")) / "data/icd10cm/index_2025_half.csv"

HEADER = "RowID,Letter,Level,Term,See,SeeAlso,NonEssModif,Code\n"
INDEX = HEADER + (
    "2,A,0,Abandonment,Maltreatment,,,\n"
    '3,A,0,Aberrant,,"Malposition, congenital",(congenital),\n'
    "4,A,1,adrenal gland,,,,Q89.1\n"
    "5,A,1,artery,,,(peripheral),Q27.8\n"
    "6,A,2,basilar NEC,,,,Q28.1\n"
    "7,A,1,active with heart involvement, category,,,I01\n"
)


def loaded(folder: Path, text: str, *, effective: date | None = date(2024, 10, 1)) -> Tables:
    path = folder / "index.csv"
    path.write_text(text)
    load(path, Catalogue(folder / "tables"), Asked(effective=effective), AT)
    return ReferenceTables([folder / "tables"]).current()


def test_terms_stand_below_one_another_as_their_levels_say(tmp_path: Path) -> None:
    tables = loaded(tmp_path, INDEX)
    [aberrant] = icd10_index.main_terms(tables, DISEASES, "aberrant", DAY, 5)
    assert aberrant.row.modifiers == "(congenital)"
    assert aberrant.row.references == (Reference(ReferenceKind.SEE_ALSO, "Malposition, congenital"),)
    below = icd10_index.subterms(tables, DISEASES, aberrant.place, DAY)
    assert [(term.row.title, term.row.codes) for term in below] == [
        ("adrenal gland", ("Q89.1",)),
        ("artery", ("Q27.8",)),
        ("active with heart involvement", ()),
    ]
    [basilar] = icd10_index.terms_for(tables, "Q281", DAY)
    assert basilar.path == ("Aberrant", "artery", "basilar NEC")


def test_see_is_kept_and_a_category_to_see_is_the_beginning_of_codes(tmp_path: Path) -> None:
    tables = loaded(tmp_path, INDEX)
    [abandonment] = icd10_index.main_terms(tables, DISEASES, "abandonment", DAY, 5)
    assert abandonment.row.references == (Reference(ReferenceKind.SEE, "Maltreatment"),)
    [active] = icd10_index.find(tables, DISEASES, "active heart involvement", DAY, 5)
    assert active.row.references == (Reference(ReferenceKind.SEE_CATEGORY, "I01", ("I01-",)),)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (HEADER + "2,A,0,Abasia,,,,F44.4\n3,A,2,deep,,,,F44.5\n", "level 2 stands where at most 1 belongs"),
        (HEADER + "2,A,0,Abasia,,,,hysteria\n", "is not a code"),
        (HEADER, "no line follows the header"),
    ],
)
def test_a_file_that_is_no_tree_of_terms_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(RefusedFile, match=reason):
        loaded(tmp_path, text)


def test_the_day_of_effect_must_be_said(tmp_path: Path) -> None:
    with pytest.raises(RefusedFile, match="--effective"):
        loaded(tmp_path, INDEX, effective=None)


@pytest.mark.reference
def test_every_row_of_a_whole_file_is_a_term(tmp_path: Path) -> None:
    if not REFERENCE.exists():
        pytest.skip(f"no reference data at {REFERENCE}; set REVCYCLE_REFERENCE")
    text = REFERENCE.read_text()
    tables = loaded(tmp_path, text)
    rows = list(csv.DictReader(io.StringIO(text)))
    assert sum(1 for _key in tables.on(DISEASES, DAY).store.items("p ")) == len(rows)
