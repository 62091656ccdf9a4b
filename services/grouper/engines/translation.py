"""Between the port's terms and the documents that `msdrg` reads and writes."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import msgspec
import orjson

from services.grouper.domain.engine import DiagnosisAnswer, GrouperAnswer, GrouperInput, Level

Document = dict[str, Any]

_SEXES = {"M": 0, "F": 1, "U": 2}
_NO_INDICATOR = " "  # what CMS writes for a code without POA; "1", its form until 2011, means the same
_INDICATORS = {"Y": "Y", "N": "N", "U": "U", "W": "W"}
_CRITERIA_MET = "HAC_CRITERIA_MET"
_KEPT = 32_768


def claim_document(stay: GrouperInput) -> Document:
    """A stay as `msdrg` knows it."""
    diagnoses = [_diagnosis_document(*one) for one in stay.diagnoses]
    return {
        "version": _number_of(stay.version),
        "age": stay.age,
        "sex": _SEXES[stay.sex],
        "discharge_status": int(stay.discharge_status),
        "hospital_status": "EXEMPT" if stay.poa_exempt else "NOT_EXEMPT",
        "pdx": diagnoses[0],
        "sdx": diagnoses[1:],
        "procedures": [{"code": code} for code in stay.procedures],
    }


def _diagnosis_document(code: str, poa: str | None) -> Document:
    return {"code": code, "poa": _INDICATORS.get(poa or "", _NO_INDICATOR)}


def claim_json(stay: GrouperInput) -> bytes:
    """The same in JSON, written together from the parts that are alike in many stays."""
    principal, *secondary = [_diagnosis_json(*one) for one in stay.diagnoses]
    return (
        b'{"version":%d,"age":%d,"sex":%d,"discharge_status":%d,"hospital_status":"%b",'
        b'"pdx":%b,"sdx":[%b],"procedures":[%b]}'
    ) % (
        _number_of(stay.version),
        stay.age,
        _SEXES[stay.sex],
        int(stay.discharge_status),
        b"EXEMPT" if stay.poa_exempt else b"NOT_EXEMPT",
        principal,
        b",".join(secondary),
        b",".join([_procedure_json(code) for code in stay.procedures]),
    )


@lru_cache(maxsize=128)
def _number_of(version: str) -> int:
    return int(version.replace(".", ""))


@lru_cache(maxsize=16_384)
def _diagnosis_json(code: str, poa: str | None) -> bytes:
    return orjson.dumps(_diagnosis_document(code, poa))


@lru_cache(maxsize=16_384)
def _procedure_json(code: str) -> bytes:
    return orjson.dumps({"code": code})


def read_answer(result: bytes) -> GrouperAnswer:
    """The JSON that `msdrg` makes of a claim. Raises msgspec.ValidationError where it is not what it should be."""
    read = _read(result)
    return GrouperAnswer(
        initial_drg=read.initial_drg or 0,
        final_drg=read.final_drg or 0,
        initial_mdc=read.initial_mdc or 0,
        final_mdc=read.final_mdc or 0,
        description=read.final_drg_description or "",
        mdc_description=read.final_mdc_description or "",
        severity=read.final_severity,
        hac_status=read.grouper_flags.hac_status_value,
        return_code=read.return_code,
        diagnoses=(_diagnoses[bytes(read.pdx_output)], *[_diagnoses[bytes(one)] for one in read.sdx_output]),
    )


class _Diagnoses(dict[bytes, DiagnosisAnswer]):
    """Answers by their JSON, which is alike on many stays; begins anew when it is full."""

    def __missing__(self, raw: bytes) -> DiagnosisAnswer:
        if len(self) >= _KEPT:
            self.clear()
        output = _read_diagnosis(raw)
        flags = output.flags
        hacs = tuple([hac.hac_number for hac in output.hacs if hac.hac_status == _CRITERIA_MET])
        answer = DiagnosisAnswer(output.code, output.severity, "EXCLUDED" in flags, "DEATH_EXCLUSION" in flags, hacs)
        self[raw] = answer
        return answer


class _Hac(msgspec.Struct, gc=False):
    hac_number: int
    hac_status: str


class _DiagnosisOutput(msgspec.Struct, gc=False):
    code: str
    severity: Level
    flags: tuple[str, ...]
    hacs: tuple[_Hac, ...]


class _Flags(msgspec.Struct, gc=False):
    hac_status_value: str


class _Result(msgspec.Struct, gc=False):
    """What is worth reading of a result; its other members are passed over."""

    initial_drg: int | None
    final_drg: int | None
    initial_mdc: int | None
    final_mdc: int | None
    final_drg_description: str | None
    final_mdc_description: str | None
    final_severity: Level
    return_code: str
    pdx_output: msgspec.Raw
    sdx_output: tuple[msgspec.Raw, ...]
    grouper_flags: _Flags


_read = msgspec.json.Decoder(_Result).decode
_read_diagnosis = msgspec.json.Decoder(_DiagnosisOutput).decode
_diagnoses = _Diagnoses()
