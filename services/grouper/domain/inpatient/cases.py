"""The discharge that is to be priced, and what must be known of its hospital."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from services.grouper.domain.stays import Stay
from shared.claims import Amount, Code, Date, Many, Model, Npi, Text

Factor = Annotated[Decimal, Field(ge=0, lt=10, decimal_places=12)]
"""A ratio, index or factor as the authority publishes it: `0.8702`, `1.00218`. JSON: a number or a string of digits."""

Fraction = Annotated[Decimal, Field(ge=0, le=2, decimal_places=12)]
"""As `Factor`, of what is at most all of two populations, or of a payment."""

MOST_CHARGES = 10**8
"""Dollars: no stay's charges come to so much; CMS's Pricer takes less than ten million."""

Charges = Annotated[Amount, Field(lt=MOST_CHARGES)]
"""Dollars of one stay or one technology."""

HospitalAmount = Annotated[Amount, Field(lt=10**7)]
"""Dollars of a discharge that an authority sets."""

Ccn = Annotated[str, StringConstraints(pattern=r"^[0-9]{2}[0-9A-Z][0-9]{3}$")]
"""CMS certification number: six characters, the first two the state."""

Dependent = Literal["sole-community", "medicare-dependent"]
"""Kinds of hospital that are paid by their own costs where those come to more (42 CFR 412.92, 412.108)."""

_EXAMPLE: dict[str, Any] = {
    "drg": "291",
    "discharge_date": "2025-11-20",
    "length_of_stay": 4,
    "discharge_status": "01",
    "charges": "61250.00",
    "provider": {"wage_index": "0.8702", "operating_ccr": "0.181", "capital_ccr": "0.013"},
}


class HospitalFacts(Model):
    """What IPPS payment depends on at the hospital, as of the day of discharge. All may be left out.

    Given facts go before those of the table of providers. A fact that neither has leaves its part of the payment out.
    """

    wage_index: Factor | None = None
    """The one that pays, after reclassification, floors and caps: `FY 2027 Wage Index` of the impact file."""
    geographic_adjustment_factor: Factor | None = None
    """For capital (42 CFR 412.316). Where it is not given, the wage index to the power that the rule says."""
    cost_of_living: Factor | None = None
    """COLA for Alaska and Hawaii, of the nonlabor part: `1.25`. Elsewhere there is none, or 1."""
    capital_cost_of_living: Factor | None = None
    """For capital. Where it is not given, it follows from `cost_of_living`."""
    is_urban: bool | None = None
    """Whether it lies in an urban area, which counts for capital DSH (`URGEO` of the impact file is not RURAL)."""
    is_paid_as_urban: bool | None = None
    """Whether it counts as urban after reclassification, for operating DSH (`URSPA`). As `is_urban` where left out."""
    is_rural_referral_center: bool | None = None
    """Whether its operating DSH has no limit for that (42 CFR 412.96)."""
    beds: Annotated[int | None, Field(ge=0, le=99_999)] = None
    is_new: bool | None = None
    """Whether its capital costs are paid as such, as in its first two years (42 CFR 412.304(c)(2)), not by the rate."""
    operating_ccr: Factor | None = None
    """Operating cost-to-charge ratio."""
    capital_ccr: Factor | None = None
    """Capital cost-to-charge ratio."""
    resident_to_bed_ratio: Factor | None = None
    """Interns and residents to available beds: operating IME (42 CFR 412.105). 0 where it does not teach."""
    resident_to_census_ratio: Factor | None = None
    """Residents to average daily census: capital IME (42 CFR 412.322). 0 where it does not teach."""
    disproportionate_patient_share: Fraction | None = None
    """DSH patient percentage as a fraction: SSI ratio and Medicaid ratio together (42 CFR 412.106(b))."""
    operating_dsh: Fraction | None = None
    """Operating DSH adjustment as it is paid, a quarter of the percentage (42 CFR 412.106(f)): `DSHOPP`. Where it is
    not given, it follows from share, beds and place."""
    capital_dsh: Fraction | None = None
    """Capital DSH adjustment as a fraction. Where it is not given, it follows from share, beds and place."""
    uncompensated_care_per_claim: HospitalAmount | None = None
    """Dollars for each discharge: interim payments of 42 CFR 412.106(g)."""
    submits_quality: bool | None = None
    """Whether it submitted quality data (42 CFR 412.64(d)(2)). Left out: taken to have done so, and said."""
    is_ehr_user: bool | None = None
    """Whether it is a meaningful EHR user (42 CFR 412.64(d)(3)). Left out: taken to be one, and said."""
    value_based_factor: Factor | None = None
    """Hospital value-based purchasing: `1.00218` (42 CFR 412.162)."""
    readmission_factor: Factor | None = None
    """Hospital readmissions reduction: `0.9988` (42 CFR 412.154)."""
    has_hac_reduction: bool | None = None
    """Whether it is paid 1 per cent less for hospital-acquired conditions (42 CFR 412.172)."""
    low_volume_factor: Fraction | None = None
    """Share that is added for low volume: `0.125` (42 CFR 412.101)."""
    dependent: Dependent | None = None
    hospital_specific_rate: HospitalAmount | None = None
    """Dollars for a weight of 1, updated to the year of discharge (42 CFR 412.92(d), 412.108(c))."""


class NewTechnology(Model):
    """A technology that was used and has add-on payment in the year of discharge (42 CFR 412.87, 412.88)."""

    name: Text
    maximum: Charges
    """Dollars at most for a case, as the final rule says: 65 or 75 per cent of what it costs on average."""
    pays_more: bool = False
    """Whether it is one of those that 75 per cent is paid for: QIDPs, LPAD products, gene therapy of sickle cells."""


class Billed(Model):
    """What payment depends on beside the stay and its DRG."""

    length_of_stay: Annotated[int | None, Field(ge=0, le=9_999)] = None
    """Days, the day of discharge not counted. Given, or from the dates."""
    condition_codes: Annotated[Many[Code], Field(max_length=24)] = ()
    """42 and 43 say that home health care is unrelated or begins late, so that it makes no transfer."""
    charges: Charges | None = None
    """Covered charges, for outliers and new technologies."""
    provider: HospitalFacts | None = None
    ccn: Ccn | None = None
    """To look the hospital up by, in the tables of providers."""
    npi: Npi | None = None
    new_technologies: Annotated[Many[NewTechnology], Field(max_length=25)] = ()
    fixed_loss: HospitalAmount | None = None
    """Dollars: the outlier fixed-loss amount of the fiscal year, where the product has none or another is asked for."""


class InpatientCase(Billed):
    """One discharge from an acute care hospital that Medicare pays by IPPS."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    drg: Annotated[str, StringConstraints(pattern=r"^\d{3}$")]
    discharge_date: Date
    admission_date: Date | None = None
    discharge_status: Code | None = None
    """Decides, with the DRG and the length of stay, whether it is a transfer: without it short stays have no amount."""

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.admission_date is not None and self.admission_date > self.discharge_date:
            raise PydanticCustomError("stay_dates", "the discharge is before the admission")
        return self

    @property
    def days(self) -> int | None:
        """Length of stay as given, or from the dates; None where neither says."""
        if self.length_of_stay is not None or self.admission_date is None:
            return self.length_of_stay
        return (self.discharge_date - self.admission_date).days


def case_of(stay: Stay, drg: str, billed: Billed) -> InpatientCase:
    """A stay with its DRG as it is priced. Both have been checked."""
    return InpatientCase.model_construct(
        **dict(billed),
        drg=drg,
        discharge_date=stay.discharge_date,
        admission_date=stay.admission_date,
        discharge_status=stay.discharge_status,
    )
