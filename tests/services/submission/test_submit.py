"""Synchronous submit: all findings in the same call, queued when clean, held otherwise, and nothing past the edits."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from services.submission.answering import read_waiting
from services.submission.domain.x12 import EnvelopeSettings, write_interchange
from services.submission.scrubbing import NoScrubber, Scrubber, ScrubberOverHttp
from services.submission.transmission import Transmitter
from shared.claims import ClaimId, Contact
from shared.claims.control_numbers import control_number
from shared.db import Database, new_id
from shared.x12 import TradingPartner
from tests.builders import ClaimBuilder, a_professional_claim, a_subscriber, commercial
from tests.fixtures.tokens import Clock
from tests.services.submission.conftest import BILLER, Caller, Clearinghouse, control_numbers_in, take
from tests.services.submission.scrubber_beside import ScrubberBeside, a_scrubber_beside, told

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

SCOPES = (*BILLER, "scrub:run")
NDJSON = {"Content-Type": "application/x-ndjson"}
X12 = {"Content-Type": "application/edi-x12"}


@pytest.fixture
async def beside(tmp_path: Path, clock: Clock) -> AsyncIterator[ScrubberBeside]:
    async with a_scrubber_beside(tmp_path, clock) as scrubber:
        yield scrubber


@pytest.fixture
def scrubber(beside: ScrubberBeside) -> Scrubber:
    return beside.over_http


@pytest.fixture
def biller(caller: Caller) -> httpx.AsyncClient:
    return caller("bea", SCOPES)


def a_claim(builder: ClaimBuilder | None = None) -> dict[str, Any]:
    claim = (builder or a_professional_claim()).but(id=ClaimId(new_id())).build()
    return claim.model_dump(mode="json")


def a_defect() -> dict[str, Any]:
    return a_claim(a_professional_claim().with_billing(npi=None))


def lines_of(answer: httpx.Response) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answer.text.splitlines()]


async def test_a_clean_claim_is_queued_and_goes_out_with_the_next_batch(
    biller: httpx.AsyncClient, transmitter: Transmitter, clearinghouse: Clearinghouse
):
    claim = a_claim()
    answer = await biller.post("/v1/claims", json=claim)
    told_of = answer.json()
    assert (answer.status_code, told_of["outcome"]) == (201, "queued"), answer.text
    assert answer.headers["Location"].endswith(f"/v1/claims/{claim['id']}")
    assert told_of["report"]["edits_run"] > 100
    timeline = (await biller.get(f"/v1/claims/{claim['id']}")).json()
    assert timeline["summary"]["state"] == "ready"
    assert [(step["actor"], step["action"]) for step in timeline["steps"]] == [("bea", "claim.taken")]
    await transmitter.batch_all()
    await transmitter.deliver()
    assert control_numbers_in(clearinghouse.sent()[0]) == [control_number(ClaimId(claim["id"]), 1)]


async def test_what_the_scrubber_tells_the_line_later_changes_nothing(
    biller: httpx.AsyncClient, beside: ScrubberBeside, in_flight: Database, clock: Clock
):
    claim = a_claim()
    await biller.post("/v1/claims", json=claim)
    before = (await biller.get(f"/v1/claims/{claim['id']}")).json()
    (cleared,) = await told(beside.database)
    await take(in_flight, clock, cleared)  # type: ignore[arg-type]  # it is a ClaimCleared
    assert (await biller.get(f"/v1/claims/{claim['id']}")).json() == before
    assert before["summary"]["filing_deadline"] is not None


async def test_a_claim_with_a_defect_is_held_with_all_findings_in_the_answer(
    biller: httpx.AsyncClient, beside: ScrubberBeside
):
    claim = a_defect()
    answer = await biller.post("/v1/claims", json=claim)
    assert (answer.status_code, answer.json()["outcome"]) == (202, "held")
    found = {finding["edit_id"]: finding for finding in answer.json()["report"]["findings"]}
    assert found["billing-npi-missing"]["pointer"] == "/billing/npi"
    assert (await biller.get(f"/v1/claims/{claim['id']}")).status_code == 404
    async with beside.client(biller.headers["Authorization"]) as client:
        (hold,) = (await client.get("/v1/holds")).json()["items"]
    assert hold["id"] == claim["id"]


async def test_validating_says_the_same_and_keeps_nothing(biller: httpx.AsyncClient, beside: ScrubberBeside):
    claim = a_defect()
    validated = await biller.post("/v1/claims/validate", json=claim)
    assert (validated.status_code, validated.json()["outcome"]) == (200, "held")
    assert await told(beside.database) == []
    submitted = await biller.post("/v1/claims", json=claim)
    assert submitted.json()["report"]["findings"] == validated.json()["report"]["findings"]


async def test_a_claim_is_taken_once(biller: httpx.AsyncClient):
    claim = a_claim()
    key = {"Idempotency-Key": "k-1"}
    first = await biller.post("/v1/claims", json=claim, headers=key)
    again = await biller.post("/v1/claims", json=claim, headers=key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    without = await biller.post("/v1/claims", json=claim)
    assert (without.status_code, without.json()["code"]) == (409, "claim_exists")


@pytest.mark.parametrize("used_for", ["/v1/claims", "/v1/batches"])
async def test_another_claim_under_a_used_key_is_kept_nowhere(
    biller: httpx.AsyncClient, beside: ScrubberBeside, used_for: str
):
    key = {"Idempotency-Key": "k-1"}
    assert (await biller.post(used_for, json=a_claim(), headers=key)).status_code == 201
    other = a_claim()
    refused = await biller.post("/v1/claims", json=other, headers=key)
    assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_key_reused")
    async with beside.client(biller.headers["Authorization"]) as client:
        assert (await client.get(f"/v1/claims/{other['id']}")).status_code == 404


async def test_a_line_that_has_changed_under_its_key_is_refused(biller: httpx.AsyncClient):
    claim, key = a_claim(), {**NDJSON, "Idempotency-Key": "k-1"}
    sent = [{**claim, "encounter_id": encounter} for encounter in ("ENC-1", "ENC-1", "ENC-2")]
    answered = [lines_of(await biller.post("/v1/claims", content=json.dumps(one), headers=key)) for one in sent]
    assert [line["status"] for (line,) in answered] == [201, 201, 422]
    assert answered[2][0]["problem"]["code"] == "idempotency_key_reused"


async def test_the_id_of_somebody_elses_claim_is_taken(biller: httpx.AsyncClient, caller: Caller):
    """All control numbers are made of ids: two claims with one id would answer for one another."""
    claim = a_claim()
    await biller.post("/v1/claims", json=claim)
    other = await caller("eve", SCOPES, tenant="saint-anne").post("/v1/claims", json=claim)
    assert (other.status_code, other.json()["code"]) == (409, "claim_exists")


@pytest.mark.parametrize("path", ["/v1/claims", "/v1/claims/validate"])
async def test_an_id_of_which_no_control_number_can_be_made_is_refused(biller: httpx.AsyncClient, path: str):
    claim = a_claim() | {"id": "not an id!"}
    alone = await biller.post(path, json=claim)
    assert (alone.status_code, alone.json()["code"]) == (422, "claim_id_format")
    (line,) = lines_of(await biller.post(path, content=json.dumps(claim), headers=NDJSON))
    assert (line["status"], line["problem"]["code"]) == (422, "claim_id_format")


async def test_each_line_of_many_has_its_own_answer(biller: httpx.AsyncClient):
    good, bad = a_claim(), a_defect()
    body = f"{json.dumps(good)}\n{{\n\n{json.dumps(bad)}\n{json.dumps(good)}\n"
    answered = lines_of(await biller.post("/v1/claims", content=body, headers=NDJSON))
    assert [(line["line"], line["status"], line.get("outcome")) for line in answered] == [
        (1, 201, "queued"),
        (2, 400, None),
        (4, 202, "held"),
        (5, 409, None),
    ]
    assert answered[1]["problem"]["code"] == "malformed_json"
    assert answered[2]["report"]["findings"][0]["edit_id"] == "billing-npi-missing"


def an_837(*builders: ClaimBuilder) -> bytes:
    claims = [
        builder.but(id=ClaimId(new_id()), patient_control_number=f"ACCT{number}").build()
        for number, builder in enumerate(builders, 1)
    ]
    return write_interchange(
        claims,
        EnvelopeSettings(
            sender=TradingPartner("PRACTICE"),
            sender_name="PRACTICE",
            submitter_id="PRACTICE",
            contact=Contact(name="EDI", telephone="6155550100"),
            receiver=TradingPartner("REVCYCLE"),
            receiver_name="REVCYCLE",
            receiver_id="REVCYCLE",
            control_number=17,
            created_at=datetime(2026, 11, 24, 8, tzinfo=UTC),
            usage="T",
        ),
    )


@pytest.mark.parametrize("path", ["/v1/x12", "/v1/claims"])
async def test_an_837_is_taken_in_claim_by_claim(biller: httpx.AsyncClient, path: str):
    content = an_837(a_professional_claim(), a_professional_claim().with_billing(npi=None), a_professional_claim())
    spoilt = content.replace(b"ACCT3*", b"ACCT3*X")
    answered = lines_of(await biller.post(path, content=spoilt, headers=X12))
    claims = [line for line in answered if "name" in line]
    assert [(line["name"], line["status"], line.get("outcome")) for line in claims] == [
        ("ACCT1", 201, "queued"),
        ("ACCT3", 422, None),  # of the same billing provider, and so written beside it
        ("ACCT2", 202, "held"),
    ]
    assert claims[0]["patient_control_number"] != "ACCT1"
    fault = next(fault for fault in claims[1]["faults"] if fault["severity"] == "error")
    # CLM02 of the third claim holds a letter: the place is that of its CLM.
    assert spoilt[fault["offset"] :].startswith(b"CLM*ACCT3*X")
    assert fault["x12"] == "2300.CLM02"
    again = lines_of(await biller.post(path, content=spoilt, headers=X12))
    assert [line["status"] for line in again if "name" in line] == [409, 422, 409]


@pytest.mark.parametrize("path", ["/v1/x12", "/v1/claims", "/v1/claims/validate"])
async def test_a_file_that_is_no_x12_is_refused_with_the_place(biller: httpx.AsyncClient, path: str):
    answer = await biller.post(path, content=b"this is not X12", headers=X12)
    assert (answer.status_code, answer.json()["code"]) == (422, "claims_unreadable")
    assert answer.json()["position"] == {"offset": 0, "segment": 0}


async def test_a_claim_of_a_file_that_is_refused_says_why_in_its_problem(biller: httpx.AsyncClient):
    spoilt = an_837(a_professional_claim()).replace(b"*UN*1*", b"*UN*x*")
    (line,) = lines_of(await biller.post("/v1/x12", content=spoilt, headers=X12))
    problem = line["problem"]
    assert (problem["pointer"], problem["x12"]) == ("/lines/0/units", "2400.SV104")
    assert problem["detail"].startswith("SV104")


async def test_a_claim_with_what_claims_have_no_place_for_does_not_go_out_without_it(biller: httpx.AsyncClient):
    """CR3 stands behind SV5, which says what it certifies (005010X222A1, 2400 CR3); alone it has no field here."""
    content = an_837(a_professional_claim()).replace(b"DTP*472*", b"CR3*I*MO*6~DTP*472*")
    (line, *_) = lines_of(await biller.post("/v1/x12", content=content, headers=X12))
    assert (line["status"], line["problem"]["x12"]) == (422, "2400.CR3")


async def test_a_service_of_a_code_set_that_claims_do_not_have_does_not_go_out_as_a_procedure(
    biller: httpx.AsyncClient,
):
    """005010X222A1 SV101-1: IV is a Home Infusion EDI Coalition code."""
    content = an_837(a_professional_claim()).replace(b"SV1*HC:", b"SV1*IV:")
    (line, *_) = lines_of(await biller.post("/v1/x12", content=content, headers=X12))
    assert (line["status"], line["problem"]["x12"]) == (422, "2400.SV101-1")


async def test_a_body_of_another_kind_is_told_which_kinds_there_are(biller: httpx.AsyncClient):
    assert (await biller.post("/v1/x12", json={})).status_code == 415
    answer = await biller.post("/v1/claims", content=b"<claim/>", headers={"Content-Type": "text/xml"})
    assert answer.status_code == 415
    assert all(kind in answer.json()["detail"] for kind in ("application/json", *NDJSON.values(), *X12.values()))


class TestAnswersByTheDoorOfFiles:
    """Somebody has a file of the clearinghouse in hand, and no route that brings it."""

    ANSWER = (
        f"ISA*00*{'':10}*00*{'':10}*ZZ*{'CLEARINGHOUSE':15}*ZZ*{'REVCYCLE':15}*261124*1205*^*00501*000000009*0*T*:~"
        "TA1*000004711*261124*1205*A*000~IEA*0*000000009~"
    ).encode()

    async def test_they_are_kept_once_and_what_is_of_nothing_of_ours_is_listed(
        self, biller: httpx.AsyncClient, in_flight: Database, clock: Clock
    ):
        first = await biller.post("/v1/x12", content=self.ANSWER, headers=X12)
        again = await biller.post("/v1/x12", content=self.ANSWER, headers=X12)
        assert (first.status_code, again.status_code) == (202, 202)
        assert first.json()["id"] == again.json()["id"]
        await read_waiting(in_flight, clock)
        (unmatched,) = (await biller.get("/v1/answers/unmatched")).json()["items"]
        assert (unmatched["source"], unmatched["response_id"]) == ("TA1", first.json()["id"])

    async def test_they_are_no_claims(self, biller: httpx.AsyncClient):
        answer = await biller.post("/v1/claims", content=self.ANSWER, headers=X12)
        assert (answer.status_code, answer.json()["code"]) == (422, "claims_unreadable")

    async def test_a_route_that_there_is_not_is_told(self, biller: httpx.AsyncClient):
        answer = await biller.post("/v1/x12?route=elsewhere", content=self.ANSWER, headers=X12)
        assert (answer.status_code, answer.json()["code"]) == (404, "route_not_found")

    async def test_an_enquiry_is_neither(self, biller: httpx.AsyncClient):
        enquiry = self.ANSWER.replace(
            b"TA1*000004711*261124*1205*A*000~IEA*0",
            b"GS*HS*A*B*20261124*1205*1*X*005010X279A1~ST*270*0001*005010X279A1~SE*2*0001~GE*1*1~IEA*1",
        )
        answer = await biller.post("/v1/x12", content=enquiry, headers=X12)
        assert (answer.status_code, answer.json()["code"]) == (422, "response_unreadable")


async def test_who_may_not_scrub_may_not_validate(caller: Caller):
    assert (await caller("eve", BILLER).post("/v1/claims/validate", json=a_claim())).status_code == 403
    assert (await caller("eve", ("claims:read",)).post("/v1/claims", json=a_claim())).status_code == 403


class TestManyAtOnce:
    """Window by window: whatever comes of one claim, those beside it are answered as they would be alone."""

    async def test_more_than_a_window_is_answered_in_order_and_taken_once(self, biller: httpx.AsyncClient):
        claims = [a_claim(a_claim_of(member)) for member in range(205)]
        claims[150] = a_defect()
        sent = [*claims, claims[0], claims[204]]
        answered = await submitted(biller, *sent)
        assert [line["line"] for line in answered] == list(range(1, 208))
        assert [line["claim_id"] for line in answered] == [claim["id"] for claim in sent]
        assert [line["status"] for line in answered] == [201] * 150 + [202] + [201] * 54 + [409] * 2
        figures = (await biller.get("/v1/figures")).json()
        assert sum(payer["claims"] for payer in figures["by_payer"]) == 204

    async def test_validating_many_says_what_submitting_would_and_keeps_nothing(
        self, biller: httpx.AsyncClient, beside: ScrubberBeside
    ):
        claims = [a_claim(), a_defect()]
        validated = await submitted(biller, *claims, path="/v1/claims/validate")
        assert [(line["status"], line["outcome"]) for line in validated] == [(200, "queued"), (200, "held")]
        assert await told(beside.database) == []
        assert [line["report"] for line in await submitted(biller, *claims)] == [line["report"] for line in validated]

    async def test_a_connection_that_breaks_loses_only_what_was_not_answered_and_a_retry_doubles_nothing(
        self, biller: httpx.AsyncClient, beside: ScrubberBeside
    ):
        claims = [a_claim(a_claim_of(member)) for member in range(3)]
        transport = Breaking(beside.transport)
        beside.over_http._client = httpx.AsyncClient(transport=transport, base_url="http://scrubber/")
        first = await submitted(biller, *claims, key="k-1")
        assert [line["status"] for line in first] == [201, 503, 503]
        transport.breaks = False
        again = await submitted(biller, *claims, key="k-1")
        assert [line["status"] for line in again] == [201] * 3
        assert len(await told(beside.database)) == 3

    async def test_a_claim_that_cannot_be_entered_fails_alone(
        self, biller: httpx.AsyncClient, beside: ScrubberBeside, in_flight: Database, clock: Clock
    ):
        """Between our look and our entry somebody else's claim of the same id has come in."""
        claims = [a_claim(a_claim_of(member)) for member in range(3)]
        taking = beside.over_http.take_many

        async def while_another_comes(asked: Any, authorization: str, key: str | None) -> Any:
            taken = await taking(asked, authorization, key)
            await take(in_flight, clock, taken[1].cleared, tenant="saint-anne")
            return taken

        beside.over_http.take_many = while_another_comes  # type: ignore[method-assign]  # the moment cannot be met else
        with capture_logs():  # the traceback of a person's terminal takes ten seconds to draw
            assert [line["status"] for line in await submitted(biller, *claims)] == [201, 500, 201]

    async def test_a_claim_too_large_for_a_line_goes_to_the_scrubber_alone(
        self, biller: httpx.AsyncClient, beside: ScrubberBeside
    ):
        def answers(request: httpx.Request) -> httpx.Response:
            if request.url.path == "/v1/claims":
                return httpx.Response(409, json={"code": "claim_exists"})
            return httpx.Response(200, text='{"line":1,"status":413,"problem":{"code":"body_too_large"}}\n')

        beside.over_http._client = httpx.AsyncClient(
            transport=httpx.MockTransport(answers), base_url="http://scrubber/"
        )
        (line,) = await submitted(biller, a_claim())
        assert (line["status"], line["problem"]["code"]) == (409, "claim_exists")


