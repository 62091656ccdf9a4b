"""The two doors of a clearinghouse: interchanges in, answers out with a cursor."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.builders import a_professional_claim, a_professional_line, commercial
from tests.fixtures.openapi import assert_no_5xx
from tests.fixtures.tokens import Clock
from tests.services.simulator.conftest import Caller
from tests.services.simulator.interchanges import an_interchange

X12 = {"Content-Type": "application/edi-x12"}


async def send(client: httpx.AsyncClient, content: bytes) -> httpx.Response:
    return await client.post("/v1/interchanges", content=content, headers=X12)


async def pull(client: httpx.AsyncClient, after: str | None = None, limit: int = 50) -> dict[str, Any]:
    query = {"limit": str(limit)} | ({"after": after} if after else {})
    answer = await client.get("/v1/responses", params=query)
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


async def test_an_interchange_is_taken_and_answered(customer: httpx.AsyncClient):
    answer = await send(customer, an_interchange())
    assert answer.status_code == 202
    assert (answer.json()["interchange_control_number"], answer.json()["claims"]) == ("000000042", 1)
    assert [file["kind"] for file in (await pull(customer))["items"]] == ["TA1", "999", "277CA", "277CA"]


async def test_the_same_bytes_again_are_the_same_receipt_and_no_new_answers(customer: httpx.AsyncClient):
    first = await send(customer, an_interchange())
    again = await send(customer, an_interchange())
    assert (again.status_code, again.json()) == (202, first.json())
    assert len((await pull(customer))["items"]) == 4


async def test_other_bytes_under_a_used_number_are_a_duplicate(customer: httpx.AsyncClient):
    await send(customer, an_interchange())
    spoilt = an_interchange().replace(b"JOAN", b"JEAN")
    assert (await send(customer, spoilt)).status_code == 202
    assert "TA1*000000042*261124*1205*R*025~" in (await pull(customer))["items"][4]["content"]


async def test_a_cursor_goes_on_where_the_last_page_ended_and_reads_again(customer: httpx.AsyncClient):
    await send(customer, an_interchange())
    first = await pull(customer, limit=3)
    rest = await pull(customer, first["next_cursor"])
    assert [file["kind"] for file in first["items"] + rest["items"]] == ["TA1", "999", "277CA", "277CA"]
    assert await pull(customer, first["next_cursor"]) == rest
    assert await pull(customer, rest["next_cursor"]) == {"items": [], "next_cursor": rest["next_cursor"]}


async def test_a_late_answer_comes_after_those_that_were_read(customer: httpx.AsyncClient, clock: Clock):
    await customer.post("/v1/settings", json={"late": 1000, "late_by_seconds": 60, "payer_rejects": 0})
    await send(customer, an_interchange())
    before = await pull(customer)
    assert len(before["items"]) == 3
    assert (await pull(customer, before["next_cursor"]))["items"] == []
    clock.advance(timedelta(seconds=61))
    (late,) = (await pull(customer, before["next_cursor"]))["items"]
    assert "STC*A2:20:PR" in late["content"]


async def test_what_was_paid_is_taken_back_by_a_void_even_of_another_process_and_of_no_other_customer(caller: Caller):
    paying = {"remitted": 1000, "denied": 0, "partly_denied": 0, "reversed": 0, "recovered": 0, "payer_rejects": 0}
    visit = a_professional_claim().with_coverages(commercial())
    for tenant in ("mercy", "grace"):
        await caller(tenant).post("/v1/settings", json=paying)
    await send(caller("mercy"), an_interchange(visit))
    (first,) = [file for file in (await pull(caller("mercy")))["items"] if file["kind"] == "835"]
    claim = first["content"].split("CLP*")[1].split("~")[0].split("*")
    voided = visit.with_coverages(commercial(payer_claim_control_number=claim[6])).but(frequency="8")
    # Another claim before it, for the first claim of an interchange is PCN0001 again.
    other = visit.with_lines(a_professional_line("99214", "190.00"))
    for tenant, taken_back in (("grace", 0), ("mercy", 1)):
        await send(caller(tenant), an_interchange(other, voided, control_number=43))
        files = (await pull(caller(tenant)))["items"]
        assert sum(f"CLP*PCN0001*22*-{claim[2]}*-{claim[3]}*" in file["content"] for file in files) == taken_back


async def test_customers_do_not_see_each_others_answers(caller: Caller):
    await send(caller("mercy"), an_interchange())
    assert (await pull(caller("grace")))["items"] == []


async def test_the_behaviour_can_be_read_and_set(customer: httpx.AsyncClient):
    answer = await customer.post("/v1/settings", json={"payer_rejects": 500})
    assert (answer.status_code, answer.json()["payer_rejects"]) == (200, 500)
    assert (await customer.get("/v1/settings")).json()["payer_rejects"] == 500
    refused = await customer.post("/v1/settings", json={"payer_rejects": 5000})
    assert refused.status_code == 422


async def test_what_one_customer_sets_is_not_so_for_another(caller: Caller):
    await caller("mercy").post("/v1/settings", json={"silent": 1000})
    assert (await caller("grace").get("/v1/settings")).json()["silent"] == 0


async def test_a_profile_is_chosen_by_name_and_changed_in_part(customer: httpx.AsyncClient):
    profiles = {one["name"]: one["behaviour"] for one in (await customer.get("/v1/profiles")).json()["items"]}
    assert {"everyday", "format-errors", "late", "disordered", "paying", "denying", "silent"} <= set(profiles)
    wanted = {"profile": "denying", "denied": 1000, "payers": {"BRM02": {"denied": 0}}}
    answer = await customer.post("/v1/settings", json=wanted)
    assert answer.status_code == 200, answer.text
    kept = (await customer.get("/v1/settings")).json()
    assert (kept["remitted"], kept["denied"], kept["partly_denied"]) == (1000, 1000, 400)
    assert kept["payers"]["BRM02"]["denied"] == 0


async def test_an_unknown_profile_is_refused(customer: httpx.AsyncClient):
    answer = await customer.post("/v1/settings", json={"profile": "kind"})
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["pointer"]) == (
        422,
        "unknown_profile",
        "/profile",
    )


async def test_nothing_is_lost_when_the_process_ends(caller: Caller, clock: Clock):
    """Each caller has a process of its own: answers, those to come, receipts, history and settings go on."""
    await caller().post("/v1/settings", json={"late": 1000, "late_by_seconds": 60, "payer_rejects": 0})
    first = await send(caller(), an_interchange())
    before = await pull(caller())
    assert [file["kind"] for file in before["items"]] == ["TA1", "999", "277CA"]
    clock.advance(timedelta(seconds=61))
    (late,) = (await pull(caller(), before["next_cursor"]))["items"]
    assert "STC*A2:20:PR" in late["content"]
    assert (await send(caller(), an_interchange())).json() == first.json()
    await send(caller(), an_interchange(control_number=43))
    after = await pull(caller(), before["next_cursor"])
    assert "STC*A3:746" in after["items"][-1]["content"]
    assert len({file["id"] for file in before["items"] + after["items"]}) == 7


async def test_of_the_same_claim_sent_at_once_in_two_interchanges_one_is_a_duplicate(customer: httpx.AsyncClient):
    await customer.post("/v1/settings", json={"payer_rejects": 0})
    sent = await asyncio.gather(*(send(customer, an_interchange(control_number=number)) for number in range(50, 54)))
    assert {answer.status_code for answer in sent} == {202}
    files = [file["content"] for file in (await pull(customer))["items"] if file["kind"] == "277CA"]
    assert sorted("A3:746" in file for file in files) == [False, False, True, True, True]
    numbers = [file["content"].split("*")[13] for file in (await pull(customer))["items"]]
    assert len(set(numbers)) == len(numbers)


async def test_files_that_went_out_are_kept_for_a_time(caller: Caller, clock: Clock):
    await send(caller(), an_interchange())
    assert len((await pull(caller()))["items"]) == 4
    clock.advance(timedelta(days=31))
    await send(caller(), an_interchange(control_number=43))
    assert len((await pull(caller()))["items"]) == 3


@pytest.mark.parametrize("content", [b"", b"{}", b"GS*HC~", b"ISA*00"])
async def test_what_is_no_interchange_is_a_problem(customer: httpx.AsyncClient, content: bytes):
    answer = await send(customer, content)
    assert (answer.status_code, answer.json()["code"]) == (422, "not_an_interchange")


async def test_another_media_type_is_not_read(customer: httpx.AsyncClient):
    answer = await customer.post("/v1/interchanges", json={})
    assert answer.status_code == 415


async def test_a_cursor_that_was_altered_is_refused(customer: httpx.AsyncClient):
    answer = await customer.get("/v1/responses", params={"after": "AAAA"})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_cursor")


async def test_a_caller_needs_the_scope(caller: Caller):
    assert (await send(caller(scopes=("claims:submit",)), an_interchange())).status_code == 403


async def test_no_request_that_its_openapi_can_make_fails_inside(customer: httpx.AsyncClient):
    await assert_no_5xx(customer, headers=dict(customer.headers), examples=15)
