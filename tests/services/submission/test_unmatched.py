"""What of payments a poster decides by hand. Expected amounts by hand from the 835s given."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from services.submission.transmission import Transmitter
from shared.db import Database
from shared.events.contracts import ClaimCleared
from shared.events.outbox import OutboxRow
from tests.builders import a_professional_claim, a_professional_line
from tests.fixtures.tokens import Clock
from tests.services.submission.conftest import BILLER, Caller, Clearinghouse, cleared, take
from tests.services.submission.remittances import a_claim, a_service, an_835

POSTER = (*BILLER, "remittances:read", "remittances:post", "denials:work")


@pytest.fixture
async def visit(in_flight: Database, clock: Clock, transmitter: Transmitter) -> ClaimCleared:
    """A claim over 125.00 that went out."""
    event = cleared(a_professional_claim().with_lines(a_professional_line("99213", "125.00")))
    await take(in_flight, clock, event)
    await transmitter.batch_all()
    await transmitter.deliver()
    return event


@pytest.fixture
def poster(caller: Caller) -> httpx.AsyncClient:
    return caller("pia", POSTER)


def paid(number: str, amount: int = 80, *, payer_number: str = "ICN1", charged: int = 125) -> list[str]:
    """25.00 written off, what is left is the patient's coinsurance."""
    left = charged - amount - 25
    line = a_service("99213", str(charged), str(amount), "CO*45*25", f"PR*2*{left}")
    return a_claim(number, "1", str(charged), str(amount), line, patient=str(left), payer_number=payer_number)


def etag(version: int) -> dict[str, str]:
    return {"If-Match": f'"{version}"'}


async def account(poster: httpx.AsyncClient, visit: ClaimCleared) -> dict[str, Any]:
    body: dict[str, Any] = (await poster.get(f"/v1/claims/{visit.claim.id}/account")).json()
    return body


async def told(database: Database) -> list[str]:
    async with database.read() as session:
        rows = await session.scalars(select(OutboxRow).order_by(OutboxRow.id))
        return [row.value.decode() for row in rows if row.headers["ce_type"] == "claim.remitted.v1"]


