"""Work on held claims."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared import audit
from shared.events.contracts import ClaimCleared, ClaimHeld, ScrubberReturned
from tests.builders import a_professional_claim, a_professional_line, commercial
from tests.services.scrubber.conftest import document, if_match, told

CLEAN = a_professional_claim().build()
DEFECT = a_professional_claim().with_billing(npi=None).build()
TWO_DEFECTS = a_professional_claim().with_lines(a_professional_line(units="0")).with_billing(npi=None).build()
CLAIM = f"/v1/claims/{CLEAN.id}"
REASON = "The payer asked for it by letter of 2026-11-02"
QUESTION = {"reasons": [{"code": "units-positive", "message": "How many units?", "pointer": "/lines/0/units"}]}


def override(*edits):
    return {"overrides": [{"edit_id": edit, "reason": REASON} for edit in edits]}


async def test_a_correction_that_cures_the_claim_clears_it(arrives, bea, claims_database):
    await arrives(DEFECT)
    seen = await bea.get(CLAIM)
    response = await bea.put(CLAIM, json=document(CLEAN), headers={"If-Match": seen.headers["ETag"]})
    assert response.status_code == 200
    assert (response.json()["status"], response.json()["version"]) == ("cleared", 2)
    held, cleared = await told(claims_database)
    assert isinstance(held, ClaimHeld)
    assert isinstance(cleared, ClaimCleared)
    assert (cleared.revision, cleared.touchless) == (held.revision + 1, False)


async def test_a_correction_that_does_not_cure_it_is_kept_and_the_claim_stays_held(arrives, bea, claims_database):
    await arrives(TWO_DEFECTS)
    response = await bea.put(CLAIM, json=document(DEFECT), headers=if_match(1))
    assert response.status_code == 200
    assert response.json()["status"] == "held"
    assert [f["edit_id"] for f in response.json()["report"]["findings"]] == ["billing-npi-missing"]
    assert isinstance((await told(claims_database))[-1], ClaimHeld)


async def test_a_correction_of_another_version_is_refused(arrives, bea):
    await arrives(DEFECT)
    response = await bea.put(CLAIM, json=document(CLEAN), headers=if_match(7))
    assert (response.status_code, response.json()["code"]) == (412, "stale_version")
    assert (await bea.put(CLAIM, json=document(CLEAN))).status_code == 428


@pytest.mark.parametrize(
    ("field", "value"), [("encounter_id", "ENC-9"), ("id", "0193628d-58f5-7a70-8d2e-7a3d8ef0a002")]
)
async def test_a_correction_keeps_the_identity_of_the_claim(arrives, bea, field, value):
    await arrives(DEFECT)
    response = await bea.put(CLAIM, json=document(CLEAN) | {field: value}, headers=if_match(1))
    assert response.status_code == 422
    assert response.json()["code"] == "claim_identity_changed"
    assert f"/{field}" in response.text


async def test_a_cleared_claim_is_not_corrected_here(arrives, bea):
    await arrives(CLEAN)
    response = await bea.put(CLAIM, json=document(CLEAN), headers=if_match(1))
    assert (response.status_code, response.json()["code"]) == (409, "claim_not_held")


async def test_a_named_finding_is_let_pass_and_the_others_still_hold(arrives, lea, claims_database):
    await arrives(TWO_DEFECTS)
    first = await lea.post(f"{CLAIM}/release", json=override("units-positive"), headers=if_match(1))
    assert first.json()["status"] == "held"
    second = await lea.post(f"{CLAIM}/release", json=override("billing-npi-missing"), headers=if_match(2))
    assert second.json()["status"] == "cleared"
    cleared = (await told(claims_database))[-1]
    assert isinstance(cleared, ClaimCleared)
    assert [(o.edit_id, o.actor, o.reason) for o in cleared.report.overrides] == [
        ("units-positive", "lea", REASON),
        ("billing-npi-missing", "lea", REASON),
    ]
    assert not cleared.touchless


async def test_an_override_falls_when_what_it_let_pass_changes(arrives, lea):
    await arrives(TWO_DEFECTS)
    await lea.post(f"{CLAIM}/release", json=override("units-positive"), headers=if_match(1))
    changed = a_professional_claim().with_lines(a_professional_line(units="-1")).build()
    response = await lea.put(CLAIM, json=document(changed), headers=if_match(2))
    assert (response.json()["status"], response.json()["report"]["overrides"]) == ("held", [])


async def test_what_does_not_hold_the_claim_cannot_be_let_pass(arrives, lea):
    await arrives(DEFECT)
    response = await lea.post(f"{CLAIM}/release", json=override("timely-filing"), headers=if_match(1))
    assert (response.status_code, response.json()["code"]) == (422, "finding_not_found")


async def test_a_biller_may_not_let_findings_pass(arrives, bea):
    await arrives(DEFECT)
    response = await bea.post(f"{CLAIM}/release", json=override("billing-npi-missing"), headers=if_match(1))
    assert response.status_code == 403


async def test_an_override_needs_a_reason(arrives, lea):
    await arrives(DEFECT)
    for reason in ("ok", " " * 20):
        silent = {"overrides": [{"edit_id": "billing-npi-missing", "reason": reason}]}
        assert (await lea.post(f"{CLAIM}/release", json=silent, headers=if_match(1))).status_code == 422


async def test_a_claim_goes_back_to_the_coder_with_a_question(arrives, bea, claims_database):
    await arrives(TWO_DEFECTS, coder="ana")
    response = await bea.post(f"{CLAIM}/return", json=QUESTION, headers=if_match(1))
    assert response.json()["status"] == "returned"
    returned = (await told(claims_database))[-1]
    assert isinstance(returned, ScrubberReturned)
    assert (returned.revision, returned.reasons[0].code) == (4, "units-positive")
    assert (await bea.get("/v1/holds")).json()["items"] == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_question_stays_with_the_claim_which_is_examined_anew_when_it_comes_back(arrives, bea):
    await arrives(TWO_DEFECTS, coder="ana")
    await bea.post(f"{CLAIM}/assignment", json={})
    await bea.post(f"{CLAIM}/return", json=QUESTION, headers=if_match(2))
    refused = await bea.put(CLAIM, json=document(CLEAN), headers=if_match(3))
    assert (refused.status_code, refused.json()["code"]) == (409, "claim_not_held")
    await arrives(DEFECT, revision=6)
    back = (await bea.get(CLAIM)).json()
    assert (back["status"], back["owner"], back["revision"]) == ("held", None, 7)
    assert [finding["edit_id"] for finding in back["report"]["findings"]] == ["billing-npi-missing"]
    _, returned, first = back["history"]
    assert (returned["cause"], returned["actor"]) == ("claim.returned", "bea")
    assert [reason["message"] for reason in returned["asked"]] == ["How many units?"]
    assert first["asked"] == []
    [hold] = (await bea.get("/v1/holds")).json()["items"]
    assert hold["edits"] == ["billing-npi-missing"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_claim_that_was_not_coded_here_has_no_coder_to_go_back_to(arrives, bea):
    await arrives(TWO_DEFECTS)
    refused = await bea.post(f"{CLAIM}/return", json=QUESTION, headers=if_match(1))
    assert (refused.status_code, refused.json()["code"]) == (409, "claim_not_coded")
    assert len((await bea.get("/v1/holds")).json()["items"]) == 1


async def test_the_history_holds_every_report_newest_first(arrives, bea):
    await arrives(TWO_DEFECTS)
    await bea.put(CLAIM, json=document(DEFECT), headers=if_match(1))
    await bea.put(CLAIM, json=document(CLEAN), headers=if_match(2))
    history = (await bea.get(CLAIM)).json()["history"]
    assert [(entry["actor"], entry["cause"], entry["report"]["outcome"]) for entry in history] == [
        ("bea", "claim.corrected", "cleared"),
        ("bea", "claim.corrected", "held"),
        ("system:scrubber", "claim.grouped", "held"),
    ]


async def test_one_person_works_on_a_claim_at_a_time(arrives, bea, bob):
    await arrives(DEFECT)
    assert (await bea.post(f"{CLAIM}/assignment", json={})).json()["owner"] == "bea"
    taken = await bob.post(f"{CLAIM}/assignment", json={})
    assert (taken.status_code, taken.json()["code"]) == (409, "claim_owned")
    assert (await bob.put(CLAIM, json=document(CLEAN), headers=if_match(2))).json()["code"] == "claim_owned"
    assert (await bea.delete(f"{CLAIM}/assignment")).json()["owner"] is None
    assert (await bob.post(f"{CLAIM}/assignment", json={})).json()["owner"] == "bob"


async def test_every_write_is_on_the_audit_trail(arrives, bea, claims_database):
    await arrives(DEFECT)
    await bea.post(f"{CLAIM}/assignment", json={})
    await bea.put(CLAIM, json=document(CLEAN), headers=if_match(2))
    async with claims_database.read() as session:
        entries = await audit.trail(session, "mercy", "claim", CLEAN.id)
        assert await audit.verify(session, "mercy") == []
    assert sorted(entry.action for entry in entries) == [
        "claim.assigned",
        "claim.corrected",
        "claim.scrubbed",
    ]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_history_tells_every_touch_and_what_it_cured(arrives, bea, lea, caller, clock):
    await arrives(TWO_DEFECTS)
    await bea.post("/v1/holds/next", json={})
    clock.advance(timedelta(minutes=1))
    await bea.post(f"{CLAIM}/lease")
    await bea.patch(CLAIM, json=[{"op": "replace", "path": "/lines/0/units", "value": "1"}], headers=if_match(2))
    await bea.delete(f"{CLAIM}/assignment")
    await lea.post(f"{CLAIM}/release", json=override("billing-npi-missing"), headers=if_match(4))
    touches = (await bea.get(f"{CLAIM}/history")).json()["items"]
    assert [(one["actor"], one["action"], one["cured"], one["raised"]) for one in touches] == [
        ("lea", "claim.released", [], []),
        ("bea", "claim.unassigned", [], []),
        ("bea", "claim.corrected", ["units-positive"], []),
        ("bea", "claim.lease_renewed", [], []),
        ("bea", "claim.assigned", [], []),
        ("system:scrubber", "claim.scrubbed", [], ["billing-npi-missing", "units-positive"]),
    ]
    assert touches[0]["details"]["overrides"] == ["billing-npi-missing"]
    assert touches[2]["at"] == "2026-11-24T08:01:00Z"
    first = (await bea.get(f"{CLAIM}/history?limit=4")).json()
    second = (await bea.get(f"{CLAIM}/history", params={"limit": 4, "cursor": first["next_cursor"]})).json()
    assert (first["items"] + second["items"], second["next_cursor"]) == (touches, None)
    assert (await caller("eve", ("claims:read",), tenant="north").get(f"{CLAIM}/history")).status_code == 404
    assert (await caller("sam", ("scrub:run",)).get(f"{CLAIM}/history")).status_code == 403


async def test_a_claim_of_another_tenant_is_not_there(arrives, caller):
    await arrives(DEFECT)
    stranger = caller("eve", ("claims:read", "claims:correct"), tenant="north")
    assert (await stranger.get(CLAIM)).status_code == 404
    assert (await stranger.put(CLAIM, json=document(CLEAN), headers=if_match(1))).status_code == 404
    assert (await stranger.get("/v1/holds")).json()["items"] == []


async def test_a_recheck_runs_the_edits_and_clears_nothing_by_itself(arrives, bea):
    await arrives(DEFECT)
    result = (await bea.post("/v1/claims:recheck", json={"edit_id": "billing-npi-missing"})).json()
    assert result == {"checked": 1, "cleared": 0, "held": 1, "next_after": None}


async def test_a_recheck_clears_what_passes_now(arrives, bea, clock, claims_database):
    """The day of service lay in the future when the claim came; now it has passed."""
    today = clock.now
    clock.now = today.replace(day=23)
    await arrives(a_professional_claim().with_lines(a_professional_line(service_from="2026-11-24")).build())
    clock.now = today
    result = (await bea.post("/v1/claims:recheck", json={"edit_id": "service-date-future"})).json()
    assert (result["checked"], result["cleared"]) == (1, 1)
    cleared = (await told(claims_database))[-1]
    assert isinstance(cleared, ClaimCleared)
    assert cleared.touchless


async def test_a_recheck_of_no_edit_is_refused(bea):
    assert (await bea.post("/v1/claims:recheck", json={"edit_id": "none"})).status_code == 404


async def test_the_worklist_shows_the_most_valuable_first_page_by_page(arrives, bea):
    for number, charge in enumerate(["10.00", "300.00", "20.00"]):
        claim = a_professional_claim().with_lines(a_professional_line(charge=charge)).with_billing(npi=None)
        await arrives(claim.but(id=f"0193628d-58f5-7a70-8d2e-7a3d8ef0a00{number}").build())
    first = (await bea.get("/v1/holds?limit=2")).json()
    assert [hold["total_charge"] for hold in first["items"]] == ["300.00", "20.00"]
    second = (await bea.get("/v1/holds", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert ([hold["total_charge"] for hold in second["items"]], second["next_cursor"]) == (["10.00"], None)


async def test_the_worklist_is_found_by_edit_payer_and_owner(arrives, bea):
    await arrives(DEFECT)
    other = a_professional_claim().with_coverages(commercial()).with_lines(a_professional_line(units="0"))
    await arrives(other.but(id="0193628d-58f5-7a70-8d2e-7a3d8ef0a002").build())
    await bea.post(f"{CLAIM}/assignment", json={})

    async def found(**query):
        return [hold["edits"] for hold in (await bea.get("/v1/holds", params=query)).json()["items"]]

    assert await found(edit="units-positive") == [["units-positive"]]
    assert await found(payer="MCAREB") == [["billing-npi-missing"]]
    assert await found(owner="bea") == [["billing-npi-missing"]]
    assert await found(edit="units-positive", owner="bea") == []


async def test_a_write_that_is_sent_twice_has_one_effect(arrives, bea, claims_database):
    await arrives(DEFECT)
    headers = if_match(1) | {"Idempotency-Key": "k-1"}
    first = await bea.put(CLAIM, json=document(CLEAN), headers=headers)
    second = await bea.put(CLAIM, json=document(CLEAN), headers=headers)
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert len(await told(claims_database)) == 2
