"""A claim in over REST: examined and kept as one that comes from the line. And rules that submission suggests."""

from __future__ import annotations

import pytest

from services.scrubber import rules_store, suggestion_handlers
from shared.db import Context
from shared.events import InvalidEvent
from shared.events.contracts import ClaimCleared, ClaimHeld
from tests.builders import a_professional_claim
from tests.services.scrubber.conftest import BILLER, document, told
from tests.shared.events.examples import SUGGESTED

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

CLEAN = a_professional_claim().build()
DEFECT = a_professional_claim().with_billing(npi=None).build()


@pytest.fixture
def sender(caller):
    return caller("bea", (*BILLER, "claims:submit"))


async def test_a_clean_claim_is_cleared_and_the_line_is_told(sender, claims_database):
    answer = await sender.post("/v1/claims", json=document(CLEAN))
    assert (answer.status_code, answer.json()["status"], answer.json()["touched"]) == (201, "cleared", False)
    (event,) = await told(claims_database)
    assert isinstance(event, ClaimCleared)
    assert (event.touchless, event.revision) == (True, answer.json()["revision"])
    assert event.filing_deadline is not None
    assert event.filing_deadline.isoformat() == answer.json()["filing_deadline"]


async def test_a_claim_with_a_defect_is_held_on_the_worklist(sender, claims_database):
    answer = await sender.post("/v1/claims", json=document(DEFECT))
    assert (answer.status_code, answer.json()["status"]) == (201, "held")
    assert [type(event) for event in await told(claims_database)] == [ClaimHeld]
    (hold,) = (await sender.get("/v1/holds")).json()["items"]
    assert hold["edits"] == ["billing-npi-missing"]


async def test_a_claim_comes_in_once_and_only_by_who_may_submit(sender, bea):
    await sender.post("/v1/claims", json=document(DEFECT))
    again = await sender.post("/v1/claims", json=document(CLEAN))
    assert (again.status_code, again.json()["code"]) == (409, "claim_exists")
    assert (await bea.post("/v1/claims", json=document(CLEAN))).status_code == 403


@pytest.mark.parametrize("id_", ["not an id!", "0193628D-58F5-7A70-8D2E-7A3D8EF0A001", "é" * 50])
async def test_an_id_that_is_none_is_refused_and_nothing_is_kept(sender, claims_database, id_):
    answer = await sender.post("/v1/claims", json=document(CLEAN) | {"id": id_})
    assert (answer.status_code, answer.json()["code"]) == (422, "claim_id_format")
    assert answer.json()["pointer"] == "/id"
    assert await told(claims_database) == []


async def test_a_suggested_rule_is_proposed_once_and_one_that_is_none_is_refused(claims_database, clock):
    context = Context("mercy", "system:scrubber", "e-1", clock())
    for event in (SUGGESTED, SUGGESTED.model_copy(update={"condition": "true"})):
        async with claims_database.unit_of_work(context) as uow:
            await suggestion_handlers.take_suggestion(uow, event)
    async with claims_database.read() as session:
        rule = await rules_store.get_rule(session, "mercy", SUGGESTED.rule_id)
    assert (rule.status, rule.author, rule.running_version) == ("proposed", suggestion_handlers.AUTHOR, None)
    assert rule.content.condition == SUGGESTED.condition
    broken = SUGGESTED.model_copy(update={"rule_id": "learned-2", "condition": "claim.nobody == 1"})
    with pytest.raises(InvalidEvent):
        async with claims_database.unit_of_work(context) as uow:
            await suggestion_handlers.take_suggestion(uow, broken)
