"""Whether what was paid adds up: the three balances of an 835 (005010X221A1 section 1.10.2.1)."""

from __future__ import annotations

from decimal import Decimal

from services.submission.domain.x12.reading.advice import (
    NOTHING,
    PREDETERMINATION,
    Payment,
    RemittedClaim,
    RemittedLine,
)
from services.submission.domain.x12.reading.faults import Fault, FaultCode
from shared.claims import Severity
from shared.x12 import Position


def claim_faults(claim: RemittedClaim, of_patient: Decimal) -> list[Fault]:
    """SVC02 less the line's CAS is SVC03. CLP03 less every CAS is CLP04; the lines' charges make CLP03; CLP05 is
    `of_patient`, its CAS of group PR.

    A predetermination pays nothing and need not balance; a reversal has no CLP05 of its own.
    """
    charged, adjusted, charged_on_lines = claim.charged, claim.adjusted, NOTHING
    faults = []
    for line in claim.lines:
        adjusted += line.adjusted
        charged_on_lines += line.charged
        if line.charged - line.adjusted != line.paid:
            faults.append(_of_line(line))
    if charged - adjusted != claim.paid and claim.status != PREDETERMINATION:
        message = f"charged {charged} less adjustments {adjusted} is not the {claim.paid} paid"
        faults.append(fault_of(claim, "claim-balance", message))
    if charged_on_lines != charged and claim.lines:
        message = f"CLP03 is {charged}, the lines make {charged_on_lines}"
        faults.append(fault_of(claim, "claim-total", message, "CLP03"))
    stated = claim.patient_responsibility
    if stated is not None and stated != of_patient and not claim.is_reversal:
        message = f"CLP05 is {stated}, the adjustments of group PR make {of_patient}"
        faults.append(fault_of(claim, "patient-responsibility", message, "CLP05", severity="warning"))
    return faults


def _of_line(line: RemittedLine) -> Fault:
    message = f"charged {line.charged} less adjustments {line.adjusted} is not the {line.paid} paid"
    return Fault("service-balance", message, "", line.position, "SVC", "2110")


def payment_fault(payment: Payment, claims_paid: Decimal, provider_adjusted: Decimal) -> Fault | None:
    """BPR02 is the sum of CLP04 less that of PLB."""
    stated, made = -payment.amount if payment.is_debit else payment.amount, claims_paid - provider_adjusted
    if stated == made:
        return None
    message = f"the payment is {stated}, its claims less provider adjustments make {made}"
    return Fault("payment-balance", message, "", Position(payment.offset, 1), "BPR", "", "BPR02")


def fault_of(
    claim: RemittedClaim, code: FaultCode, message: str, element: str | None = None, *, severity: Severity = "error"
) -> Fault:
    """A fault of the claim as a whole."""
    return Fault(code, message, "", claim.position, "CLP", "2100", element, severity)
