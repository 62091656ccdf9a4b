"""Code sets and coverage over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime

from shared.tables import Catalogue
from shared.tables.formats.coverage import CoverageExport
from shared.tables.formats.format import Asked
from shared.tables.loading import load
from tests.services.scrubber.conftest import BILLER
from tests.shared.tables.formats import mcd

READER = ("codes:read",)
DAY = {"date": "2026-11-16"}


async def test_every_code_set_is_listed_with_the_release_that_answers(caller):
    listed = (await caller("cora", READER).get("/v1/code-sets", params=DAY)).json()["code_sets"]
    found = {code_set["name"]: code_set for code_set in listed}
    assert found["place_of_service"]["release"] == "2024-08-01"
    assert found["place_of_service"]["authority"] == "CMS"
    assert found["carc"]["release"] is None  # X12's wording comes with the customer's file
    assert len(found) == 20


async def test_the_codes_of_a_set_are_those_of_the_day(caller):
    cora = caller("cora", READER)
    before = (await cora.get("/v1/code-sets/admission_source", params={"date": "2010-06-30"})).json()
    after = (await cora.get("/v1/code-sets/admission_source", params={"date": "2010-07-01"})).json()
    assert {code["code"] for code in before["codes"]} - {code["code"] for code in after["codes"]} == {"7", "B", "C"}
    limited = await cora.get("/v1/code-sets/ncci_modifiers", params=DAY | {"prefix": "x"})
    assert [code["code"] for code in limited.json()["codes"]] == ["XE", "XP", "XS", "XU"]


async def test_a_code_of_a_set(caller):
    cora = caller("cora", READER)
    found = (await cora.get("/v1/code-sets/place_of_service/10", params={"date": "2023-06-01"})).json()
    assert (found["label"], found["last"], found["facility"]) == (
        "Telehealth Provided in Patient's Home",
        "2023-12-31",
        True,
    )
    missing = await cora.get("/v1/code-sets/place_of_service/30", params=DAY)
    assert (missing.status_code, missing.json()["code"]) == (404, "code_not_found")


async def test_a_set_that_is_not_there_and_a_day_that_is_not_carried(caller):
    cora = caller("cora", READER)
    assert (await cora.get("/v1/code-sets/weather", params=DAY)).status_code == 404
    early = await cora.get("/v1/code-sets/poa", params={"date": "2000-01-01"})
    assert (early.status_code, early.json()["code"]) == (422, "no_release")


async def test_code_sets_are_for_those_who_may_read_codes(caller):
    assert (await caller("bea", BILLER).get("/v1/code-sets", params=DAY)).status_code == 403


async def test_coverage_before_anything_is_loaded_is_a_problem_that_names_the_table(caller):
    response = await caller("cora", READER).get("/v1/coverage/20610", params=DAY)
    assert (response.status_code, response.json()["code"]) == (422, "no_release")
    assert "coverage.articles" in response.json()["detail"]


async def test_coverage_by_the_articles_that_the_customer_has_loaded(caller, tmp_path):
    file = tmp_path / "current_article.zip"
    file.write_bytes(mcd.zipped(mcd.ARTICLE_EXPORT, "current_article"))
    load(file, Catalogue(tmp_path / "tables"), Asked(), datetime(2026, 11, 24, tzinfo=UTC), formats=[CoverageExport()])
    cora = caller("cora", READER)

    asked = DAY | {"contractor": "tn", "diagnoses": "Z00.00, M17.11"}
    found = (await cora.get("/v1/coverage/20610", params=asked)).json()
    assert found["status"] == "covered"
    assert [policy["id"] for policy in found["policies"]] == ["A50001"]
    assert found["judgements"] == [
        {
            "policy": "A50001",
            "status": "covered",
            "diagnosis": "M1711",
            "group": 1,
            "tie": "named",
            "asterisk": False,
        }
    ]
    elsewhere = (await cora.get("/v1/coverage/20610", params=asked | {"contractor": "05102"})).json()
    assert (elsewhere["status"], elsewhere["policies"]) == ("no_policy", [])
    without = (await cora.get("/v1/coverage/j7326", params=DAY)).json()
    assert (without["status"], without["policies"][0]["group"]) == (None, 2)