async def test_a_claim_that_no_number_tells_is_found_by_the_rest_and_posted_as_if_it_had(
    visit: ClaimCleared, in_flight: Database, transmitter: Transmitter, clearinghouse: Clearinghouse,
    poster: httpx.AsyncClient, caller: Caller,
):  # fmt: skip
    # The payer pads its copy of the number and mistakes its last characters; the money is the patient's of the visit.
    number = "0" + visit.claim.patient_control_number[:16] + "QQQ"
    clearinghouse.answers("1", an_835("80", paid(number), paid("SOMEBODYELSES", 0, charged=900)))
    await transmitter.collect()
    first, other = (await poster.get("/v1/remittances/unmatched")).json()["items"]
    where = f"/v1/remittances/unmatched/{first['id']}"
    shown = await poster.get(where)
    (likely,) = shown.json()["candidates"]
    assert (likely["claim_id"], likely["misfits"]) == (visit.claim.id, [])
    facts = [reason["fact"] for reason in likely["reasons"]]
    # The patient's surname is ABERNATHY in our claim, DOE in the payer's; the member id is the same.
    assert facts == ["member_id", "service_dates", "charge"]
    matching = {"claim_id": visit.claim.id, "reason": "Number padded by the payer"}
    reader = caller("rob", (*BILLER, "remittances:read"))
    assert (await reader.post(f"{where}/match", json=matching, headers=etag(1))).status_code == 403
    others = caller("eve", POSTER, tenant="saint-anne")
    assert (await others.get(where)).status_code == 404
    assert (await others.post(f"{where}/match", json=matching, headers=etag(1))).status_code == 404
    headers = {"If-Match": shown.headers["ETag"], "Idempotency-Key": "k-1"}
    done = await poster.post(f"{where}/match", json=matching, headers=headers)
    assert (done.status_code, done.json()["effect"], done.json()["flags"]) == (200, "posted", ["matched_by_hand"])
    assert (await poster.post(f"{where}/match", json=matching, headers=headers)).content == done.content
    again = await poster.post(f"{where}/match", json=matching, headers={"If-Match": done.headers["ETag"]})
    assert (again.status_code, again.json()["code"]) == (409, "remittance_settled")
    assert (await poster.post(f"{where}/match", json=matching, headers=etag(1))).status_code == 412
    body = await account(poster, visit)
    assert [(one["kind"], one["amount"]) for one in body["entries"]] == [
        ("payment", "80.00"), ("contractual", "25.00"), ("patient", "20.00")
    ]  # fmt: skip
    timeline = (await poster.get(f"/v1/claims/{visit.claim.id}")).json()
    assert (timeline["summary"]["state"], timeline["summary"]["payer_claim_control_number"]) == ("paid", "ICN1")
    last = timeline["entries"][-1]
    assert (last["actor"], last["event"], last["attempt"]) == ("pia", "claim.remitted.v1", 1)
    assert len(await told(in_flight)) == 1
    assert (await poster.get("/v1/remittances/unmatched")).json()["items"] == [other]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_does_not_go_together_is_posted_only_when_it_is_confirmed(
    visit: ClaimCleared, transmitter: Transmitter, clearinghouse: Clearinghouse, poster: httpx.AsyncClient
):
    clearinghouse.answers("1", an_835("80", paid("X1", charged=900)))
    await transmitter.collect()
    (item,) = (await poster.get("/v1/remittances/unmatched")).json()["items"]
    where = f"/v1/remittances/unmatched/{item['id']}/match"
    matching = {"claim_id": visit.claim.id, "reason": "As the payer says on the telephone"}
    refused = await poster.post(where, json=matching, headers=etag(1))
    assert (refused.status_code, refused.json()["code"]) == (409, "match_doubtful")
    assert refused.json()["misfits"] == ["charge"]
    assert (await account(poster, visit))["entries"] == []
    done = await poster.post(where, json=matching | {"confirm": True}, headers=etag(1))
    assert done.json()["claim_id"] == visit.claim.id


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_match_that_was_a_mistake_is_taken_back_and_made_anew(
    visit: ClaimCleared, in_flight: Database, clock: Clock, transmitter: Transmitter, clearinghouse: Clearinghouse,
    poster: httpx.AsyncClient,
):  # fmt: skip
    other = cleared(a_professional_claim().with_lines(a_professional_line("99213", "125.00")))
    await take(in_flight, clock, other)
    await transmitter.batch_all()
    await transmitter.deliver()
    clearinghouse.answers("1", an_835("0", a_claim("X1", "4", "125", "0", a_service("99213", "125", "0", "CO*29*125"))))
    await transmitter.collect()
    (item,) = (await poster.get("/v1/remittances/unmatched")).json()["items"]
    where = f"/v1/remittances/unmatched/{item['id']}"
    mistake = {"reason": "It was the other visit"}
    assert (await poster.post(f"{where}/unmatch", json=mistake, headers=etag(1))).json()["code"] == "remittance_settled"
    matching = {"claim_id": visit.claim.id, "reason": "The likeliest"}
    assert (await poster.post(f"{where}/match", json=matching, headers=etag(1))).status_code == 200
    (denial,) = (await poster.get("/v1/denials")).json()["items"]
    assert denial["claim_id"] == visit.claim.id
    back = await poster.post(f"{where}/unmatch", json=mistake, headers=etag(2))
    assert (back.json()["effect"], back.json()["claim_id"], back.json()["flags"]) == ("unmatched", None, [])
    assert (await poster.get("/v1/denials")).json()["items"] == []
    body = await account(poster, visit)
    assert (body["account"]["denied"], body["account"]["open"], body["postings"]) == ("0.00", "125.00", [])
    assert [one["amount"] for one in body["entries"]] == ["125.00", "-125.00"]
    assert (await poster.get(f"/v1/claims/{visit.claim.id}")).json()["summary"]["state"] == "submitted"
    done = await poster.post(f"{where}/match", json=matching | {"claim_id": other.claim.id}, headers=etag(3))
    assert done.json()["claim_id"] == other.claim.id
    assert (await account(poster, other))["account"]["denied"] == "125.00"
    assert (await account(poster, visit))["account"]["denied"] == "0.00"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_claim_that_is_unknown_or_never_went_out_takes_no_payment(
    visit: ClaimCleared, in_flight: Database, clock: Clock, transmitter: Transmitter, clearinghouse: Clearinghouse,
    poster: httpx.AsyncClient,
):  # fmt: skip
    waiting = cleared()
    await take(in_flight, clock, waiting)
    clearinghouse.answers("1", an_835("80", paid("X1")))
    await transmitter.collect()
    (item,) = (await poster.get("/v1/remittances/unmatched")).json()["items"]
    where = f"/v1/remittances/unmatched/{item['id']}/match"
    for wanted, code in (
        ({"claim_id": waiting.claim.id}, "claim_never_sent"),
        ({"claim_id": visit.claim.id, "attempt": 7}, "claim_never_sent"),
        ({"claim_id": "nobody's"}, "claim_not_found"),
    ):
        refused = await poster.post(where, json=wanted | {"reason": "A guess"}, headers=etag(1))
        assert refused.json()["code"] == code


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_is_dismissed_leaves_the_list_and_is_kept(
    visit: ClaimCleared, transmitter: Transmitter, clearinghouse: Clearinghouse, poster: httpx.AsyncClient
):
    # The file ends within the claim: nobody can post it.
    clearinghouse.answers("1", an_835("160", paid("X1"), paid("X2")).rsplit("SVC*", 1)[0] + "SVC*\x01~")
    await transmitter.collect()
    whole, broken = (await poster.get("/v1/remittances/unmatched")).json()["items"]
    where = f"/v1/remittances/unmatched/{whole['id']}"
    done = await poster.post(f"{where}/dismiss", json={"reason": "Of a practice that was sold"}, headers=etag(1))
    assert done.json()["effect"] == "dismissed"
    assert (await poster.get("/v1/remittances/unmatched")).json()["items"] == [broken]
    (kept,) = (await poster.get("/v1/remittances/unmatched?dismissed=true")).json()["items"]
    assert kept["id"] == whole["id"]
    matching = {"claim_id": visit.claim.id, "reason": "It is ours after all"}
    assert (await poster.post(f"{where}/match", json=matching, headers=etag(2))).json()["effect"] == "posted"
    cut = f"/v1/remittances/unmatched/{broken['id']}"
    refused = await poster.post(f"{cut}/match", json=matching, headers=etag(1))
    assert refused.json()["code"] == "remittance_settled"
    assert (await poster.post(f"{cut}/dismiss", json={"reason": "Asked for anew"}, headers=etag(1))).status_code == 200


