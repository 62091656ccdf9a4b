"""Documents that come to a chart by themselves."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import httpx
import pytest

from tests.builders import an_encounter
from tests.services.encoder.api.test_charts import a_coded_chart
from tests.services.encoder.conftest import a_received_chart, if_match
from tests.services.encoder.domain.documents.pdfs import a_pdf

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def a_late_document(**fields: Any) -> dict[str, Any]:
    return {
        "id": "late-1",
        "kind": "progress_note",
        "title": "Progress note",
        "author": "Samuel Okafor",
        "written_at": "2026-11-19T08:00:00-06:00",
        "text": "Acute kidney injury resolving.",
    } | fields


async def test_a_late_document_joins_its_chart_and_its_versions_stay(ehr: httpx.AsyncClient, ana: httpx.AsyncClient):
    chart = await a_received_chart(ehr, an_encounter().document())
    path = f"/v1/charts/{chart['id']}"
    filed = await ehr.post(f"{path}/documents", json=a_late_document())
    assert (filed.status_code, filed.json()["outcome"], filed.headers["ETag"]) == (201, "filed", '"2"')
    again = await ehr.post(f"{path}/documents", json=a_late_document())
    assert (again.json()["outcome"], again.json()["document"]["version"]) == ("unchanged", 1)
    changed = await ehr.post(f"{path}/documents", json=a_late_document(text="Acute kidney injury resolved."))
    assert changed.json()["document"]["version"] == 2
    replacing = await ehr.post(f"{path}/documents", json=a_late_document(id="late-2", replaces="late-1"))
    assert replacing.json()["document"]["filing"]["replaces"] == "late-1"
    first = [one["id"] for one in chart_documents(an_encounter().document())]
    assert [one["id"] for one in (await ana.get(path)).json()["documents"]] == [*first, "late-2"]
    every = (await ana.get(f"{path}/documents", params={"every_version": True})).json()
    assert [(one["id"], one["version"], one["status"]) for one in every[len(first) :]] == [
        ("late-1", 1, "superseded"),
        ("late-1", 2, "superseded"),
        ("late-2", 1, "current"),
    ]
    assert (await ana.get(f"{path}/documents/late-1")).json()["text"] == "Acute kidney injury resolved."
    withdrawn = await ehr.delete(f"{path}/documents/late-2")
    assert withdrawn.status_code == 200
    assert (await ehr.delete(f"{path}/documents/late-2")).json()["code"] == "document_not_found"
    trail = [one["action"] for one in (await ana.get(f"{path}/trail")).json()]
    assert trail.count("chart.document_filed") == 3
    assert trail[-1] == "chart.document_cancelled"


def chart_documents(encounter: dict[str, Any]) -> list[dict[str, Any]]:
    documents: list[dict[str, Any]] = encounter["documents"]
    return documents


async def test_a_document_sent_anew_with_its_encounter_leaves_the_late_one(ehr: httpx.AsyncClient):
    encounter = an_encounter().document()
    chart = await a_received_chart(ehr, encounter)
    path = f"/v1/charts/{chart['id']}"
    await ehr.post(f"{path}/documents", json=a_late_document())
    sent = await ehr.put(f"{path}/encounter", json=encounter | {"specialty": "CARDIOLOGY"}, headers=if_match(2))
    assert sent.status_code == 200
    first = [one["id"] for one in chart_documents(encounter)]
    assert sorted(one["id"] for one in (await ehr.get(path)).json()["documents"]) == sorted([*first, "late-1"])


@on_sqlite
async def test_a_finalized_chart_is_flagged_and_not_opened(ehr: httpx.AsyncClient, ana: httpx.AsyncClient):
    path = await a_coded_chart(ehr, ana, an_encounter().document())
    assert (await ana.post(f"{path}/finalize", headers=if_match(2))).status_code == 200
    filed = await ehr.post(f"{path}/documents", json=a_late_document())
    chart = filed.json()["chart"]
    assert (chart["status"], chart["flags"]) == ("finalized", ["late_document"])
    second = await ehr.post(f"{path}/documents", json=a_late_document(id="late-2"))
    assert (second.status_code, second.json()["chart"]["version"]) == (201, chart["version"])


@on_sqlite
async def test_each_kind_of_document_is_read_or_refused_with_its_reason(ehr: httpx.AsyncClient):
    chart = await a_received_chart(ehr, an_encounter().document())
    path = f"/v1/charts/{chart['id']}/documents"
    pdf: dict[str, Any] = {"text": None, "content_type": "application/pdf"}

    async def outcome(**fields: Any) -> str:
        response = await ehr.post(path, json=a_late_document(**fields))
        assert response.status_code in (201, 422), response.text
        told: str = response.json().get("outcome") or response.json()["code"]
        return told

    assert await outcome(id="h", content_type="text/html", text="<p>Fever</p>") == "filed"
    assert (await ehr.get(f"{path}/h")).json()["text"] == "Fever"
    assert await outcome(id="p", **pdf, content=b64encode(a_pdf("Fever", "Home")).decode()) == "filed"
    assert (await ehr.get(f"{path}/p")).json()["text"] == "Fever\fHome"
    assert await outcome(**pdf, content=b64encode(a_pdf("")).decode()) == "document_without_text"
    assert await outcome(**pdf, content="????") == "document_malformed"
    assert await outcome(content_type="application/rtf", text=r"{\rtf1}") == "document_type_unknown"
    assert await outcome(text="x" * 500_001) == "document_too_large"
    assert await outcome(content="aGk=") == "invalid_body"
    missing = await ehr.post(path, json=a_late_document(replaces="nothing"))
    assert (missing.status_code, missing.json()["code"]) == (404, "document_not_found")
