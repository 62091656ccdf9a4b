"""Reading over REST: of documents that are given, as a stream, and of a chart."""

from __future__ import annotations

from typing import Any

import httpx
import orjson

from tests.builders import an_encounter
from tests.services.encoder.conftest import a_received_chart

TEXT = "Assessment: Gout, left ankle. No fever."


def a_request(*texts: str, **changes: Any) -> dict[str, Any]:
    documents = [
        {
            "id": f"d{number}",
            "kind": "progress_note",
            "title": "Note",
            "written_at": "2026-11-24T09:00:00Z",
            "text": text,
        }
        for number, text in enumerate(texts, start=1)
    ]
    return {"setting": "outpatient", "date": "2026-11-24", "documents": documents} | changes


async def test_documents_are_read_with_evidence_and_what_was_left_out(ana: httpx.AsyncClient) -> None:
    response = await ana.post("/v1/suggest", json=a_request(TEXT))
    assert response.status_code == 200, response.text
    answer = response.json()
    [gout] = answer["suggestions"]
    assert gout["code"].startswith("M10")
    assert TEXT[gout["evidence"][0]["start"] : gout["evidence"][0]["end"]] == gout["evidence"][0]["text"]
    assert [(one["text"], one["reason"]) for one in answer["left_out"]] == [("fever", "negated")]
    assert answer["releases"]


async def test_a_document_needs_no_more_than_an_id_and_a_text(ana: httpx.AsyncClient) -> None:
    response = await ana.post("/v1/suggest", json=a_request() | {"documents": [{"id": "d1", "text": TEXT}]})
    assert [one["code"] for one in response.json()["suggestions"]] == ["M109"]
    refused = await ana.post("/v1/suggest", json=a_request() | {"documents": [{"id": "d1"}]})
    assert (refused.status_code, refused.json()["pointer"]) == (422, "/documents/0/text")


async def test_a_long_chart_is_answered_document_by_document(ana: httpx.AsyncClient) -> None:
    body = a_request(TEXT, "Assessment: Hypothyroidism.")
    response = await ana.post("/v1/suggest", json=body, headers={"Accept": "application/x-ndjson"})
    lines = [orjson.loads(line) for line in response.text.splitlines()]
    assert [line.get("document") for line in lines] == ["d1", "d2", None]
    assert len(lines[-1]["reading"]["suggestions"]) == 2


async def test_the_documents_of_a_chart_are_read(ehr: httpx.AsyncClient, ana: httpx.AsyncClient) -> None:
    chart = await a_received_chart(ehr, an_encounter().document())
    response = await ana.get(f"/v1/charts/{chart['id']}/suggestions")
    assert response.status_code == 200, response.text
    found = {one["code"].replace(".", "") for one in response.json()["suggestions"]}
    # "Community-acquired pneumonia, on ceftriaxone. Acute kidney injury, resolved. Hypertension."
    assert {"J189", "N179", "I10"} <= found


async def test_a_day_before_the_code_set_is_said(ana: httpx.AsyncClient) -> None:
    response = await ana.post("/v1/suggest", json=a_request(TEXT, date="2000-01-01"))
    assert response.status_code in (404, 409, 422)
    assert response.json()["code"]
