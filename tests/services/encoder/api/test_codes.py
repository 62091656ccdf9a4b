"""Codes as of a day. Titles and days are those of the order files of NCHS and CMS."""

from __future__ import annotations

from typing import Any

import httpx

DAY = "2026-11-20"


async def found(ana: httpx.AsyncClient, **query: Any) -> list[dict[str, Any]]:
    response = await ana.get("/v1/codes", params={"date": DAY} | query)
    assert response.status_code == 200, response.text
    return list(response.json()["codes"])


async def code(ana: httpx.AsyncClient, asked: str, *, day: str = DAY, system: str = "icd10cm") -> dict[str, Any]:
    response = await ana.get(f"/v1/codes/{system}/{asked}", params={"date": day})
    assert response.status_code == 200, response.text
    return dict(response.json())


async def test_codes_are_found_with_their_titles_and_days(ana: httpx.AsyncClient):
    [acute] = await found(ana, q="J44.0")
    assert acute.pop("reason")["kind"] == "code"
    assert acute == {
        "system": "icd10cm",
        "code": "J440",
        "description": "Chronic obstructive pulmonary disease with (acute) lower respiratory infection",
        "short_description": "Chr obstructive pulmon disease with (acute) lower resp infct",
        "billable": True,
        "valid_from": "2015-10-01",
        "valid_through": None,
    }


async def test_headings_are_found_where_they_are_asked_for(ana: httpx.AsyncClient):
    assert [entry["code"] for entry in await found(ana, q="J44", limit=2)] == ["J440", "J441"]
    heading, first = await found(ana, q="J44", limit=2, headings=True)
    assert (heading["code"], heading["billable"], first["code"]) == ("J44", False, "J440")


async def test_a_code_is_shown_in_its_place(ana: httpx.AsyncClient):
    shown = await code(ana, "S00.01XA")
    assert shown["code"] == "S0001XA"
    assert (shown["description"], shown["billable"]) == ("Abrasion of scalp, initial encounter", True)
    assert [above["code"] for above in shown["above"]] == ["S0001", "S000", "S00"]
    assert shown["children"] == []
    assert shown["release"] == "ICD-10-CM FY2016-FY2027"


async def test_a_heading_is_shown_with_what_is_below_it_and_since_when_it_is_one(ana: httpx.AsyncClient):
    """M54.5 was a code until 2021-09-30 (ICD-10-CM FY2022 addendum)."""
    shown = await code(ana, "M54.5")
    assert (shown["billable"], shown["valid_from"]) == (False, "2021-10-01")
    assert [below["code"] for below in shown["children"]] == ["M5450", "M5451", "M5459"]
    before = await code(ana, "m545", day="2021-09-30")
    assert (before["billable"], before["valid_from"], before["valid_through"]) == (True, "2015-10-01", "2021-09-30")


async def test_a_new_code_names_those_that_stood_for_it_before(ana: httpx.AsyncClient):
    assert (await code(ana, "E66.813"))["previous"] == ["E6601", "E668"]


async def test_a_retired_code_is_not_found_and_leads_to_its_successors(ana: httpx.AsyncClient):
    """T84.040A, periprosthetic fracture, became M97.01XA on 2016-10-01 (ICD-10-CM conversion table)."""
    response = await ana.get("/v1/codes/icd10cm/T84.040A", params={"date": DAY})
    assert response.status_code == 404
    problem = response.json()
    assert (problem["code"], problem["current"]) == ("code_not_found", ["M9701XA"])
    unknown = await ana.get("/v1/codes/icd10cm/Q99.99Z", params={"date": DAY})
    assert (unknown.status_code, unknown.json().get("current")) == (404, None)


async def test_procedures_stand_below_their_table(ana: httpx.AsyncClient):
    shown = await code(ana, "0016070", system="icd10pcs")
    assert [above["code"] for above in shown["above"]] == ["001"]
    assert shown["above"][0]["description"] == "Central Nervous System and Cranial Nerves, Bypass"


async def test_a_day_without_a_release_is_refused(ana: httpx.AsyncClient):
    for path in ("/v1/codes/icd10cm/J189", "/v1/codes"):
        response = await ana.get(path, params={"date": "1990-01-01", "q": "J18"})
        assert (response.status_code, response.json()["code"]) == (422, "no_release")


async def test_the_book_has_everything_around_a_code_on_one_page(ana: httpx.AsyncClient):
    response = await ana.get("/v1/book/icd10cm/E11.22?date=2026-11-24")
    assert response.status_code == 200, response.text
    shown = response.json()
    assert shown["description"] == "Type 2 diabetes mellitus with diabetic chronic kidney disease"
    assert {note["kind"] for note in shown["notes"]} >= {"use_additional_code", "excludes1", "includes"}
    missing = await ana.get("/v1/book/icd10cm/E99.99?date=2026-11-24")
    assert (missing.status_code, missing.json()["code"]) == (404, "code_not_found")
