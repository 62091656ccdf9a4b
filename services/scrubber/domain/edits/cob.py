"""Coordination of benefits: what earlier payers decided must add up (loops 2320 and 2430)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from services.scrubber.domain.claim_parts import AnyClaim
from services.scrubber.domain.engine import Circumstances, Defect, edit
from shared.claims import Adjustment

_TURNS = "PSTABCDEFGH"
_NOTHING = Decimal("0.00")


def _sum(adjustments: Iterable[Adjustment]) -> Decimal:
    return sum((adjustment.amount for adjustment in adjustments), _NOTHING)


def adjudicated(claim: AnyClaim, on: Circumstances) -> AnyClaim | None:
    """The claim, where an earlier payer has decided on it or on a line of it."""
    whole = any(coverage.adjudication is not None for coverage in claim.coverages)
    return claim if whole or any(line.adjudications for line in claim.lines) else None


@edit(
    "cob-claim-balance",
    sees=adjudicated,
    title="An earlier payer's decision does not add up to the charge",
    predicted="A8:672",
    source="005010X222A1 and X223A2 §1.4.4.2: CLM02 = 2320 AMT*D + 2320 CAS + 2430 CAS of that payer",
    row=63,
)
def cob_claim_balance(claim: AnyClaim) -> Iterator[Defect]:
    for position, coverage in enumerate(claim.coverages):
        decision = coverage.adjudication
        if decision is None:
            continue
        of_lines = (
            adjustment
            for line in claim.lines
            for adjudication in line.adjudications
            if adjudication.payer_id == coverage.payer.payer_id
            for adjustment in adjudication.adjustments
        )
        explained = decision.paid + _sum(decision.adjustments) + _sum(of_lines)
        if explained != claim.total_charge:
            yield Defect(
                f"/coverages/{position}/adjudication/paid",
                f"Correct the earlier payer's amounts: paid and adjusted make {explained}, charged is "
                f"{claim.total_charge}.",
                {"paid_and_adjusted": str(explained), "total_charge": str(claim.total_charge)},
            )


@edit(
    "cob-line-balance",
    sees=adjudicated,
    title="An earlier payer's decision on a line does not add up to its charge",
    predicted="A8:672",
    source="005010X222A1 and X223A2 §1.4.4.2: SV102 or SV203 = 2430 SVD02 + 2430 CAS",
    row=63,
)
def cob_line_balance(claim: AnyClaim) -> Iterator[Defect]:
    for number, line in enumerate(claim.lines):
        for position, decision in enumerate(line.adjudications):
            explained = decision.paid + _sum(decision.adjustments)
            if explained != line.charge and decision.bundled_into_line is None:
                yield Defect(
                    f"/lines/{number}/adjudications/{position}/paid",
                    f"Correct the earlier payer's amounts on line {number + 1}: paid and adjusted make {explained}, "
                    f"charged is {line.charge}.",
                    {"paid_and_adjusted": str(explained), "charge": str(line.charge)},
                )


@edit(
    "cob-line-payer-unknown",
    sees=adjudicated,
    title="A line's adjudication names a payer that the claim does not",
    predicted="A7:516",
    source="005010X222A1 and X223A2, 2430 SVD01: NM109 of a loop 2330B",
    row=63,
)
def cob_line_payer_unknown(claim: AnyClaim) -> Iterator[Defect]:
    others = {coverage.payer.payer_id for coverage in claim.other_coverages}
    for number, line in enumerate(claim.lines):
        for position, decision in enumerate(line.adjudications):
            if decision.payer_id not in others:
                yield Defect(
                    f"/lines/{number}/adjudications/{position}/payer_id",
                    f"Name one of the claim's other payers on line {number + 1}.",
                )


@edit(
    "cob-earlier-decision-missing",
    title="The claim goes to a later payer without an earlier one's decision",
    predicted="A6:286",
    source="005010X222A1 and X223A2 §1.4.1.1: each payer before the billed one has adjudicated",
    row=63,
)
def cob_earlier_decision_missing(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    turn = _TURNS.find(claim.billed_sequence)
    for position, coverage in enumerate(claim.coverages):
        if coverage.adjudication is None and 0 <= _TURNS.find(coverage.sequence) < turn:
            yield Defect(
                f"/coverages/{position}/adjudication",
                "Enter what this payer paid and adjusted: the claim goes to a payer after it.",
                {"sequence": coverage.sequence, "billed_sequence": claim.billed_sequence},
            )


@edit(
    "cob-decision-date",
    sees=adjudicated,
    title="An earlier payer's decision is dated on the claim and on a line, or nowhere",
    predicted="A7:516",
    source="005010X222A1 and X223A2, DTP*573 in 2330B or in 2430, not in both",
    row=63,
)
def cob_decision_date(claim: AnyClaim) -> Iterator[Defect]:
    for position, coverage in enumerate(claim.coverages):
        decision = coverage.adjudication
        if decision is None:
            continue
        on_lines = any(a.payer_id == coverage.payer.payer_id for line in claim.lines for a in line.adjudications)
        if on_lines == (decision.date is not None):
            yield Defect(
                f"/coverages/{position}/adjudication/date",
                "Give the date of the earlier payer's decision once: on its lines, or on the claim where it has none.",
            )
