"""What the engine's answer means: a DRG with its parts, or the reasons why there is none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from services.grouper.domain.engine import DiagnosisAnswer, GrouperAnswer, GrouperInput
from services.grouper.domain.stays import Stay
from shared.claims import DrgAssignment, GroupedDiagnosis, IcdCode, ReturnReason

RETURN_CODES = {
    "OK": "grouped without error",
    "INVALID_PDX": "the principal diagnosis is not valid in this version",
    "INVALID_PRINCIPAL_DIAGNOSIS": "the principal diagnosis is not valid in this version",
    "DX_CANNOT_BE_PDX": "this diagnosis cannot be principal",
    "UNGROUPABLE": "the record belongs to no DRG",
    "INVALID_AGE": "the age is not valid and decides the DRG",
    "INVALID_SEX": "the sex is not known and decides the DRG",
    "INVALID_DISCHARGE_STATUS": "the discharge status is not valid and decides the DRG",
    "HAC_MISSING_ONE_POA": "a possible hospital-acquired condition has no valid POA indicator",
    "HAC_STATUS_INVALID_MULT_HACS_POA_NOT_Y_W": "several possible hospital-acquired conditions have a POA not Y or W",
    "HAC_STATUS_INVALID_POA_N_OR_U": "the hospital's POA status is unknown and a POA is N or U",
    "HAC_STATUS_INVALID_POA_INVALID_OR_1": "the hospital's POA status is unknown and a POA is not valid",
}
"""The return codes of the CMS grouper in words."""

_NO_DRG = frozenset({998, 999})
_MANUAL = "ICD-10 MS-DRG Definitions Manual"
_PRINCIPAL = "diagnoses/0/code"
_AT = {
    "INVALID_AGE": "age",
    "INVALID_SEX": "sex",
    "INVALID_DISCHARGE_STATUS": "discharge_status",
}
_PREGNANCY = 14  # MDC 14 is of women only


def is_grouped(answer: GrouperAnswer) -> bool:
    return answer.return_code == "OK" and answer.final_drg not in _NO_DRG and answer.initial_drg not in _NO_DRG


def assignment(engine: str, stay: GrouperInput, answer: GrouperAnswer, weight: Decimal | None) -> DrgAssignment:
    """The DRG of an answer that is one (`is_grouped`), with its weight where one is known."""
    diagnoses = tuple(diagnosis_of(*pair) for pair in in_claim_order(stay, answer))
    return assigned(engine, stay.version, answer, weight, diagnoses)


def assigned(
    engine: str, version: str, answer: GrouperAnswer, weight: Decimal | None, diagnoses: tuple[GroupedDiagnosis, ...]
) -> DrgAssignment:
    """The same with the diagnoses given, whatever those of the answer are."""
    return DrgAssignment(
        grouper=engine,
        version=version,
        initial_drg=f"{answer.initial_drg:03}",
        drg=f"{answer.final_drg:03}",
        description=answer.description,
        mdc=f"{answer.final_mdc:02}",
        mdc_description=answer.mdc_description,
        severity=answer.severity,
        hac_status=answer.hac_status.lower(),
        return_code=RETURN_CODES[answer.return_code],
        weight=weight,
        diagnoses=diagnoses,
    )


def in_claim_order(stay: GrouperInput, answer: GrouperAnswer) -> list[tuple[DiagnosisAnswer, bool]]:
    """The answer on each diagnosis, and whether it is the principal one: the engine sorts its own list."""
    answers = {diagnosis.code: diagnosis for diagnosis in answer.diagnoses}
    if len(answers) == len(stay.diagnoses):
        return [(answers[code], index == 0) for index, (code, _) in enumerate(stay.diagnoses)]
    return list(_repeated_diagnoses(stay, answer))


def _repeated_diagnoses(stay: GrouperInput, answer: GrouperAnswer) -> Iterator[tuple[DiagnosisAnswer, bool]]:
    """The same where a code stands more than once: each place has an answer of its own."""
    answers: dict[str, list[DiagnosisAnswer]] = defaultdict(list)
    for diagnosis in reversed(answer.diagnoses):
        answers[diagnosis.code].append(diagnosis)
    for index, (code, _) in enumerate(stay.diagnoses):
        yield answers[code].pop(), index == 0


@lru_cache(maxsize=32_768)  # a hospital's few thousand codes come again and again, and the value is frozen
def diagnosis_of(answer: DiagnosisAnswer, is_principal: bool) -> GroupedDiagnosis:
    """What the engine made of one diagnosis, for people."""
    flags = [f"hac-{number:02}" for number in sorted(set(answer.hacs))]  # the engine names one for each of its lists
    flags += ["principal"] if is_principal else []
    flags += ["excluded-by-principal"] if answer.excluded else []
    flags += ["excluded-by-death"] if answer.excluded_by_death else []
    level = "NONE" if flags else answer.level
    if level != answer.level:
        flags.append(f"listed-as-{answer.level.lower()}")
    return GroupedDiagnosis.model_construct(code=IcdCode(answer.code), severity=level, flags=tuple(flags))


def reasons_of(stay: Stay, answer: GrouperAnswer, pointers: dict[str, str]) -> tuple[ReturnReason, ...]:
    """Why an answer that is not grouped is none, each with the field to look at."""
    places = dict.fromkeys(_places(stay, answer))
    if answer.return_code == "OK":
        code, words = "drg-998", "principal diagnosis invalid as discharge diagnosis"
    else:
        code, words = answer.return_code.lower().replace("_", "-"), RETURN_CODES.get(answer.return_code, "no DRG")
    return tuple(
        ReturnReason(code=f"grouper-{code}", message=words, pointer=pointers.get(place, f"/{place}"), source=_MANUAL)
        for place in places
    )


def _places(stay: Stay, answer: GrouperAnswer) -> Iterator[str]:
    if answer.return_code.startswith("HAC_"):
        suspects = {diagnosis.code for diagnosis in answer.diagnoses if diagnosis.hacs}
        places = [
            f"diagnoses/{index}/poa"
            for index, diagnosis in enumerate(stay.diagnoses)
            if diagnosis.code in suspects and diagnosis.poa not in ("Y", "N", "U", "W")
        ]
        yield from places or [_PRINCIPAL]
        return
    yield _AT.get(answer.return_code, _PRINCIPAL)
    if answer.return_code == "OK" and answer.final_mdc == _PREGNANCY and stay.sex != "F":
        yield "sex"
