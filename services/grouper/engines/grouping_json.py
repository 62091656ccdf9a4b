"""Groupings in JSON as the model writes them, where many are alike but for their diagnoses: those parts once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import lru_cache

from msgspec.structs import replace

from services.grouper.domain.answers import assigned, diagnosis_of, in_claim_order
from services.grouper.domain.engine import DiagnosisAnswer, GrouperAnswer, GrouperInput
from shared.claims import Grouping

_NO_DIAGNOSES = b'"diagnoses":[]'


def grouping_json(engine: str, asked: GrouperInput, answer: GrouperAnswer, weight: Decimal | None, day: date) -> bytes:
    """The grouping of an answer that is one (`is_grouped`)."""
    before, after = _around_diagnoses(engine, asked.version, replace(answer, diagnoses=()), weight, day)
    diagnoses = b",".join([_diagnosis(*pair) for pair in in_claim_order(asked, answer)])
    return b'%b"diagnoses":[%b]%b' % (before, diagnoses, after)


@lru_cache(maxsize=16_384)
def _around_diagnoses(
    engine: str, version: str, answer: GrouperAnswer, weight: Decimal | None, day: date
) -> tuple[bytes, bytes]:
    grouping = Grouping(method="ms-drg", drg=assigned(engine, version, answer, weight, ()), as_of=day)
    before, _, after = grouping.model_dump_json(exclude_none=True).encode().partition(_NO_DIAGNOSES)
    return before, after


@lru_cache(maxsize=32_768)
def _diagnosis(answer: DiagnosisAnswer, is_principal: bool) -> bytes:
    return diagnosis_of(answer, is_principal).model_dump_json(exclude_none=True).encode()
