"""A discharge with all that its payment is worked out from."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from services.grouper.domain.inpatient.cases import MOST_CHARGES, HospitalFacts, InpatientCase
from services.grouper.domain.inpatient.facts import Facts
from services.grouper.domain.inpatient.rates import RulesOfDay
from services.grouper.domain.inpatient.transfer import Transfer
from shared.tables.ipps import Drg


@dataclass(frozen=True)
class Discharge:
    """A case that can be priced: weight, wage index and national rates are known."""

    case: InpatientCase
    drg: Drg
    weight: Decimal
    wage_index: Decimal
    facts: Facts
    rules: RulesOfDay
    transfer: Transfer

    @property
    def charges(self) -> Decimal | None:
        """Covered charges; None where they were not given, or come from a claim and are more than any stay's."""
        charges = self.case.charges
        return charges if charges is not None and charges < MOST_CHARGES else None

    @property
    def hospital(self) -> HospitalFacts:
        return self.facts.hospital


@dataclass(frozen=True)
class Federal:
    """The federal payments before adjustments, not yet rounded, and what they were adjusted by for the place."""

    operating: Decimal
    capital: Decimal
    operating_cost_of_living: Decimal
    capital_cost_of_living: Decimal
    geographic_adjustment_factor: Decimal


@dataclass(frozen=True)
class AddOns:
    """What is paid on top for teaching and for low-income patients."""

    operating_ime: Decimal
    """A fraction of the operating payment, as the next; the last two of the capital payment."""
    operating_dsh: Decimal
    capital_ime: Decimal
    capital_dsh: Decimal
    uncompensated_care: Decimal
    """Dollars."""
    missing: tuple[str, ...]
    """Those of them that are not known: costs cannot be compared with what is paid without them."""
