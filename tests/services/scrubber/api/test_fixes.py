"""One correction for many held claims: seen before it is done, and done to each by itself."""

from __future__ import annotations

import pytest

from shared import audit
from shared.events.contracts import ClaimCleared
from tests.builders import a_professional_claim, a_professional_line, a_subscriber, commercial, medicare
from tests.services.scrubber.conftest import BILLER, told

ID = "0193628d-58f5-7a70-8d2e-7a3d8ef0a00{}"
UNITS = {"op": "replace", "path": "/lines/0/units", "value": "1"}
BALANCE = {"repair_of": "total-charge-balance"}

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def a_claim(number, *, units="1", **changes):
    """One line of 125.00 for a patient of their own, clean unless it is changed."""
    patient = commercial(subscriber=a_subscriber(f"W2004511{number}"))
    claim = a_professional_claim().with_lines(a_professional_line(units=units)).with_coverages(patient)
    return claim.but(id=ID.format(number), **changes).build()


def unbalanced(number, **changes):
    """Asks for 99.00 where its line makes 125.00: the edit suggests the sum of the lines."""
    return a_claim(number, total_charge="99.00", **changes)


async def previewed(caller, fix, **which):
    response = await caller.post("/v1/claims:preview-fix", json={"fix": fix, **which})
    assert response.status_code == 200, response.text
    return response.json()


def seen(preview):
    return [{"id": one["claim_id"], "version": one["claim"]["version"]} for one in preview["claims"] if one["claim"]]


def outcomes(answers):
    """For each claim the digit of its id, and what became of it or the code of its problem."""
    return [(one["claim_id"][-1], (one["claim"] or {}).get("outcome") or one["problem"]["code"]) for one in answers]


async def test_what_the_preview_shows_is_what_the_fix_does(arrives, bea, claims_database):
    """Of three claims with 0 units one lacks its NPI too: it stays held, and nothing else is raised."""
    await arrives(a_claim(1, units="0"))
    await arrives(a_claim(2, units="0", billing=a_professional_claim().with_billing(npi=None).fields["billing"]))
    await arrives(a_claim(3, units="0"))
    fix = {"patch": [{"op": "test", "path": "/lines/0/procedure", "value": "99213"}, UNITS]}
    preview = await previewed(bea, fix, where={"edit": "units-positive"})
    assert outcomes(preview["claims"]) == [("1", "cleared"), ("2", "held"), ("3", "cleared")]
    assert (preview["cleared"], preview["held"], preview["refused"]) == (2, 1, 0)
    for one in preview["claims"]:
        assert [(gone["edit_id"], gone["pointer"]) for gone in one["claim"]["cured"]] == [
            ("units-positive", "/lines/0/units")
        ]
        assert (one["claim"]["raised"], one["claim"]["patch"]) == ([], fix["patch"])
    assert len((await bea.get("/v1/holds")).json()["items"]) == 3
    assert len(await told(claims_database)) == 3

    done = (await bea.post("/v1/claims:fix", json={"fix": fix, "claims": seen(preview)})).json()
    assert outcomes(done["claims"]) == outcomes(preview["claims"])
    assert [one["claim"]["version"] for one in done["claims"]] == [2, 2, 2]
    assert [hold["id"][-1] for hold in (await bea.get("/v1/holds")).json()["items"]] == ["2"]
    assert [isinstance(event, ClaimCleared) for event in (await told(claims_database))[3:]] == [True, False, True]


@SQLITE
async def test_the_repair_of_an_edit_is_each_claims_own_and_on_its_history(arrives, bea, claims_database):
    await arrives(unbalanced(1))
    two_lines = a_professional_claim().with_lines(a_professional_line(), a_professional_line("99214", "175.00"))
    await arrives(two_lines.but(id=ID.format(2), total_charge="99.00").build())
    await arrives(a_claim(3, units="0"))
    preview = await previewed(bea, BALANCE, claims=[ID.format(number) for number in (2, 1, 3, 4)])
    assert [one["claim"] and one["claim"]["patch"][0]["value"] for one in preview["claims"]] == [
        "300.00",
        "125.00",
        None,
        None,
    ]
    assert outcomes(preview["claims"])[2:] == [("3", "repair_not_suggested"), ("4", "claim_not_found")]
    await bea.post("/v1/claims:fix", json={"fix": BALANCE, "claims": seen(preview)})
    [newest, _] = (await bea.get(f"/v1/claims/{ID.format(1)}/history")).json()["items"]
    assert (newest["actor"], newest["action"], newest["cured"]) == ("bea", "claim.corrected", ["total-charge-balance"])
    assert newest["details"]["paths"] == ["/total_charge"]
    assert newest["details"]["repair_of"] == ["total-charge-balance"]
    async with claims_database.read() as session:
        assert await audit.verify(session, "mercy") == []