def a_claim_of(member: int) -> ClaimBuilder:
    """Of a patient of its own: two claims of one would be found to be duplicates."""
    return a_professional_claim().with_coverages(commercial(subscriber=a_subscriber(f"W{member:08d}")))


async def submitted(
    biller: httpx.AsyncClient, *claims: dict[str, Any], path: str = "/v1/claims", key: str | None = None
) -> list[dict[str, Any]]:
    headers = NDJSON | ({"Idempotency-Key": key} if key else {})
    return lines_of(await biller.post(path, content="\n".join(map(json.dumps, claims)), headers=headers))


class Breaking(httpx.AsyncBaseTransport):
    """Breaks off in the middle of the second line of an answer."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport
        self.breaks = True

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self._transport.handle_async_request(request)
        content = await answer.aread()
        return httpx.Response(answer.status_code, stream=Cut(content) if self.breaks else httpx.ByteStream(content))


class Cut(httpx.AsyncByteStream):
    def __init__(self, content: bytes) -> None:
        self._content = content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._content[: self._content.index(b"\n") + 100]
        raise httpx.ReadError("the connection broke")


class TestWithoutTheScrubber:
    @pytest.fixture(params=["not set", "down", "broken"])
    def scrubber(self, request: pytest.FixtureRequest) -> Scrubber:
        def answers(_: httpx.Request) -> httpx.Response:
            if request.param == "down":
                raise httpx.ConnectError("refused")
            return httpx.Response(502, text="<html>bad gateway</html>")

        client = httpx.AsyncClient(transport=httpx.MockTransport(answers), base_url="http://scrubber/")
        return NoScrubber() if request.param == "not set" else ScrubberOverHttp(client)

    async def test_nothing_is_taken_and_the_caller_knows_when_to_ask_again(
        self, biller: httpx.AsyncClient, in_flight: Database
    ):
        claim = a_claim()
        answer = await biller.post("/v1/claims", json=claim, headers={"Idempotency-Key": "k-1"})
        assert (answer.status_code, answer.json()["code"]) == (503, "scrubber_unavailable")
        assert answer.headers["Retry-After"] == "5"
        (line,) = lines_of(await biller.post("/v1/claims", content=json.dumps(claim), headers=NDJSON))
        assert (line["status"], line["problem"]["code"]) == (503, "scrubber_unavailable")
        assert (await biller.get("/v1/claims")).json()["items"] == []
        assert await told(in_flight) == []
