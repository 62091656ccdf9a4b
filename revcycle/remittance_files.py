"""An 835 as JSON: each payment, then its claims, its provider adjustments, and its end with the sums."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from services.submission.domain.x12.reading import Fault
from services.submission.domain.x12.reading.advice import (
    Adjudicated,
    Payment,
    PaymentEnd,
    ProviderAdjustment,
    RemittedClaim,
    RemittedLine,
)

Given = Payment | RemittedClaim | ProviderAdjustment | PaymentEnd | Fault


def faults_of(given: Given) -> Sequence[Fault]:
    if isinstance(given, RemittedClaim):
        return given.faults
    return [given] if isinstance(given, Fault) else []


def document_of(given: Given) -> Mapping[str, Any] | None:
    """None of a fault. Amounts are decimals, dates days; `is` says which of the four it is."""
    match given:
        case Payment():
            return {"is": "payment", **asdict(given)}
        case RemittedClaim():
            return _claim(given)
        case ProviderAdjustment():
            return {"is": "provider_adjustment", **given._asdict()}
        case PaymentEnd():
            end = given._asdict()
            return {"is": "payment_end", "trace_number": end.pop("payment").trace_number, **end}
        case Fault():
            return None


def _claim(claim: RemittedClaim) -> dict[str, Any]:
    patient = claim.name("QC")
    return {
        "is": "claim",
        "patient_control_number": claim.patient_control_number,
        "status": claim.status,
        "payer_claim_control_number": claim.payer_claim_control_number,
        "patient_responsibility": claim.patient_responsibility,
        "patient": patient._asdict() if patient else None,
        **_adjudicated(claim),
        "remarks": claim.remarks,
        "is_balanced": claim.is_balanced,
        "is_whole": claim.is_whole,
        "lines": [_line(line) for line in claim.lines],
    }


def _line(line: RemittedLine) -> dict[str, Any]:
    return {
        "qualifier": line.qualifier,
        "code": line.code,
        "modifiers": line.modifiers,
        "revenue_code": line.revenue_code,
        "units": line.units,
        "control_number": line.control_number,
        "service_from": line.day("472", "150"),
        "service_to": line.day("151", "472"),
        "allowed": line.amount("B6"),
        **_adjudicated(line),
        "remarks": line.remarks,
    }


def _adjudicated(one: Adjudicated) -> dict[str, Any]:
    return {
        "charged": one.charged,
        "paid": one.paid,
        "adjustments": [adjustment._asdict() for adjustment in one.adjustments],
        "amounts": {row[1]: one.amount(row[1]) for row in one.of("AMT")},
    }
