"""What is asked: a person, the diagnoses reported in a year of service, and what was known the year before."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from services.grouper.domain.stays import years_between
from shared.claims import Code, Date, HcpcsCode, IcdCode, Many, Model, Sex

_EXAMPLE: dict[str, Any] = {
    "payment_year": 2026,
    "person": {"birth_date": "1958-05-14", "sex": "F", "dual_status": "00", "orec": "0"},
    "diagnoses": [
        {"code": "E11.22", "service_date": "2025-03-11", "claim": {"procedures": ["99214"]}},
        {"code": "I50.9", "service_date": "2025-08-02", "claim": {"facility_type": "11"}},
    ],
    "last_year": {"hccs": [{"model": "CMS-HCC V28", "hcc": "37"}, {"model": "CMS-HCC V28", "hcc": "238"}]},
}

_MOST = 1_000

Orec = Literal["0", "1", "2", "3"]
"""Original reason for entitlement: 0 age, 1 disability, 2 end-stage renal disease, 3 both of these."""


class Esrd(Model):
    """The state of a person in ESRD status: on dialysis, unless there was a transplant."""

    months_since_transplant: Annotated[int | None, Field(ge=1, le=1_200)] = None
    """The month of the kidney transplant is 1; months 1 to 3 are paid as transplant, later ones as graft."""


class Person(Model):
    """What decides the demographic part. Give `age` or `birth_date`; the rest as of the payment year."""

    age: Annotated[int | None, Field(ge=0, le=999)] = None
    """Whole years on 1 February of the payment year."""
    birth_date: Date | None = None
    sex: Sex
    dual_status: Code
    """Medicaid: dual status code, 00 to 06 or 08."""
    orec: Orec
    new_enrollee: bool = False
    """Less than twelve months of Part B in the year of service: the score is demographic only."""
    chronic_condition_snp: bool = False
    """In a special needs plan for chronic conditions, which has factors of its own for new enrollees."""
    institutional: bool = False
    """Long-term institutional: more than 90 days in a nursing facility."""
    low_income: bool = False
    """Receives the low-income subsidy of Part D; RxHCC only."""
    esrd: Esrd | None = None
    """Absent: not in ESRD status."""

    def age_in(self, payment_year: int) -> int | None:
        """As given, or from the birth date; None where neither is. Negative where the birth is later."""
        if self.age is not None or self.birth_date is None:
            return self.age
        return years_between(self.birth_date, date(payment_year, 2, 1))


class SourceClaim(Model):
    """The claim that reported a diagnosis, as far as it decides whether the diagnosis counts."""

    facility_type: Annotated[str | None, Field(pattern=r"^[0-9]{2}$")] = None
    """NUBC type of bill, facility and classification digits; absent: a professional claim."""
    procedures: Annotated[Many[HcpcsCode], Field(max_length=_MOST)] = ()
    """CPT and HCPCS codes of the claim."""


class ReportedDiagnosis(Model):
    code: IcdCode
    service_date: Date
    """The last day of the service or stay."""
    claim: SourceClaim | None = None
    """Absent: the caller answers for it that the claim is one that counts."""


class KnownCategory(Model):
    """A category that was paid for."""

    model: Annotated[str, Field(max_length=30)]
    hcc: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,2}$")]


class LastYear(Model):
    """What was known for the payment year before: categories after hierarchies, or the diagnoses, or both."""

    hccs: Annotated[Many[KnownCategory], Field(max_length=_MOST)] = ()
    diagnoses: Annotated[Many[ReportedDiagnosis], Field(max_length=_MOST)] = ()


class RiskProfile(Model):
    """A person to be scored for a payment year, by the diagnoses of the calendar year before it."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    payment_year: Annotated[int, Field(ge=2000, le=2100)]
    models: Annotated[Many[Annotated[str, Field(max_length=30)]], Field(max_length=10)] = ()
    """`CMS-HCC V28`, `CMS-HCC V24`, `CMS-HCC ESRD V24`, `CMS-HCC ESRD V21`, `RxHCC V08`. None: those that pay for the
    person under Part C in the year."""
    person: Person
    diagnoses: Annotated[Many[ReportedDiagnosis], Field(max_length=_MOST)] = ()
    last_year: LastYear | None = None
