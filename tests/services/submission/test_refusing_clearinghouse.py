"""A clearinghouse that refuses most sets for a claim in them, answers twice and out of order: none lost or doubled."""

from __future__ import annotations

import re
from collections import Counter

import httpx
import pytest

from services.simulator.domain.behaviour import Behaviour
from services.simulator.domain.clearinghouse import History, process, read_interchange
from services.submission.transmission import Transmitter
from shared.db import Database
from tests.builders import a_professional_claim, a_professional_line
from tests.fixtures.tokens import Clock
from tests.services.submission.conftest import Clearinghouse, cleared, control_numbers_in, take
from tests.services.submission.test_refused_sets import out

BEHAVIOUR = Behaviour(seed=7, refused_sets=800, repeated=500, out_of_order=500, payer_rejects=200)
"""Shares are of a thousand."""
_CLAIM = slice(0, 18)
"""Of a control number: the claim, whatever the attempt."""


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_every_claim_ends_with_the_payer_once_or_on_the_worklist(
    in_flight: Database, clock: Clock, transmitter: Transmitter, clearinghouse: Clearinghouse, biller: httpx.AsyncClient
):
    lines = [a_professional_line(charge=f"{charge}.00") for charge in range(100, 112)]
    events = [cleared(a_professional_claim().with_lines(line)) for line in lines]
    await take(in_flight, clock, *events)
    history, read, taken = History(), 0, Counter[str]()
    for _ in range(len(events) + 1):
        await out(transmitter)
        for content in clearinghouse.sent()[read:]:
            outcome = process(
                read_interchange(content), behaviour=BEHAVIOUR, history=history, already_used=False, at=clock(),
                first_control_number=1,
            )  # fmt: skip
            history = History(
                history.control_numbers | outcome.history.control_numbers, history.services | outcome.history.services
            )
            files = [answer.content.decode("ascii") for answer in outcome.answers]
            if not any(re.search(r"~IK5\*R", text) for text in files):
                taken.update(number[_CLAIM] for number in control_numbers_in(content))
            for place, text in enumerate(reversed(files)):
                clearinghouse.answers(f"{read:03d}-{place:03d}", text)
            read += 1
        await transmitter.collect()
    items = (await biller.get("/v1/claims", params={"limit": 200})).json()["items"]
    states = Counter(item["state"] for item in items)
    assert set(states) == {"accepted", "rejected"}
    assert states.total() == len(events)
    listed = (await biller.get("/v1/rejections", params={"limit": 200})).json()["items"]
    assert len(listed) == states["rejected"]
    by_source = Counter(item["rejection"]["source"] for item in listed)
    assert by_source["999"] >= 1
    assert taken.total() == len(events) - by_source["999"]
    assert max(taken.values()) == 1
    of_files = [item for item in listed if item["rejection"]["source"] == "999"]
    assert {reason["meaning"]["x12"] for item in of_files for reason in item["reasons"]} == {"2300.CLM05-3"}
