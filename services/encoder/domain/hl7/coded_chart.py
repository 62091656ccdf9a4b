"""A coded chart as BAR^P12, update diagnoses and procedures (HL7 v2.6 chapter 6): what the coder decided goes back."""

from __future__ import annotations

from collections.abc import Iterator

from services.encoder.domain.charts import OpenedChart
from services.encoder.domain.hl7.times import written
from services.encoder.domain.hl7.writing import header, message, segment
from shared.claims import Diagnosis, Instant, Provider

_PATIENT_CLASSES = {"inpatient": "I", "emergency": "E"}
_AMBULATORY = "O"
_ADMITTING, _FINAL = "A", "F"
_ADD = "A"
"""HL7 table 0206. The receiver knows a code again by its identifier (DG1-20, PR1-19), which a revision keeps."""


def coded_chart_message(opened: OpenedChart, *, control_id: str, at: Instant, drg: str | None = None) -> bytes:
    """The codes of a chart as they stand. `drg` where the grouper has said one."""
    head = header(("BAR", "P12", "BAR_P12"), control_id, at, facility=opened.chart.facility_id)
    event = segment("EVN", "", written(at), "", "", opened.chart.coder or opened.chart.owner or "")
    drgs = [segment("DRG", (drg, "", "HL70055"), written(at))] if drg else []
    return message([head, event, _pid(opened), _pv1(opened), *_diagnoses(opened), *drgs, *_procedures(opened)])


def _pid(opened: OpenedChart) -> str:
    patient = opened.encounter.patient
    name = patient.name
    return segment(
        "PID",
        1,
        "",
        (patient.medical_record_number, "", "", opened.chart.facility_id, "MR"),
        "",
        (name.last, name.first or "", name.middle or "", name.suffix or ""),
        "",
        f"{patient.birth_date:%Y%m%d}" if patient.birth_date else "",
        patient.sex or "",
    )


def _pv1(opened: OpenedChart) -> str:
    encounter = opened.encounter
    fields: list[str | tuple[str, ...]] = [""] * 45
    fields[0] = "1"
    fields[1] = _PATIENT_CLASSES.get(encounter.encounter_class, _AMBULATORY)
    fields[2] = ("", "", "", opened.chart.facility_id)
    fields[6] = _clinician(encounter.providers.attending or encounter.providers.rendering)
    fields[18] = encounter.id
    fields[35] = encounter.discharge_status or ""
    fields[43] = written(encounter.started_at)
    fields[44] = written(encounter.ended_at) if encounter.ended_at else ""
    return segment("PV1", *fields)


def _clinician(provider: Provider | None) -> tuple[str, ...]:
    if provider is None or provider.person is None:
        return ()
    name = provider.person
    npi = str(provider.npi or "")
    return (npi, name.last, name.first or "", name.middle or "", "", "", "", "", "NPI" if npi else "")


def _diagnoses(opened: OpenedChart) -> Iterator[str]:
    """The principal diagnosis has priority 1, each other the next, external causes last; the admitting one has none."""
    codes = opened.codes
    ranked = (*codes.diagnoses, *codes.external_causes)
    for number, diagnosis in enumerate(ranked, 1):
        yield _dg1(opened, number, diagnosis, _FINAL, str(number))
    if codes.admitting_diagnosis is not None:
        yield _dg1(opened, len(ranked) + 1, codes.admitting_diagnosis, _ADMITTING, "")


def _dg1(opened: OpenedChart, number: int, diagnosis: Diagnosis, kind: str, priority: str) -> str:
    fields: list[str | int | tuple[str, ...]] = [""] * 26
    fields[0] = number
    fields[2] = (diagnosis.code.dotted, "", "I10C")
    fields[5] = kind
    fields[14] = priority
    fields[19] = (f"{opened.chart.id}-{kind}-{diagnosis.code}",)
    fields[20] = _ADD
    fields[25] = diagnosis.poa or ""
    return segment("DG1", *fields)


def _procedures(opened: OpenedChart) -> Iterator[str]:
    """PR1-14: 1 is the principal procedure, 2 and on the others (HL7 table 0418)."""
    for number, procedure in enumerate(opened.codes.procedures, 1):
        fields: list[str | int | tuple[str, ...]] = [""] * 20
        fields[0] = number
        fields[2] = (procedure.code, "", "I10P")
        fields[4] = f"{procedure.date:%Y%m%d}" if procedure.date else ""
        fields[13] = str(number)
        fields[18] = (f"{opened.chart.id}-{number}-{procedure.code}",)
        fields[19] = _ADD
        yield segment("PR1", *fields)
