"""`/v1/apc`: a visit or a claim in, an estimate out."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import a_professional_claim, an_institutional_claim
from tests.services.grouper.conftest import Caller

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # nothing here is kept

VISIT: dict[str, Any] = {
    "kind": "visit",
    "service_date": "2025-02-03",
    "lines": [
        {"number": 1, "procedure": "29881", "charge": "5000.00"},
        {"number": 2, "procedure": "93005", "charge": "300.00"},
    ],
    "hospital": {"wage_index": "1.0235"},
}


async def test_a_visit_is_priced_line_by_line(caller: Caller) -> None:
    """Addendum B of CY2025, APC 5113: 3,244.61 × (0.60 × 1.0235 + 0.40) = 3,290.36."""
    answered = await caller("group:run").post("/v1/apc", json=VISIT)
    assert answered.status_code == 200
    found = answered.json()
    assert (found["method"], found["label"], found["as_of"], found["total"]) == (
        "opps",
        "estimate",
        "2025-02-03",
        "3290.36",
    )
    assert [(one["status"], one["outcome"], one["amount"]) for one in found["lines"]] == [
        ("J1", "paid", "3290.36"),
        ("N", "packaged", "0.00"),
    ]
    assert {"table": "ioce.procedures", "release": "2026Q2"} in found["releases"]


async def test_an_outpatient_claim_is_priced_and_an_inpatient_one_is_said_to_be_of_another_system(
    caller: Caller,
) -> None:
    claim = an_institutional_claim().document()
    line = claim["lines"][0] | {"procedure": "29881", "units": "1"}
    day = {"statement_from": "2025-02-03", "statement_through": "2025-02-03"}
    outpatient = await caller("group:run").post("/v1/apc", json=claim | day | {"facility_type": "13", "lines": [line]})
    assert (outpatient.status_code, outpatient.json()["total"]) == (200, "3244.61")
    inpatient = await caller("group:run").post("/v1/apc", json=claim)
    assert (inpatient.status_code, inpatient.json().get("total")) == (200, None)
    assert inpatient.json()["left_out"][0]["reason"].endswith("an inpatient stay is paid by the IPPS")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"service_date": "yesterday"}, "/service_date"),
        ({"lines": []}, "/lines"),
        ({"lines": [{"number": 1, "procedure": "29881", "units": "-1"}]}, "/lines/0/units"),
        ({"hospital": {"wage_index": "0"}}, "/hospital/wage_index"),
        ({"hospital": {"wage_index": "NaN"}}, "/hospital/wage_index"),
        ({"through": "2025-02-01"}, None),
        ({"surplus": 1}, "/surplus"),
    ],
)
async def test_a_visit_that_makes_no_sense_is_a_problem(
    caller: Caller, change: dict[str, Any], pointer: str | None
) -> None:
    answered = await caller("group:run").post("/v1/apc", json=VISIT | change)
    assert answered.status_code == 422
    if pointer is not None:
        assert pointer in answered.text


async def test_a_professional_claim_is_no_visit(caller: Caller) -> None:
    answered = await caller("group:run").post("/v1/apc", json=a_professional_claim().document())
    assert answered.status_code == 422


async def test_who_may_not_group_may_not_price(caller: Caller) -> None:
    assert (await caller("codes:read").post("/v1/apc", json=VISIT)).status_code == 403
