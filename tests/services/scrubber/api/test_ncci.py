"""NCCI over REST, on the tables of a fresh install and on releases loaded beside them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
import pytest

from services.scrubber.app import create_app
from shared.db import Database
from shared.events import SqlLogBus
from shared.runtime import Runtime, Settings
from shared.tables import ReferenceTables, mue, ncci
from shared.tables.catalogue import Catalogue
from shared.tables.formats import Reading
from shared.tables.loading import compiled_release
from shared.tables.mue import MueRow
from shared.tables.ncci import AddOnSpan, PtpSpan
from shared.tables.spans import quarter
from tests.fixtures.tokens import Clock, an_authenticator, an_issuer

MANUAL = "CPT Manual or CMS manual coding instruction"
IN_FORCE = PtpSpan(date(2020, 1, 1), None, "1", MANUAL)
OLD = PtpSpan(date(1996, 1, 1), None, "0", MANUAL, True)
OVER = PtpSpan(date(2000, 1, 1), date(2009, 12, 31), "0", MANUAL)
PAIRS = [
    ("11042 97597", IN_FORCE),
    ("99291 36000", OLD),
    ("99291 36410", OLD),
    ("99291 94002", OVER),
    ("11042 36000", IN_FORCE),
    ("36000 64450", OVER),
    ("36000 69990", IN_FORCE),
]
LIMITS = [("99213", MueRow(2, 3, "Clinical: Data")), ("A4206", MueRow(0, 3, "CMS Policy"))]
ADD_ONS = [
    ("64727", AddOnSpan("64702", 3, date(2013, 4, 1), None)),
    ("64727", AddOnSpan(None, 3, date(2013, 4, 1), None, "Contractor Defined Primary Codes")),
]
DAY = {"date": "2026-08-03"}
PRACTITIONER = {**DAY, "setting": "practitioner"}


@pytest.fixture
def loaded(tmp_path: Path) -> ReferenceTables:
    catalogue = Catalogue(tmp_path / "catalogue")
    span, at, begins = quarter(date(2026, 7, 1)), datetime(2026, 7, 1, tzinfo=UTC), date(1996, 1, 1)
    readings = (
        Reading(ncci.PRACTITIONER, span, PAIRS, [], begins),
        Reading(mue.PRACTITIONER, span, LIMITS, []),
        Reading(ncci.ADD_ON, span, ADD_ONS, [], begins),
    )
    catalogue.add([compiled_release(catalogue, reading, "by hand", at) for reading in readings])
    return ReferenceTables([catalogue.folder])


@pytest.fixture
async def coder(
    claims_database: Database, clock: Clock, tmp_path: Path, loaded: ReferenceTables
) -> AsyncIterator[httpx.AsyncClient]:
    issuer = an_issuer(tmp_path, clock)
    settings = Settings(data_dir=tmp_path, rate_limit="100000/minute")
    bus = SqlLogBus(settings.bus_url)
    runtime = Runtime("scrubber", settings, claims_database, bus, an_authenticator(issuer, clock), clock, loaded)
    headers = {"Authorization": f"Bearer {issuer.token('cora', 'mercy', ('codes:read',))}"}
    transport = httpx.ASGITransport(create_app(runtime))
    async with httpx.AsyncClient(transport=transport, base_url="http://scrubber", headers=headers) as client:
        yield client
    await bus.close()


pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def test_every_edit_among_the_codes_is_listed_with_its_release(coder):
    response = await coder.get("/v1/ncci", params={**PRACTITIONER, "codes": "36000,99291,99213,11042"})

    assert response.status_code == 200
    answer = response.json()
    assert answer["release"] == "2026Q3"
    assert [(edit["column_1"], edit["column_2"]) for edit in answer["edits"]] == [
        ("99291", "36000"),
        ("11042", "36000"),
    ]
    assert answer["edits"][0] == {
        "column_1": "99291",
        "column_2": "36000",
        "modifier_indicator": "0",
        "modifiers_that_help": [],
        "rationale": MANUAL,
        "prior_1996": True,
        "first_day": "1996-01-01",
        "last_day": None,
    }


async def test_without_a_setting_it_is_the_practitioners(coder):
    asked = {name: value for name, value in PRACTITIONER.items() if name != "setting"}
    among = (await coder.get("/v1/ncci", params=asked | {"codes": "36000,11042"})).json()
    (edit,) = among["edits"]
    assert (among["setting"], edit["modifier_indicator"]) == ("practitioner", "1")
    # MLN1783722: what an X modifier can say, 59 does not.
    assert edit["modifiers_that_help"] == ["XE", "XP", "XS", "XU", "59"]
    assert (await coder.get("/v1/mue/99213", params=asked)).json()["units"] == 2


async def test_an_edit_counts_on_its_days_only(coder):
    asked = {"codes": "99291,94002", "setting": "practitioner"}

    before = await coder.get("/v1/ncci", params={**asked, "date": "2009-12-31"})
    after = await coder.get("/v1/ncci", params={**asked, "date": "2010-01-01"})

    assert [edit["last_day"] for edit in before.json()["edits"]] == ["2009-12-31"]
    assert after.json()["edits"] == []


async def test_small_letters_and_codes_named_twice_are_the_same_codes(coder):
    response = await coder.get("/v1/ncci", params={**PRACTITIONER, "codes": "a4206,A4206,99291,36000,99291"})

    assert len(response.json()["edits"]) == 1


async def test_partners_come_in_pages_by_the_other_code(coder):
    pages, cursor = [], None
    while True:
        asked = {**PRACTITIONER, "limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = (await coder.get("/v1/ncci/36000/partners", params=asked)).json()
        pages.append([(edit["column_1"], edit["column_2"]) for edit in page["items"]])
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert page["release"] == "2026Q3"
    assert pages == [[("11042", "36000"), ("36000", "69990")], [("99291", "36000")]]


async def test_a_limit_says_how_it_is_counted(coder):
    response = await coder.get("/v1/mue/99213", params=PRACTITIONER)

    assert response.json() == {
        "code": "99213",
        "units": 2,
        "adjudication_indicator": 3,
        "rationale": "Clinical: Data",
        "setting": "practitioner",
        "release": "2026Q3",
    }


async def test_a_code_without_a_limit_is_not_found(coder):
    response = await coder.get("/v1/mue/99214", params=PRACTITIONER)

    assert (response.status_code, response.json()["code"]) == (404, "limit_not_found")


async def test_an_add_on_names_its_primaries_and_who_else_does(coder):
    response = await coder.get("/v1/add-ons/64727", params=DAY)

    assert response.json() == {
        "code": "64727",
        "types": [3],
        "primaries": ["64702"],
        "contractors_define": True,
        "notes": ["Contractor Defined Primary Codes"],
        "release": "2026Q3",
    }


async def test_a_code_that_is_no_add_on_is_not_found(coder):
    response = await coder.get("/v1/add-ons/99213", params=DAY)

    assert (response.status_code, response.json()["code"]) == (404, "add_on_not_found")


@pytest.mark.parametrize(
    "path",
    [
        "/v1/ncci?codes=99213,11042&setting=practitioner&date=2026-10-01",
        "/v1/ncci?codes=99213,11042&setting=hospital&date=2026-08-03",
        "/v1/ncci/99213/partners?setting=hospital&date=2026-08-03",
        "/v1/mue/99213?setting=dme&date=2026-08-03",
        "/v1/add-ons/99213?date=1990-01-01",
    ],
)
async def test_a_day_that_no_release_covers_is_a_problem_that_says_so(coder, path):
    response = await coder.get(path)

    assert (response.status_code, response.json()["code"]) == (422, "no_release")


@pytest.mark.parametrize(
    "path",
    [
        "/v1/ncci?codes=99213&setting=practitioner&date=2026-08-03",
        "/v1/ncci?codes=99213,1104&setting=practitioner&date=2026-08-03",
        f"/v1/ncci?codes={','.join(['99213'] * 51)}&setting=practitioner&date=2026-08-03",
        "/v1/ncci?codes=99213,11042&setting=dme&date=2026-08-03",
        "/v1/ncci?codes=99213,11042&setting=practitioner&date=2026-02-30",
        "/v1/ncci?codes=99213,11042&setting=practitioner",
        "/v1/ncci/9921/partners?setting=practitioner&date=2026-08-03",
        "/v1/mue/992-3?setting=practitioner&date=2026-08-03",
        "/v1/add-ons/99213?date=yesterday",
    ],
)
async def test_a_bad_code_or_day_is_a_problem(coder, path):
    response = await coder.get(path)

    assert (response.status_code, response.json()["code"]) == (422, "invalid_parameters")


async def test_a_cursor_of_another_list_is_a_problem(coder):
    response = await coder.get("/v1/ncci/36000/partners", params={**PRACTITIONER, "cursor": "bm9uc2Vuc2U"})

    assert (response.status_code, response.json()["code"]) == (400, "invalid_cursor")


async def test_nobody_reads_tables_without_the_scope(caller):
    response = await caller("bea", ("claims:read",)).get("/v1/mue/99213", params=PRACTITIONER)

    assert response.status_code == 403
