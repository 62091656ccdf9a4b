"""What the services of one day make of each other: which rule ranks a line, and what it leaves of the line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.grouper.domain.professional.bilateral import Part, Procedure, procedures_of
from services.grouper.domain.professional.imaging import IMAGING, TESTS, tests
from services.grouper.domain.professional.lines import Payable, Refused
from services.grouper.domain.professional.multiple_procedures import RANKED, ranked
from services.grouper.domain.professional.portions import Portion, Ruling
from services.grouper.domain.professional.rules import MpfsRules
from services.grouper.domain.professional.therapy import THERAPY, therapy
from shared.tables import Tables

_BOTH_SIDES = "both sides are paid as one, by the line for the other side"
_NOT_SETTLED = "how a test or therapy on both sides is reduced together with others is not settled"
_SEPARATE_SESSION = "XE"
"""Imaging is reduced within a session; the other tests within a day."""
_APART = "apart"
"""The group of procedures that no other touches."""


@dataclass(frozen=True, slots=True)
class Share:
    """What is left of a line after the rules on several services of a day."""

    payable: Payable
    portions: tuple[Portion, ...]
    is_bilateral: bool
    source: str
    """Of the rule that ranked it; empty where none did."""


def ruled(payables: Sequence[Payable], rules: MpfsRules, tables: Tables) -> Mapping[int, Share | Refused]:
    """By the position of each line what is paid of it, or why it has no amount."""
    groups: dict[tuple[date, str], list[Procedure]] = {}
    for procedure in procedures_of(payables, rules):
        groups.setdefault((procedure.lead.day, _group(procedure)), []).append(procedure)
    found: dict[int, Share | Refused] = {}
    for (day, group), procedures in groups.items():
        ruling = _ruling(group, procedures, rules, tables, day)
        for procedure in procedures:
            for part in procedure.parts:
                found[part.payable.position] = _of_part(part, procedure, ruling)
    return found


def _group(procedure: Procedure) -> str:
    """The rule, and for surgery the part that the practitioner had in it: assistants are ranked with assistants."""
    payable = procedure.lead
    indicator = payable.row.multiple_procedure
    if indicator in RANKED:
        if payable.role == "return-to-operating-room":
            return _APART
        return payable.role if payable.role in ("assistant", "postoperative-care") else "surgeon"
    if indicator == IMAGING and _SEPARATE_SESSION in payable.modifiers:
        return _APART
    return indicator if indicator in (THERAPY, *TESTS) else _APART


def _ruling(group: str, procedures: Sequence[Procedure], rules: MpfsRules, tables: Tables, day: date) -> Ruling:
    if group == _APART:
        return Ruling("")
    if group != THERAPY and group not in TESTS:
        return ranked(procedures, rules, tables, day)
    if any(procedure.amount != procedure.lead.amount for procedure in procedures):
        return Ruling("", unsupported={procedure.lead.position: _NOT_SETTLED for procedure in procedures})
    return therapy(procedures, rules, day) if group == THERAPY else tests(group, procedures, rules, tables, day)


def _of_part(part: Part, procedure: Procedure, ruling: Ruling) -> Share | Refused:
    payable = part.payable
    position = payable.position
    if position in ruling.unsupported:
        return payable.refused("not-supported", ruling.unsupported[position])
    if position in ruling.packaged:
        return payable.refused("packaged", ruling.packaged[position])
    if not part.amount:
        return payable.refused("packaged", _BOTH_SIDES)
    whole = (Portion(part.amount, part.arithmetic, procedure.units),)
    is_bilateral = len(procedure.parts) > 1 or part.amount != payable.amount
    return Share(payable, tuple(ruling.portions.get(position, whole)), is_bilateral, ruling.source)
