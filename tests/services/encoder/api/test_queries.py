"""Queries over REST: checked, sent, answered into the record; the chart waits meanwhile."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from sqlalchemy import select

from shared.db import Database
from shared.events.outbox import OutboxRow
from tests.builders import an_encounter
from tests.services.encoder.api.test_charts import PNEUMONIA
from tests.services.encoder.conftest import CODER, Caller, a_received_chart, if_match
from tests.services.encoder.domain.queries.drafts import RECORD, a_choice, an_open_question

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

ASKS = (*CODER, "queries:read", "queries:write")
ANSWERS = ("charts:read", "queries:read", "queries:answer")
CHOICE: dict[str, Any] = a_choice().model_dump(mode="json", exclude_none=True)


@pytest.fixture
def ana(caller: Caller) -> httpx.AsyncClient:
    return caller("ana", ASKS)


@pytest.fixture
def okafor(caller: Caller) -> httpx.AsyncClient:
    return caller("okafor", ANSWERS, role="physician")


@pytest.fixture
async def chart(ehr: httpx.AsyncClient, ana: httpx.AsyncClient) -> str:
    """The path of a coded chart with the record that the drafts quote."""
    documents = [document.model_dump(mode="json") for document in RECORD]
    received = await a_received_chart(ehr, an_encounter().but(documents=documents).document())
    path = f"/v1/charts/{received['id']}"
    assert (await ana.put(f"{path}/codes", json=PNEUMONIA, headers=if_match(1))).status_code == 200
    return path


async def written(ana: httpx.AsyncClient, chart: str, **changes: Any) -> dict[str, Any]:
    response = await ana.post(f"{chart}/queries", json=CHOICE | {"physician": "okafor"} | changes)
    assert response.status_code == 201, response.text
    query: dict[str, Any] = response.json()
    assert response.headers["Location"] == f"/v1/queries/{query['id']}"
    return query


async def sent(ana: httpx.AsyncClient, chart: str) -> str:
    query = await written(ana, chart)
    response = await ana.post(f"/v1/queries/{query['id']}/send", headers=if_match(1))
    assert response.status_code == 200, response.text
    return f"/v1/queries/{query['id']}"


async def version_of(reader: httpx.AsyncClient, chart: str) -> int:
    version: int = (await reader.get(chart)).json()["chart"]["version"]
    return version


async def told(database: Database) -> list[str]:
    async with database.read() as session:
        rows = (await session.scalars(select(OutboxRow).order_by(OutboxRow.id))).all()
    return [row.headers["ce_type"] for row in rows]


async def test_an_open_query_holds_the_chart_until_the_physician_answers(
    chart: str, ana: httpx.AsyncClient, okafor: httpx.AsyncClient, charts_database: Database
):
    query = await sent(ana, chart)
    refused = await ana.post(f"{chart}/finalize", headers=if_match(await version_of(ana, chart)))
    assert (refused.status_code, refused.json()["code"]) == (409, "query_open")
    assert (await ana.delete(f"{chart}/holds/query_open")).json()["code"] == "query_open"
    answered = await okafor.post(f"{query}/answer", json={"option": 0}, headers=if_match(2))
    assert (answered.status_code, answered.json()["status"]) == (200, "answered"), answered.text
    opened = (await ana.get(chart)).json()
    assert (opened["chart"]["holds"], opened["chart"]["query_answered"]) == ([], True)
    [document] = [one for one in opened["documents"] if one["kind"] == "query_response"]
    text = (await ana.get(f"{chart}/documents/{document['id']}")).json()["text"]
    assert text.endswith("Acute kidney injury")
    assert (await ana.post(f"{chart}/finalize", headers=if_match(opened["chart"]["version"]))).status_code == 200
    assert await told(charts_database) == ["query.sent.v1", "query.answered.v1", "chart.coded.v1"]


async def test_the_hold_stays_until_the_last_of_two_queries_is_over(
    chart: str, ana: httpx.AsyncClient, okafor: httpx.AsyncClient
):
    first, second = await sent(ana, chart), await sent(ana, chart)
    await okafor.post(f"{first}/answer", json={"option": 1}, headers=if_match(2))
    assert [hold["reason"] for hold in (await ana.get(chart)).json()["chart"]["holds"]] == ["query_open"]
    await ana.post(f"{second}/withdraw", json={"reason": "The first answer says it."}, headers=if_match(2))
    assert (await ana.get(chart)).json()["chart"]["holds"] == []


async def test_a_query_that_breaks_rules_is_refused_with_their_ids_and_places(chart: str, ana: httpx.AsyncClient):
    leading = CHOICE | {"physician": "okafor", "title": "Sepsis", "question": "Please document sepsis for the DRG."}
    refused = await ana.post(f"{chart}/queries", json=leading)
    assert (refused.status_code, refused.json()["code"]) == (422, "query_not_compliant")
    assert [(error["code"], error["pointer"]) for error in refused.json()["errors"]] == [
        ("text.payment", "/question"),
        ("text.leading", "/question"),
        ("title.diagnosis", "/title"),
        ("question.diagnosis", "/question"),
    ]
    assert (await ana.get("/v1/queries")).json()["items"] == []


async def test_a_query_is_checked_again_when_it_is_sent(ehr: httpx.AsyncClient, ana: httpx.AsyncClient):
    documents = [document.model_dump(mode="json") for document in RECORD]
    encounter = an_encounter().but(documents=documents)
    received = await a_received_chart(ehr, encounter.document())
    query = await written(ana, f"/v1/charts/{received['id']}")
    other = encounter.but(documents=documents[1:]).document()
    await ehr.put(f"/v1/charts/{received['id']}/encounter", json=other, headers=if_match(1))
    refused = await ana.post(f"/v1/queries/{query['id']}/send", headers=if_match(1))
    assert "indicators.misquoted" in [error["code"] for error in refused.json()["errors"]]


async def test_a_draft_is_checked_without_being_kept(chart: str, ana: httpx.AsyncClient):
    documents = [document.model_dump(mode="json") for document in RECORD]
    good = await ana.post("/v1/queries:check", json={"draft": CHOICE, "documents": documents})
    assert (good.status_code, good.json()["compliant"], good.json()["findings"]) == (200, True, [])
    alone = (await ana.post("/v1/queries:check", json={"draft": CHOICE})).json()
    assert {finding["rule"] for finding in alone["findings"]} == {
        "indicators.misquoted",
        "options.unsupported",
        "options.too_few",
    }
    machine = CHOICE | {"drafted_by": "machine", "question": "Would you agree that this is acute?"}
    on_chart = (await ana.post(f"{chart}/queries:check", json=machine)).json()
    assert [finding["rule"] for finding in on_chart["findings"]] == ["text.leading"]
    assert (await ana.get("/v1/queries")).json()["items"] == []


async def test_a_template_is_filled_in(chart: str, ana: httpx.AsyncClient):
    assert "specificity" in [template["id"] for template in (await ana.get("/v1/query-templates")).json()]
    draft = {
        "template": "specificity",
        "terms": {"condition": "Heart failure", "aspect": "type"},
        "indicators": CHOICE["indicators"],
        "options": [
            {"text": "Systolic heart failure", "supported_by": [0]},
            {"text": "Diastolic heart failure", "supported_by": [0]},
        ],
        "physician": "okafor",
    }
    made = await ana.post(f"{chart}/queries", json=draft)
    assert made.json()["text"]["title"] == "Clarification of Heart failure"
    unfilled = await ana.post(f"{chart}/queries", json=draft | {"terms": {}})
    assert (unfilled.status_code, unfilled.json()["code"]) == (422, "template_not_filled")


async def test_only_the_physician_who_is_asked_answers(chart: str, ana: httpx.AsyncClient, caller: Caller):
    query = await sent(ana, chart)
    other = caller("nwosu", ANSWERS, role="physician")
    refused = await other.post(f"{query}/answer", json={"option": 0}, headers=if_match(2))
    assert (refused.status_code, refused.json()["code"]) == (403, "not_addressed")
    assert (await ana.post(f"{query}/answer", json={"option": 0}, headers=if_match(2))).status_code == 403


@pytest.mark.parametrize(
    ("given", "pointer"), [({"option": 9}, "/option"), ({"option": 2}, "/text"), ({"text": "AKI"}, "/option")]
)
async def test_an_answer_that_is_none_of_the_querys_is_refused(
    chart: str, ana: httpx.AsyncClient, okafor: httpx.AsyncClient, given: dict[str, Any], pointer: str
):
    query = await sent(ana, chart)
    refused = await okafor.post(f"{query}/answer", json=given, headers=if_match(2))
    assert (refused.status_code, refused.json()["code"], refused.json()["pointer"]) == (422, "answer_invalid", pointer)


async def test_an_amended_answer_stands_beside_the_first_and_the_trail_tells_all(
    chart: str, ana: httpx.AsyncClient, okafor: httpx.AsyncClient, charts_database: Database
):
    query = await sent(ana, chart)
    early = await okafor.post(f"{query}/amend", json={"option": 1}, headers=if_match(2))
    assert early.json()["code"] == "query_closed"
    await okafor.post(f"{query}/answer", json={"option": 0}, headers=if_match(2))
    amended = (await okafor.post(f"{query}/amend", json={"option": 1}, headers=if_match(3))).json()
    assert (amended["status"], [answer["option"] for answer in amended["answers"]]) == ("amended", [0, 1])
    assert len({answer["document_id"] for answer in amended["answers"]}) == 2
    trail = (await ana.get(f"{query}/trail")).json()
    assert [(entry["actor"], entry["action"]) for entry in trail] == [
        ("ana", "query.written"),
        ("ana", "query.sent"),
        ("okafor", "query.answered"),
        ("okafor", "query.amended"),
    ]
    assert "creatinine" not in str(trail).casefold()


async def test_a_query_is_sent_and_withdrawn_by_its_author_or_who_leads(
    chart: str, ana: httpx.AsyncClient, caller: Caller
):
    query = f"/v1/queries/{(await written(ana, chart))['id']}"
    ben, lena = caller("ben", ASKS), caller("lena", ASKS, role="CDI lead")
    assert (await ben.post(f"{query}/send", headers=if_match(1))).status_code == 403
    assert (await lena.post(f"{query}/send", headers=if_match(7))).json()["code"] == "stale_version"
    assert (await lena.post(f"{query}/send", headers=if_match(1))).status_code == 200
    assert (await ana.post(f"{query}/send", headers=if_match(2))).json()["code"] == "query_closed"
    withdrawn = await lena.post(f"{query}/withdraw", json={"reason": "Asked twice."}, headers=if_match(2))
    assert withdrawn.json()["status"] == "withdrawn"


async def test_queries_are_listed_by_state_chart_and_physician(chart: str, ana: httpx.AsyncClient):
    made = [(await written(ana, chart, physician=who))["id"] for who in ("okafor", "nwosu", "okafor")]
    await ana.post(f"/v1/queries/{made[2]}/send", headers=if_match(1))

    async def listed(query: str) -> list[str]:
        return [one["id"] for one in (await ana.get(f"/v1/queries{query}")).json()["items"]]

    assert await listed("") == made
    assert await listed("?physician=okafor") == [made[0], made[2]]
    assert await listed("?status=sent&status=escalated") == [made[2]]
    assert await listed(f"?chart={chart.rsplit('/', 1)[1]}") == made
    assert await listed("?chart=another") == []
    page = (await ana.get("/v1/queries?limit=2")).json()
    assert await listed(f"?limit=2&cursor={page['next_cursor']}") == made[2:]


async def test_a_query_is_a_task_in_fhir(chart: str, ana: httpx.AsyncClient):
    bundle = (await ana.get(f"{await sent(ana, chart)}/fhir")).json()
    kinds = [entry["resource"]["resourceType"] for entry in bundle["entry"]]
    assert kinds == ["Task", "Communication", "Questionnaire"]
    assert bundle["entry"][0]["resource"]["status"] == "requested"


async def test_another_tenant_sees_no_query(chart: str, ana: httpx.AsyncClient, caller: Caller):
    query = await sent(ana, chart)
    eve = caller("eve", (*ASKS, *ANSWERS), tenant="other")
    for method, path in (
        ("GET", query),
        ("GET", f"{query}/fhir"),
        ("GET", f"{query}/trail"),
        ("POST", f"{query}/answer"),
    ):
        body = {"option": 0} if method == "POST" else None
        assert (await eve.request(method, path, json=body, headers=if_match(2))).json()["code"] == "query_not_found"
    assert (await eve.get("/v1/queries")).json()["items"] == []
    assert (await eve.post(f"{chart}/queries", json=CHOICE | {"physician": "x"})).json()["code"] == "chart_not_found"


async def test_an_open_question_is_answered_in_words(chart: str, ana: httpx.AsyncClient, okafor: httpx.AsyncClient):
    text = an_open_question().model_dump(mode="json", exclude_none=True)
    query = (await ana.post(f"{chart}/queries", json=text | {"physician": "okafor"})).json()["id"]
    await ana.post(f"/v1/queries/{query}/send", headers=if_match(1))
    answered = await okafor.post(f"/v1/queries/{query}/answer", json={"text": "Prerenal."}, headers=if_match(2))
    assert answered.json()["answers"][0]["text"] == "Prerenal."