@SQLITE
async def test_of_two_that_bill_the_same_the_second_is_seen_to_be_held_and_is(arrives, bea):
    """What clears one makes the other its duplicate: the preview must not promise both."""
    same = commercial(subscriber=a_subscriber("W20045110"))
    for number in (1, 2):
        await arrives(unbalanced(number, coverages=(same,), patient_control_number=f"RC{number}"))
    preview = await previewed(bea, BALANCE, where={})
    assert outcomes(preview["claims"]) == [("1", "cleared"), ("2", "held")]
    assert [found["edit_id"] for found in preview["claims"][1]["claim"]["raised"]] == ["claim-billed-before"]
    done = (await bea.post("/v1/claims:fix", json={"fix": BALANCE, "claims": seen(preview)})).json()
    assert outcomes(done["claims"]) == outcomes(preview["claims"])
    [shown], [made] = [[one["claim"]["raised"] for one in each["claims"][1:]] for each in (preview, done)]
    assert made == shown


@SQLITE
async def test_a_fix_raises_what_it_breaks_and_the_preview_says_so_before(arrives, bea):
    await arrives(a_claim(1, units="0"))
    bad = {"patch": [{"op": "replace", "path": "/lines/0/procedure", "value": "0"}]}
    [one] = (await previewed(bea, bad, claims=[ID.format(1)]))["claims"]
    assert (one["claim"]["outcome"], one["claim"]["cured"]) == ("held", [])
    assert {found["pointer"] for found in one["claim"]["raised"]} == {"/lines/0/procedure"}


@SQLITE
async def test_a_claim_that_has_changed_or_is_anothers_is_told_and_left_as_it_is(arrives, bea, bob):
    for number in range(1, 5):
        await arrives(unbalanced(number))
    claims = seen(await previewed(bea, BALANCE, where={"edit": "total-charge-balance"}))
    await bob.patch(
        f"/v1/claims/{ID.format(1)}",
        json=[{"op": "replace", "path": "/place_of_service", "value": "22"}],
        headers={"If-Match": '"1"'},
    )
    await bob.post(f"/v1/claims/{ID.format(2)}/assignment", json={})
    # Of the version that is now, and yet another's.
    claims[1]["version"] = 2
    await bob.patch(
        f"/v1/claims/{ID.format(3)}",
        json=[{"op": "replace", "path": "/total_charge", "value": "125.00"}],
        headers={"If-Match": '"1"'},
    )
    done = (await bea.post("/v1/claims:fix", json={"fix": BALANCE, "claims": claims})).json()
    assert outcomes(done["claims"]) == [
        ("1", "stale_version"),
        ("2", "claim_owned"),
        ("3", "stale_version"),
        ("4", "cleared"),
    ]
    assert (done["cleared"], done["held"], done["refused"]) == (1, 0, 3)
    assert (await bea.get(f"/v1/claims/{ID.format(1)}")).json()["claim"]["total_charge"] == "99.00"
    preview = await previewed(bea, BALANCE, claims=[ID.format(number) for number in range(1, 5)])
    assert outcomes(preview["claims"]) == [
        ("1", "cleared"),
        ("2", "claim_owned"),
        ("3", "claim_not_held"),
        ("4", "claim_not_held"),
    ]


