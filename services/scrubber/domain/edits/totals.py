"""Amounts that must agree: the claim's charge and its lines'."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from services.scrubber.domain.claim_parts import AnyClaim
from services.scrubber.domain.engine import Circumstances, Defect, edit
from shared.claims import Repair


@edit(
    "total-charge-balance",
    title="The total charge is not the sum of the lines",
    predicted="A8:178",
    source="005010X222A1 and X223A2 §1.4.4.1, CLM02: the sum of all SV102 or SV203",
    row=38,
    suggests_repair=True,
)
def total_charge_balance(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    lines = sum((line.charge for line in claim.lines), Decimal("0.00"))
    if claim.lines and claim.total_charge != lines:
        yield Defect(
            "/total_charge",
            f"Correct the total or the lines: the total says {claim.total_charge}, the lines make {lines}.",
            {"total_charge": str(claim.total_charge), "sum_of_lines": str(lines)},
            repair=Repair(
                title=f"Set the total charge to {lines}, the sum of the lines",
                patch=({"op": "replace", "path": "/total_charge", "value": str(lines)},),
            ),
        )


@edit(
    "total-charge-positive",
    title="The claim asks for nothing",
    predicted="A7:178",
    source="005010X222A1 and X223A2, CLM02; front-end edits of Medicare contractors: above zero where BHT06 is CH",
    row=37,
)
def total_charge_positive(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    if claim.total_charge <= 0:
        yield Defect("/total_charge", "Charge something, or send an encounter instead of a claim.")
