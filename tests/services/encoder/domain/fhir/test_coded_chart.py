"""What is written back is R4, and our own reader finds the same codes in it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import orjson
from fhir.resources.R4B.bundle import Bundle

from services.encoder.domain.charts import OpenedChart, open_chart
from services.encoder.domain.coding import ChartCodes, LineCoding
from services.encoder.domain.fhir.coded_chart import coded_chart_bundle
from shared.claims import Diagnosis, IcdCode, PcsCode, Procedure
from shared.claims.control_numbers import control_number
from tests.builders import an_encounter
from tests.services.encoder.domain.fhir.test_encounters import read

AT = datetime(2026, 11, 25, 12, tzinfo=UTC)

CODES = ChartCodes(
    diagnoses=(Diagnosis(code=IcdCode("J189"), poa="Y"), Diagnosis(code=IcdCode("N179"), poa="N")),
    procedures=(Procedure(code=PcsCode("0BH17EZ"), date=date(2026, 11, 17)), Procedure(code=PcsCode("5A1935Z"))),
    admitting_diagnosis=Diagnosis(code=IcdCode("R0602")),
    external_causes=(Diagnosis(code=IcdCode("W1830XA"), poa="Y"),),
)


def a_coded_chart(codes: ChartCodes = CODES, *, finalized: bool = True, **encounter: Any) -> OpenedChart:
    received = an_encounter().but(**encounter).build() if encounter else an_encounter().build()
    chart = open_chart(received, chart_id="chart-1", claim_id="01a21115-24e0-73ec-b9c3-1c19271d3f61", received_at=AT)
    if finalized:
        chart = chart.coded_by("ana").finalized_by("ana", control_number(chart.claim_id, 1))
    return OpenedChart(chart=chart, encounter=received, documents=(), codes=codes, warnings=())


def as_sent(opened: OpenedChart) -> dict[str, Any]:
    sent: dict[str, Any] = orjson.loads(orjson.dumps(coded_chart_bundle(opened, at=AT), default=float))
    return sent


def resources(bundle: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == kind]


def test_the_bundle_is_valid_r4_with_every_reference_resolved():
    sent = as_sent(a_coded_chart())
    Bundle.model_validate(sent)
    known = {f"{one['resource']['resourceType']}/{one['resource']['id']}" for one in sent["entry"]}
    assert references(sent) <= known


def references(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["reference"]} if isinstance(value.get("reference"), str) else set()
        return own.union(*map(references, value.values()))
    return set().union(*map(references, value)) if isinstance(value, list) else set()


def test_our_own_reader_finds_the_same_codes():
    [encounter], _ = read(as_sent(a_coded_chart()))
    assert [d.code for d in encounter.received_codes.diagnoses] == ["J189", "N179", "W1830XA"]
    assert encounter.admitting_diagnosis is not None
    assert encounter.admitting_diagnosis.code == "R0602"
    assert [(p.code, p.date) for p in encounter.received_codes.procedures] == [
        ("0BH17EZ", date(2026, 11, 17)),
        ("5A1935Z", None),
    ]
    original = a_coded_chart().encounter
    assert (encounter.id, encounter.started_at, encounter.ended_at) == (
        original.id,
        original.started_at,
        original.ended_at,
    )
    assert encounter.discharge_status == original.discharge_status
    assert [(c.payer.name, c.sequence, c.relationship) for c in encounter.coverages] == [
        (c.payer.name, c.sequence, c.relationship) for c in original.coverages
    ]


def test_conditions_are_encounter_diagnoses_of_us_core():
    principal = resources(as_sent(a_coded_chart()), "Condition")[0]
    assert principal["code"]["coding"] == [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "J18.9"}]
    assert principal["category"][0]["coding"][0]["code"] == "encounter-diagnosis"
    [encounter] = resources(as_sent(a_coded_chart()), "Encounter")
    assert [(d["use"]["coding"][0]["code"], d.get("rank")) for d in encounter["diagnosis"]] == [
        ("DD", 1),
        ("DD", 2),
        ("DD", 3),
        ("AD", None),
    ]


def test_the_claim_has_sequence_poa_procedures_and_lines():
    opened = a_coded_chart()
    [claim] = resources(as_sent(opened), "Claim")
    assert (claim["use"], claim["type"]["coding"][0]["code"]) == ("claim", "institutional")
    told = [
        (d["sequence"], d["diagnosisCodeableConcept"]["coding"][0]["code"], d.get("onAdmission"))
        for d in claim["diagnosis"]
    ]
    poa = "https://www.cms.gov/Medicare/Medicare-Fee-for-Service-Payment/HospitalAcqCond/Coding"
    assert told == [
        (1, "J18.9", {"coding": [{"system": poa, "code": "Y"}]}),
        (2, "N17.9", {"coding": [{"system": poa, "code": "N"}]}),
        (3, "R06.02", None),
        (4, "W18.30XA", {"coding": [{"system": poa, "code": "Y"}]}),
    ]
    assert [p["procedureCodeableConcept"]["coding"][0] for p in claim["procedure"]] == [
        {"system": "http://www.cms.gov/Medicare/Coding/ICD10", "code": code} for code in ("0BH17EZ", "5A1935Z")
    ]
    assert [item["sequence"] for item in claim["item"]] == [1, 2, 3]
    assert Decimal(str(claim["total"]["value"])) == sum(charge.amount for charge in opened.encounter.charges)
    assert [insured["focal"] for insured in claim["insurance"]].count(True) == 1


def test_a_chart_that_is_not_finalized_has_codes_and_no_claim():
    sent = as_sent(a_coded_chart(finalized=False))
    assert resources(sent, "Claim") == []
    assert len(resources(sent, "Condition")) == 4


def test_a_professional_claim_points_from_lines_to_diagnoses():
    charge = {"id": "C1", "service_date": "2026-11-16", "procedure": "99213", "units": "1", "amount": "125.00"}
    codes = ChartCodes(
        diagnoses=(Diagnosis(code=IcdCode("J209")), Diagnosis(code=IcdCode("I10"))),
        lines=(LineCoding(charge_id="C1", pointers=(2, 1)),),
    )
    opened = a_coded_chart(
        codes, encounter_class="professional", place_of_service="11", charges=[charge], admitting_diagnosis=None
    )
    sent = as_sent(opened)
    Bundle.model_validate(sent)
    [claim] = resources(sent, "Claim")
    [item] = claim["item"]
    assert item["diagnosisSequence"] == [2, 1]
    assert item["productOrService"]["coding"][0]["code"] == "99213"
    assert item["locationCodeableConcept"]["coding"][0]["code"] == "11"
    assert item["net"] == {"value": 125.0, "currency": "USD"}
