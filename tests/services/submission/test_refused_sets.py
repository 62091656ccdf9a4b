"""A transaction set that a 999 refuses: claims at fault are on the worklist, others go out again by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import update

from services.submission.store import ClaimRow
from services.submission.transmission import Transmitter
from shared.claims.control_numbers import control_number
from shared.db import Context, Database
from shared.events.contracts import ClaimCleared
from tests.builders import a_professional_claim
from tests.fixtures.tokens import Clock
from tests.services.submission.conftest import (
    Clearinghouse,
    a_277ca,
    a_ta1,
    cleared,
    control_numbers_in,
    take,
)

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def a_999(*faults: str, outcome: str = "R", group: str = "AK9*R*1*1*0", number: int = 1) -> str:
    """A 999 (005010X231A1) of the only transaction set of an interchange."""
    ik5 = f"IK5*{outcome}*5" if faults else f"IK5*{outcome}"
    body = "~".join((f"AK1*HC*{number}*005010X222A1", "AK2*837*0001*005010X222A1", *faults, ik5, group))
    return (
        "ISA*00*          *00*          *ZZ*CLEARINGHOUSE  *ZZ*REVCYCLE       *261124*0800*^*00501*000000903*0*T*:~"
        f"GS*FA*CLEARINGHOUSE*REVCYCLE*20261124*0800*903*X*005010X231A1~ST*999*0001*005010X231A1~{body}~"
        "SE*9*0001~GE*1*903~IEA*1*000000903~"
    )


def place_of(content: bytes, claim_number: str, begin: str) -> int:
    """Where the first segment that begins so stands from the claim's CLM on, counted from ST as 1 by hand."""
    segments = content.decode().split("~")
    first = next(number for number, text in enumerate(segments) if text.startswith("ST*"))
    clm = next(number for number, text in enumerate(segments) if text.startswith(f"CLM*{claim_number}*"))
    return next(n for n in range(clm, len(segments)) if segments[n].startswith(begin)) - first + 1


async def three_out(
    database: Database, clock: Clock, transmitter: Transmitter, clearinghouse: Clearinghouse
) -> tuple[Sequence[ClaimCleared], bytes]:
    events = [cleared(a_professional_claim().with_patient(medical_record_number=f"MRN-{n}")) for n in range(3)]
    await take(database, clock, *events)
    await out(transmitter)
    return events, clearinghouse.sent()[-1]


async def out(transmitter: Transmitter) -> None:
    await transmitter.batch_all()
    await transmitter.deliver()


async def back(transmitter: Transmitter, clearinghouse: Clearinghouse, name: str, text: str) -> None:
    clearinghouse.answers(name, text)
    await transmitter.collect()


async def states(biller: httpx.AsyncClient, events: Sequence[ClaimCleared]) -> list[tuple[str, int]]:
    found = {item["id"]: item for item in (await biller.get("/v1/claims")).json()["items"]}
    return [(found[event.claim.id]["state"], found[event.claim.id]["attempt"]) for event in events]


async def test_the_claim_at_fault_waits_for_a_biller_and_the_others_go_out_again_by_themselves(
    in_flight: Database, clock: Clock, transmitter: Transmitter, clearinghouse: Clearinghouse, biller: httpx.AsyncClient
):
    events, sent = await three_out(in_flight, clock, transmitter, clearinghouse)
    number = events[1].claim.patient_control_number
    refused = a_999(f"IK3*SV1*{place_of(sent, number, 'SV1')}**8", "IK4*2*782*6*1X5")
    await back(transmitter, clearinghouse, "1", refused)
    assert await states(biller, events) == [("ready", 2), ("rejected", 1), ("ready", 2)]

    (item,) = (await biller.get("/v1/rejections")).json()["items"]
    assert (item["summary"]["id"], item["rejection"]["source"]) == (events[1].claim.id, "999")
    (reason,) = item["reasons"]
    assert reason["meaning"] == {
        "category": "Rejected", "status": "Character that is not allowed", "entity": None,
        "pointer": "/lines/0/charge", "x12": "2400.SV102", "suggestion": None, "shape": "999",
    }  # fmt: skip

    await out(transmitter)
    again = [control_number(events[n].claim.id, 2) for n in (0, 2)]
    assert sorted(control_numbers_in(clearinghouse.sent()[-1])) == sorted(again)
    await back(transmitter, clearinghouse, "repeated", refused)
    assert await states(biller, events) == [("submitted", 2), ("rejected", 1), ("submitted", 2)]
    assert len(clearinghouse.sent()) == 2


