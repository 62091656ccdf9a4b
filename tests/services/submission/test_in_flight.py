"""Cleared claims go out once, answers find them, rejections come back and go out again."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select

from services.submission.domain.acknowledgements import read_answers
from services.submission.routes import Outbound, RouteDown, RouteRefused
from services.submission.routes.folder import FolderRoute
from services.submission.store import InterchangeRow, TransmissionRow
from services.submission.transmission import Transmitter
from shared import audit
from shared.claims.control_numbers import control_number
from shared.db import Database
from shared.events import InvalidEvent
from shared.events.outbox import OutboxRow
from tests.builders import a_professional_claim, an_institutional_claim, commercial
from tests.fixtures.tokens import Clock
from tests.services.submission.conftest import (
    Caller,
    Clearinghouse,
    a_277ca,
    a_ta1,
    cleared,
    control_numbers_in,
    one_way,
    take,
)
from tests.services.submission.oracles import pyx12_faults


async def events(database: Database) -> list[str]:
    """Types of the events that wait in the outbox, in order."""
    async with database.read() as session:
        rows = await session.scalars(select(OutboxRow).order_by(OutboxRow.id))
        return [row.headers["ce_type"] for row in rows]


async def state(biller: httpx.AsyncClient, claim_id: str) -> str:
    answer = await biller.get(f"/v1/claims/{claim_id}")
    return str(answer.json()["summary"]["state"])


async def sent(transmitter: Transmitter) -> None:
    await transmitter.batch_all()
    await transmitter.deliver()


async def test_a_cleared_claim_goes_out_once_and_says_so(
    in_flight: Database, clock: Clock, transmitter: Transmitter, clearinghouse: Clearinghouse, biller: httpx.AsyncClient
):
    event = cleared()
    await take(in_flight, clock, event)
    await sent(transmitter)
    await sent(transmitter)
    (interchange,) = clearinghouse.sent()
    assert control_numbers_in(interchange) == [event.claim.patient_control_number]
    assert pyx12_faults(interchange) == []
    assert await state(biller, event.claim.id) == "submitted"
    assert await events(in_flight) == ["claim.submitted.v1"]


async def test_the_same_event_twice_is_one_claim(
    in_flight: Database, clock: Clock, transmitter: Transmitter, clearinghouse: Clearinghouse
):
    event = cleared()
    await take(in_flight, clock, event)
    await take(in_flight, clock, event)
    await sent(transmitter)
    assert [len(control_numbers_in(content)) for content in clearinghouse.sent()] == [1]


async def test_a_claim_goes_out_under_the_number_of_its_attempt_whatever_hands_have_made_of_it(
    in_flight: Database, clock: Clock, transmitter: Transmitter, clearinghouse: Clearinghouse
):
    first, second = cleared(), cleared()
    meddled = second.claim.model_copy(update={"patient_control_number": first.claim.patient_control_number})
    await take(in_flight, clock, first, second.model_copy(update={"claim": meddled}))
    await sent(transmitter)
    (interchange,) = clearinghouse.sent()
    assert sorted(control_numbers_in(interchange)) == sorted(control_number(e.claim.id, 1) for e in (first, second))


async def test_an_interchange_holds_one_payer_and_one_kind(
    in_flight: Database, clock: Clock, transmitter: Transmitter, clearinghouse: Clearinghouse
):
    of_medicare = [cleared(), cleared()]
    of_meridian = cleared(a_professional_claim().with_coverages(commercial()))
    institutional = cleared(an_institutional_claim())
    await take(in_flight, clock, *of_medicare, of_meridian, institutional)
    await sent(transmitter)
    held = {frozenset(control_numbers_in(content)) for content in clearinghouse.sent()}
    assert held == {
        frozenset(event.claim.patient_control_number for event in of_medicare),
        frozenset({of_meridian.claim.patient_control_number}),
        frozenset({institutional.claim.patient_control_number}),
    }


async def test_tenants_never_share_an_interchange(
    in_flight: Database, clock: Clock, transmitter: Transmitter, clearinghouse: Clearinghouse, caller: Caller
):
    ours, theirs = cleared(), cleared()
    await take(in_flight, clock, ours)
    await take(in_flight, clock, theirs, tenant="saint-anne")
    await sent(transmitter)
    assert len(clearinghouse.sent()) == 2
    mercy = caller("bea")
    listed = (await mercy.get("/v1/interchanges")).json()["items"]
    assert len(listed) == 1
    assert (await mercy.get(f"/v1/claims/{theirs.claim.id}")).status_code == 404
    (interchange_of_others,) = (await caller("eve", tenant="saint-anne").get("/v1/interchanges")).json()["items"]
    assert (await mercy.get(f"/v1/interchanges/{interchange_of_others['id']}/content")).status_code == 404


async def test_control_numbers_are_never_used_twice(
    in_flight: Database, clock: Clock, transmitter: Transmitter, biller: httpx.AsyncClient
):
    for _ in range(3):
        await take(in_flight, clock, cleared())
        await sent(transmitter)
    numbers = [item["control_number"] for item in (await biller.get("/v1/interchanges")).json()["items"]]
    assert numbers == [1, 2, 3]


async def test_batches_at_the_same_time_put_each_claim_in_one_interchange(
    in_flight: Database, clock: Clock, transmitter: Transmitter, clearinghouse: Clearinghouse
):
    claims = [cleared() for _ in range(40)]
    await take(in_flight, clock, *claims)
    await asyncio.gather(*(transmitter.batch_all() for _ in range(4)))
    await transmitter.deliver()
    went_out = [number for content in clearinghouse.sent() for number in control_numbers_in(content)]
    assert sorted(went_out) == sorted(event.claim.patient_control_number for event in claims)


async def test_an_accepted_claim_keeps_the_payers_number(
    in_flight: Database, clock: Clock, transmitter: Transmitter, clearinghouse: Clearinghouse, biller: httpx.AsyncClient
):
    event = cleared()
    await take(in_flight, clock, event)
    await sent(transmitter)
    clearinghouse.answers("1", a_277ca((event.claim.patient_control_number, "A2:20:PR"), payer_number="ICN55"))
    await transmitter.collect()
    timeline = (await biller.get(f"/v1/claims/{event.claim.id}")).json()
    assert timeline["summary"]["state"] == "accepted"
    assert timeline["summary"]["payer_claim_control_number"] == "ICN55"
    assert [answer["effect"] for answer in timeline["answers"] if answer["attempt"]] == ["advanced"]
    assert [step["action"] for step in timeline["steps"]] == ["claim.taken", "claim.received", "claim.accepted"]
    assert (await events(in_flight))[-1] == "claim.accepted.v1"


async def test_a_rejected_claim_waits_on_the_worklist_with_its_reason_in_words(
    in_flight: Database, clock: Clock, transmitter: Transmitter, clearinghouse: Clearinghouse, biller: httpx.AsyncClient
):
    event = cleared()
    await take(in_flight, clock, event)
    await sent(transmitter)
    clearinghouse.answers("1", a_277ca((event.claim.patient_control_number, "A7:164:IL")))
    await transmitter.collect()
    (item,) = (await biller.get("/v1/rejections")).json()["items"]
    assert item["summary"]["id"] == event.claim.id
    (reason,) = item["reasons"]
    # EDITS.md rows 27 and 28: status 164 with entity IL is the subscriber's id, 2010BA NM109
    assert reason["meaning"]["pointer"] == "/coverages/0/subscriber/member_id"
    assert (await events(in_flight))[-1] == "claim.rejected.v1"


async def test_answers_late_twice_and_out_of_order_end_in_the_furthest_true_state(
    in_flight: Database, clock: Clock, transmitter: Transmitter, clearinghouse: Clearinghouse, biller: httpx.AsyncClient
):
    event = cleared()
    number = event.claim.patient_control_number
    await take(in_flight, clock, event)
    await sent(transmitter)
    for name, status in (("1", "A2:20:PR"), ("2", "A1:19:PR"), ("3", "A2:20:PR"), ("4", "A1:19:PR")):
        clearinghouse.answers(name, a_277ca((number, status)))
        await transmitter.collect()
    assert await state(biller, event.claim.id) == "accepted"
    assert (await events(in_flight)).count("claim.accepted.v1") == 1


async def test_a_correction_goes_back_to_the_scrubber_under_a_new_control_number(
    in_flight: Database, clock: Clock, transmitter: Transmitter, clearinghouse: Clearinghouse, biller: httpx.AsyncClient
):
    event = cleared()
    await take(in_flight, clock, event)
    await sent(transmitter)
    clearinghouse.answers("1", a_277ca((event.claim.patient_control_number, "A7:164:IL")))
    await transmitter.collect()
    rejected = await biller.get(f"/v1/claims/{event.claim.id}")
    claim = rejected.json()["claim"]
    claim["coverages"][0]["subscriber"]["member_id"] = "1EG4TE5MK72"
    corrected = await biller.post(
        f"/v1/claims/{event.claim.id}/correct", json=claim, headers={"If-Match": rejected.headers["ETag"]}
    )
    assert corrected.status_code == 200, corrected.text
    assert corrected.json()["state"] == "corrected"
    assert corrected.json()["attempt"] == 2
    assert corrected.json()["patient_control_number"] == control_number(event.claim.id, 2)
    assert (await events(in_flight))[-1] == "claim.corrected.v1"
    # Nothing goes out before the scrubber has cleared it again.
    await sent(transmitter)
    assert len(clearinghouse.sent()) == 1


async def test_a_corrected_claim_that_clears_goes_out_again_and_old_answers_change_nothing(
    in_flight: Database, clock: Clock, transmitter: Transmitter, clearinghouse: Clearinghouse, biller: httpx.AsyncClient
):
    event = cleared()
    await take(in_flight, clock, event)
    await sent(transmitter)
    clearinghouse.answers("1", a_277ca((event.claim.patient_control_number, "A7:164:IL")))
    await transmitter.collect()
    rejected = await biller.get(f"/v1/claims/{event.claim.id}")
    headers = {"If-Match": rejected.headers["ETag"]}
    path = f"/v1/claims/{event.claim.id}"
    summary = (await biller.post(f"{path}/correct", json=rejected.json()["claim"], headers=headers)).json()
    second = event.claim.model_copy(update={"patient_control_number": control_number(event.claim.id, 2)})
    again = event.model_copy(update={"claim": second, "revision": summary["revision"] + 1})
    await take(in_flight, clock, again)
    await sent(transmitter)
    clearinghouse.answers("2", a_277ca((event.claim.patient_control_number, "A7:164:IL")))
    clearinghouse.answers("3", a_277ca((second.patient_control_number, "A2:20:PR")))
    await transmitter.collect()
    timeline = (await biller.get(path)).json()
    assert timeline["summary"]["state"] == "accepted"
    assert [sent["attempt"] for sent in timeline["transmissions"]] == [1, 2]
    assert [a["effect"] for a in timeline["answers"] if a["attempt"]] == ["advanced", "superseded", "advanced"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [({"id": "0193628d-58f5-7a70-8d2e-7a3d8ef0a999"}, "/id"), ({"encounter_id": "ANOTHER"}, "/encounter_id")],
)
async def test_a_correction_cannot_become_another_claim(
    in_flight: Database,
    clock: Clock,
    transmitter: Transmitter,
    clearinghouse: Clearinghouse,
    biller: httpx.AsyncClient,
    change: dict[str, str],
    pointer: str,
):
    event = cleared()
    await take(in_flight, clock, event)
    await sent(transmitter)
    clearinghouse.answers("1", a_277ca((event.claim.patient_control_number, "A7:164:IL")))
    await transmitter.collect()
    rejected = await biller.get(f"/v1/claims/{event.claim.id}")
    answer = await biller.post(
        f"/v1/claims/{event.claim.id}/correct",
        json=rejected.json()["claim"] | change,
        headers={"If-Match": rejected.headers["ETag"]},
    )
    assert answer.status_code == 422
    assert answer.json()["code"] == "claim_identity_changed"
    assert answer.json()["pointer"] == pointer


async def test_only_a_rejected_claim_can_be_corrected_and_only_in_its_version(
    in_flight: Database, clock: Clock, biller: httpx.AsyncClient
):
    event = cleared()
    await take(in_flight, clock, event)
    path = f"/v1/claims/{event.claim.id}/correct"
    document = event.claim.model_dump(mode="json")
    assert (await biller.post(path, json=document)).status_code == 428
    assert (await biller.post(path, json=document, headers={"If-Match": '"9"'})).status_code == 412
    conflict = await biller.post(path, json=document, headers={"If-Match": '"1"'})
    assert (conflict.status_code, conflict.json()["code"]) == (409, "claim_not_correctable")


async def test_a_rejection_has_one_owner_at_a_time(
    in_flight: Database, clock: Clock, transmitter: Transmitter, clearinghouse: Clearinghouse, caller: Caller
):
    event = cleared()
    await take(in_flight, clock, event)
    await sent(transmitter)
    clearinghouse.answers("1", a_277ca((event.claim.patient_control_number, "A3:33")))
    await transmitter.collect()
    bea, tom = caller("bea"), caller("tom")
    path = f"/v1/rejections/{event.claim.id}/assignment"
    assert (await bea.post(path, json={})).json()["owner"] == "bea"
    assert (await tom.post(path, json={})).json()["code"] == "claim_owned"
    assert (await bea.delete(path)).json()["owner"] is None
    assert (await tom.post(path, json={})).json()["owner"] == "tom"


async def test_an_answer_about_nothing_of_ours_is_kept_and_listed(
    transmitter: Transmitter, clearinghouse: Clearinghouse, biller: httpx.AsyncClient
):
    await transmitter.collect()
    clearinghouse.answers("stray", a_277ca(("NOTOURS001", "A2:20:PR")))
    collected = await transmitter.collect()
    assert collected.read == 1
    (listed,) = (await biller.get("/v1/responses", params={"unmatched": True})).json()["items"]
    assert (listed["external_id"], listed["state"]) == ("stray", "read")


async def test_a_file_that_is_no_acknowledgement_is_kept_as_unreadable(
    in_flight: Database, clock: Clock, transmitter: Transmitter, clearinghouse: Clearinghouse, biller: httpx.AsyncClient
):
    event = cleared()
    await take(in_flight, clock, event)
    await sent(transmitter)
    clearinghouse.answers("junk", "this is not X12")
    clearinghouse.answers("later", a_277ca((event.claim.patient_control_number, "A2:20:PR")))
    await transmitter.collect()
    assert await state(biller, event.claim.id) == "accepted"


async def test_a_file_collected_twice_counts_once(
    in_flight: Database, clock: Clock, transmitter: Transmitter, clearinghouse: Clearinghouse, biller: httpx.AsyncClient
):
    event = cleared()
    await take(in_flight, clock, event)
    await sent(transmitter)
    for _ in range(2):
        clearinghouse.answers("same-name", a_277ca((event.claim.patient_control_number, "A2:20:PR")))
        await transmitter.collect()
    timeline = (await biller.get(f"/v1/claims/{event.claim.id}")).json()
    assert len([answer for answer in timeline["answers"] if answer["attempt"]]) == 1


async def test_a_refused_interchange_rejects_all_of_its_claims(
    in_flight: Database, clock: Clock, transmitter: Transmitter, clearinghouse: Clearinghouse, biller: httpx.AsyncClient
):
    claims = [cleared(), cleared()]
    await take(in_flight, clock, *claims)
    await sent(transmitter)
    clearinghouse.answers("ta1", a_ta1(1, "R", "010"))
    await transmitter.collect()
    assert {await state(biller, event.claim.id) for event in claims} == {"rejected"}
    (interchange,) = (await biller.get("/v1/interchanges")).json()["items"]
    assert interchange["state"] == "refused"


async def test_an_adapter_may_bring_the_answers(
    in_flight: Database, clock: Clock, transmitter: Transmitter, biller: httpx.AsyncClient
):
    event = cleared()
    await take(in_flight, clock, event)
    await sent(transmitter)
    content = a_277ca((event.claim.patient_control_number, "A2:20:PR"))
    for _ in range(2):
        taken = await biller.put("/v1/responses/clearinghouse/file-1", content=content)
        assert taken.status_code == 202, taken.text
    await transmitter.collect()
    assert await state(biller, event.claim.id) == "accepted"


@pytest.mark.parametrize("content", [b"", b"junk", b"\x00\xff\xfe", b"ISA*00*"])
async def test_an_upload_that_is_no_acknowledgement_is_refused(biller: httpx.AsyncClient, content: bytes):
    answer = await biller.put("/v1/responses/clearinghouse/bad", content=content)
    assert (answer.status_code, answer.json()["code"]) == (422, "response_unreadable")


class FlakyRoute(FolderRoute):
    """Takes the interchange, then fails to say so: as a connection that breaks before the answer."""

    failures = 1

    async def deliver(self, interchange: Outbound) -> None:
        await super().deliver(interchange)
        if self.failures:
            self.failures -= 1
            raise RouteDown("ReadTimeout")


async def test_an_interchange_whose_delivery_is_in_doubt_is_delivered_again_byte_for_byte(
    in_flight: Database, clock: Clock, clearinghouse: Clearinghouse, biller: httpx.AsyncClient
):
    transmitter = Transmitter(in_flight, [one_way(FlakyRoute("clearinghouse", clearinghouse.folder))], clock)
    event = cleared()
    await take(in_flight, clock, event)
    await sent(transmitter)
    (first,) = clearinghouse.sent()
    assert await state(biller, event.claim.id) == "batched"
    clock.now += timedelta(minutes=1)
    await transmitter.deliver()
    (second,) = clearinghouse.sent()
    assert first == second
    assert await state(biller, event.claim.id) == "submitted"
    (interchange,) = (await biller.get("/v1/interchanges")).json()["items"]
    assert (interchange["delivery_attempts"], interchange["state"]) == (2, "delivered")


class RefusingRoute(FolderRoute):
    async def deliver(self, interchange: Outbound) -> None:
        raise RouteRefused("HTTP 400")


async def test_a_route_that_will_never_take_an_interchange_puts_its_claims_on_the_worklist(
    in_flight: Database, clock: Clock, clearinghouse: Clearinghouse, biller: httpx.AsyncClient
):
    transmitter = Transmitter(in_flight, [one_way(RefusingRoute("clearinghouse", clearinghouse.folder))], clock)
    event = cleared()
    await take(in_flight, clock, event)
    await sent(transmitter)
    (item,) = (await biller.get("/v1/rejections")).json()["items"]
    assert (item["summary"]["id"], item["rejection"]["source"]) == (event.claim.id, "writer")


async def test_a_claim_that_the_character_set_cannot_hold_is_rejected_alone(
    in_flight: Database, clock: Clock, transmitter: Transmitter, clearinghouse: Clearinghouse, biller: httpx.AsyncClient
):
    good = cleared()
    patient = {"name": {"last": "山田", "first": "花子"}}
    bad = cleared(a_professional_claim().with_patient(**patient))
    bad_claim = bad.claim.model_copy(
        update={
            "coverages": (
                bad.claim.coverages[0].model_copy(
                    update={
                        "subscriber": bad.claim.coverages[0].subscriber.model_copy(
                            update={"person": bad.claim.patient.name}
                        )
                    }
                ),
            )
        }
    )
    await take(in_flight, clock, good, bad.model_copy(update={"claim": bad_claim}))
    await sent(transmitter)
    (content,) = clearinghouse.sent()
    assert control_numbers_in(content) == [good.claim.patient_control_number]
    assert await state(biller, bad.claim.id) == "rejected"


async def test_a_submitted_claim_cannot_be_cleared_again(in_flight: Database, clock: Clock, transmitter: Transmitter):
    event = cleared()
    await take(in_flight, clock, event)
    await sent(transmitter)
    with pytest.raises(InvalidEvent):
        await take(in_flight, clock, event.model_copy(update={"revision": 99}))


class ProcessEnds(BaseException):
    """No fault that anybody could go on after."""


async def test_a_batch_that_fails_leaves_nothing_behind(
    in_flight: Database, clock: Clock, transmitter: Transmitter, monkeypatch: pytest.MonkeyPatch
):
    await take(in_flight, clock, cleared())

    def breaks(*_: object) -> bytes:
        raise ProcessEnds

    monkeypatch.setattr("services.submission.preparing._transmission", breaks)
    with pytest.raises(ProcessEnds):
        await transmitter.batch_all()
    async with in_flight.read() as session:
        assert (await session.scalars(select(InterchangeRow))).all() == []
        assert (await session.scalars(select(TransmissionRow))).all() == []
    monkeypatch.undo()
    await transmitter.batch_all()
    async with in_flight.read() as session:
        assert len((await session.scalars(select(TransmissionRow))).all()) == 1


async def test_every_act_is_on_the_audit_trail(
    in_flight: Database, clock: Clock, transmitter: Transmitter, clearinghouse: Clearinghouse
):
    event = cleared()
    await take(in_flight, clock, event)
    await sent(transmitter)
    async with in_flight.read() as session:
        assert await audit.verify(session, "mercy") == []
        (interchange,) = (await session.scalars(select(InterchangeRow))).all()
        steps = await audit.trail(session, "mercy", "interchange", interchange.id)
    assert [step.action for step in steps] == ["interchange.prepared", "interchange.delivered"]


@pytest.mark.parametrize("method", ["get", "post", "put"])
async def test_without_the_scope_nothing_is_told(caller: Caller, method: str):
    stranger = caller("eve", ("charts:read",))
    paths = {"get": "/v1/claims", "post": "/v1/batches", "put": "/v1/responses/clearinghouse/x"}
    assert (await stranger.request(method.upper(), paths[method])).status_code == 403


def test_the_hand_written_277ca_is_read_as_meant(clock: Clock):
    """The tests' own file says what the tests think that it says."""
    answers = list(read_answers(a_277ca(("ABC", "A7:562:85")).encode(), clock().date()))
    assert [(a.scope, a.verdict, a.patient_control_number) for a in answers if a.scope == "claim"] == [
        ("claim", "rejected", "ABC")
    ]
