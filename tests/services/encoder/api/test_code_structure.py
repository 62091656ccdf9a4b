"""What coders look up about a code in what a fresh install has: the tabular list of April 2026, ICD-10-PCS of 2025."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.encoder.api.pcs_tables import build_code
from shared.http import Principal
from shared.tables import Catalogue, ReferenceTables
from shared.tables.folders import embedded_folder
from shared.tables.formats import Asked
from shared.tables.loading import load
from tests.services.encoder.conftest import EHR, Caller

TABULAR = "date=2026-05-01"
PCS = "date=2025-05-01"


async def answer(coder: httpx.AsyncClient, path: str) -> dict[str, Any]:
    response = await coder.get(f"/v1/{path}")
    assert response.status_code == 200, response.text
    shown: dict[str, Any] = response.json()
    return shown


async def test_the_notes_of_a_code_say_where_they_stand_and_what_they_name(ana: httpx.AsyncClient):
    shown = await answer(ana, f"codes/icd10cm/E11.22/notes?{TABULAR}")
    assert (shown["release"], shown["code"]) == ("FY2026-2026-04-01", "E1122")
    assert shown["title"] == "Type 2 diabetes mellitus with diabetic chronic kidney disease"
    assert shown["notes"][0] == {
        "kind": "use_additional_code",
        "text": "code to identify stage of chronic kidney disease (N18.1-N18.6)",
        "codes": [{"first": "N181", "last": "N186", "conditions": []}],
        "at": "E1122",
        "at_kind": "subcategory",
    }
    assert {note["at"] for note in shown["notes"]} >= {"E1122", "E11", "4"}


async def test_a_condition_on_characters_is_shown(ana: httpx.AsyncClient):
    shown = await answer(ana, f"codes/icd10cm/J70.2/notes?{TABULAR}")
    (adverse,) = [note for note in shown["notes"] if "adverse effect" in note["text"]]
    assert adverse["codes"] == [{"first": "T36", "last": "T50", "conditions": [{"position": None, "text": "5"}]}]


async def test_the_seventh_characters_of_a_code(ana: httpx.AsyncClient):
    shown = await answer(ana, f"codes/icd10cm/T36.95/seventh-characters?{TABULAR}")
    assert shown["characters"] == [
        {"character": "A", "meaning": "initial encounter"},
        {"character": "D", "meaning": "subsequent encounter"},
        {"character": "S", "meaning": "sequela"},
    ]
    assert (await answer(ana, f"codes/icd10cm/E119/seventh-characters?{TABULAR}"))["characters"] == []


async def test_which_diagnoses_an_excludes1_note_keeps_apart(ana: httpx.AsyncClient):
    shown = await answer(ana, f"excludes1?codes=E11.9&codes=I10&codes=E10.9&{TABULAR}")
    assert shown["conflicts"] == [
        {"code": "E119", "excluded": "E109", "at": "E11", "text": "type 1 diabetes mellitus (E10.-)"}
    ]


async def test_the_tabular_list_is_walked_from_chapter_to_code(ana: httpx.AsyncClient):
    chapters = (await answer(ana, f"tabular?{TABULAR}"))["chapters"]
    assert len(chapters) == 22
    section = await answer(ana, f"tabular/I10-I1A?{TABULAR}")
    assert section["above"] == [chapters[8]]
    assert [child["key"] for child in section["children"]][:3] == ["I10", "I11", "I12"]
    code = await answer(ana, f"tabular/I10?{TABULAR}")
    assert (code["kind"], code["title"], code["children"]) == ("category", "Essential (primary) hypertension", [])


async def test_index_terms_by_words_by_beginning_by_place_and_by_code(ana: httpx.AsyncClient):
    (found,) = (await answer(ana, f"index/procedures?q=cholecystectomy&{PCS}"))["terms"]
    see = {"kind": "see", "text": "Resection, Gallbladder", "codes": ["0FT4"], "place": None}
    assert found["references"][1] == see
    (begun,) = (await answer(ana, f"index/procedures/terms?beginning=Cholecystec&{PCS}"))["terms"]
    assert begun == found
    resection = (await answer(ana, f"index/procedures/terms?beginning=resection&limit=1&{PCS}"))["terms"][0]
    placed = await answer(ana, f"index/procedures/terms/{resection['place']}?{PCS}")
    assert len(placed["below"]) == resection["subterms"] > 10
    ways = (await answer(ana, f"index/procedures/codes/0FT44ZZ?{PCS}"))["terms"]
    assert ["Resection", "Gallbladder"] in [way["path"] for way in ways]


async def test_a_procedure_code_is_built_character_by_character(ana: httpx.AsyncClient):
    begun = await answer(ana, f"pcs-codes?beginning=0FT4&{PCS}")
    assert begun["next"]["title"] == "Approach"
    assert [value["label"] for value in begun["next"]["values"]] == ["Open", "Percutaneous Endoscopic"]
    assert (begun["complete"], begun["built"]) == (False, False)
    whole = await answer(ana, f"pcs-codes?beginning=0ft44zz&{PCS}")
    assert (whole["built"], whole["next"], len(whole["meaning"])) == (True, None, 7)
    today = await answer(ana, "pcs-codes?beginning=0FT44ZZ&date=2026-11-24")
    assert (today["release"], today["built"]) == ("FY2027-incomplete", True)
    unknown = await answer(ana, f"pcs-codes?beginning=B030ZZZ&{PCS}")
    assert (unknown["built"], unknown["meaning"]) == (None, [])


async def test_a_table_shows_its_rows(ana: httpx.AsyncClient):
    table = await answer(ana, f"pcs-tables/0FT?{PCS}")
    assert (table["release"], table["complete"]) == ("FY2025-2025-04-01-incomplete", False)
    assert [axis["values"][0]["label"] for axis in table["head"]][2] == "Resection"
    assert table["definition"] == "Cutting out or off, without replacement, all of a body part"
    assert [len(row) for row in table["rows"]] == [4, 4, 4]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        (f"codes/icd10cm/Z99.999/notes?{TABULAR}", "code_not_found"),
        (f"codes/icd10cm/I10-I1A/notes?{TABULAR}", "code_not_found"),
        (f"codes/icd10cm/Z99.999/seventh-characters?{TABULAR}", "code_not_found"),
        (f"tabular/99?{TABULAR}", "place_not_found"),
        (f"index/procedures/terms/ZZZ?{PCS}", "place_not_found"),
        (f"pcs-tables/B03?{PCS}", "place_not_found"),
    ],
)
async def test_what_the_release_does_not_have_is_not_found(ana: httpx.AsyncClient, path: str, code: str):
    response = await ana.get(f"/v1/{path}")
    assert (response.status_code, response.json()["code"]) == (404, code)


@pytest.mark.parametrize(
    "path",
    [
        "codes/icd10cm/I10/notes?date=2015-01-01",
        f"index/diseases?q=pneumonia&{PCS}",  # no package carries the index of diagnoses: it is loaded
        "pcs-codes?date=2015-01-01",
    ],
)
async def test_a_day_that_no_release_covers_is_told(ana: httpx.AsyncClient, path: str):
    response = await ana.get(f"/v1/{path}")
    assert (response.status_code, response.json()["code"]) == (422, "no_release")


@pytest.mark.parametrize(
    "path",
    ["codes/icd10cm/I10/notes", f"excludes1?codes=I10&{TABULAR}", f"pcs-tables/0IO?{PCS}", f"index/herbs?q=a&{PCS}"],
)
async def test_a_question_that_is_not_one_is_refused(ana: httpx.AsyncClient, path: str):
    response = await ana.get(f"/v1/{path}")
    assert response.status_code == 422


async def test_only_who_reads_codes_sees_them(caller: Caller):
    response = await caller("ehr", EHR).get(f"/v1/codes/icd10cm/I10/notes?{TABULAR}")
    assert response.status_code == 403


async def test_definitions_that_a_customer_has_loaded_are_shown_while_building(tmp_path: Path):
    text = """<ICD10PCS.definitions><version>2027</version><section code="0"><axis pos="3"><title>Operation</title>
        <terms><title>Resection</title><definition>All of a body part</definition><includes>Lobectomy</includes></terms>
        </axis></section></ICD10PCS.definitions>"""
    (tmp_path / "icd10pcs_definitions_2027.xml").write_text(text)
    load(tmp_path / "icd10pcs_definitions_2027.xml", Catalogue(tmp_path), Asked(), datetime(2026, 10, 1, tzinfo=UTC))
    tables = ReferenceTables([embedded_folder(), tmp_path]).current()
    nobody = Principal(subject="ana", tenant="mercy", scopes=frozenset({"codes:read"}), roles=frozenset())
    begun = await build_code(nobody, tables, date(2026, 11, 24), "0FT4")
    assert [(said.label, said.definition, said.includes) for said in begun.meaning[2:]] == [
        ("Resection", "All of a body part", ("Lobectomy",)),
        ("Gallbladder", "", ()),
    ]
