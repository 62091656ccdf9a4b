"""Messages at the door: what they do to charts, and how they are answered."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.builders import an_encounter, an_organization_provider
from tests.services.encoder.api.test_charts import PNEUMONIA
from tests.services.encoder.conftest import if_match
from tests.services.encoder.domain.hl7.messages import (
    a_document,
    a_message,
    admitted,
    dg1,
    discharged,
    ft1,
    in1,
    obx,
    pid,
    pv1,
    seg,
    txa,
)

HL7 = {"Content-Type": "application/hl7-v2"}

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what a query has no part in: reading and answering are the same on both databases."""


@pytest.fixture
async def feed(ehr: httpx.AsyncClient) -> httpx.AsyncClient:
    """The EHR, whose facility has a profile."""
    profile = {"id": "CVMC", "billing": an_organization_provider(), "time_zone": "America/Chicago"}
    assert (await ehr.put("/v1/facilities/CVMC", json=profile)).status_code == 200
    return ehr


async def send(client: httpx.AsyncClient, content: bytes) -> dict[str, Any]:
    """MSA-1, MSA-3 and the ERR segments of the answer."""
    response = await client.post("/v1/hl7", content=content, headers=HL7)
    assert response.status_code == 200, response.text
    segments = [line.split("|") for line in response.text.split("\r") if line]
    msa = [*next(one for one in segments if one[0] == "MSA"), "", "", ""]
    return {"code": msa[1], "id": msa[2], "text": msa[3], "errors": [one for one in segments if one[0] == "ERR"]}


async def the_chart(client: httpx.AsyncClient, encounter: str = "V-1001") -> dict[str, Any]:
    charts = (await client.get("/v1/charts")).json()["items"]
    [found] = [chart for chart in charts if chart["encounter_id"] == encounter]
    opened: dict[str, Any] = (await client.get(f"/v1/charts/{found['id']}")).json()
    return opened


async def messages(client: httpx.AsyncClient, status: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await client.get("/v1/messages", params={"status": status})).json()["items"]
    return found


@on_sqlite
async def test_an_admission_opens_a_chart(feed: httpx.AsyncClient):
    answered = await send(feed, admitted())
    assert (answered["code"], answered["errors"]) == ("AA", [])
    encounter = (await the_chart(feed))["encounter"]
    assert encounter["patient"]["medical_record_number"] == "MRN-77"
    assert encounter["patient"]["name"] == {"last": "ABERNATHY", "first": "JOAN", "middle": "RUTH", "suffix": None}
    # Without an offset, times are the facility's own: Nashville keeps Central Standard Time in November.
    assert encounter["started_at"] == "2026-11-16T14:10:00-06:00"
    assert encounter["encounter_class"] == "inpatient"
    assert encounter["admitting_diagnosis"]["code"] == "R059"
    assert encounter["coverages"][0]["subscriber"]["member_id"] == "W20045118"
    assert encounter["providers"]["attending"]["npi"] == "1987654328"


@on_sqlite
async def test_a_message_sent_again_has_no_second_effect(feed: httpx.AsyncClient):
    content = admitted()
    first = await feed.post("/v1/hl7", content=content, headers=HL7)
    again = await feed.post("/v1/hl7", content=content, headers=HL7)
    assert again.content == first.content
    assert (await the_chart(feed))["chart"]["version"] == 1
    other = await send(feed, content.replace(b"ABERNATHY", b"ABERCROMBIE"))
    # HL7 table 0357: 205 duplicate key identifier.
    assert (other["code"], other["errors"][0][3]) == ("AR", "205^^HL70357")


@on_sqlite
async def test_a_discharge_ends_the_stay_and_its_cancellation_opens_it_again(feed: httpx.AsyncClient):
    await send(feed, admitted())
    await send(feed, discharged())
    encounter = (await the_chart(feed))["encounter"]
    assert (encounter["ended_at"], encounter["discharge_status"]) == ("2026-11-20T11:05:00-06:00", "01")
    await send(feed, a_message("ADT^A13", pid(), pv1(), f7="20261120120000"))
    opened = await the_chart(feed)
    assert (opened["encounter"]["ended_at"], opened["encounter"]["discharge_status"]) == (None, None)
    assert opened["chart"]["discharged"] is False


