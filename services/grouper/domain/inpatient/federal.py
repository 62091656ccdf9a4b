"""The federal payments: operating by the standardized amount, capital by the standard federal rate."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from services.grouper.domain.inpatient.discharge import Discharge, Federal
from services.grouper.domain.inpatient.rates import ONE, StandardizedAmount
from services.grouper.domain.inpatient.transfer import SOURCE as TRANSFERS
from services.grouper.domain.inpatient.worksheet import Worksheet, dollars, four_places, plain, power

_NONE = Decimal(0)
_OPERATING = "42 CFR 412.64(h), (i)"
_CAPITAL = "42 CFR 412.308, 412.312, 412.316"
_THREE_PLACES = Decimal("0.001")
"""As CMS publishes the capital cost of living: 1.088 for an operating one of 1.28."""


def federal_payments(discharge: Discharge, amount: StandardizedAmount, sheet: Worksheet) -> Federal:
    """Both payments with their steps; a transfer has its part of them."""
    cost_of_living = _cost_of_living(discharge, sheet)
    rate = amount.labor * discharge.wage_index + amount.nonlabor * cost_of_living
    origin = discharge.facts.origin("wage_index", "cost_of_living")
    told = f"{dollars(amount.labor)} × {plain(discharge.wage_index)} + {dollars(amount.nonlabor)}"
    told = f"{told} × {plain(cost_of_living)}; {origin}"
    sheet.show("operating-federal-rate", rate, told, f"{_OPERATING}; {discharge.rules.rates_source}")
    operating = _paid(discharge, rate, "operating-federal-payment", _OPERATING, sheet)

    gaf, gaf_told = _geographic_adjustment_factor(discharge)
    capital_cost_of_living = _capital_cost_of_living(discharge, cost_of_living)
    if discharge.hospital.is_new:
        sheet.leave_out("capital", "the capital costs of a new hospital are paid as such, not by the federal rate")
        return Federal(operating, _NONE, cost_of_living, capital_cost_of_living, gaf)
    capital_rate = discharge.rules.rates.capital
    told = f"{dollars(capital_rate)} × GAF {gaf_told} × {plain(capital_cost_of_living)} for the cost of living"
    adjusted = capital_rate * gaf * capital_cost_of_living
    sheet.show("capital-federal-rate", adjusted, told, f"{_CAPITAL}; {discharge.rules.rates_source}")
    capital = _paid(discharge, adjusted, "capital-federal-payment", _CAPITAL, sheet)
    return Federal(operating, capital, cost_of_living, capital_cost_of_living, gaf)


def _paid(discharge: Discharge, rate: Decimal, name: str, source: str, sheet: Worksheet) -> Decimal:
    """The rate by the weight, and of that the part that a transfer has."""
    amount = rate * discharge.weight * discharge.transfer.fraction
    told = f"{dollars(rate)} × weight {plain(discharge.weight)}"
    if discharge.transfer.is_reduced:
        told = f"{told} × {plain(discharge.transfer.fraction)}, a transfer: {discharge.transfer.arithmetic}"
        source = f"{source}; {TRANSFERS}"
    sheet.pay(name, amount, told, source)
    return amount


def _cost_of_living(discharge: Discharge, sheet: Worksheet) -> Decimal:
    """1 outside Alaska and Hawaii."""
    given, ccn = discharge.hospital.cost_of_living, discharge.facts.ccn
    states = discharge.rules.geography.cost_of_living_states
    if given is None and ccn is not None and ccn[:2] in states:
        sheet.leave_out("cost-of-living", "the adjustment for Alaska and Hawaii was not given for this hospital")
    return given or ONE


def _geographic_adjustment_factor(discharge: Discharge) -> tuple[Decimal, str]:
    given = discharge.hospital.geographic_adjustment_factor
    if given is not None:
        factor = four_places(given)
        return factor, f"{factor} ({discharge.facts.origin('geographic_adjustment_factor')})"
    exponent = discharge.rules.geography.exponent
    factor = four_places(power(discharge.wage_index, exponent))
    return factor, f"{factor} ({plain(discharge.wage_index)}^{exponent})"


def _capital_cost_of_living(discharge: Discharge, operating: Decimal) -> Decimal:
    share = discharge.rules.geography.cost_of_living_share
    following = (ONE + share * (operating - ONE)).quantize(_THREE_PLACES, ROUND_HALF_UP)
    return discharge.hospital.capital_cost_of_living or following
