"""An underpayment from the cleared claim to the worklist, and off it again. Amounts by hand from the files given."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import httpx
import pytest

from services.submission.transmission import Transmitter
from shared.claims import ExpectedLine, ExpectedPayment
from shared.db import Database
from tests.builders import a_professional_claim, a_professional_line
from tests.fixtures.tokens import Clock
from tests.services.submission.conftest import BILLER, Caller, Clearinghouse, cleared, take
from tests.services.submission.remittances import a_claim, a_service, an_835

SCOPES = (*BILLER, "denials:work", "remittances:read", "payers:manage")
EXPECTED = ExpectedPayment(
    method="mpfs",
    amount=Decimal("110.00"),
    left_out=("deductible", "sequestration"),
    lines=(ExpectedLine(number=1, amount=Decimal("110.00")),),
    releases={"mpfs-rvu": "2026D"},
)


@dataclass
class Visit:
    """A claim over 125.00 that went out, of which 110.00 is expected."""

    id: str
    number: str
    transmitter: Transmitter
    clearinghouse: Clearinghouse

    def decided(self, paid: str, written_off: str) -> list[str]:
        """Paid with a coinsurance of 20.00."""
        line = a_service("99213", "125", paid, f"CO*45*{written_off}", "PR*2*20")
        return a_claim(self.number, "1", "125", paid, line, patient="20")

    async def remitted(self, amount: str, *claims: list[str], trace: str = "EFT1001") -> None:
        self.clearinghouse.answers(trace, an_835(amount, *claims, trace=trace))
        await self.transmitter.collect()


@pytest.fixture
async def visit(in_flight: Database, clock: Clock, transmitter: Transmitter, clearinghouse: Clearinghouse) -> Visit:
    event = cleared(a_professional_claim().with_lines(a_professional_line("99213", "125.00")))
    await take(in_flight, clock, event.model_copy(update={"expected": EXPECTED}))
    await transmitter.batch_all()
    await transmitter.deliver()
    return Visit(event.claim.id, event.claim.patient_control_number, transmitter, clearinghouse)


async def listed(client: httpx.AsyncClient, **wanted: str) -> list[dict[str, object]]:
    items: list[dict[str, object]] = (await client.get("/v1/denials", params=wanted)).json()["items"]
    return items


async def test_an_underpaid_claim_is_listed_told_and_off_the_list_once_it_is_paid_right(visit: Visit, caller: Caller):
    bea = caller("bea", SCOPES)
    await visit.remitted("70", visit.decided("70", "35"))  # 90.00 allowed
    (item,) = await listed(bea, category="underpaid")
    assert (item["amount"], item["carc"], item["appeal_deadline"]) == ("20.00", "", "2027-04-05")
    shown = item["underpayment"]
    assert isinstance(shown, dict)
    assert (shown["expected"], shown["allowed"], shown["difference"]) == ("110.00", "90.00", "20.00")
    assert (shown["expectation"]["method"], shown["expectation"]["releases"]) == ("mpfs", {"mpfs-rvu": "2026D"})
    (group,) = (await bea.get("/v1/denials/groups")).json()["items"]
    assert (group["category"]["name"], group["denials"], group["amount"]) == ("underpaid", 1, "20.00")
    story = (await bea.get(f"/v1/claims/{visit.id}")).json()
    assert story["summary"]["state"] == "paid"
    told = next(entry["details"] for entry in story["entries"] if entry["action"] == "claim.underpaid")
    assert (told["rule"], told["expected"], told["allowed"]) == ("allowed-below-expected", "110.00", "90.00")
    eve = caller("eve", SCOPES, tenant="saint-anne")
    assert await listed(eve) == []
    assert (await eve.get(f"/v1/denials/{item['id']}")).status_code == 404
    reversal = a_claim(visit.number, "22", "-125", "-70", cas=["CO*45*-35", "PR*2*-20"])
    await visit.remitted("20", reversal, visit.decided("90", "15"), trace="EFT1002")
    assert await listed(bea) == []
    (closed,) = await listed(bea, state="closed")
    assert (closed["id"], closed["outcome"]) == (item["id"], "superseded")


async def test_an_underpayment_is_let_go_for_a_reason_only(visit: Visit, caller: Caller):
    bea = caller("bea", SCOPES)
    await visit.remitted("70", visit.decided("70", "35"))
    taken = (await bea.post("/v1/denials/next", params={"category": "underpaid"})).json()
    path, etag = f"/v1/denials/{taken['id']}", {"If-Match": f'"{taken["version"]}"'}
    refused = await bea.post(f"{path}/close", json={"outcome": "accepted"}, headers=etag)
    assert (refused.status_code, refused.json()["code"]) == (422, "closing_reason_missing")
    reason = "The fee schedule that we hold is of another locality"
    done = await bea.post(f"{path}/close", json={"outcome": "accepted", "reason": reason}, headers=etag)
    assert (done.json()["outcome"], done.json()["closing_reason"]) == ("accepted", reason)
    assert await listed(bea) == []


async def test_the_customers_own_tolerance_holds(visit: Visit, caller: Caller):
    bea = caller("bea", SCOPES)
    payer = (await bea.get(f"/v1/claims/{visit.id}")).json()["summary"]["payer_id"]
    edition = {
        "effective": "2026-01-01", "underpayment": {"amount": "25.00", "percent": "0"}, "source": "Policy of ours"
    }  # fmt: skip
    kept = await bea.put(f"/v1/payers/{payer}/limits", json={"editions": [edition]}, headers={"If-Match": '"0"'})
    assert kept.status_code == 200, kept.json()
    await visit.remitted("70", visit.decided("70", "35"))
    assert await listed(bea) == []
