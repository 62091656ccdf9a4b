"""The customer's own times for appeals and replacements, over REST. Expected days by the calendar."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from services.submission.transmission import Transmitter
from shared.db import Database
from tests.builders import a_professional_claim, commercial
from tests.fixtures.tokens import Clock
from tests.services.submission.conftest import BILLER, Caller, Clearinghouse, cleared, take
from tests.services.submission.remittances import a_claim, a_service, an_835

LEAD = (*BILLER, "denials:work", "payers:manage")
MERIDIAN = "/v1/payers/MHP01/limits"
EDITIONS: dict[str, Any] = {
    "editions": [
        {
            "effective": "2026-01-01",
            "appeal": {"days": 180},
            "filing": {"days": 365, "counted_from": "service"},
            "source": "Meridian agreement, section 9.2",
        }
    ]
}


@pytest.fixture
async def denied(
    in_flight: Database, clock: Clock, transmitter: Transmitter, clearinghouse: Clearinghouse
) -> Sequence[str]:
    """Refused on 2026-12-01 by a commercial payer, a Medicare Advantage plan, and by Medicare as unprocessable."""
    sent = [cleared(a_professional_claim().with_coverages(commercial())) for _ in range(2)] + [cleared()]
    await take(in_flight, clock, *sent)
    await transmitter.batch_all()
    await transmitter.deliver()
    numbers = [event.claim.patient_control_number for event in sent]
    line = a_service("99213", "125", "0", "CO*16*125", remark="N382")
    claims = [
        a_claim(number, "4", "125", "0", line, filing=filing, more=more)
        for number, filing, more in zip(numbers, ("CI", "16", "MB"), ((), (), ("MOA***MA130",)), strict=True)
    ]
    clearinghouse.answers("1", an_835("0", *claims))
    await transmitter.collect()
    return numbers


async def test_denials_have_the_deadlines_of_the_contract_as_soon_as_it_is_kept(denied: Sequence[str], caller: Caller):
    lead = caller("lea", LEAD)

    async def deadlines() -> list[tuple[str | None, str, str]]:
        items = (await lead.get("/v1/denials?sort=appeal")).json()["items"]
        return [(item["appeal_deadline"], item["appeal_basis"], item["filing_basis"]) for item in items]

    # 42 CFR 422.582(b): 65 days from 2026-12-01 is 2027-02-04; 42 CFR 405.926: none of what is unprocessable
    assert await deadlines() == [
        ("2027-02-04", "rule", "unknown"), (None, "unknown", "unknown"), (None, "none", "unknown")
    ]  # fmt: skip
    nothing = await lead.get(MERIDIAN)
    assert (nothing.json()["editions"], nothing.headers["ETag"]) == ([], '"0"')
    kept = await lead.put(MERIDIAN, json=EDITIONS, headers={"If-Match": '"0"'})
    assert (kept.status_code, kept.json()["version"], kept.json()["changed_by"]) == (200, 1, "lea")
    # 180 days from 2026-12-01 is 2027-05-30
    assert await deadlines() == [
        ("2027-05-30", "contract", "contract"), ("2027-05-30", "contract", "contract"), (None, "none", "unknown")
    ]  # fmt: skip
    item = (await lead.get("/v1/denials?sort=appeal")).json()["items"][0]
    assert (item["filing_deadline"], item["filing_source"]) == ("2027-11-16", "Meridian agreement, section 9.2")
    assert [one["payer_id"] for one in (await lead.get("/v1/payers/limits")).json()["items"]] == ["MHP01"]
    assert (await lead.put(MERIDIAN, json=EDITIONS, headers={"If-Match": '"0"'})).status_code == 412
    assert (await lead.put(MERIDIAN, json={"editions": []}, headers={"If-Match": '"1"'})).status_code == 200
    assert [basis for _, basis, _ in await deadlines()] == ["rule", "unknown", "none"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_times_are_each_customers_own_and_must_not_contradict_themselves(in_flight: Database, caller: Caller):
    lead = caller("lea", LEAD)
    twice = {"editions": EDITIONS["editions"] * 2}
    refused = await lead.put(MERIDIAN, json=twice, headers={"If-Match": '"0"'})
    assert (refused.status_code, refused.json()["code"]) == (422, "limits_invalid")
    assert refused.json()["pointer"] == "/editions/1/effective"
    assert (await lead.put(MERIDIAN, json=EDITIONS)).status_code == 428
    worker = caller("wil", (*BILLER, "denials:work"))
    assert (await worker.put(MERIDIAN, json=EDITIONS, headers={"If-Match": '"0"'})).status_code == 403
    await lead.put(MERIDIAN, json=EDITIONS, headers={"If-Match": '"0"'})
    others = caller("eve", LEAD, tenant="saint-anne")
    assert (await others.get(MERIDIAN)).json()["editions"] == []
    assert (await others.get("/v1/payers/limits")).json()["items"] == []