@SQLITE
async def test_a_fix_may_do_no_more_than_a_patch_of_one_claim(arrives, bea):
    await arrives(a_claim(1, units="0"))
    refused = [
        ({"op": "replace", "path": "/encounter_id", "value": "E-9"}, "claim_identity_changed", "/0/path"),
        ({"op": "remove", "path": "/lines/7"}, "patch_invalid", "/0/path"),
        ({"op": "replace", "path": "/lines/0/units", "value": "many"}, "invalid_body", "/lines/0/units"),
        ({"op": "test", "path": "/place_of_service", "value": "99"}, "patch_invalid", "/0/value"),
    ]
    for operation, code, pointer in refused:
        fix = {"patch": [operation]}
        [shown] = (await previewed(bea, fix, claims=[ID.format(1)]))["claims"]
        body = {"fix": fix, "claims": [{"id": ID.format(1), "version": 1}]}
        [done] = (await bea.post("/v1/claims:fix", json=body)).json()["claims"]
        assert (shown["problem"]["code"], shown["problem"]["pointer"]) == (code, pointer)
        assert (done["problem"]["code"], done["problem"]["pointer"]) == (code, pointer)
    assert (await bea.get(f"/v1/claims/{ID.format(1)}")).headers["ETag"] == '"1"'


async def test_a_fix_that_is_sent_twice_has_one_effect(arrives, bea, claims_database):
    await arrives(unbalanced(1))
    await arrives(a_claim(2, units="0"))
    body = {"fix": BALANCE, "claims": [{"id": ID.format(1), "version": 1}, {"id": ID.format(2), "version": 1}]}
    first, again = [await bea.post("/v1/claims:fix", json=body, headers={"Idempotency-Key": "k-1"}) for _ in range(2)]
    # An answer that is given again tells the request that it was given to at first.
    assert outcomes(again.json()["claims"]) == outcomes(first.json()["claims"])
    assert outcomes(first.json()["claims"]) == [("1", "cleared"), ("2", "repair_not_suggested")]
    assert len(await told(claims_database)) == 3
    other = body | {"claims": [{"id": ID.format(1), "version": 2}]}
    reused = await bea.post("/v1/claims:fix", json=other, headers={"Idempotency-Key": "k-1"})
    assert outcomes(reused.json()["claims"]) == [("1", "idempotency_key_reused")]


@SQLITE
async def test_a_filter_is_looked_at_some_claims_at_a_time(arrives, bea):
    for number in range(1, 4):
        await arrives(unbalanced(number))
    await arrives(unbalanced(4, coverages=(medicare(),)))
    where = {"edit": "total-charge-balance", "payer": "MHP01"}
    first = await previewed(bea, BALANCE, where=where, limit=2)
    rest = await previewed(bea, BALANCE, where=where, limit=2, after=first["next_after"])
    assert [one["claim_id"][-1] for one in first["claims"] + rest["claims"]] == ["1", "2", "3"]
    assert (first["next_after"][-1], rest["next_after"]) == ("2", None)


@SQLITE
async def test_a_fix_needs_the_scope_and_the_tenant_and_says_what_it_is_and_for_which_claims(arrives, bea, caller):
    await arrives(unbalanced(1))
    one = {"id": ID.format(1), "version": 1}
    preview, fix = {"fix": BALANCE, "claims": [ID.format(1)]}, {"fix": BALANCE, "claims": [one]}
    reader, stranger = caller("rex", ("claims:read",)), caller("eve", BILLER, tenant="north")
    for address, body in (("/v1/claims:preview-fix", preview), ("/v1/claims:fix", fix)):
        assert (await reader.post(address, json=body)).status_code == 403
        assert outcomes((await stranger.post(address, json=body)).json()["claims"]) == [("1", "claim_not_found")]
    assert (await previewed(stranger, BALANCE, where={}))["claims"] == []
    for wrong in (
        {"fix": {}, "claims": [one]},
        {"fix": BALANCE | {"patch": [UNITS]}, "claims": [one]},
        {"fix": BALANCE, "claims": []},
        {"fix": BALANCE, "claims": [one, one]},
        {"fix": BALANCE, "claims": [{"id": f"c-{number}", "version": 1} for number in range(201)]},
    ):
        assert (await bea.post("/v1/claims:fix", json=wrong)).status_code == 422
    for wrong in ({"fix": BALANCE}, {"fix": BALANCE, "claims": [ID.format(1)], "where": {}}, preview | {"limit": 201}):
        assert (await bea.post("/v1/claims:preview-fix", json=wrong)).status_code == 422
