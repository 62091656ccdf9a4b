from __future__ import annotations

from tests.builders import a_professional_claim, a_professional_line
from tests.services.scrubber.conftest import BILLER

PATH = "/v1/table-changes/claims"
HELD = a_professional_claim().with_billing(npi=None)
CHANGE = {"table": "ncci.ptp.practitioner", "effective": "2026-10-01", "codes": ["80053 82947", "80053 84450"]}


def a_held_claim(number, *procedures):
    lines = [a_professional_line(procedure, number=place) for place, procedure in enumerate(procedures, 1)]
    return HELD.but(id=f"0193628d-58f5-7a70-8d2e-7a3d8ef0b{number:03d}").with_lines(*lines).build()


async def test_held_claims_with_both_codes_of_a_changed_pair_are_named(arrives, bea):
    both = a_held_claim(1, "80053", "82947")
    await arrives(both)
    await arrives(a_held_claim(2, "80053", "99213"))
    response = await bea.post(PATH, json=CHANGE)
    assert response.status_code == 200, response.text
    assert response.json() == {"items": [{"id": str(both.id), "codes": ["80053 82947"]}], "next_cursor": None}


async def test_a_cleared_claim_is_out_of_reach(arrives, bea):
    await arrives(a_professional_claim().build())
    question = CHANGE | {"table": "cpt.codes", "codes": ["99213"]}
    assert (await bea.post(PATH, json=question)).json()["items"] == []


async def test_every_held_claim_is_looked_at_in_pages(arrives, bea):
    for number in range(5):
        await arrives(a_held_claim(number, "80053", "82947"))
    seen, cursor = [], None
    for _ in range(3):
        page = (await bea.post(PATH, params={"limit": 2} | ({"cursor": cursor} if cursor else {}), json=CHANGE)).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert cursor is None
    assert len(set(seen)) == len(seen) == 5


async def test_another_tenant_sees_none_of_them(arrives, caller):
    await arrives(a_held_claim(1, "80053", "82947"))
    assert (await caller("eve", BILLER, tenant="elsewhere").post(PATH, json=CHANGE)).json()["items"] == []


async def test_who_may_not_read_claims_is_refused(caller):
    assert (await caller("ana", ("charts:read",)).post(PATH, json=CHANGE)).status_code == 403
