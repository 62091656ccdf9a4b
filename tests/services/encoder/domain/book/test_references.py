"""Following see and see also through an index of a few terms."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from services.encoder.domain.book.references import target
from shared.tables import Tables
from shared.tables.catalogue import Catalogue
from shared.tables.formats import Asked
from shared.tables.icd10_index import DISEASES
from shared.tables.loading import load
from shared.tables.tables import ReferenceTables

DAY = date(2026, 11, 24)
INDEX = """Level,Term,See,SeeAlso,NonEssModif,Code
0,Aberrant,,"Malposition, congenital",(congenital),
0,"Ectasia, ectasis",,,,
1,annuloaortic,,,,I35.8
0,Malposition,,,,
1,congenital,,,,Q89.7
2,adrenal,,,(gland),Q89.1
1,device,,,,T85.628
"""


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    folder: Path = tmp_path_factory.mktemp("index")
    (folder / "index.csv").write_text(INDEX)
    load(folder / "index.csv", Catalogue(folder / "tables"), Asked(effective=date(2026, 10, 1)), datetime.now(UTC))
    return ReferenceTables([folder / "tables"]).current()


@pytest.mark.parametrize(
    ("reference", "path"),
    [
        ("Malposition, congenital", ("Malposition", "congenital")),
        ("malposition, congenital, adrenal", ("Malposition", "congenital", "adrenal")),
        ("Malposition, congenital, by site", ("Malposition", "congenital")),
        ("Ectasis, annuloaortic", ("Ectasia, ectasis", "annuloaortic")),
        ("Ectasia, ectasis", ("Ectasia, ectasis",)),
    ],
)
def test_a_reference_leads_to_the_term_that_its_steps_name(
    tables: Tables, reference: str, path: tuple[str, ...]
) -> None:
    found = target(tables, DISEASES, reference, DAY)
    assert found is not None
    assert found.path == path


@pytest.mark.parametrize("reference", ["condition", "Mal", "", " , "])
def test_a_reference_to_no_term_leads_nowhere(tables: Tables, reference: str) -> None:
    assert target(tables, DISEASES, reference, DAY) is None
