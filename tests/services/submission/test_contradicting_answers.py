"""Answers that contradict one another, mean an earlier attempt, or come again: the furthest true one wins."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select

from services.submission.domain.references import trace_number
from services.submission.transmission import Transmitter
from shared.db import Database
from shared.events.outbox import OutboxRow
from tests.fixtures.tokens import Clock
from tests.services.submission.conftest import Clearinghouse, ComesBack, a_277ca, a_ta1, cleared, take
from tests.services.submission.test_refused_sets import a_999, back, out, three_out
from tests.services.submission.test_resubmission import correct

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def summary(biller: httpx.AsyncClient, claim_id: str) -> dict[str, object]:
    return dict((await biller.get(f"/v1/claims/{claim_id}")).json()["summary"])


@pytest.mark.parametrize("late", [a_ta1(1, "R", "018"), a_999()])
async def test_a_copy_of_the_file_that_is_refused_takes_nothing_from_what_a_payer_has_accepted(
    in_flight: Database,
    clock: Clock,
    transmitter: Transmitter,
    clearinghouse: Clearinghouse,
    biller: httpx.AsyncClient,
    late: str,
):
    events, _ = await three_out(in_flight, clock, transmitter, clearinghouse)
    await back(transmitter, clearinghouse, "1", a_277ca((events[0].claim.patient_control_number, "A2:20:PR")))
    await back(transmitter, clearinghouse, "2", late)
    states = [(await summary(biller, event.claim.id))["state"] for event in events]
    assert states == ["accepted", "rejected", "rejected"]


async def test_an_answer_to_an_earlier_attempt_that_only_the_trace_number_finds_is_told_by_its_interchange(
    comes_back: ComesBack,
    in_flight: Database,
    clock: Clock,
    transmitter: Transmitter,
    clearinghouse: Clearinghouse,
    biller: httpx.AsyncClient,
):
    """REF*D9 is the same on every attempt; the batch that the 277CA names (2200B TRN02) is the first one's."""
    event = await comes_back()
    await correct(biller, event.claim.id)
    again = event.model_copy(update={"revision": 9})
    await take(in_flight, clock, again)
    await out(transmitter)
    cut = event.claim.patient_control_number[:15]
    stray = a_277ca((cut, "A7:562:85"), trace=trace_number(event.claim.id))
    await back(transmitter, clearinghouse, "late", stray)
    assert ((await summary(biller, event.claim.id))["state"], len(clearinghouse.sent())) == ("submitted", 2)
    second = stray.replace("TRN*2*0000000010001", "TRN*2*0000000020001")
    await back(transmitter, clearinghouse, "now", second)
    assert (await summary(biller, event.claim.id))["state"] == "rejected"


async def test_a_second_refusal_is_told_to_the_line_and_stands_in_the_story(
    comes_back: ComesBack,
    in_flight: Database,
    clock: Clock,
    transmitter: Transmitter,
    clearinghouse: Clearinghouse,
    biller: httpx.AsyncClient,
):
    """The payer's reasons are learned from as the clearinghouse's are; the same ones again are no news."""
    event = await comes_back(status="A7:164:IL")
    for name in ("payer", "repeated"):
        clock.advance(timedelta(minutes=1))
        await back(transmitter, clearinghouse, name, a_277ca((event.claim.patient_control_number, "A7:562:85")))
    async with in_flight.read() as session:
        rows = (await session.scalars(select(OutboxRow).order_by(OutboxRow.id))).all()
    rejected = [row for row in rows if row.headers["ce_type"] == "claim.rejected.v1"]
    assert len(rejected) == 2
    story = (await biller.get(f"/v1/claims/{event.claim.id}")).json()["entries"]
    assert [entry["action"] for entry in story if entry["event"] == "claim.rejected.v1"] == [
        "claim.rejected", "claim.rejected_further",
    ]  # fmt: skip


async def test_a_refusal_of_all_by_the_payer_after_the_clearinghouse_took_them_puts_each_on_the_list_once(
    in_flight: Database, clock: Clock, transmitter: Transmitter, clearinghouse: Clearinghouse, biller: httpx.AsyncClient
):
    events = [cleared() for _ in range(3)]
    await take(in_flight, clock, *events)
    await out(transmitter)
    numbers = [event.claim.patient_control_number for event in events]
    await back(transmitter, clearinghouse, "1", a_277ca(*((number, "A1:19:AY") for number in numbers)))
    refused = a_277ca().replace("STC*A1:19:PR*20261124*WQ", "STC*A8:496:85*20261124*U")
    for name in ("2", "3"):
        await back(transmitter, clearinghouse, name, refused)
    items = (await biller.get("/v1/rejections")).json()["items"]
    assert sorted(item["summary"]["id"] for item in items) == sorted(event.claim.id for event in events)
    assert all(len(item["reasons"]) == 1 for item in items)
