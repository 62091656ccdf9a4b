from __future__ import annotations

import json
from typing import Any

import httpx

from tests.builders import a_professional_encounter, an_encounter, an_organization_provider
from tests.services.encoder.conftest import CODER, Caller, a_received_chart, if_match


def ndjson(*lines: dict[str, Any] | str) -> bytes:
    return "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines).encode()


async def bulk(ehr: httpx.AsyncClient, *lines: dict[str, Any] | str) -> list[dict[str, Any]]:
    headers = {"Content-Type": "application/x-ndjson"}
    response = await ehr.post("/v1/encounters:bulk", content=ndjson(*lines), headers=headers)
    assert response.status_code == 200, response.text
    return [json.loads(line) for line in response.text.splitlines()]


async def waiting(reader: httpx.AsyncClient) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await reader.get("/v1/charts")).json()["items"]
    return items


async def test_an_encounter_opens_a_chart(ehr: httpx.AsyncClient):
    response = await ehr.post("/v1/encounters", json=an_encounter().document())
    assert response.status_code == 201
    receipt = response.json()
    assert (receipt["outcome"], receipt["warnings"]) == ("created", [])
    assert response.headers["Location"] == f"/v1/charts/{receipt['chart']['id']}"
    assert response.headers["ETag"] == '"1"'
    opened = (await ehr.get(response.headers["Location"])).json()
    assert opened["encounter"]["id"] == "ENC-1"
    assert [document["id"] for document in opened["documents"]] == ["DOC-1"]


async def test_a_faulty_identifier_is_kept_and_told_of(ehr: httpx.AsyncClient):
    facility = {"id": "CVMC", "billing": an_organization_provider(npi="1234567894")}
    response = await ehr.post("/v1/encounters", json=an_encounter().but(facility=facility).document())
    assert response.status_code == 201
    [warning] = response.json()["warnings"]
    assert (warning["code"], warning["pointer"], warning["x12"]) == (
        "npi_check_digit",
        "/facility/billing/npi",
        "2010AA.NM109",
    )
    opened = (await ehr.get(response.headers["Location"])).json()
    assert opened["encounter"]["facility"]["billing"]["npi"] == "1234567894"
    assert opened["warnings"] == [warning]


async def test_the_same_encounter_again_answers_with_the_chart_that_is_there(ehr: httpx.AsyncClient):
    first = await ehr.post("/v1/encounters", json=an_encounter().document())
    again = await ehr.post("/v1/encounters", json=an_encounter().document())
    assert again.status_code == 200
    assert again.json()["outcome"] == "unchanged"
    assert again.json()["chart"] == first.json()["chart"]


async def test_the_same_encounter_with_another_content_is_a_conflict_that_names_the_chart(ehr: httpx.AsyncClient):
    chart = await a_received_chart(ehr, an_encounter().document())
    response = await ehr.post("/v1/encounters", json=an_encounter().but(discharge_status="02").document())
    assert response.status_code == 409
    assert (response.json()["code"], response.json()["chart_id"]) == ("encounter_conflict", chart["id"])
    assert (await ehr.get(f"/v1/charts/{chart['id']}")).json()["encounter"]["discharge_status"] == "01"


async def test_one_encounter_id_at_two_facilities_is_two_encounters(ehr: httpx.AsyncClient):
    await a_received_chart(ehr, an_encounter().document())
    facility = {"id": "ELSEWHERE", "billing": an_organization_provider()}
    await a_received_chart(ehr, an_encounter().but(facility=facility).document())
    assert len(await waiting(ehr)) == 2


async def test_an_encounter_is_replaced_while_nobody_coded_it(ehr: httpx.AsyncClient, ana: httpx.AsyncClient):
    chart = await a_received_chart(ehr, an_encounter().document())
    path = f"/v1/charts/{chart['id']}"
    changed = an_encounter().but(discharge_status="02", documents=[]).document()
    assert (await ehr.put(f"{path}/encounter", json=changed)).status_code == 428
    assert (await ehr.put(f"{path}/encounter", json=changed, headers=if_match(7))).status_code == 412
    replaced = await ehr.put(f"{path}/encounter", json=changed, headers=if_match(1))
    assert (replaced.status_code, replaced.headers["ETag"]) == (200, '"2"')
    opened = (await ehr.get(path)).json()
    assert (opened["encounter"]["discharge_status"], opened["documents"]) == ("02", [])
    assert (await ehr.post("/v1/encounters", json=changed)).status_code == 200
    codes = {"diagnoses": [{"code": "J189"}]}
    assert (await ana.put(f"{path}/codes", json=codes, headers=if_match(2))).status_code == 200
    late = await ehr.put(f"{path}/encounter", json=changed, headers=if_match(3))
    assert (late.status_code, late.json()["code"]) == (409, "chart_coded")


async def test_bulk_answers_each_line_and_a_bad_one_fails_alone(ehr: httpx.AsyncClient):
    await a_received_chart(ehr, an_encounter().document())
    answers = await bulk(
        ehr,
        an_encounter().document(),
        an_encounter().but(discharge_status="02").document(),
        a_professional_encounter().document(),
        an_encounter().but(id="ENC-3").document() | {"encounter_class": "spa"},
        "{not json",
        an_encounter().but(id="ENC-4").document(),
    )
    assert [(answer["line"], answer["status"]) for answer in answers] == [
        (1, 200), (2, 409), (3, 201), (4, 422), (5, 400), (6, 201),
    ]  # fmt: skip
    assert answers[1]["problem"]["code"] == "encounter_conflict"
    assert answers[3]["problem"]["errors"][0]["pointer"] == "/encounter_class"
    assert {chart["encounter_id"] for chart in await waiting(ehr)} == {"ENC-1", "ENC-2", "ENC-4"}


async def test_bulk_sent_again_opens_no_second_chart(ehr: httpx.AsyncClient):
    lines = [an_encounter().but(id=f"ENC-{number}").document() for number in range(250)]
    assert {answer["status"] for answer in await bulk(ehr, *lines)} == {201}
    assert {answer["status"] for answer in await bulk(ehr, *lines)} == {200}


async def test_an_encounter_twice_in_one_batch_is_one_chart(ehr: httpx.AsyncClient):
    answers = await bulk(ehr, an_encounter().document(), an_encounter().document())
    assert [answer["status"] for answer in answers] == [201, 200]
    assert answers[0]["chart_id"] == answers[1]["chart_id"]


async def test_a_tenant_never_sees_anothers_charts(ehr: httpx.AsyncClient, caller: Caller):
    chart = await a_received_chart(ehr, an_encounter().document())
    stranger = caller("eve", (*CODER, "charts:write"), tenant="elsewhere")
    path = f"/v1/charts/{chart['id']}"
    codes = {"diagnoses": [{"code": "J189"}]}
    answers = [
        await stranger.get(path),
        await stranger.get(f"{path}/documents/DOC-1"),
        await stranger.get(f"{path}/trail"),
        await stranger.post(f"{path}/assignment", json={}),
        await stranger.delete(f"{path}/assignment"),
        await stranger.put(f"{path}/codes", json=codes, headers=if_match(1)),
        await stranger.put(f"{path}/encounter", json=an_encounter().document(), headers=if_match(1)),
        await stranger.put(f"{path}/coverages", json=[], headers=if_match(1)),
        await stranger.post(f"{path}/charges", json=[]),
        await stranger.post(f"{path}/finalize", headers=if_match(1)),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert await waiting(stranger) == []
    assert (await stranger.post("/v1/encounters", json=an_encounter().document())).status_code == 201
