"""Many claims in over REST: each comes to the very same among the others as alone, one after another."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from services.scrubber.rules_store import RuleMatchRow
from shared import audit
from shared.claims import ClaimId
from tests.builders import ClaimBuilder, a_professional_claim, a_subscriber, commercial
from tests.services.scrubber.api.test_rules import ALL as RULES
from tests.services.scrubber.api.test_rules import RULE, running
from tests.services.scrubber.conftest import BILLER, document, told

TRUE_OF_ALL = RULE | {
    "id": "all",
    "condition": "true",
    "action": {"kind": "finding", "severity": "warning", "message": "Look."},
}
NDJSON = {"Content-Type": "application/x-ndjson"}


def a_claim(number: int, builder: ClaimBuilder | None = None) -> dict[str, Any]:
    named = {
        "id": ClaimId(f"0193628d-58f5-7a70-8d2e-7a3d8ef0c{number:03d}"),
        "patient_control_number": f"RC00000000000000C{number:03d}",
    }
    return document((builder or a_professional_claim()).but(**named).build())


def of_another_patient() -> ClaimBuilder:
    return a_professional_claim().with_coverages(commercial(subscriber=a_subscriber("W20045119")))


CLAIMS = (
    a_claim(1),
    a_claim(2),  # bills the same service for the same patient again
    a_claim(3, a_professional_claim().with_billing(npi=None)),
    a_claim(4, of_another_patient()),
    a_claim(1),
    a_claim(5) | {"id": "not an id!"},
    a_claim(6, of_another_patient()),
)


@pytest.fixture
def sender(caller):
    return caller("bea", (*BILLER, "claims:submit"))


async def send(client, *claims: dict[str, Any], **headers: str) -> list[dict[str, Any]]:
    body = "\n".join(map(json.dumps, claims))
    answer = await client.post("/v1/claims:bulk", content=body, headers=NDJSON | headers)
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


async def test_claims_come_to_the_same_together_as_one_after_another(caller, claims_database):
    scopes = (*BILLER, *RULES, "claims:submit", "stats:read")
    together, alone = (caller("bea", scopes, tenant=tenant, role="biller") for tenant in ("mercy", "north"))
    for tenant in ("mercy", "north"):
        await running(*(caller(who, RULES, tenant=tenant) for who in ("ann", "bo")), TRUE_OF_ALL)
    answered = await send(together, *CLAIMS)
    one_by_one = [await alone.post("/v1/claims", json=claim) for claim in CLAIMS]
    assert [line["status"] for line in answered] == [201, 201, 201, 201, 409, 422, 201]
    assert [line["status"] for line in answered] == [answer.status_code for answer in one_by_one]
    for line, answer in zip(answered, one_by_one, strict=True):
        known = answer.json()
        if line["status"] == 201:
            path = f"/v1/claims/{known['id']}"
            assert (await together.get(path)).json() == (await alone.get(path)).json()
            assert (line["claim"]["status"], line["claim"]["version"]) == (known["status"], known["version"])
        else:
            assert line["problem"]["code"] == known["code"]
    assert [line["claim"]["status"] for line in answered if "claim" in line] == [
        "cleared", "held", "held", "cleared", "held",
    ]  # fmt: skip
    events = await told(claims_database)
    assert len(events) == 10
    assert events[:5] == events[5:]
    for path in ("/v1/holds", "/v1/rules/all/figures", "/v1/stats/rates?from=2026-11-24&through=2026-11-24"):
        here, there = await together.get(path), await alone.get(path)
        assert (here.status_code, here.json()) == (200, there.json())
    await _check_trails(claims_database)


async def _check_trails(claims_database) -> None:
    async with claims_database.read() as session:
        for tenant in ("mercy", "north"):
            assert await audit.verify(session, tenant) == []
        matched = (await session.scalars(select(RuleMatchRow.claim_id).where(RuleMatchRow.tenant == "mercy"))).all()
    assert len(matched) == 5


async def test_a_bad_line_fails_alone_and_a_retry_under_the_key_takes_nothing_twice(sender, claims_database):
    key = {"Idempotency-Key": "k-1"}
    first = await send(sender, CLAIMS[0], {}, CLAIMS[3], **key)
    assert [line["status"] for line in first] == [201, 422, 201]
    again = await send(sender, CLAIMS[3], CLAIMS[2], CLAIMS[0] | {"encounter_id": "ENC-9"}, **key)
    assert [(line["status"], line.get("replayed", False)) for line in again] == [
        (201, True),
        (201, False),
        (422, False),
    ]
    assert again[0]["claim"] == first[2]["claim"]
    assert again[2]["problem"]["code"] == "idempotency_key_reused"
    assert len(await told(claims_database)) == 3


async def test_only_who_may_submit_may_send_many(bea):
    assert (await bea.post("/v1/claims:bulk", content=b"{}", headers=NDJSON)).status_code == 403
