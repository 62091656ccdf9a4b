"""The claim for the next payer, with what the payer before has decided filled in (005010X222A1, 005010X223A2 §1.4.1).

What stands there must add up again: of each line the charge is SVD02 and its adjustments, and AMT*D is what was paid
for all lines less what was taken off the claim as a whole. So it is copied from the 835, and nothing worked out anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from itertools import chain
from uuid import UUID, uuid5

from services.submission.domain.remittances.documents import AdjudicatedClaim, AdjudicatedLine, RemittedAdjustment
from shared.claims import (
    AS_RECEIVED,
    Adjudication,
    Adjustment,
    ClaimId,
    Coverage,
    InstitutionalClaim,
    InstitutionalLine,
    LineAdjudication,
    ProfessionalClaim,
    ProfessionalLine,
)
from shared.claims.control_numbers import control_number

AnyClaim = ProfessionalClaim | InstitutionalClaim

_ORDER = "PSTABCDEFGH"
_FORWARDED = frozenset({"19", "20", "21"})
"""CLP02: the payer has sent the claim on to the next one itself."""
_MOST_REMARKS = 5
_NOTHING = Decimal("0.00")


class NoNextPayer(Exception):
    """The claim names no payer after the one that has decided."""


class ForwardedByPayer(Exception):
    """The payer has forwarded the claim: a second copy would be a duplicate."""


def secondary(claim: AnyClaim, *, paid: Decimal, status: str, decided: AdjudicatedClaim, decided_on: date,
              payer_number: str) -> AnyClaim:  # fmt: skip
    """`claim` as it goes to the payer after the one that it was billed to: an original of its own.

    Its id follows from the claim's and the payer's turn, so that it is the same whenever it is asked for. Raises
    NoNextPayer, ForwardedByPayer.
    """
    if status in _FORWARDED:
        raise ForwardedByPayer("the payer has forwarded the claim")
    before = claim.billed_coverage
    following = _next(claim, before)
    adjudicated = before.model_copy(
        update={
            "adjudication": _adjudication(decided, paid, decided_on),
            "payer_claim_control_number": payer_number or before.payer_claim_control_number,
        }
    )
    billed = following.model_copy(update={"payer_claim_control_number": None})
    others = {before.sequence: adjudicated, following.sequence: billed}
    claim_id = _id_for(claim.id, following.sequence)
    fields = {
        "id": claim_id,
        "patient_control_number": control_number(claim_id, 1),
        "frequency": "1",
        "billed_sequence": following.sequence,
        "coverages": tuple(others.get(coverage.sequence, coverage) for coverage in claim.coverages),
        "lines": tuple(_decided_line(line, before, decided, decided_on) for line in claim.lines),
    }
    return claim.model_copy(update=fields)


def together(parts: Sequence[AdjudicatedClaim]) -> AdjudicatedClaim:
    """The parts into which a payer has split a claim, as the one decision that they are."""
    first = parts[0]
    return first.model_copy(
        update={
            "adjustments": tuple(chain.from_iterable(part.adjustments for part in parts)),
            "remarks": tuple(dict.fromkeys(chain.from_iterable(part.remarks for part in parts))),
            "lines": tuple(chain.from_iterable(part.lines for part in parts)),
        }
    )


def _next(claim: AnyClaim, before: Coverage) -> Coverage:
    turn = _ORDER.find(before.sequence)
    later = [one for one in claim.coverages if turn >= 0 and _ORDER.find(one.sequence) > turn]
    if not later:
        raise NoNextPayer("the claim names no payer after the one that decided")
    return min(later, key=lambda coverage: _ORDER.index(coverage.sequence))


def _id_for(claim_id: ClaimId, sequence: str) -> ClaimId:
    made = uuid5(UUID(claim_id), sequence)
    # In the form of a version 7, as every id of a claim, at the moment of the first claim's.
    clock = UUID(claim_id).int >> 80
    return ClaimId(str(UUID(int=clock << 80 | 0x7 << 76 | made.int & (1 << 76) - 1 & ~(0x3 << 62) | 0x2 << 62)))


def _adjudication(decided: AdjudicatedClaim, paid: Decimal, decided_on: date) -> Adjudication:
    """The date and what is left to the patient stand at the lines where there are lines (2330B DTP, 2320 AMT*EAF)."""
    has_lines = bool(decided.lines)
    return Adjudication(
        paid=paid,
        date=None if has_lines else decided_on,
        remaining_patient_liability=None if has_lines else _of_patient(decided.adjustments),
        adjustments=_adjustments(decided.adjustments),
        remark_codes=decided.remarks[:_MOST_REMARKS],
    )


def _decided_line(
    line: ProfessionalLine | InstitutionalLine, before: Coverage, decided: AdjudicatedClaim, decided_on: date
) -> ProfessionalLine | InstitutionalLine:
    payer_id = before.payer.payer_id or before.payer.name
    found = [_line_adjudication(one, line, payer_id, decided_on) for one in decided.lines if one.line == line.number]
    return line.model_copy(update={"adjudications": (*line.adjudications, *found)})


def _line_adjudication(
    decided: AdjudicatedLine, line: ProfessionalLine | InstitutionalLine, payer_id: str, decided_on: date
) -> LineAdjudication:
    """The code stands there only where the payer decided on another one than was billed."""
    is_procedure = decided.qualifier == "HC"
    return LineAdjudication.model_validate(
        {
            "payer_id": payer_id,
            "paid": decided.paid,
            "procedure": decided.code if is_procedure and decided.code != line.procedure else None,
            "modifiers": decided.modifiers if is_procedure else (),
            "units": decided.units,
            "date": decided_on,
            "adjustments": _adjustments(decided.adjustments),
            "remaining_patient_liability": _of_patient(decided.adjustments),
        },
        context=AS_RECEIVED,
    )


def _adjustments(said: Iterable[RemittedAdjustment]) -> tuple[Adjustment, ...]:
    return tuple(
        Adjustment.model_validate(
            {"group": one.group, "reason": one.reason, "amount": one.amount, "quantity": one.quantity},
            context=AS_RECEIVED,
        )
        for one in said
    )


def _of_patient(said: Sequence[RemittedAdjustment]) -> Decimal | None:
    left = sum((one.amount for one in said if one.group == "PR"), _NOTHING)
    return left if left > 0 else None