@on_sqlite
async def test_a_discharge_that_overtook_its_admission_stands(feed: httpx.AsyncClient):
    await send(feed, discharged())
    late = a_message("ADT^A01", pid(), pv1(f10=""), in1(), f7="20261116141500")
    assert (await send(feed, late))["code"] == "AA"
    encounter = (await the_chart(feed))["encounter"]
    assert encounter["ended_at"] == "2026-11-20T11:05:00-06:00"
    assert encounter["coverages"][0]["payer"]["payer_id"] == "MHP01"


async def test_a_document_and_charges_wait_for_their_encounter(feed: httpx.AsyncClient):
    answered = await send(feed, a_document())
    assert (answered["code"], answered["text"]) == ("AA", "kept until the encounter is known")
    await send(feed, a_message("DFT^P03", pid(), pv1(), ft1()))
    assert [one["reason"] for one in await messages(feed, "pending")] == ["encounter_unknown"] * 2
    await send(feed, admitted())
    opened = await the_chart(feed)
    assert [document["id"] for document in opened["documents"]] == ["D-1"]
    assert [charge["amount"] for charge in opened["encounter"]["charges"]] == ["410.50"]
    assert await messages(feed, "pending") == []


async def test_what_waits_can_be_tried_at_once_when_the_encounter_came_another_way(
    feed: httpx.AsyncClient,
):
    encounter_document: dict[str, Any] = an_encounter().document()
    await send(feed, a_document())
    [waiting] = await messages(feed, "pending")
    tried = (await feed.post(f"/v1/messages/{waiting['id']}/retry")).json()
    assert (tried["status"], tried["attempts"]) == ("pending", 2)
    facility = encounter_document["facility"] | {"id": "CVMC"}
    await feed.post("/v1/encounters", json=encounter_document | {"id": "V-1001", "facility": facility})
    assert (await feed.post(f"/v1/messages/{waiting['id']}/retry")).json()["status"] == "applied"
    assert (await feed.post(f"/v1/messages/{waiting['id']}/retry")).json()["code"] == "message_not_pending"
    assert "D-1" in [document["id"] for document in (await the_chart(feed))["documents"]]


@on_sqlite
async def test_a_charge_has_its_day_codes_and_amount_and_a_credit_takes_it_back(feed: httpx.AsyncClient):
    await send(feed, admitted())
    await send(feed, a_message("DFT^P03", pid(), pv1(), ft1(1), ft1(2, f7="0300^LAB^NUBC", f25="80053", f26="91")))
    charges = (await the_chart(feed))["encounter"]["charges"]
    assert [(c["revenue_code"], c["procedure"], c["modifiers"], c["units"]) for c in charges] == [
        ("0320", "71046", [], "2"),
        ("0300", "80053", ["91"], "2"),
    ]
    assert charges[0]["service_date"] == "2026-11-17"
    credit = ft1(7, f2="T-77", f6="CD")
    await send(feed, a_message("DFT^P03", pid(), pv1(), credit))
    assert [c["id"] for c in (await the_chart(feed))["encounter"]["charges"]] == ["T-2"]
    again = await send(feed, a_message("DFT^P03", pid(), pv1(), credit))
    assert again["text"] == "kept until the charge that it takes back is known"


async def test_a_document_is_edited_added_to_replaced_and_cancelled(feed: httpx.AsyncClient):
    await send(feed, admitted())
    await send(feed, a_document("Pneumonia.", f17="DI"))
    await send(feed, a_document("Pneumonia, left lower lobe.", event="T08"))
    await send(feed, a_document("Cultures grew nothing.", "D-2", event="T06", f13="D-1"))
    chart = (await the_chart(feed))["chart"]
    path = f"/v1/charts/{chart['id']}/documents"
    shown = (await feed.get(path)).json()
    assert [(one["id"], one["version"], one["filing"]["signed"]) for one in shown] == [
        ("D-1", 2, True),
        ("D-2", 1, True),
    ]
    assert shown[1]["filing"]["addendum_to"] == "D-1"
    assert (await feed.get(f"{path}/D-1")).json()["text"] == "Pneumonia, left lower lobe."
    assert (await feed.get(f"{path}/D-1", params={"version": 1})).json()["text"] == "Pneumonia."
    await send(feed, a_document("Bronchitis.", "D-3", event="T10", f13="D-1"))
    await send(feed, a_message("MDM^T11", pid(), pv1(), txa("D-2")))
    assert [one["id"] for one in (await feed.get(path)).json()] == ["D-3"]
    every = (await feed.get(path, params={"every_version": True})).json()
    assert [(one["id"], one["version"], one["status"]) for one in every] == [
        ("D-1", 1, "superseded"),
        ("D-1", 2, "superseded"),
        ("D-2", 1, "cancelled"),
        ("D-3", 1, "current"),
    ]


