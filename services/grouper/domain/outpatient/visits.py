"""The outpatient visit as the payment system sees it, whatever it was read from."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, model_validator

from shared.claims import (
    X12,
    Amount,
    Code,
    Date,
    HcpcsCode,
    InstitutionalClaim,
    InstitutionalLine,
    Many,
    Model,
    Modifiers,
    Quantity,
    RevenueCode,
    Weight,
)

_EXAMPLE: dict[str, Any] = {
    "kind": "visit",
    "service_date": "2026-02-10",
    "lines": [
        {"number": 1, "procedure": "99284", "units": "1", "charge": "900.00", "revenue_code": "0450"},
        {"number": 2, "procedure": "71046", "units": "1", "charge": "320.00", "revenue_code": "0324"},
    ],
    "hospital": {"wage_index": "1.0235", "cost_to_charge_ratio": "0.251"},
}

_HOSPITAL_OUTPATIENT = "13"


class OutpatientHospital(Model):
    """What is particular to the hospital. What is not given is left out of the estimate, which says so."""

    wage_index: Annotated[Weight | None, Field(gt=0, lt=10)] = None
    """The OPPS wage index that the hospital is paid by, after reclassification, floors and caps."""
    cost_to_charge_ratio: Annotated[Weight | None, Field(gt=0, lt=10)] = None
    """Overall ancillary outpatient cost-to-charge ratio."""
    rural_sole_community: bool = False
    """A rural sole community hospital, or an essential access community hospital (42 CFR 419.43(g))."""


class VisitLine(Model):
    """A service line of a visit."""

    number: Annotated[int, X12("LX01"), Field(ge=1, le=999)]
    service_date: Annotated[Date | None, X12("DTP03")] = None
    """None: the day of the visit, where that is a single day."""
    procedure: Annotated[HcpcsCode | None, X12("SV202-2")] = None
    modifiers: Modifiers = ()
    units: Annotated[Quantity, X12("SV205"), Field(ge=0)] = Decimal(1)
    revenue_code: Annotated[RevenueCode | None, X12("SV201")] = None
    charge: Annotated[Amount | None, X12("SV203")] = None


class OutpatientVisit(Model):
    """What decides the payment of an outpatient claim under the OPPS."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    kind: Literal["visit"] = "visit"
    service_date: Date
    """The day of the visit; of one over several days the first."""
    through: Date | None = None
    """The last day, where there are several."""
    facility_type: Annotated[str, X12("2300.CLM05-1"), Field(min_length=2, max_length=2)] = _HOSPITAL_OUTPATIENT
    """The two digits between leading zero and frequency in the type of bill."""
    condition_codes: Annotated[Many[Code], X12("2300.HI"), Field(max_length=24)] = ()
    patient_status: Annotated[Code | None, X12("2300.CL103")] = None
    lines: Annotated[Many[VisitLine], X12("2400"), Field(min_length=1, max_length=999)]
    hospital: OutpatientHospital = OutpatientHospital()

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> OutpatientVisit:
        if self.last_day < self.service_date:
            raise ValueError("the visit ends before it begins")
        return self

    @property
    def last_day(self) -> date:
        return self.through or self.service_date

    def day_of(self, line: VisitLine) -> date | None:
        """The day of a line; None where the visit has several days and the line says none."""
        if line.service_date is not None:
            return line.service_date
        return self.service_date if self.last_day == self.service_date else None


def visit_of(claim: InstitutionalClaim, hospital: OutpatientHospital | None) -> OutpatientVisit:
    """The visit that an institutional claim bills."""
    return OutpatientVisit.model_construct(
        kind="visit",
        service_date=claim.statement_from,
        through=claim.statement_through,
        facility_type=claim.facility_type,
        condition_codes=claim.condition_codes,
        patient_status=claim.patient_status,
        lines=tuple(_line_of(line) for line in claim.lines),
        hospital=hospital or OutpatientHospital(),
    )


def _line_of(line: InstitutionalLine) -> VisitLine:
    return VisitLine.model_construct(
        number=line.number,
        service_date=line.service_from,
        procedure=line.procedure,
        modifiers=line.modifiers,
        units=line.units,
        revenue_code=line.revenue_code,
        charge=line.charge,
    )
