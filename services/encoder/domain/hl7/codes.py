"""DG1 and PR1: the codes that came with the visit. They are suggestions until a coder takes them."""

from __future__ import annotations

from services.encoder.domain.hl7.messages import Segment
from services.encoder.domain.hl7.reading import Members, Reading
from shared.claims import IcdCode, PcsCode

_ADMITTING = "A"
"""HL7 table 0052, diagnosis type: A admitting, W working, F final."""
_DELETED = "D"
"""HL7 table 0206, segment action code, in DG1-21."""
_POA = ("Y", "N", "U", "W", "1")


def received_codes(reading: Reading) -> Members:
    """`received_codes` and `admitting_diagnosis`, each only where the message has such codes."""
    diagnoses: dict[str, Members] = {}
    admitting: Members | None = None
    for segment in sorted(reading.message.all("DG1"), key=_rank):
        code = _diagnosis_code(segment, reading)
        if code is None or segment.text(21) == _DELETED:
            continue
        if segment.text(6).upper() == _ADMITTING:
            admitting = admitting or {"code": code}
        else:
            diagnoses.setdefault(code, {"code": code, "poa": _poa(segment)})
    procedures = [found for segment in reading.message.all("PR1") if (found := _procedure(segment, reading))]
    told: Members = {"admitting_diagnosis": admitting} if admitting else {}
    if diagnoses or procedures:
        told["received_codes"] = {"diagnoses": list(diagnoses.values()), "procedures": procedures}
    return told


def _rank(segment: Segment) -> int:
    """DG1-15: 1 is the principal diagnosis, 2 and on the others; those without a priority come after, as sent."""
    priority = segment.text(15)
    return int(priority) if priority.isascii() and priority.isdigit() and priority != "0" and len(priority) < 4 else 999


def _diagnosis_code(segment: Segment, reading: Reading) -> str | None:
    method = segment.text(2).upper()
    unnamed = method in ("", *reading.known("hl7_code_systems")["icd10cm"])
    code = reading.code_in(segment, 3, "icd10cm", unnamed=unnamed)
    if code is None or IcdCode.problem_of(IcdCode.normalise(code)):
        reading.faults.warning("103", segment.at(3), "the diagnosis has no ICD-10-CM code: left out")
        return None
    return code


def _poa(segment: Segment) -> str | None:
    indicator = segment.text(26).upper()
    return indicator if indicator in _POA else None


def _procedure(segment: Segment, reading: Reading) -> Members | None:
    code = reading.code_in(segment, 3, "icd10pcs")
    if code is None or PcsCode.problem_of(PcsCode.normalise(code)):
        reading.faults.warning("103", segment.at(3), "no ICD-10-PCS code: left out; HCPCS comes with the charges")
        return None
    return {"code": code, "date": reading.date(segment, 5)}
