"""An adjudicated claim and its faults as documents: what is kept of a remittance, and shown."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from services.submission.domain.remittances.lines import line_numbers
from services.submission.domain.x12.reading.advice import Adjudicated, Adjustment, RemittedClaim, RemittedLine
from services.submission.domain.x12.reading.faults import Fault
from shared.claims import Date, Many, Model, Money


class RemittedAdjustment(Model):
    """One reason of a CAS."""

    group: str
    reason: str
    amount: Money
    quantity: Decimal | None = None


class RemittedPatient(Model):
    """NM1*QC as the payer gives it."""

    last: str
    first: str
    id: str


class AdjudicatedLine(Model):
    """A service line as the payer decided on it."""

    line: int
    """The line of our claim, as `line_numbers` finds it."""
    qualifier: str
    code: str
    modifiers: Many[str]
    revenue_code: str
    units: Decimal
    billed_code: str = ""
    """What stood on the claim, where the payer decided on another code (SVC06)."""
    billed_units: Decimal | None = None
    """SVC07, where they are others."""
    service_from: Date | None
    charged: Money
    paid: Money
    allowed: Money | None
    adjustments: Many[RemittedAdjustment]
    remarks: Many[str]


class AdjudicatedClaim(Model):
    """A claim as the payer decided on it."""

    patient: RemittedPatient | None
    filing_indicator: str
    drg: str
    patient_responsibility: Money | None
    interest: Money | None
    covered: Money | None
    received_on: Date | None
    """When the payer had the claim (DTM*050)."""
    statement_from: Date | None = None
    """DTM*232; DTM*233 is its end."""
    statement_through: Date | None = None
    adjustments: Many[RemittedAdjustment]
    remarks: Many[str]
    lines: Many[AdjudicatedLine]


class RemittanceFault(Model):
    """What is wrong in a remittance and where. `message` holds sums and nothing of a patient."""

    code: str
    severity: str
    message: str
    offset: int
    segment_number: int
    segment: str
    element: str | None


def remitted_document(claim: RemittedClaim, numbers: Sequence[int] | None = None) -> dict[str, Any]:
    """The claim as it is kept; `numbers` are its services' lines on our claim."""
    patient = claim.name("QC")
    document = AdjudicatedClaim(
        patient=RemittedPatient(last=patient.last, first=patient.first, id=patient.id) if patient else None,
        filing_indicator=claim.filing_indicator,
        drg=claim.drg,
        patient_responsibility=claim.patient_responsibility,
        interest=claim.amount("I"),
        covered=claim.amount("AU"),
        received_on=claim.day("050"),
        statement_from=claim.day("232"),
        statement_through=claim.day("233"),
        adjustments=_adjustments(claim),
        remarks=claim.remarks,
        lines=tuple(map(_line, claim.lines, numbers or line_numbers(claim.lines))),
    )
    return document.model_dump(mode="json")


def _line(line: RemittedLine, number: int) -> AdjudicatedLine:
    return AdjudicatedLine(
        line=number,
        qualifier=line.qualifier,
        code=line.code,
        modifiers=line.modifiers,
        revenue_code=line.revenue_code,
        units=line.units,
        billed_code=line.submitted[1],
        billed_units=line.billed_units,
        service_from=line.day("472", "150"),
        charged=line.charged,
        paid=line.paid,
        allowed=line.amount("B6"),
        adjustments=_adjustments(line),
        remarks=line.remarks,
    )


def _adjustments(one: Adjudicated) -> tuple[RemittedAdjustment, ...]:
    return tuple(map(_adjustment, one.adjustments))


def _adjustment(said: Adjustment) -> RemittedAdjustment:
    return RemittedAdjustment(group=said.group, reason=said.reason, amount=said.amount, quantity=said.quantity)


def fault_document(fault: Fault) -> dict[str, Any]:
    """The fault as it is kept."""
    return RemittanceFault(
        code=fault.code,
        severity=fault.severity,
        message=fault.message,
        offset=fault.position.offset,
        segment_number=fault.position.segment,
        segment=fault.segment,
        element=fault.element,
    ).model_dump(mode="json")