async def a_payment_that_differs(
    visit: ClaimCleared, transmitter: Transmitter, clearinghouse: Clearinghouse, poster: httpx.AsyncClient
) -> str:
    """80 were posted; the same payment comes again and says that 90 were paid for the claim, and 10 taken (WO)."""
    number = visit.claim.patient_control_number
    clearinghouse.answers("1", an_835("80", paid(number), paid("NOBODYS", 0)))
    await transmitter.collect()
    clearinghouse.answers("2", an_835("80", paid(number, 90), plb=[f"WO:{number}*10"], isa="000000778"))
    await transmitter.collect()
    _, second = (await poster.get("/v1/remittances")).json()["items"]
    assert second["state"] == "differs"
    return f"/v1/remittances/{second['id']}"


CHOICES = [
    # 80 come off again (25 and 20 with them), 90 go on: 10 left to the patient
    ("replace", "90.00", "10.00", ["replaced", "posted"]),
    # Both stand: 170 of 125, and 50 written off
    ("add", "170.00", "-95.00", ["posted", "posted"]),
    ("set_aside", "80.00", "20.00", ["posted", "set_aside"]),
]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("choice", "paid_now", "left_open", "states"), CHOICES)
async def test_a_payment_that_differs_is_added_put_in_the_place_of_the_other_or_set_aside(
    visit: ClaimCleared, in_flight: Database, transmitter: Transmitter, clearinghouse: Clearinghouse,
    poster: httpx.AsyncClient, caller: Caller, choice: str, paid_now: str, left_open: str, states: list[str],
):  # fmt: skip
    where = await a_payment_that_differs(visit, transmitter, clearinghouse, poster)
    wanted = {"choice": choice, "reason": "Asked the payer"}
    eve = caller("eve", POSTER, tenant="saint-anne")
    assert (await eve.post(f"{where}/decide", json=wanted, headers=etag(1))).status_code == 404
    answer = await poster.post(f"{where}/decide", json=wanted, headers=etag(1))
    assert answer.json()["state"] == states[1]
    await transmitter.collect()
    await transmitter.collect()  # nothing is posted twice
    body = await account(poster, visit)
    assert (body["account"]["paid"], body["account"]["open"]) == (paid_now, left_open)
    assert sum(Decimal(one["amount"]) for one in body["entries"] if one["kind"] == "payment") == Decimal(paid_now)
    listed = (await poster.get("/v1/remittances")).json()["items"]
    assert [item["state"] for item in listed] == states
    assert (await poster.get(f"/v1/claims/{visit.claim.id}")).json()["summary"]["state"] == "paid"
    # What is nobody's in a payment that was replaced is on no list any more.
    unmatched = (await poster.get("/v1/remittances/unmatched")).json()["items"]
    assert len(unmatched) == (0 if choice == "replace" else 1)
    amounts = [event for event in await told(in_flight) if '"paid":"-80.00"' in event.replace(" ", "")]
    assert len(amounts) == (1 if choice == "replace" else 0)
    late = await poster.post(f"{where}/decide", json=wanted, headers=etag(1))
    assert late.status_code == 412


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_payment_in_whose_place_another_is_put_gives_back_what_it_had_reversed(
    visit: ClaimCleared, transmitter: Transmitter, clearinghouse: Clearinghouse, poster: httpx.AsyncClient
):
    number = visit.claim.patient_control_number
    back = a_service("99213", "-125", "-80", "CO*45*-25", "PR*2*-20")
    reversal = a_claim(number, "22", "-125", "-80", back)
    clearinghouse.answers("1", an_835("80", paid(number)))
    await transmitter.collect()
    # -80 and 80 make nothing; the payer sends it again and leaves the reversal out.
    clearinghouse.answers("2", an_835("0", reversal, paid(number, 80, payer_number="ICN2"), trace="EFT1002"))
    await transmitter.collect()
    assert (await account(poster, visit))["account"]["paid"] == "80.00"
    clearinghouse.answers("3", an_835("0", a_claim("X", "1", "9", "0"), trace="EFT1002", isa="000000779"))
    await transmitter.collect()
    third = (await poster.get("/v1/remittances")).json()["items"][2]
    decided = {"choice": "replace", "reason": "The reversal was a mistake"}
    await poster.post(f"/v1/remittances/{third['id']}/decide", json=decided, headers=etag(1))
    await transmitter.collect()
    body = await account(poster, visit)
    # Of the three postings only the first stands again: 80 paid, 25 written off, 20 the patient's.
    assert (body["account"]["paid"], body["account"]["open"], body["account"]["patient"]) == ("80.00", "20.00", "20.00")
    assert [posting["undone_by"] is None for posting in body["postings"]] == [True, False, False]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_payment_that_came_before_the_payees_first_claim_is_adopted_by_whose_payee_it_is(
    in_flight: Database, clock: Clock, transmitter: Transmitter, clearinghouse: Clearinghouse,
    poster: httpx.AsyncClient, caller: Caller,
):  # fmt: skip
    clearinghouse.answers("1", an_835("70", paid("OLDSYSTEM1"), plb=["WO:OLD*10"]))
    await transmitter.collect()
    (nobodys,) = (await poster.get("/v1/remittances?nobodys=true")).json()["items"]
    where = f"/v1/remittances/{nobodys['id']}/adopt"
    assert (await poster.post(where)).json()["code"] == "payee_unknown"
    await take(in_flight, clock, cleared())  # the payee's first claim of ours
    eve = caller("eve", POSTER, tenant="saint-anne")
    assert (await eve.post(where)).json()["code"] == "payee_unknown"
    assert (await poster.post(where)).json()["state"] == "posted"
    assert (await poster.post(where)).status_code == 404
    await transmitter.collect()
    assert (await poster.get("/v1/remittances?nobodys=true")).json()["items"] == []
    (kept,) = (await poster.get("/v1/remittances")).json()["items"]
    assert (kept["id"], kept["amount"]) == (nobodys["id"], "70.00")
    (item,) = (await poster.get("/v1/remittances/unmatched")).json()["items"]
    assert item["patient_control_number"] == "OLDSYSTEM1"
    (taken,) = (await poster.get("/v1/remittances/provider-adjustments")).json()["items"]
    assert taken["words"] == "Recovery of an overpayment"
    assert (taken["reason"], taken["amount"]) == ("WO", "10.00")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_moves_on_the_providers_account_waits_until_somebody_says_what_it_was_for(
    visit: ClaimCleared, transmitter: Transmitter, clearinghouse: Clearinghouse, poster: httpx.AsyncClient,
    caller: Caller,
):  # fmt: skip
    number = visit.claim.patient_control_number
    text = an_835("45", paid(number), plb=[f"WO:{number}7001*50*L6:ICN1*-5", "FB*-10"])
    clearinghouse.answers("1", text)
    await transmitter.collect()
    where = "/v1/remittances/provider-adjustments"
    page = (await poster.get(f"{where}?limit=2")).json()
    rest = (await poster.get(f"{where}?limit=2&cursor={page['next_cursor']}")).json()
    taken, interest, forward = [*page["items"], *rest["items"]]
    assert [(one["reason"], one["amount"]) for one in (taken, interest, forward)] == [
        ("WO", "50.00"), ("L6", "-5.00"), ("FB", "-10.00")
    ]  # fmt: skip
    # The control number with the payer's own behind it; the payer's number of the claim; no reference at all.
    assert [one["claim_id"] for one in (taken, interest, forward)] == [visit.claim.id, visit.claim.id, None]
    settle = f"/v1/remittances/{forward['remittance_id']}/provider-adjustments/{forward['position']}/settle"
    other = caller("eve", POSTER, tenant="saint-anne")
    assert (await other.post(settle, json={"reason": "?"}, headers=etag(1))).status_code == 404
    wrong = await poster.post(settle, json={"reason": "?", "claim_id": "x"}, headers=etag(1))
    assert wrong.json()["code"] == "claim_not_found"
    done = await poster.post(settle, json={"reason": "Carried from EFT1000"}, headers=etag(1))
    assert (done.json()["state"], done.json()["claim_id"]) == ("settled", None)
    assert len((await poster.get(where)).json()["items"]) == 2
    assert (await poster.get(f"{where}?state=settled")).json()["items"] == [done.json()]
    assert (await poster.post(settle, json={"reason": "?"}, headers=etag(2))).json()["code"] == "remittance_settled"
