"""The touchless path from the documents of a chart to its claim and its audit, with nothing in between made up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.encoder.domain.reading.suggestions import ReadChart, Reading
from services.encoder.touchless import Touchless
from shared.db import Database
from shared.events import SqlLogBus
from shared.runtime import Runtime, Settings
from shared.tables import Tables
from tests.builders import EncounterBuilder, a_professional_encounter, an_encounter
from tests.fixtures.tokens import Clock, an_authenticator, an_issuer
from tests.services.encoder.api.test_audits import AUDITOR, PLAN, answered, the_codes
from tests.services.encoder.conftest import CODER, Caller, a_received_chart, if_match

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

POLICY = {
    "enabled": True,
    "work_types": ["inpatient", "outpatient", "professional"],
    "confidence": "0.7",
    "audited_share": "1",
}
ADMITTED = "Assessment: Urinary tract infection due to E. coli. Essential hypertension."
STAY = "Principal diagnosis: Urinary tract infection due to E. coli.\nSecondary diagnosis: Essential hypertension."
VISIT = "Assessment:\n1. Hypothyroidism, stable on levothyroxine\n2. Essential hypertension"


@pytest.fixture
def touchless(charts_database: Database, clock: Clock, tmp_path: Path) -> Touchless:
    bus = SqlLogBus(f"sqlite+aiosqlite:///{tmp_path / 'touchless.sqlite'}")
    authenticator = an_authenticator(an_issuer(tmp_path, clock), clock)
    return Touchless(
        Runtime("encoder", Settings(data_dir=tmp_path), charts_database, bus, authenticator, clock), batch=50
    )


@pytest.fixture
async def mia(caller: Caller) -> httpx.AsyncClient:
    """A coding manager, whose tenant has turned the path on."""
    mia = caller("mia", (*CODER, "queue:manage"), role="coding manager")
    await answered(await mia.put("/v1/queue/touchless", json=POLICY))
    return mia


def documented(encounter: EncounterBuilder, **texts: str) -> dict[str, Any]:
    """The encounter as an EHR sends it, with these documents, by kind."""
    documents = [
        {"id": f"DOC-{kind}", "kind": kind, "title": "Note", "written_at": "2026-11-20T17:00:00Z", "text": text}
        for kind, text in texts.items()
    ]
    return encounter.but(documents=documents).document()


async def acts(mia: httpx.AsyncClient, chart_id: str) -> list[dict[str, Any]]:
    trail: list[dict[str, Any]] = await answered(await mia.get(f"/v1/charts/{chart_id}/trail"))
    return [entry for entry in trail if entry["actor"] == "touchless"]


async def test_a_plain_stay_is_coded_and_finished(
    ehr: httpx.AsyncClient, mia: httpx.AsyncClient, touchless: Touchless
) -> None:
    """I.B.10: the organism goes behind the infection. Appendix I: both were in the note of the admission."""
    sent = documented(an_encounter(), history_and_physical=ADMITTED, discharge_summary=STAY)
    chart = await a_received_chart(ehr, sent)
    await touchless.run()
    done = await answered(await mia.get(f"/v1/charts/{chart['id']}"))
    assert (done["chart"]["status"], done["chart"]["coder"], done["chart"]["touchless"]) == (
        "finalized",
        "touchless",
        "audited",
    )
    assert [(one["code"], one["poa"]) for one in done["codes"]["diagnoses"]] == [
        ("N390", "Y"),
        ("B9620", "Y"),
        ("I10", "Y"),
    ]
    assert [one["action"] for one in await acts(mia, chart["id"])] == [
        "chart.coded",
        "chart.finalized",
        "chart.touchless",
    ]


@pytest.mark.parametrize(
    "encounter",
    [a_professional_encounter(), an_encounter().but(encounter_class="outpatient", admitting_diagnosis=None)],
    ids=["professional", "outpatient"],
)
async def test_a_plain_visit_is_coded_and_finished(
    ehr: httpx.AsyncClient, mia: httpx.AsyncClient, touchless: Touchless, encounter: EncounterBuilder
) -> None:
    chart = await a_received_chart(ehr, documented(encounter, progress_note=VISIT))
    await touchless.run()
    done = await answered(await mia.get(f"/v1/charts/{chart['id']}"))
    assert done["chart"]["status"] == "finalized"
    assert [(one["code"], one.get("poa")) for one in done["codes"]["diagnoses"]] == [("E039", None), ("I10", None)]


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        # when the kidney injury began is nowhere said: a query's to ask
        ({"history_and_physical": ADMITTED, "discharge_summary": f"{STAY} Acute kidney injury."}, "unclear_poa"),
        # two conditions, and nothing says for which of them the patient was admitted
        ({"history_and_physical": "Pneumonia was treated. Acute pancreatitis was treated."}, "no_principal"),
        # the Medicare Code Editor questions an admission for it (edit 8)
        ({"history_and_physical": "Principal diagnosis: Essential hypertension."}, "finding"),
        ({"discharge_summary": "The patient did well."}, "nothing_read"),
    ],
)
async def test_what_is_not_plain_waits_for_a_coder_with_the_reason_on_record(
    ehr: httpx.AsyncClient, mia: httpx.AsyncClient, touchless: Touchless, texts: dict[str, str], reason: str
) -> None:
    chart = await a_received_chart(ehr, documented(an_encounter(), **texts))
    await touchless.run()
    waiting = (await answered(await mia.get(f"/v1/charts/{chart['id']}")))["chart"]
    assert (waiting["status"], waiting["touchless"], waiting["owner"]) == ("received", "refused", None)
    [act] = await acts(mia, chart["id"])
    assert act["action"] == "chart.touchless_refused"
    assert reason in act["details"]["reasons"]


async def test_a_chart_that_reading_fails_on_is_left_to_the_coders_and_the_next_is_finished(
    ehr: httpx.AsyncClient, mia: httpx.AsyncClient, touchless: Touchless
) -> None:
    sent = documented(a_professional_encounter(), progress_note=VISIT)
    charts = [await a_received_chart(ehr, sent | {"id": name}) for name in ("ENC-1", "ENC-2")]
    turns = iter(charts)

    async def failing(to_read: ReadChart, tables: Tables, suggester: None) -> Reading:
        if next(turns) is charts[0]:
            raise ZeroDivisionError("a bug of ours")
        return await touchless.read(to_read, tables, suggester)

    await replace(touchless, read=failing).run()
    ended = [(await answered(await mia.get(f"/v1/charts/{chart['id']}")))["chart"] for chart in charts]
    assert sorted((chart["status"], chart["touchless"]) for chart in ended) == [
        ("finalized", "audited"),
        ("received", "refused"),
    ]
    [left] = [chart for chart in ended if chart["touchless"] == "refused"]
    [act] = await acts(mia, left["id"])
    assert act["details"]["reasons"] == ["failed"]


async def test_the_charts_that_the_path_draws_are_audited_blind(
    ehr: httpx.AsyncClient, mia: httpx.AsyncClient, caller: Caller, touchless: Touchless
) -> None:
    """Every chart is drawn at a share of one; the audit takes each, though a stratum gives one chart only."""
    for number in range(3):
        encounter = an_encounter().but(id=f"ENC-{number}")
        await a_received_chart(ehr, documented(encounter, history_and_physical=ADMITTED, discharge_summary=STAY))
    await touchless.run()
    eva = caller("eva", AUDITOR, role="auditor")
    made = await answered(await eva.post("/v1/audits", json=PLAN | {"per_stratum": 1}), 201)
    assert (made["population"], made["drawn"]) == ({"touchless": 3}, 3)
    case = await answered(await eva.post(f"/v1/audits/{made['id']}/next"))
    assert case["coded"]["diagnoses"] == []
    assert (case["drawn"]["chart"]["coder"], case["drawn"]["reason"]) == ("hidden", "random")
    assert case["drawn"]["chart"]["touchless"] is False
    path = f"/v1/audit-cases/{case['id']}"
    await answered(await eva.put(f"{path}/codes", json=the_codes("N390", "B9620", "I10")))
    concluded = await answered(await eva.post(f"{path}/conclusion", json={}))
    assert (concluded["drawn"]["chart"]["coder"], concluded["drawn"]["reason"]) == ("touchless", "touchless")
    assert concluded["comparison"]["differences"] == []
    again = await answered(await eva.post("/v1/audits", json=PLAN), 201)
    assert (again["population"], again["drawn"]) == ({}, 0)


async def test_what_the_policy_does_not_draw_is_not_audited(
    ehr: httpx.AsyncClient, mia: httpx.AsyncClient, caller: Caller, touchless: Touchless
) -> None:
    await answered(await mia.put("/v1/queue/touchless", json=POLICY | {"audited_share": "0"}, headers=if_match(1)))
    chart = await a_received_chart(ehr, documented(a_professional_encounter(), progress_note=VISIT))
    await touchless.run()
    eva = caller("eva", AUDITOR, role="auditor")
    made = await answered(await eva.post("/v1/audits", json=PLAN), 201)
    assert (made["population"], made["drawn"]) == ({"touchless": 1}, 0)
    [act] = [one for one in await acts(mia, chart["id"]) if one["action"] == "chart.touchless"]
    assert act["details"] == {"audited": False, "seed": "touchless", "share": "0"}
