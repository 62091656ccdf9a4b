"""Fix and re-check in one call: a JSON Patch of a held claim, examined at once."""

from __future__ import annotations

import pytest

from shared import audit
from shared.events.contracts import ClaimCleared
from tests.builders import a_professional_claim, a_professional_line
from tests.services.scrubber.conftest import BILLER, if_match, told

CLEAN = a_professional_claim().build()
DEFECT = a_professional_claim().with_lines(a_professional_line(units="0")).build()
CLAIM = f"/v1/claims/{CLEAN.id}"
UNITS = {"op": "replace", "path": "/lines/0/units", "value": "1"}

REFUSED = [
    ([UNITS, {"op": "replace", "path": "/lines/7/units", "value": "1"}], "patch_invalid", "/1/path"),
    ([{"op": "test", "path": "/lines/0/units", "value": "9"}, UNITS], "patch_invalid", "/0/value"),
    ([{"op": "replace", "path": "/lines/0/units"}], "patch_invalid", "/0"),
    ([{"op": "remove", "path": "lines"}], "patch_invalid", "/0/path"),
    ([UNITS, {"op": "replace", "path": "/encounter_id", "value": "E-9"}], "claim_identity_changed", "/1/path"),
    ([{"op": "move", "from": "/id", "path": "/lines/0/procedure"}], "claim_identity_changed", "/0/path"),
    ([{"op": "replace", "path": "", "value": []}], "claim_identity_changed", "/0/path"),
    ([{"op": "replace", "path": "/lines/0/units", "value": "many"}], "invalid_body", "/lines/0/units"),
    ([{"op": "add", "path": "/surprise", "value": 1}], "invalid_body", "/surprise"),
    ([{"op": "rename", "path": "/lines"}], "invalid_body", "/0/op"),
    ([], "invalid_body", ""),
]

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def test_a_patch_that_cures_the_claim_clears_it_at_once(arrives, bea, claims_database):
    await arrives(DEFECT)
    test = {"op": "test", "path": "/lines/0/procedure", "value": CLEAN.lines[0].procedure}
    headers = if_match(1) | {"Idempotency-Key": "k-1", "Content-Type": "application/json-patch+json"}
    first, again = [await bea.patch(CLAIM, json=[test, UNITS], headers=headers) for _ in range(2)]
    assert (first.status_code, first.json()["status"], first.json()["version"]) == (200, "cleared", 2)
    assert again.content == first.content
    _, cleared = await told(claims_database)
    assert isinstance(cleared, ClaimCleared)
    assert (cleared.claim, cleared.touchless) == (CLEAN, False)
    async with claims_database.read() as session:
        last = (await audit.trail(session, "mercy", "claim", CLEAN.id))[-1]
    assert (last.actor, last.action, last.details["paths"]) == ("bea", "claim.corrected", ["/lines/0/units"])


async def test_a_patch_that_cannot_be_done_changes_nothing_and_says_where(arrives, bea):
    await arrives(DEFECT)
    for operations, code, pointer in REFUSED:
        refused = (await bea.patch(CLAIM, json=operations, headers=if_match(1))).json()
        assert (refused["status"], refused["code"], refused.get("pointer")) == (422, code, pointer), operations
    assert (await bea.get(CLAIM)).headers["ETag"] == '"1"'


async def test_a_patch_needs_the_version_the_scope_the_tenant_and_a_claim_that_nobody_else_has(
    arrives, bea, bob, caller
):
    await arrives(DEFECT)
    assert (await bea.patch(CLAIM, json=[UNITS])).status_code == 428
    assert (await bea.patch(CLAIM, json=[UNITS], headers=if_match(2))).status_code == 412
    reader, stranger = caller("rex", ("claims:read",)), caller("eve", BILLER, tenant="north")
    assert (await reader.patch(CLAIM, json=[UNITS], headers=if_match(1))).status_code == 403
    assert (await stranger.patch(CLAIM, json=[UNITS], headers=if_match(1))).status_code == 404
    await bob.post(f"{CLAIM}/assignment", json={})
    assert (await bea.patch(CLAIM, json=[UNITS], headers=if_match(2))).json()["code"] == "claim_owned"
