"""Whatever is sent to submission, it answers in its own words and never with a 5xx."""

from __future__ import annotations

import httpx
import pytest

from services.submission.scrubbing import Scrubber, ScrubberOverHttp
from shared.db import Database
from tests.fixtures.openapi import assert_no_5xx
from tests.fixtures.tokens import Clock
from tests.services.submission.conftest import BILLER, REPORT, Caller, cleared, take

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def scrubber() -> Scrubber:
    """Lets everything pass that is only looked at, and knows every claim already."""

    def answers(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/scrub":
            return httpx.Response(200, text=REPORT.model_dump_json())
        return httpx.Response(409, json={"code": "claim_exists"})

    return ScrubberOverHttp(httpx.AsyncClient(transport=httpx.MockTransport(answers), base_url="http://scrubber/"))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_generated_requests_get_no_5xx(in_flight: Database, clock: Clock, caller: Caller):
    await take(in_flight, clock, cleared())
    posting = ("remittances:read", "remittances:post", "denials:work", "payers:manage")
    lead = caller("lea", (*BILLER, *posting, "scrub:run", "routes:manage"))
    await assert_no_5xx(lead, headers={"Authorization": lead.headers["Authorization"]}, examples=4)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "malformed_json"),
        (b"\xff\xfe", 400, "malformed_json"),
        (b"[]", 422, "invalid_body"),
        (b'{"kind": "professional"}', 422, "invalid_body"),
    ],
)
async def test_a_correction_that_is_no_claim_is_refused_with_its_reason(
    in_flight: Database, clock: Clock, biller: httpx.AsyncClient, body: bytes, status: int, code: str
):
    event = cleared()
    await take(in_flight, clock, event)
    headers = {"If-Match": '"1"', "Content-Type": "application/json"}
    answer = await biller.post(f"/v1/claims/{event.claim.id}/correct", content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
