"""Customer rules over HTTP: two people, one condition, every version kept."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from prometheus_client import REGISTRY

from services.scrubber.bootstrap import create_scrubber
from services.scrubber.consumers import handler_table
from shared import audit
from shared.claims import PayerStatus, Rejection
from shared.db import Context
from shared.events.contracts import ClaimAccepted, ClaimHeld, ClaimRejected
from tests.builders import a_professional_claim, a_professional_line, an_outpatient_claim
from tests.services.scrubber.conftest import BILLER, document, if_match, told

ALL = ("rules:read", "rules:write", "rules:approve", "claims:read", "claims:correct", "scrub:run")
INFUSION = a_professional_claim().with_lines(a_professional_line("96365")).build()
VISIT = a_professional_claim().but(id="0193628d-58f5-7a70-8d2e-7a3d8ef0a002").build()
RULE = {
    "id": "infusion",
    "name": "Infusions need an authorisation",
    "condition": "claim.lines.exists(one, one.procedure == '96365') && billed.prior_authorization == ''",
    "action": {"kind": "finding", "severity": "error", "message": "Ask for an authorisation first."},
    "kinds": ["professional"],
    "effective": "2026-01-01",
}
CONTENT = {name: value for name, value in RULE.items() if name != "id"}
FAILING = RULE | {"id": "failing", "name": "A rule too far", "condition": "claim.lines[70].units > 1.0"}
sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def ann(caller) -> httpx.AsyncClient:
    return caller("ann", ALL)


@pytest.fixture
def bo(caller) -> httpx.AsyncClient:
    return caller("bo", ALL)


async def running(ann: httpx.AsyncClient, bo: httpx.AsyncClient, rule: dict[str, Any] = RULE, *, as_: str = "approve"):
    """Ann writes and proposes it, Bo approves it."""
    address = f"/v1/rules/{rule['id']}"
    assert (await ann.post("/v1/rules", json=rule)).status_code == 201
    assert (await ann.post(f"{address}/propose", headers=if_match(1))).status_code == 200
    response = await bo.post(f"{address}/{as_}", headers=if_match(2))
    assert response.status_code == 200, response.text
    return response.json()


async def outcome(client: httpx.AsyncClient, claim) -> list[str]:
    report = (await client.post("/v1/scrub", json=document(claim))).json()
    return [finding["edit_id"] for finding in report["findings"]]


async def test_a_rule_runs_when_somebody_else_has_approved_it_and_until_it_is_retired(
    ann, bo, arrives, claims_database
):
    """On both databases: its whole life, the claims of the line, the history and the trail."""
    created = await ann.post("/v1/rules", json=RULE)
    assert (created.status_code, created.headers["Location"]) == (201, "/v1/rules/infusion")
    assert await outcome(ann, INFUSION) == []
    await ann.post("/v1/rules/infusion/propose", headers=if_match(1))
    own = await ann.post("/v1/rules/infusion/approve", headers=if_match(2))
    assert (own.status_code, own.json()["code"]) == (403, "rule_own")
    active = (await bo.post("/v1/rules/infusion/approve", headers=if_match(2))).json()
    assert (active["status"], active["running_version"]) == ("active", 3)
    assert await outcome(ann, INFUSION) == ["rule:infusion"]

    await arrives(INFUSION)
    await arrives(VISIT)
    held, cleared = await told(claims_database)
    assert isinstance(held, ClaimHeld)
    assert [(f.edit_id, f.edit_version) for f in held.report.findings] == [("rule:infusion", "3")]
    assert cleared.event_type == "claim.cleared.v1"

    edited = await ann.put("/v1/rules/infusion", json=CONTENT | {"condition": "false"}, headers=if_match(3))
    assert (edited.json()["status"], edited.json()["running_version"]) == ("draft", 3)
    assert await outcome(ann, INFUSION) == ["rule:infusion"]
    assert (await ann.put("/v1/rules/infusion", json=CONTENT, headers=if_match(3))).status_code == 412
    await bo.post("/v1/rules/infusion/retire", headers=if_match(4))
    assert await outcome(ann, INFUSION) == []
    again = (await bo.post("/v1/claims:recheck", json={"edit_id": "rule:infusion"})).json()
    assert (again["checked"], again["cleared"]) == (1, 1)

    versions = (await ann.get("/v1/rules/infusion/versions")).json()["items"]
    assert [(one["version"], one["status"], one["changed_by"]) for one in versions] == [
        (5, "retired", "bo"),
        (4, "draft", "ann"),
        (3, "active", "bo"),
        (2, "proposed", "ann"),
        (1, "draft", "ann"),
    ]
    async with claims_database.read() as session:
        entries = await audit.trail(session, "mercy", "rule", "infusion")
    assert sorted(entry.action for entry in entries) == [
        "rule.approved",
        "rule.drafted",
        "rule.edited",
        "rule.proposed",
        "rule.retired",
    ]


async def test_a_rule_in_shadow_is_counted_and_compared_with_what_payers_answer(
    ann, bo, arrives, claims_database, clock
):
    """On both databases."""
    await running(ann, bo, RULE | {"id": "all", "condition": "true", "kinds": ["professional"]}, as_="shadow")
    await arrives(INFUSION)
    await arrives(VISIT)
    await arrives(INFUSION, revision=6, corrected=True)
    await arrives(an_outpatient_claim().but(id="0193628d-58f5-7a70-8d2e-7a3d8ef0a003").build())
    assert {event.event_type for event in await told(claims_database)} == {"claim.cleared.v1"}

    context = Context(tenant="mercy", actor="system:scrubber", request_id="e-2", at=clock())
    table = handler_table(create_scrubber())
    status = PayerStatus(category="A7", status="252", level="claim")
    rejection = Rejection(source="277CA", statuses=(status,), received_on=clock().date())
    for event in (
        ClaimRejected(claim=INFUSION, revision=7, rejection=rejection),
        ClaimAccepted(claim=VISIT, revision=4, accepted_at=clock()),
    ):
        async with claims_database.unit_of_work(context) as uow:
            await table[type(event)](uow, event)
    figures = (await ann.get("/v1/rules/all/figures")).json()
    counts = {name: figures[name] for name in ("claims", "would_hold", "in_shadow", "failed", "rejected", "accepted")}
    assert counts == {"claims": 2, "would_hold": 2, "in_shadow": 2, "failed": 0, "rejected": 1, "accepted": 1}
    assert [day["day"] for day in figures["days"]] == [clock().date().isoformat()]
    before = (await ann.get("/v1/rules/all/figures", params={"from": "2026-01-01", "through": "2026-01-31"})).json()
    assert (before["claims"], before["days"]) == (0, [])


@sqlite
async def test_a_condition_that_is_none_is_refused_with_pointer_line_and_column(ann):
    bad = RULE | {"condition": "claim.lines.exists(one,\n  one.revenue == '1')"}
    response = await ann.post("/v1/rules", json=bad)
    assert (response.status_code, response.json()["code"]) == (422, "rule_invalid")
    [fault] = response.json()["faults"]
    assert response.json()["pointer"] == fault["pointer"] == "/condition"
    assert (fault["line"], fault["column"]) == (2, 6)
    assert (await ann.get("/v1/rules")).json()["items"] == []
    await ann.post("/v1/rules", json=RULE)
    assert (
        await ann.put("/v1/rules/infusion", json=CONTENT | {"condition": "1"}, headers=if_match(1))
    ).status_code == 422
    assert (await ann.get("/v1/rules/infusion")).json()["version"] == 1
    taken = await ann.post("/v1/rules", json=RULE)
    assert (taken.status_code, taken.json()["code"]) == (409, "rule_exists")


@sqlite
async def test_a_rule_that_fails_holds_the_claim_and_is_counted_without_a_word_of_it(ann, bo):
    def counted() -> float:
        return REGISTRY.get_sample_value("revcycle_scrub_rule_failures_total", {"status": "active"}) or 0

    await running(ann, bo, FAILING)
    before = counted()
    report = (await ann.post("/v1/scrub", json=document(INFUSION))).json()
    assert (report["outcome"], [f["edit_id"] for f in report["findings"]]) == ("held", ["rule-failed"])
    assert counted() == before + 1


async def test_a_rule_is_tried_on_claims_given_and_on_the_tenants_own(ann, bo, arrives):
    await ann.post("/v1/rules", json=RULE)
    given = {"claims": [document(INFUSION), document(VISIT)]}
    result = (await ann.post("/v1/rules/infusion/test", json=given)).json()
    assert (result["examined"], result["matched"], result["claims"]) == (2, 1, [INFUSION.id])

    await arrives(INFUSION)
    await arrives(VISIT)
    past = {"from": "2026-11-01", "through": "2026-11-30"}
    result = (await ann.post("/v1/rules/infusion/test", json=past)).json()
    assert (result["examined"], result["would_hold"], result["claims"]) == (2, 1, [INFUSION.id])
    other = past | {"rule": CONTENT | {"condition": "claim.lines.size() == 1"}}
    result = (await ann.post("/v1/rules/not-yet-saved/test", json=other)).json()
    assert (result["matched"], result["complete"]) == (2, True)
    result = (await ann.post("/v1/rules/infusion/test", json=past | {"limit": 1})).json()
    assert (result["examined"], result["complete"]) == (1, False)
    assert (await ann.post("/v1/rules/infusion/test", json={"from": "2026-11-01", "through": "2026-11-02"})).json()[
        "examined"
    ] == 0
    assert (await ann.post("/v1/rules/infusion/test", json={})).status_code == 422
    assert (await ann.post("/v1/rules/none/test", json=past)).status_code == 404
    wrong = past | {"rule": CONTENT | {"condition": "claim.x"}}
    refused = (await ann.post("/v1/rules/infusion/test", json=wrong)).json()
    assert (refused["code"], refused["pointer"]) == ("rule_invalid", "/rule/condition")
    assert await outcome(ann, INFUSION) == []


@sqlite
async def test_rules_go_to_another_tenant_as_yaml_and_come_as_drafts(ann, bo, caller):
    await running(ann, bo)
    await running(ann, bo, FAILING)
    exported = await ann.get("/v1/rules:export")
    assert exported.headers["Content-Type"].startswith("application/yaml")

    eve = caller("eve", ALL, tenant="north")
    yaml = {"Content-Type": "application/yaml"}
    taken = await eve.post("/v1/rules:import", content=exported.content, headers=yaml)
    assert taken.json() == {"created": ["failing", "infusion"], "changed": [], "unchanged": []}
    assert (await eve.get("/v1/rules:export")).text == exported.text
    assert {rule["status"] for rule in (await eve.get("/v1/rules")).json()["items"]} == {"draft"}
    again = await eve.post("/v1/rules:import", content=exported.content, headers=yaml)
    assert again.json()["unchanged"] == ["failing", "infusion"]
    other = exported.text.replace("Infusions need", "Every infusion needs")
    assert (await eve.post("/v1/rules:import", content=other, headers=yaml)).json()["changed"] == ["infusion"]


@sqlite
async def test_a_document_with_one_fault_changes_nothing(ann):
    await ann.post("/v1/rules", json=RULE)
    exported = (await ann.get("/v1/rules:export")).text
    bad = exported.replace("infusion", "another") + exported.removeprefix("rules:\n").replace("== ''", "== 1")
    response = await ann.post("/v1/rules:import", content=bad, headers={"Content-Type": "application/yaml"})
    assert (response.status_code, response.json()["code"]) == (422, "rules_invalid")
    assert {fault["pointer"] for fault in response.json()["faults"]} == {"/rules/1/condition"}
    assert [rule["id"] for rule in (await ann.get("/v1/rules")).json()["items"]] == ["infusion"]


@sqlite
async def test_a_tenant_has_rules_of_its_own(ann, bo, caller):
    await running(ann, bo)
    eve = caller("eve", ALL, tenant="north")
    assert (await eve.get("/v1/rules")).json()["items"] == []
    assert (await eve.get("/v1/rules/infusion")).status_code == 404
    assert (await eve.post("/v1/rules/infusion/retire", headers=if_match(3))).status_code == 404
    assert (await eve.get("/v1/rules/infusion/figures")).status_code == 404
    assert await outcome(eve, INFUSION) == []
    assert await outcome(ann, INFUSION) == ["rule:infusion"]


@sqlite
async def test_each_step_asks_for_its_scope_and_a_write_sent_twice_has_one_effect(ann, caller):
    biller = caller("bea", (*BILLER, "rules:read"))
    writer = caller("wes", ("rules:read", "rules:write"))
    assert (await biller.post("/v1/rules", json=RULE)).status_code == 403
    assert (await caller("x", BILLER).get("/v1/rules")).status_code == 403
    key = {"Idempotency-Key": "k-1"}
    first, second = [await writer.post("/v1/rules", json=RULE, headers=key) for _ in range(2)]
    assert (first.status_code, first.content) == (second.status_code, second.content)
    await writer.post("/v1/rules/infusion/propose", headers=if_match(1))
    for step in ("approve", "shadow", "retire"):
        assert (await writer.post(f"/v1/rules/infusion/{step}", headers=if_match(2))).status_code == 403
    assert [rule["id"] for rule in (await biller.get("/v1/rules?status=proposed")).json()["items"]] == ["infusion"]
    assert (await biller.get("/v1/rules?status=active")).json()["items"] == []


@sqlite
async def test_a_rule_sends_a_held_claim_into_a_queue_of_the_worklist(ann, bo, arrives):
    hold = {"kind": "hold", "message": "The contract is being talked over.", "queue": "contracts"}
    await running(ann, bo, RULE | {"action": hold})
    await arrives(INFUSION)
    assert [hold["queue"] for hold in (await bo.get("/v1/holds?queue=contracts")).json()["items"]] == ["contracts"]
    assert (await bo.get("/v1/holds?queue=other")).json()["items"] == []
