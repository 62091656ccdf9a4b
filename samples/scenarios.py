"""The clinical scenarios and the invented world around them, read from `samples/data`."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal

import yaml
from pydantic import Field, TypeAdapter

from shared.claims import Amount, Drug, EncounterClass, Many, Model

Range = Annotated[Many[int], Field(min_length=2, max_length=2)]
"""The least and the most."""

PayerKind = Literal["medicare", "medicaid", "commercial", "supplement"]


class ScenarioPatient(Model):
    sex: Literal["any", "F", "M"]
    ages: Range
    """In years on the first day."""


class ScenarioAdmission(Model):
    type: str
    source: str
    diagnosis: str | None = None


class ScenarioCharge(Model):
    """One line. `each` in dollars a unit; `day` counted from the first day of the encounter."""

    revenue: str | None = None
    hcpcs: str | None = None
    modifiers: Many[str] = ()
    unit: Literal["UN", "MJ", "DA"] = "UN"
    units: int | Range = 1
    per: Literal["night", "remaining-night"] | None = None
    each: Amount
    day: int = 0
    pointers: Many[int] = ()
    drug: Drug | None = None


class Scenario(Model):
    """A kind of encounter. Diagnoses are written `code` or `code POA`, procedures `code +day`."""

    id: str
    encounter_class: Annotated[EncounterClass, Field(alias="class")]
    specialty: str
    patient: ScenarioPatient
    payers: Many[PayerKind] = ("medicare", "medicaid", "commercial")
    nights: Range = (0, 0)
    place_of_service: str | None = None
    referral: bool = False
    authorization: Many[PayerKind] = ()
    """The kinds of payer that ask for a prior authorisation."""
    admission: ScenarioAdmission | None = None
    discharge_status: str | None = None
    drg: str | None = None
    diagnoses: Many[str]
    procedures: Many[str] = ()
    reasons_for_visit: Many[str] = ()
    external_causes: Many[str] = ()
    occurrences: dict[str, int] = Field(default_factory=dict)
    """Occurrence code and its day, counted from the first day of the encounter."""
    values: dict[str, Amount] = Field(default_factory=dict)
    charges: Many[ScenarioCharge]
    notes: dict[str, str]

    @property
    def is_professional(self) -> bool:
        return self.encounter_class == "professional"


class SamplePayer(Model):
    id: str
    kind: PayerKind
    name: str
    payer_id: dict[str, str]
    """By kind of claim: institutional, professional."""
    filing: dict[str, str]
    member: str
    group: str | None = None
    weight: int


class SampleFacility(Model):
    id: str
    kind: Literal["hospital", "group"]
    price: Annotated[Decimal, Field(strict=False)]
    name: str
    number: int
    taxonomy: str
    tax_id: str
    ccn: str | None = None
    address: dict[str, str]
    contact: dict[str, str]


class Names(Model):
    last: Many[str]
    female: Many[str]
    male: Many[str]
    middle: Many[str]
    street: Many[str]
    place: Many[dict[str, str]]


def _read(name: str) -> Any:
    return yaml.safe_load(files("samples").joinpath("data", name).read_text("utf-8"))


@cache
def scenarios() -> tuple[Scenario, ...]:
    """Every scenario, in the order of its file's name and its place in it."""
    folder = files("samples").joinpath("data", "scenarios")
    names = sorted(path.name for path in folder.iterdir() if path.name.endswith(".yaml"))
    return tuple(Scenario.model_validate(item) for name in names for item in _read(f"scenarios/{name}"))


@cache
def payers() -> tuple[SamplePayer, ...]:
    return TypeAdapter(tuple[SamplePayer, ...]).validate_python(tuple(_read("payers.yaml")))


@cache
def facilities() -> tuple[SampleFacility, ...]:
    return TypeAdapter(tuple[SampleFacility, ...]).validate_python(tuple(_read("facilities.yaml")))


@cache
def names() -> Names:
    return Names.model_validate(_read("names.yaml"))


@cache
def specialties() -> dict[str, str]:
    """Taxonomy code by specialty."""
    return TypeAdapter(dict[str, str]).validate_python(_read("specialties.yaml"))