@ONE_DATABASE
async def test_each_story_has_what_is_said_of_its_own_claim_and_nothing_of_anothers(
    in_flight: Database, clock: Clock, transmitter: Transmitter, clearinghouse: Clearinghouse, biller: httpx.AsyncClient
):
    events, sent = await three_out(in_flight, clock, transmitter, clearinghouse)
    number = events[1].claim.patient_control_number
    place = place_of(sent, number, "SV1")
    clock.advance(timedelta(minutes=1))
    await back(transmitter, clearinghouse, "1", a_999(f"IK3*SV1*{place}**8", "IK4*2*782*6*1X5"))
    other, hit, _ = [(await biller.get(f"/v1/claims/{event.claim.id}")).json() for event in events]
    assert [(entry["action"], entry["attempt"]) for entry in other["entries"]][3:] == [
        ("answer.999", 1), ("answer.999", 1), ("claim.returned", 2),
    ]  # fmt: skip
    assert "1X5" not in str(other)
    assert (hit["entries"][3]["action"], hit["entries"][3]["effect"]) == ("answer.999", "advanced")
    assert hit["entries"][3]["segments"] == [f"IK3*SV1*{place}**8", "IK4*2*782*6*1X5"]
    assert ("claim.rejected", 1) in [(entry["action"], entry["attempt"]) for entry in hit["entries"]]
    assert other["summary"]["touched"] is False


@ONE_DATABASE
async def test_whatever_comes_after_about_the_first_attempt_leaves_the_second_alone(
    in_flight: Database, clock: Clock, transmitter: Transmitter, clearinghouse: Clearinghouse, biller: httpx.AsyncClient
):
    events, sent = await three_out(in_flight, clock, transmitter, clearinghouse)
    numbers = [event.claim.patient_control_number for event in events]
    await back(transmitter, clearinghouse, "1", a_999(f"IK3*SV1*{place_of(sent, numbers[1], 'SV1')}**8"))
    await back(transmitter, clearinghouse, "2", a_277ca((numbers[0], "A7:164:IL"), (numbers[2], "A2:20:PR")))
    await back(transmitter, clearinghouse, "3", a_ta1(1, "R", "022"))
    assert await states(biller, events) == [("ready", 2), ("rejected", 1), ("ready", 2)]
    story = (await biller.get(f"/v1/claims/{events[0].claim.id}")).json()
    assert [answer["effect"] for answer in story["answers"] if answer["attempt"]] == ["superseded"]


@ONE_DATABASE
async def test_what_somebody_has_taken_all_the_same_is_not_sent_twice(
    in_flight: Database, clock: Clock, transmitter: Transmitter, clearinghouse: Clearinghouse, biller: httpx.AsyncClient
):
    events, sent = await three_out(in_flight, clock, transmitter, clearinghouse)
    numbers = [event.claim.patient_control_number for event in events]
    await back(transmitter, clearinghouse, "1", a_277ca((numbers[0], "A2:20:PR")))
    await back(transmitter, clearinghouse, "2", a_999(f"IK3*SV1*{place_of(sent, numbers[1], 'SV1')}**8"))
    assert await states(biller, events) == [("accepted", 1), ("rejected", 1), ("ready", 2)]


@ONE_DATABASE
@pytest.mark.parametrize("faults", [(), ("IK3*SE*9999**8",), ("IK3*NM1*20**8", "IK3*CLM*9999**8")])
async def test_a_set_that_is_refused_for_nothing_that_can_be_found_puts_all_of_it_on_the_worklist(
    in_flight: Database,
    clock: Clock,
    transmitter: Transmitter,
    clearinghouse: Clearinghouse,
    biller: httpx.AsyncClient,
    faults: tuple[str, ...],
):
    events, _ = await three_out(in_flight, clock, transmitter, clearinghouse)
    await back(transmitter, clearinghouse, "1", a_999(*faults))
    assert await states(biller, events) == [("rejected", 1)] * 3
    assert len((await biller.get("/v1/rejections")).json()["items"]) == 3