@on_sqlite
async def test_a_cancelled_admission_leaves_the_queue_until_it_is_admitted_again(
    feed: httpx.AsyncClient, ana: httpx.AsyncClient
):
    await send(feed, admitted())
    await send(feed, a_message("ADT^A11", pid(), pv1(), f7="20261120123000"))
    opened = await the_chart(feed)
    assert opened["chart"]["status"] == "cancelled"
    assert (await ana.post("/v1/queue/next", json={})).status_code == 204
    path = f"/v1/charts/{opened['chart']['id']}"
    refused = await ana.put(f"{path}/codes", json=PNEUMONIA, headers=if_match(opened["chart"]["version"]))
    assert refused.json()["code"] == "chart_closed"
    assert [one["action"] for one in (await ana.get(f"{path}/trail")).json()] == ["chart.received", "chart.cancelled"]
    await send(feed, a_message("ADT^A01", pid(), pv1(), f7="20261120124500"))
    assert (await the_chart(feed))["chart"]["status"] == "received"


@on_sqlite
async def test_a_cancellation_older_than_the_admission_changes_nothing(feed: httpx.AsyncClient):
    await send(feed, a_message("ADT^A11", pid(), pv1(), f7="20261116140000"))
    await send(feed, admitted())
    assert (await the_chart(feed))["chart"]["status"] == "received"
    assert [one["kind"] for one in await messages(feed, "passed_over")] == ["ADT^A11"]


async def test_merged_visits_bring_documents_and_charges_to_the_survivor(feed: httpx.AsyncClient):
    await send(feed, admitted())
    await send(feed, admitted(f19="V-1002", f44="202611171000"))
    await send(feed, a_message("MDM^T02", pid(), pv1(f19="V-1002"), txa("D-9"), obx("Fall.")))
    await send(feed, a_message("DFT^P03", pid(), pv1(f19="V-1002"), ft1()))
    merge = a_message("ADT^A42", pid(), seg("MRG", f1="MRN-77^^^CVMC^MR", f5="V-1002"), pv1(), f7="20261120123000")
    assert (await send(feed, merge))["code"] == "AA"
    survivor, prior = await the_chart(feed), await the_chart(feed, "V-1002")
    assert (prior["chart"]["status"], prior["chart"]["merged_into"]) == ("merged", survivor["chart"]["id"])
    [document] = survivor["documents"]
    assert (document["id"], document["filing"]["moved_from"]) == ("D-9", prior["chart"]["id"])
    assert [charge["id"] for charge in survivor["encounter"]["charges"]] == ["T-1"]
    # What comes later under the old number follows.
    await send(feed, a_message("MDM^T02", pid(), pv1(f19="V-1002"), txa("D-10"), obx("Second note.")))
    assert [one["id"] for one in (await the_chart(feed))["documents"]] == ["D-9", "D-10"]


@on_sqlite
async def test_merged_patients_have_one_number(feed: httpx.AsyncClient):
    await send(feed, a_message("ADT^A01", pid(f3="MRN-12^^^CVMC^MR"), pv1()))
    merge = a_message("ADT^A40", pid(), seg("MRG", f1="MRN-12^^^CVMC^MR"))
    answered = await send(feed, merge)
    assert (answered["code"], answered["text"]) == ("AA", "1 charts have the patient who goes on")
    assert (await the_chart(feed))["encounter"]["patient"]["medical_record_number"] == "MRN-77"


