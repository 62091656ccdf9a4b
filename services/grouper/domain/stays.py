"""The inpatient stay as the grouper sees it, whatever it was read from."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from shared.claims import (
    X12,
    Code,
    Date,
    Diagnosis,
    InstitutionalClaim,
    Many,
    Model,
    Procedure,
    ProfessionalClaim,
    Sex,
)

_EXAMPLE: dict[str, Any] = {
    "kind": "stay",
    "discharge_date": "2026-11-20",
    "age": 76,
    "sex": "F",
    "discharge_status": "01",
    "diagnoses": [{"code": "J18.9", "poa": "Y"}, {"code": "N17.9", "poa": "Y"}, {"code": "I10", "poa": "Y"}],
    "procedures": [],
}


class Stay(Model):
    """What decides the DRG of a stay. Give `age`, or `birth_date` and `admission_date`."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    kind: Literal["stay"] = "stay"
    discharge_date: Date
    age: Annotated[int | None, Field(ge=0, le=999)] = None
    """Whole years on the day of admission."""
    birth_date: Annotated[Date | None, X12("2010CA.DMG02")] = None
    admission_date: Annotated[Date | None, X12("2300.DTP03")] = None
    sex: Annotated[Sex | None, X12("2010CA.DMG03")] = None
    discharge_status: Annotated[Code | None, X12("2300.CL103")] = None
    diagnoses: Annotated[Many[Diagnosis], X12("2300.HI"), Field(max_length=25)]
    """The first is the principal diagnosis."""
    procedures: Annotated[Many[Procedure], X12("2300.HI"), Field(max_length=25)] = ()
    admitting_diagnosis: Annotated[Diagnosis | None, X12("2300.HI01-2")] = None
    """Of no weight for the DRG; the code editor looks at it."""
    coded_on: Date | None = None
    """The day whose code sets the codes are of, where it is not the discharge; they are converted before grouping."""
    poa_exempt: bool = False
    """The hospital does not report POA, so hospital-acquired conditions do not apply."""

    @property
    def age_at_admission(self) -> int | None:
        """As given, or from the dates; None where it cannot be known. Negative where birth follows admission."""
        if self.age is not None or self.birth_date is None or self.admission_date is None:
            return self.age
        return years_between(self.birth_date, self.admission_date)


AnySubject = ProfessionalClaim | InstitutionalClaim | Stay
"""What can be grouped: a claim of either kind, or a stay alone."""

Subject = Annotated[AnySubject, Field(discriminator="kind")]
"""The same as it is read, told apart by `kind`."""

AnyInpatient = InstitutionalClaim | Stay
"""What can be looked at as an inpatient stay, whether or not a DRG applies."""

Inpatient = Annotated[AnyInpatient, Field(discriminator="kind")]
"""The same as it is read."""

CLAIM_POINTERS = {
    "discharge_date": "/statement_through",
    "age": "/patient/birth_date",
    "birth_date": "/patient/birth_date",
    "admission_date": "/admission/date",
    "sex": "/patient/sex",
    "discharge_status": "/patient_status",
}
"""Where a fact about the stay stands on an institutional claim. Codes stand where a stay has them."""


def stay_of(claim: InstitutionalClaim, *, poa_exempt: bool) -> Stay:
    """The stay that an inpatient claim bills."""
    return Stay.model_construct(
        kind="stay",
        discharge_date=claim.statement_through,
        age=None,
        birth_date=claim.patient.birth_date,
        admission_date=claim.admission.date,
        sex=claim.patient.sex,
        discharge_status=claim.patient_status,
        diagnoses=claim.diagnoses,
        procedures=claim.procedures,
        admitting_diagnosis=claim.admitting_diagnosis,
        poa_exempt=poa_exempt,
    )


def years_between(birth: date, day: date) -> int:
    """Completed years; one born on 29 February completes a year on 1 March of a common year."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
