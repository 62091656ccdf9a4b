"""What is paid because a case cost much: new technologies and outliers."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from services.grouper.domain.inpatient.cases import NewTechnology
from services.grouper.domain.inpatient.discharge import AddOns, Discharge, Federal
from services.grouper.domain.inpatient.rates import ONE
from services.grouper.domain.inpatient.worksheet import Worksheet, cents, dollars, plain

_NONE = Decimal(0)
_TECHNOLOGIES = "42 CFR 412.88; Pub 100-04 ch. 3 §160"
_OUTLIERS = "42 CFR 412.80-412.84; Pub 100-04 ch. 3 §20.1.2"


@dataclass(frozen=True)
class _Side:
    """The operating or the capital half of an outlier."""

    name: str
    cost: Decimal
    threshold: Decimal

    @property
    def excess(self) -> Decimal:
        return max(self.cost - self.threshold, _NONE)


def new_technologies(discharge: Discharge, federal: Federal, paid: AddOns, sheet: Worksheet) -> Decimal:
    """The add-on payments together, zero where none is due or known."""
    given = discharge.case.new_technologies
    charges, ratio = discharge.charges, discharge.hospital.operating_ccr
    if not given:
        sheet.leave_out("new-technology", "none was given; what a case used is not read from its codes")
        return _NONE
    if charges is None or ratio is None or paid.missing:
        lacking = [*(("charges",) if charges is None else ()), *(("operating CCR",) if ratio is None else ())]
        sheet.leave_out("new-technology", f"it depends on what is not known: {', '.join([*lacking, *paid.missing])}")
        return _NONE
    cost = charges * ratio
    payment = federal.operating * (ONE + paid.operating_ime + paid.operating_dsh) + paid.uncompensated_care
    excess = max(cost - payment, _NONE)
    total = _NONE
    for technology in given:
        share = _share(discharge, technology)
        # All add-ons together leave no more than the costs.
        amount = min(cents(min(technology.maximum, share * excess)), cents(excess) - total)
        told = f"{technology.name}: the lesser of {dollars(technology.maximum)} and {plain(share)} × (cost "
        told = f"{told}{dollars(charges)} × {plain(ratio)} - payment {dollars(payment)})"
        sheet.pay("new-technology", amount, f"{told}; {discharge.facts.origin('operating_ccr')}", _TECHNOLOGIES)
        total += amount
    return total


def _share(discharge: Discharge, technology: NewTechnology) -> Decimal:
    rule = discharge.rules.new_technology
    return rule.more if technology.pays_more else rule.share


def outlier(discharge: Discharge, federal: Federal, paid: AddOns, technologies: Decimal, sheet: Worksheet) -> Decimal:
    """The operating outlier payment in cents, after the steps of both; zero where there is none or it is not known."""
    sides = _sides(discharge, federal, paid, technologies, sheet)
    if sides is None:
        return _NONE
    operating, capital = sides
    cost, threshold = operating.cost + capital.cost, operating.threshold + capital.threshold
    origin = discharge.facts.origin("operating_ccr", "capital_ccr")
    told = f"operating {dollars(operating.cost)} + capital {dollars(capital.cost)}: covered charges × CCR; {origin}"
    sheet.show("outlier-cost", cost, told, _OUTLIERS)
    told = f"operating {dollars(operating.threshold)} + capital {dollars(capital.threshold)}: payments and fixed loss"
    sheet.show("outlier-threshold", threshold, told, _OUTLIERS)
    if cost < threshold:
        return _NONE
    if paid.missing:
        sheet.leave_out("outlier", f"the threshold depends on what was not given: {', '.join(paid.missing)}")
        return _NONE
    share = discharge.rules.outlier.share_for(discharge.drg.drg)
    for side in sides:
        told = f"{plain(share)} × ({dollars(side.cost)} - {dollars(side.threshold)})"
        sheet.pay(f"{side.name}-outlier", share * side.excess, told if side.excess else "not above it", _OUTLIERS)
    return cents(share * operating.excess)


def _sides(
    discharge: Discharge, federal: Federal, paid: AddOns, technologies: Decimal, sheet: Worksheet
) -> tuple[_Side, _Side] | None:
    charges, hospital = discharge.charges, discharge.hospital
    operating_ccr, capital_ccr = hospital.operating_ccr, hospital.capital_ccr
    given = discharge.case.fixed_loss
    fixed_loss = discharge.rules.fixed_loss if given is None else given
    if charges is None or operating_ccr is None or capital_ccr is None or not operating_ccr + capital_ccr:
        sheet.leave_out("outlier", "covered charges and both cost-to-charge ratios decide on it; not all are known")
        return None
    if fixed_loss is None:
        sheet.leave_out("outlier", "no fixed-loss amount of the fiscal year is known; give it as fixed_loss")
        return None
    fixed_loss *= discharge.transfer.fraction
    both = operating_ccr + capital_ccr
    labor = discharge.rules.rates.table_for(discharge.wage_index).labor_share
    place = labor * discharge.wage_index + (ONE - labor) * federal.operating_cost_of_living
    operating_threshold = (
        federal.operating * (ONE + paid.operating_ime + paid.operating_dsh)
        + paid.uncompensated_care
        + technologies
        + fixed_loss * place * operating_ccr / both
    )
    capital_threshold = (
        federal.capital * (ONE + paid.capital_ime + paid.capital_dsh)
        + fixed_loss * federal.geographic_adjustment_factor * federal.capital_cost_of_living * capital_ccr / both
    )
    operating = _Side("operating", charges * operating_ccr, operating_threshold)
    if hospital.is_new:
        return operating, _Side("capital", _NONE, _NONE)
    return operating, _Side("capital", charges * capital_ccr, capital_threshold)
