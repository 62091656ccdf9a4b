"""Correct and send again, end to end: what became of a claim decides how it goes, and it passes the real scrubber."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from services.submission.domain.lifecycle import ClaimState
from services.submission.scrubbing import Scrubber
from services.submission.store import ClaimRow
from services.submission.transmission import Transmitter
from shared.claims.control_numbers import control_number
from shared.db import Context, Database
from shared.events.contracts import ClaimCleared, ClaimCorrected, ClaimHeld
from tests.builders import a_professional_claim, an_institutional_claim, commercial
from tests.fixtures.tokens import Clock
from tests.services.submission.conftest import BILLER, Caller, Clearinghouse, ComesBack, a_277ca, cleared, take
from tests.services.submission.remittances import a_claim, an_835
from tests.services.submission.scrubber_beside import ScrubberBeside, a_scrubber_beside, told

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def beside(tmp_path: Path, clock: Clock) -> AsyncIterator[ScrubberBeside]:
    async with a_scrubber_beside(tmp_path, clock) as scrubber:
        yield scrubber


@pytest.fixture
def scrubber(beside: ScrubberBeside) -> Scrubber:
    return beside.over_http


@pytest.fixture
def biller(caller: Caller) -> httpx.AsyncClient:
    return caller("bea", (*BILLER, "scrub:run"))


def elements(content: bytes, segment: str) -> list[str]:
    """The segments of this kind, read with nothing of ours."""
    text = content.decode()
    return [part for part in text.split(text[105]) if re.match(rf"{segment}\{text[3]}", part)]


async def corrections(database: Database) -> list[ClaimCorrected]:
    return [event for event in await told(database) if isinstance(event, ClaimCorrected)]


async def adjudicated(database: Database, clock: Clock, claim_id: str, state: ClaimState, number: str) -> None:
    """As a remittance leaves the claim."""
    async with database.unit_of_work(Context("mercy", "system:submission", "r-1", clock())) as uow:
        values = {"state": state, "payer_claim_control_number": number}
        await uow.session.execute(update(ClaimRow).where(ClaimRow.id == claim_id).values(values))


async def correct(biller: httpx.AsyncClient, claim_id: str, **changes: Any) -> httpx.Response:
    read = await biller.get(f"/v1/claims/{claim_id}")
    headers = {"If-Match": read.headers["ETag"]}
    return await biller.post(f"/v1/claims/{claim_id}/correct", json=read.json()["claim"] | changes, headers=headers)


async def test_a_rejected_claim_goes_out_as_a_new_one_once_the_scrubber_has_cleared_it(
    comes_back: ComesBack,
    in_flight: Database,
    clock: Clock,
    transmitter: Transmitter,
    clearinghouse: Clearinghouse,
    biller: httpx.AsyncClient,
    beside: ScrubberBeside,
):
    event = await comes_back()
    answer = await correct(biller, event.claim.id, frequency="7")
    decision = answer.json()["resubmission"]
    assert (decision["decision"], decision["frequency"]) == ("new", "1")
    (corrected,) = await corrections(in_flight)
    (passed,) = await beside.hears(corrected)
    assert isinstance(passed, ClaimCleared)
    await take(in_flight, clock, passed)
    await transmitter.batch_all()
    await transmitter.deliver()
    second = clearinghouse.sent()[-1]
    number = control_number(event.claim.id, 2)
    assert elements(second, "CLM")[0].split(second[3:4].decode())[1] == number
    assert elements(second, "CLM")[0].endswith(":B:1*Y*A*Y*Y") or ":B:1" in elements(second, "CLM")[0]
    assert elements(second, "REF\\*F8") == []


@pytest.mark.parametrize(
    ("state", "act", "frequency"), [("denied", "correct", "7"), ("paid", "correct", "7"), ("paid", "void", "8")]
)
@pytest.mark.parametrize("kind", ["professional", "institutional"])
async def test_what_was_adjudicated_is_replaced_or_voided_by_the_payers_number(
    in_flight: Database,
    clock: Clock,
    transmitter: Transmitter,
    clearinghouse: Clearinghouse,
    biller: httpx.AsyncClient,
    state: ClaimState,
    act: str,
    frequency: str,
    kind: str,
):
    of_plan = a_professional_claim().with_coverages(commercial())
    event = cleared(of_plan if kind == "professional" else an_institutional_claim())
    await take(in_flight, clock, event)
    await transmitter.batch_all()
    await transmitter.deliver()
    await adjudicated(in_flight, clock, event.claim.id, state, "ICN900")
    if act == "correct":
        answer = await correct(biller, event.claim.id)
    else:
        etag = (await biller.get(f"/v1/claims/{event.claim.id}")).headers["ETag"]
        answer = await biller.post(f"/v1/claims/{event.claim.id}/void", headers={"If-Match": etag})
    assert answer.status_code == 200, answer.text
    assert answer.json()["resubmission"]["payer_claim_control_number"] == "ICN900"
    (corrected,) = await corrections(in_flight)
    assert corrected.claim.frequency == frequency
    await take(in_flight, clock, cleared_again(event, corrected))
    await transmitter.batch_all()
    await transmitter.deliver()
    second = clearinghouse.sent()[-1]
    place = elements(second, "CLM")[0].split("*")[5].split(":")
    # CLM05: place of service and B, or the first digits of the type of bill and A; then the frequency.
    assert place[1:] == ["B" if kind == "professional" else "A", frequency]
    assert [ref for ref in elements(second, "REF") if ref.startswith("REF*F8")] == ["REF*F8*ICN900"]


@pytest.mark.parametrize(("act", "state"), [("correct", "denied"), ("correct", "paid"), ("void", "paid")])
async def test_what_medicare_part_b_has_decided_on_goes_out_as_no_other_claim(
    in_flight: Database, clock: Clock, biller: httpx.AsyncClient, act: str, state: ClaimState
):
    """CMS 837P companion guide for Part B: CLM05-3 is 1. CMS Pub 100-04 ch. 34 §10: a clerical error is reopened."""
    event = cleared()
    await take(in_flight, clock, event)
    await adjudicated(in_flight, clock, event.claim.id, state, "ICN900")
    path = f"/v1/claims/{event.claim.id}"
    read = await biller.get(path)
    body = {"json": read.json()["claim"]} if act == "correct" else {}
    answer = await biller.post(f"{path}/{act}", headers={"If-Match": read.headers["ETag"]}, **body)
    assert (answer.status_code, answer.json()["code"]) == (409, "replacement_not_taken")
    assert "reopen" in answer.json()["detail"]
    assert await corrections(in_flight) == []
    assert (await biller.get(path)).headers["ETag"] == read.headers["ETag"]


@pytest.mark.parametrize(("remark", "decision"), [("MA130", "new"), ("MA01", "replacement")])
async def test_what_medicare_calls_unprocessable_goes_out_as_a_new_claim(
    in_flight: Database,
    clock: Clock,
    transmitter: Transmitter,
    clearinghouse: Clearinghouse,
    biller: httpx.AsyncClient,
    remark: str,
    decision: str,
):
    """RARC MA130: no appeal rights, submit a new claim. MA01 tells of the right to appeal a decision."""
    event = cleared(an_institutional_claim())
    await take(in_flight, clock, event)
    await transmitter.batch_all()
    await transmitter.deliver()
    charge, number = f"{event.claim.total_charge:f}", event.claim.patient_control_number
    refused = a_claim(number, "4", charge, "0", cas=[f"CO*16*{charge}"], filing="MA", more=[f"MOA***{remark}"])
    clearinghouse.answers("1", an_835("0", refused))
    await transmitter.collect()
    answer = await correct(biller, event.claim.id)
    assert answer.status_code == 200, answer.text
    told = answer.json()["resubmission"]
    assert (told["decision"], told["payer_claim_control_number"]) == (decision, "ICN1" if decision != "new" else None)
    (corrected,) = await corrections(in_flight)
    assert corrected.claim.frequency == ("1" if decision == "new" else "7")
    assert corrected.claim.condition_codes == (() if decision == "new" else ("D9",))


@pytest.mark.parametrize(
    ("act", "changed", "asked", "codes", "remarks"),
    [
        ("correct", {"patient_status": "03"}, {}, ["BG:E0"], []),
        ("correct", {"patient_status": "03", "occurrences": []}, {}, ["BG:E0"], []),
        ("correct", {"patient_status": "03"}, {"change_reason": "D9"}, ["BG:D9"], []),
        ("correct", {"patient_status": "03", "statement_through": "2026-11-21"}, {}, ["BG:D9"],
         ["NTE*ADD*CHANGED - SERVICE DATES, PATIENT STATUS"]),
        ("void", {}, {}, ["BG:D6"], []),
        ("void", {}, {"change_reason": "D5"}, ["BG:D5"], []),
    ],
)  # fmt: skip
async def test_an_institutional_replacement_or_void_says_why_and_its_story_does_too(
    in_flight: Database,
    clock: Clock,
    transmitter: Transmitter,
    clearinghouse: Clearinghouse,
    biller: httpx.AsyncClient,
    act: str,
    changed: dict[str, Any],
    asked: dict[str, str],
    codes: list[str],
    remarks: list[str],
):
    event = cleared(an_institutional_claim())
    await take(in_flight, clock, event)
    await adjudicated(in_flight, clock, event.claim.id, "paid", "ICN900")
    path = f"/v1/claims/{event.claim.id}"
    read = await biller.get(path)
    body = {"json": read.json()["claim"] | changed} if act == "correct" else {}
    headers = {"If-Match": read.headers["ETag"]}
    answer = await biller.post(f"{path}/{act}", params=asked, headers=headers, **body)
    told = answer.json()["resubmission"]["claim_change"]["code"]
    assert [f"BG:{told}"] == codes
    entry = next(one for one in (await biller.get(path)).json()["entries"] if one["event"] == "claim.corrected.v1")
    assert entry["details"]["claim_change"] == told
    (corrected,) = await corrections(in_flight)
    await take(in_flight, clock, cleared_again(event, corrected))
    await transmitter.batch_all()
    await transmitter.deliver()
    sent = clearinghouse.sent()[-1]
    assert [code for hi in elements(sent, "HI") for code in hi.split("*") if code.startswith("BG")] == codes
    assert elements(sent, "NTE") == remarks


def cleared_again(event: ClaimCleared, corrected: ClaimCorrected) -> ClaimCleared:
    return event.model_copy(update={"claim": corrected.claim, "revision": corrected.revision + 1})


async def test_a_correction_that_does_not_pass_waits_at_the_scrubber_and_goes_nowhere(
    comes_back: ComesBack,
    in_flight: Database,
    transmitter: Transmitter,
    clearinghouse: Clearinghouse,
    biller: httpx.AsyncClient,
    beside: ScrubberBeside,
):
    event = await comes_back()
    billing = event.claim.billing.model_dump(mode="json") | {"npi": None}
    await correct(biller, event.claim.id, billing=billing)
    (held,) = await beside.hears(*await corrections(in_flight))
    assert isinstance(held, ClaimHeld)
    await transmitter.batch_all()
    await transmitter.deliver()
    assert len(clearinghouse.sent()) == 1


async def test_a_claim_change_reason_that_does_not_fit_changes_nothing(
    comes_back: ComesBack, biller: httpx.AsyncClient
):
    event = await comes_back()
    path = f"/v1/claims/{event.claim.id}"
    read = await biller.get(path)
    headers = {"If-Match": read.headers["ETag"]}
    for reason, code in (("D9", "change_reason_invalid"), ("X9", "invalid_parameters")):
        body = read.json()["claim"]
        answer = await biller.post(f"{path}/correct", params={"change_reason": reason}, json=body, headers=headers)
        assert answer.json()["code"] == code
    assert (await biller.get(path)).json()["summary"]["state"] == "rejected"


async def test_nothing_is_replaced_without_the_payers_number_and_nothing_voided_that_was_never_taken(
    comes_back: ComesBack, in_flight: Database, clock: Clock, biller: httpx.AsyncClient
):
    event = await comes_back()
    etag = (await biller.get(f"/v1/claims/{event.claim.id}")).headers["ETag"]
    path = f"/v1/claims/{event.claim.id}"
    assert (await biller.post(f"{path}/void", headers={"If-Match": etag})).json()["code"] == "nothing_to_void"
    await adjudicated(in_flight, clock, event.claim.id, "denied", None)  # type: ignore[arg-type]  # none is known
    assert (await correct(biller, event.claim.id)).json()["code"] == "payer_number_missing"


async def test_many_are_corrected_at_once_and_each_passes_the_edits_first(
    comes_back: ComesBack, in_flight: Database, caller: Caller, biller: httpx.AsyncClient
):
    good, held, owned = [await comes_back(status="A7:562:85") for _ in range(3)]
    bare = a_professional_claim().with_billing(npi=None)
    never = await comes_back(bare, "A7:562:85")
    await caller("tom").post(f"/v1/rejections/{owned.claim.id}/assignment", json={})
    listed = (await biller.get("/v1/rejections", params={"status": "562"})).json()["items"]
    seen = {item["summary"]["id"]: item["version"] for item in listed}
    wanted = {
        "set": [{"pointer": "/billing/taxonomy", "value": "207Q00000X"}],
        "claims": [{"id": one.claim.id, "version": seen[one.claim.id]} for one in (good, owned, never)]
        + [{"id": held.claim.id, "version": 1}],
    }
    previewed = (await biller.post("/v1/rejections:preview-correction", json=wanted)).json()
    assert [one["outcome"] for one in previewed["claims"]] == ["would be resubmitted"] * 2 + [
        "held",
        "would be resubmitted",
    ]
    assert await corrections(in_flight) == []
    done = (await biller.post("/v1/rejections:correct", json=wanted, headers={"Idempotency-Key": "k"})).json()
    assert [one["outcome"] or one["problem"]["code"] for one in done["claims"]] == [
        "resubmitted",
        "claim_owned",
        "held",
        "stale_version",
    ]
    assert (done["resubmitted"], done["held"], done["refused"]) == (1, 1, 2)
    assert "billing-npi-missing" in {finding["edit_id"] for finding in done["claims"][2]["report"]["findings"]}
    (corrected,) = await corrections(in_flight)
    assert (corrected.claim.id, corrected.claim.billing.taxonomy) == (good.claim.id, "207Q00000X")
    again = (await biller.post("/v1/rejections:correct", json=wanted, headers={"Idempotency-Key": "k"})).json()
    assert again == done
    assert len(await corrections(in_flight)) == 1


async def test_an_answer_to_the_first_attempt_changes_nothing_of_the_second(
    comes_back: ComesBack,
    in_flight: Database,
    clock: Clock,
    transmitter: Transmitter,
    clearinghouse: Clearinghouse,
    biller: httpx.AsyncClient,
):
    event = await comes_back()
    await correct(biller, event.claim.id)
    clearinghouse.answers("late", a_277ca((event.claim.patient_control_number, "A2:20:PR"), payer_number="ICN-OLD"))
    await transmitter.collect()
    summary = (await biller.get(f"/v1/claims/{event.claim.id}")).json()["summary"]
    assert (summary["state"], summary["payer_claim_control_number"]) == ("corrected", None)
