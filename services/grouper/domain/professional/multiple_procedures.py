"""Several surgical procedures on one day: indicators 2 and 3 of the fee schedule (Pub 100-04 ch. 12 §40.6)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from services.grouper.domain.professional.bilateral import Part, Procedure
from services.grouper.domain.professional.calculation import dollars
from services.grouper.domain.professional.portions import Portion, Ruling, shared
from services.grouper.domain.professional.rules import MpfsRules
from shared.tables import Tables

RANKED = frozenset("23")
"""Multiple procedure indicators of procedures that are ranked with each other."""
_ENDOSCOPY = "3"
_MOST_EXPANDED = 6
"""One more than are paid without a report: further units change nothing."""
_BASE_IS_INCLUDED = "the base endoscopy is part of what is paid for the other of its family"
_NO_BASE = "the base endoscopy of its family has no amount in the schedule, so that the difference is not known"


def ranked(procedures: Sequence[Procedure], rules: MpfsRules, tables: Tables, day: date) -> Ruling:
    """What is paid of the procedures that one practitioner or group did on a patient on one day."""
    single = [one for procedure in procedures for one in _expanded(procedure)]
    families = _families(single)
    bases: dict[str, int] = {one.lead.line.procedure: one.lead.position for one in single}
    packaged = {bases[base]: _BASE_IS_INCLUDED for base in families if base in bases}
    others = [one for one in single if one.lead.line.procedure not in families and not _is_endoscopy(one)]
    unsupported: dict[int, str] = {}
    for family in families.values():
        joined = _joined(family, tables)
        if joined is None:
            unsupported |= {part.payable.position: _NO_BASE for one in family for part in one.parts}
        else:
            others.append(joined)
    edition = rules.ranked_procedures.edition_on(day)
    portions: dict[int, list[Portion]] = {}
    in_order = sorted(others, key=lambda one: (-one.amount, one.lead.position))
    for rank, procedure in enumerate(in_order):
        for part in procedure.parts:
            if rank < len(edition.value):
                portion = shared(part.amount, part.arithmetic, edition.value[rank])
                portions.setdefault(part.payable.position, []).append(portion)
            else:
                reason = f"more than {len(edition.value)} procedures on a day: the further ones are paid by report"
                unsupported[part.payable.position] = reason
    return Ruling(edition.source, portions, packaged, unsupported)


def _expanded(procedure: Procedure) -> Iterator[Procedure]:
    for _ in range(min(procedure.units, _MOST_EXPANDED)):
        yield replace(procedure, units=1)


def _is_endoscopy(procedure: Procedure) -> bool:
    return procedure.lead.row.multiple_procedure == _ENDOSCOPY and procedure.lead.row.endoscopic_base is not None


def _families(procedures: Sequence[Procedure]) -> dict[str, list[Procedure]]:
    """Endoscopies by their base code; the highest amount first."""
    families: dict[str, list[Procedure]] = {}
    for procedure in sorted(procedures, key=lambda one: (-one.amount, one.lead.position)):
        base = procedure.lead.row.endoscopic_base
        if _is_endoscopy(procedure) and base is not None:
            families.setdefault(base, []).append(procedure)
    return families


def _joined(family: Sequence[Procedure], tables: Tables) -> Procedure | None:
    """A family as one procedure: the highest in full, of each other what it is worth more than the base.

    None where the base has no amount and is needed.
    """
    first, *others = family
    parts = list(first.parts)
    for other in others:
        base = other.lead.fee_of(tables, other.lead.row.endoscopic_base or "")
        if base is None or base.amount is None:
            return None
        parts += _beyond(other, base.amount)
    return Procedure(tuple(parts))


def _beyond(procedure: Procedure, base: Decimal) -> Iterator[Part]:
    """The parts of an endoscopy without the amount of its base, taken from the first part as far as it goes."""
    left = base
    for part in procedure.parts:
        taken = min(left, part.amount)
        left -= taken
        arithmetic = f"({part.arithmetic} - {dollars(taken)})" if taken else part.arithmetic
        yield replace(part, amount=part.amount - taken, arithmetic=arithmetic)
