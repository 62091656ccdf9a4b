"""GET /v1/drgs, /v1/fees and /v1/apcs: what a payment system says of a code on a day, and from which release."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.http import encode_cursor
from shared.tables import Catalogue
from shared.tables.formats import Asked
from shared.tables.loading import load
from tests.services.grouper.conftest import Caller
from tests.shared.tables.fee_schedule import AT, FORMATS, GPCI_2025, a_relative_value_file

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # nothing here is kept

BRAZORIA = {"date": "2025-11-03", "locality": "0441209", "facility": "false"}


@pytest.fixture
def fee_schedule(tmp_path: Path) -> None:
    """The customer has loaded the physician fee schedule of October 2025."""
    given = tmp_path / "given"
    given.mkdir()
    (given / "PPRRVU2025_Oct.csv").write_text(a_relative_value_file())
    (given / "GPCI2025.csv").write_text(GPCI_2025)
    load(given, Catalogue(tmp_path / "tables"), Asked(), AT, formats=FORMATS)


async def test_a_drg_with_its_weight_and_the_releases_it_comes_from(caller: Caller) -> None:
    response = await caller("codes:read").get("/v1/drgs/470", params={"date": "2026-04-15"})
    assert response.status_code == 200
    found = response.json()
    # CMS-1833-F, Table 5, FY2026 final rule.
    assert (found["weight"], found["geometric_mean_stay"], found["mdc"], found["type"]) == (
        "1.9289",
        "1.9",
        "08",
        "SURG",
    )
    assert (found["post_acute"], found["special_pay"]) == (True, False)
    assert found["releases"] == [
        {"table": "ipps.drgs", "release": "FY2026"},
        {"table": "msdrg.drgs", "release": "v43.1"},
    ]


async def test_a_drg_of_a_year_whose_table_is_not_loaded_has_its_title(caller: Caller) -> None:
    found = (await caller("codes:read").get("/v1/drgs/010", params={"date": "2026-11-24"})).json()
    assert (found["title"], found["weight"], found["mdc"]) == ("Pancreas or Islet Cell Transplant", None, "PRE")
    assert found["releases"] == [
        {"table": "msdrg.drgs", "release": "v44.0"},
        {"table": "msdrg.formulas", "release": "v44"},
    ]


async def test_the_drgs_of_a_day_are_listed_page_by_page(caller: Caller) -> None:
    client, wanted = caller("codes:read"), {"date": "2026-04-15", "mdc": "05", "type": "MED", "limit": "20"}
    first = (await client.get("/v1/drgs", params=wanted)).json()
    assert len(first["items"]) == 20
    second = (await client.get("/v1/drgs", params=wanted | {"cursor": first["next_cursor"]})).json()
    numbers = [one["drg"] for one in (*first["items"], *second["items"])]
    # CMS-1833-F, Table 5: the medical DRGs of MDC 5 are 280 to 316, with the gaps of the numbering.
    assert (numbers[0], numbers[-1], second["next_cursor"]) == ("280", "316", None)
    assert numbers == sorted(set(numbers))
    assert {(one["mdc"], one["type"]) for one in (*first["items"], *second["items"])} == {("05", "MED")}


async def test_a_part_of_the_title_finds_a_drg(caller: Caller) -> None:
    found = (await caller("codes:read").get("/v1/drgs", params={"date": "2026-04-15", "q": "Hip replacement"})).json()
    assert [one["drg"] for one in found["items"]] == ["521", "522"]
    assert (await caller("codes:read").get("/v1/drgs?date=2026-04-15&q=no+such+title")).json()["items"] == []


async def test_a_cursor_of_another_list_is_refused(caller: Caller) -> None:
    params = {"date": "2026-04-15", "cursor": encode_cursor([7])}
    response = await caller("codes:read").get("/v1/drgs", params=params)
    assert (response.status_code, response.json()["code"]) == (400, "invalid_cursor")


@pytest.mark.parametrize(
    ("address", "day", "status", "code"),
    [
        ("/v1/drgs/009", "2026-04-15", 404, "drg_not_found"),
        ("/v1/drgs/470", "2015-04-15", 422, "no_release"),
        ("/v1/drgs/47", "2026-04-15", 422, "invalid_parameters"),
        ("/v1/drgs", "2015-04-15", 422, "no_release"),
        ("/v1/drgs?mdc=5", "2026-04-15", 422, "invalid_parameters"),
        ("/v1/drgs?type=BOTH", "2026-04-15", 422, "invalid_parameters"),
        ("/v1/apcs/ZZZZZ", "2026-04-15", 404, "service_not_listed"),
        ("/v1/fees/99213?facility=true", "2026-04-15", 422, "no_release"),
    ],
)
async def test_what_there_is_not_is_said(caller: Caller, address: str, day: str, status: int, code: str) -> None:
    mark = "&" if "?" in address else "?"
    response = await caller("codes:read").get(f"{address}{mark}date={day}")
    assert (response.status_code, response.json()["code"]) == (status, code)


@pytest.mark.usefixtures("fee_schedule")
async def test_a_fee_with_its_factors(caller: Caller) -> None:
    response = await caller("codes:read").get("/v1/fees/71046", params={**BRAZORIA, "modifier": "tc"})
    assert response.status_code == 200
    fee = response.json()
    # CMS, carrier specific payment amount file of CY2025 for Texas (PFTX25A).
    assert (fee["amount"], fee["opps_cap"], fee["modifier"]) == ("22.71", "88.24", "TC")
    assert (fee["work_gpci"], fee["practice_expense_gpci"], fee["conversion_factor"]) == ("1.014", "1.006", "32.3465")
    assert fee["releases"] == [
        {"table": "mpfs.rvu", "release": "2025Q4"},
        {"table": "mpfs.gpci", "release": "CY2025"},
    ]


@pytest.mark.usefixtures("fee_schedule")
async def test_without_a_locality_the_amount_is_national(caller: Caller) -> None:
    fee = (await caller("codes:read").get("/v1/fees/45378?date=2025-11-03&facility=false")).json()
    # 10.13 RVUs × 32.3465
    assert (fee["amount"], fee["locality"], len(fee["releases"])) == ("327.67", "0000000", 1)


@pytest.mark.usefixtures("fee_schedule")
@pytest.mark.parametrize(
    ("code", "changed", "problem"),
    [("99999", {}, "service_not_listed"), ("71046", {"locality": "0441298"}, "unknown_locality")],
)
async def test_a_service_or_locality_that_there_is_not(
    caller: Caller, code: str, changed: dict[str, str], problem: str
) -> None:
    response = await caller("codes:read").get(f"/v1/fees/{code}", params={**BRAZORIA, **changed})
    assert (response.status_code, response.json()["code"]) == (404, problem)


async def test_how_a_hospital_is_paid_for_a_code(caller: Caller) -> None:
    response = await caller("codes:read").get("/v1/apcs/g0463", params={"date": "2026-04-15"})
    assert response.status_code == 200
    found = response.json()
    # Addendum B: G0463, hospital outpatient clinic visit, J2, APC 5012.
    assert (found["code"], found["status_indicator"], found["apc"]) == ("G0463", "J2", "5012")
    assert [release["release"] for release in found["releases"]] != []


async def test_reference_tables_take_their_scope(caller: Caller) -> None:
    assert (await caller("group:run").get("/v1/drgs/470?date=2026-04-15")).status_code == 403
