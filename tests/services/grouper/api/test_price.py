"""`POST /v1/price`: the payment system follows from what is asked about; the amounts themselves are tested below it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.builders import a_professional_claim, an_institutional_claim, an_outpatient_claim
from tests.services.grouper.conftest import Caller
from tests.services.grouper.domain.inpatient.discharges import PLAIN_HOSPITAL

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # nothing here is kept

IN_FY_2026 = {
    "statement_from": "2025-11-14",
    "statement_through": "2025-11-20",
    "admission": {"type": "1", "source": "1", "date": "2025-11-14", "hour": 9, "discharge_hour": 11},
}
STAY: dict[str, Any] = {
    "kind": "stay",
    "admission_date": "2025-11-14",
    "discharge_date": "2025-11-20",
    "age": 71,
    "sex": "F",
    "discharge_status": "01",
    "diagnoses": [{"code": "A41.9", "poa": "Y"}, {"code": "J96.01", "poa": "Y"}],
}
"""Septicemia with MCC: DRG 871, whose payment at a plain hospital is worked out in `discharges`."""


async def priced(caller: Caller, **question: Any) -> Any:
    response = await caller("group:run").post("/v1/price", json=question)
    assert response.status_code == 200, response.text
    return response.json()


def total_of_steps(estimate: Any) -> Decimal:
    return sum((Decimal(step["amount"]) for step in estimate["steps"] if step["in_total"]), Decimal(0))


async def test_a_stay_is_grouped_and_priced_by_ipps(caller: Caller) -> None:
    found = await priced(caller, subject=STAY, inpatient={"provider": PLAIN_HOSPITAL})
    estimate = found["estimate"]
    assert (estimate["method"], estimate["label"], found["grouping"]["drg"]["drg"]) == ("ipps", "estimate", "871")
    # 6,752.61 × 1.9425 + 524.15 × 1.9425, as `discharges` has it.
    assert Decimal(estimate["total"]) == Decimal("13116.94") + Decimal("1018.16") == total_of_steps(estimate)


async def test_what_an_inpatient_claim_says_need_not_be_given(caller: Caller) -> None:
    claim = an_institutional_claim().but(**IN_FY_2026)
    lines = claim.fields["lines"]
    uncovered = {**lines[0], "charge": "2000000.00", "non_covered": "1500000.00"}
    rich = claim.with_lines(uncovered, *lines[1:]).document()
    hospital = PLAIN_HOSPITAL | {"operating_ccr": "0.2", "capital_ccr": "0.02"}
    found = await priced(caller, subject=rich, inpatient={"provider": hospital})
    [outlier] = [one for one in found["estimate"]["steps"] if one["name"] == "operating-outlier"]
    # Covered charges alone: 2,000,000 - 1,500,000 and the other lines; a fifth of them are the operating costs.
    costs = (Decimal(500_000) + sum(Decimal(line["charge"]) for line in lines[1:])) / 5
    assert f"({costs:,.2f} - " in outlier["arithmetic"]
    given = await priced(caller, subject=rich, inpatient={"provider": hospital, "charges": "1000.00"})
    assert not [one for one in given["estimate"]["steps"] if one["name"] == "operating-outlier"]


async def test_a_hospital_that_ipps_does_not_pay_has_no_amount(caller: Caller) -> None:
    found = await priced(caller, subject=STAY | {"poa_exempt": True})
    assert found["estimate"]["total"] is None
    assert "otherwise than by IPPS" in found["estimate"]["left_out"][0]["reason"]


async def test_an_outpatient_claim_is_priced_by_the_opps(caller: Caller) -> None:
    day = "2026-02-10"
    claim = an_outpatient_claim()
    lines = [{**line, "service_from": day} for line in claim.fields["lines"]]
    document = claim.but(statement_from=day, statement_through=day, lines=lines).document()
    found = await priced(caller, subject=document, outpatient={"wage_index": "1.0000"})
    assert found["estimate"]["method"] == "opps"
    assert found["grouping"]["method"] == "none"
    assert "wage-index" not in {one["what"] for one in found["estimate"]["left_out"]}


async def test_a_visit_and_services_are_priced_without_a_claim(caller: Caller) -> None:
    visit = {
        "kind": "visit",
        "service_date": "2026-02-10",
        "lines": [{"number": 1, "procedure": "99284", "units": "1", "charge": "900.00", "revenue_code": "0450"}],
    }
    found = await priced(caller, subject=visit)
    assert (found["estimate"]["method"], found.get("grouping")) == ("opps", None)


async def test_a_day_without_a_fee_schedule_has_no_amount_and_says_so(caller: Caller) -> None:
    # No package carries the relative values of the physician fee schedule.
    estimate = (await priced(caller, subject=a_professional_claim().document()))["estimate"]
    assert (estimate["method"], estimate["total"]) == ("mpfs", None)
    assert estimate["left_out"]


async def test_a_stay_that_has_no_drg_is_not_priced(caller: Caller) -> None:
    wrong = STAY | {"diagnoses": [{"code": "A41.9", "poa": "Y"}, {"code": "J96.0", "poa": "Y"}]}
    response = await caller("group:run").post("/v1/price", json={"subject": wrong})
    problem = response.json()
    assert (response.status_code, problem["code"]) == (422, "not_groupable")
    assert problem["pointer"] == "/subject/diagnoses/1/code"


async def test_who_may_not_group_may_not_price(caller: Caller) -> None:
    response = await caller("codes:read").post("/v1/price", json={"subject": STAY})
    assert response.status_code == 403