@on_sqlite
async def test_a_renumbered_visit_is_found_by_both_numbers(feed: httpx.AsyncClient):
    await send(feed, admitted())
    await send(feed, a_message("ADT^A50", pid(), seg("MRG", f1="MRN-77", f5="V-1001"), pv1(f19="V-2002")))
    await send(feed, a_document())
    assert [one["id"] for one in (await the_chart(feed, "V-2002"))["documents"]] == ["D-1"]


async def test_what_comes_after_the_claim_flags_the_chart_and_waits(feed: httpx.AsyncClient, ana: httpx.AsyncClient):
    chart = await a_finalized_stay(feed, ana)
    await send(feed, a_document("Addendum: sepsis.", "D-5"))
    charge = await send(feed, a_message("DFT^P03", pid(), pv1(), ft1(9)))
    assert charge["text"] == "kept until the chart is open again; it is flagged"
    await send(feed, a_message("ADT^A11", pid(), pv1(), f7="20261121090000"))
    opened = await the_chart(feed)
    assert opened["chart"]["status"] == "finalized"
    assert opened["chart"]["flags"] == ["late_document", "late_charge", "cancelled_when_finalized"]
    assert "D-5" in [one["id"] for one in opened["documents"]]
    seen = await ana.delete(f"/v1/charts/{chart['id']}/flags/late_document")
    assert seen.json()["flags"] == ["late_charge", "cancelled_when_finalized"]
    assert (await ana.delete(f"/v1/charts/{chart['id']}/flags/late_document")).json()["code"] == "flag_not_found"


async def a_finalized_stay(feed: httpx.AsyncClient, ana: httpx.AsyncClient) -> dict[str, Any]:
    await send(feed, admitted())
    await send(feed, discharged())
    await send(feed, a_message("DFT^P03", pid(), pv1(), ft1(1)))
    chart = (await the_chart(feed))["chart"]
    path = f"/v1/charts/{chart['id']}"
    coded = await ana.put(f"{path}/codes", json=PNEUMONIA, headers=if_match(chart["version"]))
    assert coded.status_code == 200, coded.text
    done = await ana.post(f"{path}/finalize", headers=if_match(chart["version"] + 1))
    assert done.status_code == 200, done.text
    finalized: dict[str, Any] = done.json()["chart"]
    return finalized


@on_sqlite
async def test_a_coded_chart_goes_back_as_bar_p12(feed: httpx.AsyncClient, ana: httpx.AsyncClient):
    chart = await a_finalized_stay(feed, ana)
    response = await ana.get(f"/v1/charts/{chart['id']}/hl7")
    assert response.headers["content-type"] == "application/hl7-v2"
    segments = [line.split("|") for line in response.text.split("\r") if line]
    assert segments[0][8] == "BAR^P12^BAR_P12"
    diagnoses = [(one[3], one[6], one[15]) for one in segments if one[0] == "DG1"]
    assert diagnoses == [("J18.9^^I10C", "F", "1"), ("N17.9^^I10C", "F", "2"), ("R06.02^^I10C", "A", "")]
    assert [one[26] for one in segments if one[0] == "DG1" and len(one) > 26] == ["Y", "N"]
    # Our own reading of it names the same codes.
    assert (await send(feed, a_message("ADT^A08", pid(), pv1(f19="V-3003"), *_dg1s(segments))))["code"] == "AA"
    received = (await the_chart(feed, "V-3003"))["encounter"]["received_codes"]["diagnoses"]
    assert [(one["code"], one["poa"]) for one in received] == [("J189", "Y"), ("N179", "N")]


def _dg1s(segments: list[list[str]]) -> list[str]:
    return ["|".join(one) for one in segments if one[0] == "DG1" and one[6] == "F"]