@ONE_DATABASE
async def test_errors_in_a_set_that_was_taken_are_told_and_hold_nothing_up(
    in_flight: Database, clock: Clock, transmitter: Transmitter, clearinghouse: Clearinghouse, biller: httpx.AsyncClient
):
    events, sent = await three_out(in_flight, clock, transmitter, clearinghouse)
    place = place_of(sent, events[1].claim.patient_control_number, "HI")
    taken = a_999(f"IK3*HI*{place}**8", "IK4*1:2*1271*I12", outcome="E", group="AK9*E*1*1*1")
    await back(transmitter, clearinghouse, "1", taken)
    assert await states(biller, events) == [("received", 1)] * 3
    (told, _) = (await biller.get(f"/v1/claims/{events[1].claim.id}")).json()["answers"]
    (status,) = told["statuses"]
    assert (status["category"], status["status"]) == ("E", "I12")
    assert status["place"] == {
        "x12": {"loop": "2300", "segment": "HI", "element": "HI01-2"}, "pointer": "/diagnoses/0/code", "shape": "A99",
    }  # fmt: skip


@ONE_DATABASE
@pytest.mark.parametrize("order", ["ABC", "BAC", "CBA"])
async def test_the_order_of_what_comes_back_decides_nothing(
    in_flight: Database,
    clock: Clock,
    transmitter: Transmitter,
    clearinghouse: Clearinghouse,
    biller: httpx.AsyncClient,
    order: str,
):
    """TA1 A and the 277CA's word on the batch beside a 999 R that names one claim."""
    events, sent = await three_out(in_flight, clock, transmitter, clearinghouse)
    place = place_of(sent, events[1].claim.patient_control_number, "SV1")
    files = {"A": a_ta1(1, "A", "000"), "B": a_999(f"IK3*SV1*{place}**8"), "C": a_277ca(("STRAY", "A2:20"))}
    for name in order:
        await back(transmitter, clearinghouse, name, files[name])
    assert await states(biller, events) == [("ready", 2), ("rejected", 1), ("ready", 2)]


@ONE_DATABASE
async def test_a_claim_whose_number_has_room_for_no_further_attempt_goes_onto_the_worklist(
    in_flight: Database, clock: Clock, transmitter: Transmitter, clearinghouse: Clearinghouse, biller: httpx.AsyncClient
):
    events = [cleared(), cleared(a_professional_claim().with_patient(medical_record_number="MRN-2"))]
    await take(in_flight, clock, *events)
    async with in_flight.unit_of_work(Context("mercy", "ana", "r-1", clock())) as uow:
        await uow.session.execute(update(ClaimRow).where(ClaimRow.id == events[0].claim.id).values(attempt=99))
    await out(transmitter)
    place = place_of(clearinghouse.sent()[-1], events[1].claim.patient_control_number, "SV1")
    await back(transmitter, clearinghouse, "1", a_999(f"IK3*SV1*{place}**8"))
    assert await states(biller, events) == [("rejected", 99), ("rejected", 1)]


@ONE_DATABASE
async def test_an_interchange_that_is_refused_says_which_element_of_it_and_that_no_claim_is_at_fault(
    in_flight: Database, clock: Clock, transmitter: Transmitter, clearinghouse: Clearinghouse, biller: httpx.AsyncClient
):
    await three_out(in_flight, clock, transmitter, clearinghouse)
    await back(transmitter, clearinghouse, "1", a_ta1(1, "R", "006"))
    items = (await biller.get("/v1/rejections")).json()["items"]
    meanings = [reason["meaning"] for item in items for reason in item["reasons"]]
    assert {(said["status"], said["x12"]) for said in meanings} == {("Sender id not valid", "ISA.ISA06")}
    assert all("settings of the route" in said["suggestion"] for said in meanings)
    assert len(meanings) == 3
