"""What the grouper or the scrubber sends back."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from services.encoder.consumers import HANDLERS
from shared.claims import CLAIM, ReturnReason
from shared.db import Context, Database
from shared.events import InvalidEvent
from shared.events.contracts import GrouperReturned, ScrubberReturned
from tests.builders import an_encounter, an_institutional_claim
from tests.services.encoder.api.test_charts import PNEUMONIA, a_coded_chart
from tests.services.encoder.conftest import if_match

REASON = ReturnReason(code="ungroupable", message="Choose another principal diagnosis.", pointer="/diagnoses/0/code")


async def deliver(database: Database, context: Context, event: GrouperReturned | ScrubberReturned) -> None:
    async with database.unit_of_work(context) as uow:
        await HANDLERS[type(event)](uow, event)


@pytest.fixture
async def path(ehr: httpx.AsyncClient, ana: httpx.AsyncClient) -> str:
    return await a_coded_chart(ehr, ana, an_encounter().document())


@pytest.fixture
async def claim(path: str, ana: httpx.AsyncClient) -> Any:
    response = await ana.post(f"{path}/finalize", headers=if_match(2))
    return CLAIM.validate_json(httpx.Response(200, json=response.json()["claim"]).content)


@pytest.mark.parametrize("kind", [GrouperReturned, ScrubberReturned])
async def test_a_returned_claim_stands_on_the_worklist_with_its_reasons(
    kind: Any, claim: Any, path: str, ana: httpx.AsyncClient, charts_database: Database, context: Context
):
    await deliver(charts_database, context, kind(claim=claim, revision=2, reasons=(REASON,)))
    [chart] = (await ana.get("/v1/charts?status=returned")).json()["items"]
    assert chart["claim_id"] == claim.id
    assert [reason["code"] for reason in chart["return_reasons"]] == ["ungroupable"]
    assert (chart["revision"], chart["owner"]) == (2, None)


async def test_an_event_delivered_twice_or_late_changes_nothing(
    claim: Any, path: str, ana: httpx.AsyncClient, charts_database: Database, context: Context
):
    event = GrouperReturned(claim=claim, revision=2, reasons=(REASON,))
    await deliver(charts_database, context, event)
    version = (await ana.get(path)).json()["chart"]["version"]
    await deliver(charts_database, context, event)
    await deliver(charts_database, context, GrouperReturned(claim=claim, revision=1, reasons=(REASON,)))
    assert (await ana.get(path)).json()["chart"]["version"] == version


async def test_recoding_sends_the_same_claim_under_the_next_revision(
    claim: Any, path: str, ana: httpx.AsyncClient, charts_database: Database, context: Context
):
    resubmitted = claim.model_copy(update={"patient_control_number": claim.patient_control_number[:-2] + "02"})
    await deliver(charts_database, context, ScrubberReturned(claim=resubmitted, revision=6, reasons=(REASON,)))
    pulled = (await ana.post("/v1/queue/next", json={})).json()
    assert pulled["status"] == "returned"
    codes = {**PNEUMONIA, "diagnoses": [{"code": "J15.9", "poa": "Y"}]}
    await ana.put(f"{path}/codes", json=codes, headers=if_match(pulled["version"]))
    response = await ana.post(f"{path}/finalize", headers=if_match(pulled["version"] + 1))
    chart, again = response.json()["chart"], response.json()["claim"]
    assert (chart["revision"], chart["return_reasons"]) == (7, [])
    assert (again["id"], again["diagnoses"][0]["code"]) == (claim.id, "J159")
    # It may be out under that number already: the encoder gives no number of its own.
    assert again["patient_control_number"] == resubmitted.patient_control_number


async def test_an_event_about_a_claim_that_no_chart_has_is_invalid(charts_database: Database, context: Context):
    stray = GrouperReturned(claim=an_institutional_claim().build(), revision=2, reasons=(REASON,))
    with pytest.raises(InvalidEvent):
        await deliver(charts_database, context, stray)