BAD_MESSAGES: list[tuple[bytes, str, str, str]] = [
    (b"", "AE", "100", "MSH^1"),
    (b"hello", "AE", "100", "MSH^1"),
    (b"\x00\xff\xfe", "AE", "100", "MSH^1"),
    (a_message("ORU^R01", pid()), "AR", "200", "MSH^1^9"),
    (a_message("ADT^Z99", pid()), "AR", "201", "MSH^1^9"),
    (a_message("ADT^A01", pid(), pv1(), f12="3.0"), "AR", "203", "MSH^1^12"),
    (a_message("ADT^A01", pid(), pv1(), f11="X"), "AR", "202", "MSH^1^11"),
    (a_message("ADT^A01", pid(), pv1(f3=""), f4="NOWHERE"), "AR", "204", "MSH^1^4"),
    (a_message("ADT^A01", pv1()), "AE", "100", "PID^1"),
    (a_message("ADT^A01", pid(f5=""), pv1()), "AE", "101", "PID^1^5"),
    (a_message("ADT^A01", pid(f18=""), pv1(f19="")), "AE", "101", "PV1^1^19"),
    (a_message("ADT^A01", pid(), pv1(f44="")), "AE", "101", "PV1^1^44"),
    (a_message("ADT^A01", pid(), pv1(f45="202611010000")), "AE", "102", "PV1^1"),
    (a_message("DFT^P03", pid(), pv1(), ft1(f11="many")), "AE", "102", "FT1^1^11"),
    (a_message("MDM^T02", pid(), pv1(), obx("x")), "AE", "100", "TXA^1"),
    (a_message("MDM^T02", pid(), pv1(), txa(), obx("^application^pdf^Base64^JVBE", kind="ED")), "AE", "102", "OBX^1^5"),
    (a_message("ADT^A40", pid()), "AE", "100", "MRG^1"),
    (a_message("ADT^A01", pid(), pv1(), f18="EBCDIC"), "AE", "103", "MSH^1^18"),
]
"""What is sent, MSA-1, and of the first ERR its code in HL7 table 0357 and its place."""


@on_sqlite
async def test_a_bad_message_is_answered_with_its_fault_and_leaves_nothing(feed: httpx.AsyncClient):
    for content, code, condition, place in BAD_MESSAGES:
        answered = await send(feed, content)
        [_, _, told_place, told_condition, *_] = answered["errors"][0]
        assert (answered["code"], told_condition, told_place) == (code, f"{condition}^^HL70357", place), content
    assert (await feed.get("/v1/charts")).json()["items"] == []
    assert len(await messages(feed, "refused")) == len(BAD_MESSAGES) - 4  # four never were a message with a control id


@on_sqlite
async def test_nothing_of_the_patient_is_in_an_error(feed: httpx.AsyncClient):
    secret = "ZEBEDEE"
    content = a_message("ADT^A01", pid(f5=secret * 20, f7=secret, f8=secret), pv1(f2=secret, f45=secret), dg1(secret))
    answered = await feed.post("/v1/hl7", content=content, headers=HL7)
    assert "|AE|" in answered.text
    assert secret not in answered.text
    assert secret not in (await feed.get("/v1/messages")).text


@on_sqlite
async def test_a_batch_is_answered_message_by_message(feed: httpx.AsyncClient):
    frame = (
        b"FHS|^~\\&|EHR|CVMC\rBHS|^~\\&|EHR|CVMC\r"
        + admitted()
        + a_message("ADT^A01", pid(), pv1(f19=""))
        + b"BTS|2\rFTS|1\r"
    )
    answered = await feed.post("/v1/hl7", content=frame.replace(b"ACC-1", b""), headers=HL7)
    segments = [line.split("|") for line in answered.text.split("\r") if line]
    assert segments[0][0] == "BHS"
    assert [one[1] for one in segments if one[0] == "MSA"] == ["AA", "AE"]
    assert segments[-1] == ["BTS", "2"]
    lost = await send(feed, b"BHS|^~\\&\r" + admitted() + b"BTS|5\r")
    assert (lost["code"], lost["errors"][0][2]) == ("AE", "BTS^1^1")


@on_sqlite
async def test_messages_belong_to_their_tenant(feed: httpx.AsyncClient, caller: Any):
    await send(feed, a_document())
    [waiting] = await messages(feed, "pending")
    other = caller("eve", ("charts:read", "charts:write"), tenant="elsewhere")
    assert (await other.get("/v1/messages")).json()["items"] == []
    assert (await other.get(f"/v1/messages/{waiting['id']}")).status_code == 404
