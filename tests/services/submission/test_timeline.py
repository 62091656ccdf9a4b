"""The story of a claim: every act, interchange and answer in order, whatever the answers do on their way."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import httpx
import pytest

from services.submission.domain.references import trace_number
from services.submission.transmission import Transmitter
from shared.db import Database
from tests.builders import a_professional_claim
from tests.fixtures.tokens import Clock
from tests.services.submission.conftest import Clearinghouse, ComesBack, a_277ca, a_ta1, cleared, take

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@ONE_DATABASE
async def test_everything_that_happened_stands_in_one_line_in_its_order(
    in_flight: Database, clock: Clock, transmitter: Transmitter, clearinghouse: Clearinghouse, biller: httpx.AsyncClient
):
    event = cleared()
    await take(in_flight, clock, event)
    clock.advance(timedelta(minutes=1))
    await transmitter.batch_all()
    clock.advance(timedelta(minutes=1))
    await transmitter.deliver()
    for name, text in (
        ("1", a_ta1(1, "A", "000")),
        ("2", a_277ca((event.claim.patient_control_number, "A7:164:IL"))),
    ):
        clock.advance(timedelta(minutes=1))
        clearinghouse.answers(name, text)
        await transmitter.collect()
    path = f"/v1/claims/{event.claim.id}"
    clock.advance(timedelta(minutes=1))
    rejected = await biller.get(path)
    headers = {"If-Match": rejected.headers["ETag"]}
    await biller.post(f"{path}/correct", json=rejected.json()["claim"], headers=headers)
    told = (await biller.get(path)).json()["entries"]
    assert [(entry["action"], entry["actor"], entry["attempt"], entry["event"]) for entry in told] == [
        ("claim.taken", "system:submission", 1, "claim.cleared.v1"),
        ("interchange.prepared", "system:submission", 1, None),
        ("interchange.delivered", "system:submission", 1, "claim.submitted.v1"),
        ("answer.TA1", "clearinghouse", 1, None),
        ("claim.received", "system:submission", 1, None),
        ("answer.277CA", "clearinghouse", 1, None),  # of all the receiver's claims: A1:19
        ("answer.277CA", "clearinghouse", 1, None),
        ("claim.rejected", "system:submission", 1, "claim.rejected.v1"),
        ("claim.corrected", "bea", 2, "claim.corrected.v1"),
    ]
    assert told[6]["segments"][1] == "STC*A7:164:IL*20261124*U*125"
    assert told[6]["effect"] == "advanced"
    assert (told[8]["details"]["decision"], told[8]["details"]["frequency"]) == ("new", "1")
    assert [entry["at"] for entry in told] == sorted(entry["at"] for entry in told)


@ONE_DATABASE
@pytest.mark.parametrize(
    ("said", "state"),
    [(("A1:19:AY", "A2:20:PR", "A1:19:PR"), "accepted"), (("A1:19:AY", "A2:20:PR", "A7:562:85"), "rejected")],
)
async def test_answers_in_any_order_and_repeated_end_in_the_same_state(
    in_flight: Database,
    clock: Clock,
    transmitter: Transmitter,
    clearinghouse: Clearinghouse,
    biller: httpx.AsyncClient,
    said: tuple[str, ...],
    state: str,
):
    """Each claim hears the same answers in another order, and the first two of them again."""
    orders = [(*order, *order[:2]) for order in permutations(said)]
    claims = [cleared() for _ in orders]
    await take(in_flight, clock, *claims)
    await transmitter.batch_all()
    await transmitter.deliver()
    for turn in range(len(said) + 2):
        heard = ((event.claim.patient_control_number, order[turn]) for event, order in zip(claims, orders, strict=True))
        clearinghouse.answers(f"{turn}", a_277ca(*heard))
        await transmitter.collect()
    listed = (await biller.get("/v1/claims")).json()["items"]
    assert [item["state"] for item in listed] == [state] * len(orders)
    timeline = (await biller.get(f"/v1/claims/{claims[0].claim.id}")).json()
    assert len([answer for answer in timeline["answers"] if answer["attempt"]]) == len(said) + 2


@ONE_DATABASE
async def test_a_second_refusal_adds_its_reasons(
    comes_back: ComesBack, transmitter: Transmitter, clearinghouse: Clearinghouse, biller: httpx.AsyncClient
):
    """The clearinghouse refuses first, the payer after it: both must be cured."""
    event = await comes_back(status="A7:164:IL")
    for _ in range(2):
        clearinghouse.answers("payer", a_277ca((event.claim.patient_control_number, "A7:562:85")))
        await transmitter.collect()
    (item,) = (await biller.get("/v1/rejections", params={"status": "562"})).json()["items"]
    assert [reason["status"]["status"] for reason in item["reasons"]] == ["164", "562"]


@ONE_DATABASE
async def test_an_answer_whose_control_number_was_cut_is_found_by_its_trace_number(
    in_flight: Database, clock: Clock, transmitter: Transmitter, clearinghouse: Clearinghouse, biller: httpx.AsyncClient
):
    event = cleared()
    await take(in_flight, clock, event)
    await transmitter.batch_all()
    await transmitter.deliver()
    trace = trace_number(event.claim.id)
    clearinghouse.answers("cut", a_277ca((event.claim.patient_control_number[:15], "A2:20:PR"), trace=trace))
    await transmitter.collect()
    assert (await biller.get(f"/v1/claims/{event.claim.id}")).json()["summary"]["state"] == "accepted"


@ONE_DATABASE
async def test_an_answer_is_found_by_the_payers_own_number_and_the_provider(
    in_flight: Database, clock: Clock, transmitter: Transmitter, clearinghouse: Clearinghouse, biller: httpx.AsyncClient
):
    event = cleared(a_professional_claim().with_billing(npi="1234567893"))
    await take(in_flight, clock, event)
    await transmitter.batch_all()
    await transmitter.deliver()
    number = event.claim.patient_control_number
    clearinghouse.answers("first", a_277ca((number, "A2:20:PR"), payer_number="ICN7"))
    clearinghouse.answers("then", a_277ca(("SOMETHING-ELSE", "A7:88:IL"), payer_number="ICN7"))
    await transmitter.collect()
    assert (await biller.get(f"/v1/claims/{event.claim.id}")).json()["summary"]["state"] == "rejected"


@ONE_DATABASE
async def test_answers_about_nothing_of_ours_are_listed_one_by_one_without_what_is_a_patients(
    transmitter: Transmitter, clearinghouse: Clearinghouse, biller: httpx.AsyncClient
):
    await transmitter.collect()
    clearinghouse.answers("stray", a_277ca(("NOTOURS001", "A2:20:PR"), ("NOTOURS002", "A3:33:IL")))
    await transmitter.collect()
    first = (await biller.get("/v1/answers/unmatched", params={"limit": 2})).json()
    rest = (await biller.get("/v1/answers/unmatched", params={"cursor": first["next_cursor"]})).json()
    told = {item["reference"]: item["statuses"] for item in [*first["items"], *rest["items"]]}
    assert told["NOTOURS001"] == ["A2:20:PR"]
    assert told["NOTOURS002"] == ["A3:33:IL"]
    assert "DOE" not in f"{first}{rest}"
