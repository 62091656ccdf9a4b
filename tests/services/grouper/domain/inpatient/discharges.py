"""Discharges for the tests of inpatient payment. The plain one: DRG 871 of FY 2026, a wage index of 1, nothing on top.

Table 5 of FY 2026 (CMS-1833-F): DRG 871 weighs 1.9425, its geometric mean stay is 4.8 days, it is post-acute. Tables 1B
and 1D: 4,186.62 + 2,565.99 = 6,752.61, capital 524.15. So the plain discharge pays 6,752.61 × 1.9425 = 13,116.94
(13,116.944925) and 524.15 × 1.9425 = 1,018.16 (1,018.161375).
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from services.grouper.domain.estimates import Estimate
from services.grouper.domain.inpatient.cases import InpatientCase
from services.grouper.domain.inpatient.pricing import price
from services.grouper.parameters.ipps import load_ipps_rules
from shared.tables import Tables

PLAIN_HOSPITAL: dict[str, Any] = {
    "wage_index": "1",
    "submits_quality": True,
    "is_ehr_user": True,
    "resident_to_bed_ratio": "0",
    "resident_to_census_ratio": "0",
    "operating_dsh": "0",
    "capital_dsh": "0",
    "uncompensated_care_per_claim": "0",
    "value_based_factor": "1",
    "readmission_factor": "1",
    "has_hac_reduction": False,
    "low_volume_factor": "0",
}

NOTHING_GIVEN: dict[str, Any] = dict.fromkeys(PLAIN_HOSPITAL)
"""For a hospital that the tables know."""


def a_case(provider: dict[str, Any] | None = None, **fields: Any) -> InpatientCase:
    """The plain discharge with other facts of its hospital and other fields; a fact of None is left out."""
    facts = {name: value for name, value in (PLAIN_HOSPITAL | (provider or {})).items() if value is not None}
    document = {
        "drg": "871",
        "discharge_date": "2025-11-20",
        "length_of_stay": 6,
        "discharge_status": "01",
        "provider": facts,
    }
    return InpatientCase.model_validate_json(json.dumps(document | fields))


def priced(tables: Tables, provider: dict[str, Any] | None = None, **fields: Any) -> Estimate:
    return price(a_case(provider, **fields), load_ipps_rules(), tables)


def amounts(estimate: Estimate) -> dict[str, Decimal]:
    """Every step's amount by its name."""
    return {step.name: step.amount for step in estimate.steps}


def amount(estimate: Estimate, name: str) -> str:
    """One step's amount, as text: `13116.94`."""
    [found] = [step for step in estimate.steps if step.name == name]
    return str(found.amount)


def left_out(estimate: Estimate) -> dict[str, str]:
    return {one.what: one.reason for one in estimate.left_out}
