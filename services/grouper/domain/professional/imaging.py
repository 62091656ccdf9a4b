"""Several diagnostic tests on one day: indicators 4, 6 and 7 of the fee schedule.

Of imaging (4) the technical and the professional component are reduced, each ranked by itself; of cardiovascular (6)
and ophthalmology tests (7) the technical component alone (MPFSDB record layout, Pub 100-04 ch. 23).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.grouper.domain.professional.bilateral import Procedure
from services.grouper.domain.professional.calculation import cents, dollars, plain
from services.grouper.domain.professional.lines import Payable
from services.grouper.domain.professional.portions import Portion, Ruling
from services.grouper.domain.professional.rules import MpfsRules
from shared.tables import Tables
from shared.tables.dated import Parameter

IMAGING, CARDIOVASCULAR, OPHTHALMOLOGY = "4", "6", "7"
TESTS = (IMAGING, CARDIOVASCULAR, OPHTHALMOLOGY)
_NO_COMPONENTS = "what of the amount is for the technical component, which is reduced, cannot be told from the schedule"
_ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class _Test:
    """A test with the amounts of its components, dollars a unit; zero for one that the line does not bill."""

    procedure: Procedure
    technical: Decimal
    technical_cap: Decimal | None
    """The OPPS amount, which a reduced component may not pass either."""
    technical_schedule: Decimal
    """Before the cap: the reduction comes first (71 FR 69659)."""
    professional: Decimal

    @property
    def position(self) -> int:
        return self.procedure.lead.position

    def portion(self, technical_share: Decimal, professional_share: Decimal, units: int) -> Portion:
        """So many units with each component paid by its share."""
        if technical_share == professional_share == _ONE:
            return Portion(self.procedure.amount, dollars(self.procedure.amount), units)
        technical, technical_text = self._technical(technical_share)
        professional = cents(self.professional * professional_share)
        texts = [technical_text] if self.technical else []
        if self.professional:
            texts.append(_times(self.professional, professional_share))
        return Portion(technical + professional, f"({' + '.join(texts)})", units)

    def _technical(self, share: Decimal) -> tuple[Decimal, str]:
        if share == _ONE:
            return self.technical, dollars(self.technical)
        reduced, text = cents(self.technical_schedule * share), _times(self.technical_schedule, share)
        if self.technical_cap is not None and self.technical_cap < reduced:
            return self.technical_cap, dollars(self.technical_cap)
        return reduced, text


def tests(indicator: str, procedures: Sequence[Procedure], rules: MpfsRules, tables: Tables, day: date) -> Ruling:
    """The highest technical component of the day in full, of the others a share; for imaging the professional too."""
    technical_rule = _technical_rule(indicator, rules)
    technical, professional = technical_rule.on(day), _ONE
    source = technical_rule.edition_on(day).source
    if indicator == IMAGING:
        edition = rules.imaging_professional.edition_on(day)
        professional, source = edition.value, f"{source}; {edition.source}"
    if sum(procedure.units for procedure in procedures) <= 1:
        return Ruling(source)
    found = {procedure.lead.position: _test(procedure, rules, tables) for procedure in procedures}
    if None in found.values():
        return Ruling(source, unsupported=dict.fromkeys(found, _NO_COMPONENTS))
    known = [test for test in found.values() if test is not None]
    first_technical = max(known, key=lambda test: (test.technical, -test.position)).position
    first_professional = max(known, key=lambda test: (test.professional, -test.position)).position
    portions = {}
    for test in known:
        first = test.portion(
            _ONE if test.position == first_technical else technical,
            _ONE if test.position == first_professional else professional,
            1,
        )
        further = test.portion(technical, professional, test.procedure.units - 1)
        portions[test.position] = [first, further] if further.units else [first]
    return Ruling(source, portions)


def _technical_rule(indicator: str, rules: MpfsRules) -> Parameter[Decimal]:
    if indicator == IMAGING:
        return rules.imaging_technical
    return rules.cardiovascular_technical if indicator == CARDIOVASCULAR else rules.ophthalmology_technical


def _test(procedure: Procedure, rules: MpfsRules, tables: Tables) -> _Test | None:
    payable = procedure.lead
    if payable.row.modifier == "26" or payable.row.pc_tc == "2":
        return _Test(procedure, Decimal(0), None, Decimal(0), payable.amount)
    if payable.row.modifier == "TC" or payable.row.pc_tc == "3":
        schedule = payable.fee.schedule_amount or payable.amount
        return _Test(procedure, payable.amount, payable.fee.opps_cap, schedule, Decimal(0))
    if payable.row.pc_tc == "4":
        return _with_interpretation(procedure, rules, tables)
    technical = payable.fee_of(tables, payable.line.procedure, "TC")
    professional = payable.fee_of(tables, payable.line.procedure, "26")
    if technical is None or technical.amount is None or professional is None or professional.amount is None:
        return None
    schedule = technical.schedule_amount or technical.amount
    return _Test(procedure, technical.amount, technical.opps_cap, schedule, professional.amount)


def _with_interpretation(procedure: Procedure, rules: MpfsRules, tables: Tables) -> _Test | None:
    """A code for test and interpretation, whose technical part has codes of its own (PC/TC indicator 4)."""
    payable: Payable = procedure.lead
    amounts = [
        fee.amount if (fee := payable.fee_of(tables, code)) else None
        for code in rules.technical_tests.on(payable.day).get(payable.line.procedure, ())
    ]
    if not amounts or None in amounts:
        return None
    technical = min(sum((amount for amount in amounts if amount is not None), Decimal(0)), payable.amount)
    return _Test(procedure, technical, None, technical, payable.amount - technical)


def _times(amount: Decimal, share: Decimal) -> str:
    return dollars(amount) if share == _ONE else f"{dollars(amount)} × {plain(share)}"
