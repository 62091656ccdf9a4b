"""Search at the door. Codes as ICD-10-CM has them: what a query leads to is the tabular list's wording, by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.services.encoder.conftest import CODER, EHR, Caller

DAY = "2026-11-20"


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """One dialect: a search reads no database."""
    return f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"


async def asked(ana: httpx.AsyncClient, q: str, **query: Any) -> dict[str, Any]:
    response = await ana.get("/v1/codes", params={"date": DAY, "q": q} | query)
    assert response.status_code == 200, response.text
    return dict(response.json())


async def codes(ana: httpx.AsyncClient, q: str, **query: Any) -> list[str]:
    return [found["code"] for found in (await asked(ana, q, **query))["codes"]]


LED_TO = {
    "I50.9": "I509",
    "i509": "I509",
    "acute appendicitis": "K3580",
    "Appendicitis, acute": "K3580",
    "CHF": "I509",
    "COPD": "J449",
    "T2DM": "E119",
    "high blood pressure": "I10",
    "heart attack": "I219",
    "water on the brain": "G919",
    "cholelithiasis": "K8020",
    "diabets mellitus type 2": "E119",
    "pneumonai": "J189",
    "oedema of the lung": "J810",
}


async def test_a_query_in_anybodys_words_leads_to_its_code(ana: httpx.AsyncClient):
    found = {q: await codes(ana, q, limit=10) for q in LED_TO}
    assert {q: answered for q, answered in found.items() if LED_TO[q] not in answered} == {}


async def test_each_code_says_why_it_was_found(ana: httpx.AsyncClient):
    answer = await asked(ana, "CHF", limit=5)
    [failure] = [found for found in answer["codes"] if found["code"] == "I509"]
    assert failure["description"] == "Heart failure, unspecified"
    assert failure["reason"]["read_as"] == "congestive heart failure"
    assert failure["reason"]["kind"] in {"inclusion_term", "abbreviation"}
    assert (await asked(ana, "I50.9"))["codes"][0]["reason"]["kind"] == "code"
    assert answer["meaning"] in {"on", "building", "off"}
    assert answer["release"] == "ICD-10-CM FY2016-FY2027"


async def test_results_come_by_category_too(ana: httpx.AsyncClient):
    groups = (await asked(ana, "chronic obstructive pulmonary disease", limit=10))["groups"]
    first = groups[0]
    assert (first["category"]["code"], first["category"]["billable"]) == ("J44", False)
    assert all(found["code"].startswith("J44") and found["billable"] for found in first["codes"])


async def test_codes_are_those_of_the_day(ana: httpx.AsyncClient):
    """E66.813, obesity class 3, came on 2024-10-01."""
    assert "E66813" in await codes(ana, "obesity, class 3")
    assert "E66813" not in await codes(ana, "obesity, class 3", date="2024-09-30")


async def test_a_search_is_narrowed_to_a_chapter_an_age_and_a_sex(ana: httpx.AsyncClient):
    """Neoplasms are chapter 2; N40 is of men; newborn conditions of the Medicare Code Editor are of age 0."""
    assert all(code[0] in "CD" for code in await codes(ana, "prostate", chapter=2))
    assert "C61" in await codes(ana, "malignant neoplasm of prostate", sex="M")
    assert "C61" not in await codes(ana, "malignant neoplasm of prostate", sex="F")
    assert "O80" in await codes(ana, "uncomplicated delivery", age=30)
    assert "O80" not in await codes(ana, "uncomplicated delivery", age=70)


async def test_several_code_sets_are_searched_at_once(ana: httpx.AsyncClient):
    answer = await asked(ana, "appendix", system=["icd10cm", "icd10pcs"], limit=50)
    assert {found["system"] for found in answer["codes"]} == {"icd10cm", "icd10pcs"}
    assert answer["release"].count(";") == 1
    assert await codes(ana, "0DTJ4ZZ", system="icd10pcs") == ["0DTJ4ZZ"]
    assert "J0120" in await codes(ana, "J0120", system="all", date="2026-05-01")


ODD = (
    *(
        " ",
        "\u202e",
        "🫀",
        "e\u0301",
        "\ufffd",
        "…",
        "%",
        "' OR 1=1 --",
        "((",
        '"',
        "a AND (NOT b",
        "code:*",
        "[a TO b]",
    ),
    *(
        "x" * 200,
        "ß" * 200,
        "İ" * 200,
        "\n\t",
        "-",
        "^2",
        "~",
        "\\",
        "ICD\u00ad10",
        "٣٤",
        "心臓発作",
        "s/p",
        "w/o .",
        "/",
    ),
)
WRONG: tuple[dict[str, Any], ...] = (
    *({"q": ""}, {"q": "x" * 201}, {"q": "flu", "system": "snomed"}, {"q": "flu", "chapter": 23}),
    *({"q": "flu", "sex": "U"}, {"q": "flu", "age": -1}, {"q": "flu", "limit": 0}, {"q": "flu", "date": "soon"}),
)


async def test_odd_words_are_a_question_like_another(ana: httpx.AsyncClient):
    asked = [await ana.get("/v1/codes", params={"date": DAY, "q": q}) for q in ODD]
    assert {q: response.status_code for q, response in zip(ODD, asked, strict=True) if not response.is_success} == {}


async def test_a_wrong_question_is_a_problem(ana: httpx.AsyncClient):
    for query in WRONG:
        response = await ana.get("/v1/codes", params={"date": DAY} | query)
        assert (response.status_code, response.headers["content-type"]) == (422, "application/problem+json"), query


async def test_a_code_set_that_is_not_carried_on_the_day_is_said(ana: httpx.AsyncClient):
    """CPT is the customer's own file."""
    response = await ana.get("/v1/codes", params={"date": DAY, "q": "office visit", "system": "cpt"})
    assert (response.status_code, response.json()["code"]) == (422, "no_release")


async def test_who_may_read_codes_may_search_them(caller: Caller):
    assert (await caller("ana", CODER).get("/v1/codes", params={"date": DAY, "q": "I10"})).status_code == 200
    assert (await caller("ehr", EHR).get("/v1/codes", params={"date": DAY, "q": "I10"})).status_code == 403
