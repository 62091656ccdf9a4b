"""Several units of therapy on one day: indicator 5 of the fee schedule (Pub 100-04 ch. 5 §10.7)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from services.grouper.domain.professional.bilateral import Procedure
from services.grouper.domain.professional.calculation import cents, dollars, plain, practice_expense_of
from services.grouper.domain.professional.portions import Portion, Ruling
from services.grouper.domain.professional.rules import MpfsRules
from shared.tables.mpfs import Fee

THERAPY = "5"


def therapy(procedures: Sequence[Procedure], rules: MpfsRules, day: date) -> Ruling:
    """The unit with the highest practice expense in full; of every other one a share of its practice expense."""
    edition = rules.therapy_practice_expense.edition_on(day)
    in_order = sorted(procedures, key=lambda one: (-practice_expense_of(one.lead.fee), one.lead.position))
    portions: dict[int, list[Portion]] = {}
    for rank, procedure in enumerate(in_order):
        full = 0 if rank else 1
        reduced = Portion(*_reduced(procedure.lead.fee, edition.value), units=procedure.units - full)
        whole = [Portion(procedure.amount, dollars(procedure.amount))] * full
        portions[procedure.lead.position] = [*whole, *([reduced] if reduced.units else [])]
    return Ruling(edition.source, portions)


def _reduced(fee: Fee, share: Decimal) -> tuple[Decimal, str]:
    work, expense = fee.work * fee.work_gpci, fee.practice_expense * fee.practice_expense_gpci * share
    malpractice = fee.malpractice * fee.malpractice_gpci
    arithmetic = (
        f"({plain(fee.work)} × {fee.work_gpci} + {plain(fee.practice_expense)} × {fee.practice_expense_gpci}"
        f" × {plain(share)} + {plain(fee.malpractice)} × {fee.malpractice_gpci}) × {fee.conversion_factor}"
    )
    return cents((work + expense + malpractice) * fee.conversion_factor), arithmetic
