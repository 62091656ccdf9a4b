"""From a scenario to one encounter with its answer key, as JSON documents that defects may still be put into."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from random import Random
from typing import Any

from samples.models import ChartCodes, Defect, SampleEncounter
from samples.people import (
    Json,
    age_on,
    billing_provider,
    facility_for,
    make_coverages,
    make_patient,
    roster,
)
from samples.scenarios import SampleFacility, Scenario, ScenarioCharge
from shared.claims import AS_RECEIVED, Encounter

LOCAL = timezone(timedelta(hours=-6), "CST")
"""The facilities' time, Central Standard: statement dates and hours are local (UB-04 form locators 6, 13 and 16)."""

_HOSPITAL_PLACES = ("21", "22", "23")


@dataclass
class Draft:
    """An encounter under construction. `encounter` and `codes` are JSON; defects change them in place."""

    scenario: Scenario
    encounter: Json
    codes: Json
    first_codes: Json | None = None
    defect: Defect | None = None

    @property
    def coverage(self) -> Json:
        """The primary payer's."""
        return self.encounter["coverages"][0]  # type: ignore[no-any-return]  # JSON

    def freeze(self) -> SampleEncounter:
        """The finished sample; faulty identifiers are kept as an EHR would send them."""
        return SampleEncounter.model_construct(
            scenario=self.scenario.id,
            encounter=Encounter.model_validate(self.encounter, context=AS_RECEIVED),
            codes=ChartCodes.model_validate(self.codes),
            first_codes=ChartCodes.model_validate(self.first_codes) if self.first_codes else None,
            drg=self.scenario.drg,
            defect=self.defect,
        )


def draft(scenario: Scenario, *, number: int, day: date, random: Random) -> Draft:
    """A clean encounter of the scenario that ended one to four days before `day`. `number` makes its ids."""
    nights = random.randint(*scenario.nights)
    last_day = day - timedelta(days=random.randint(1, 4))
    first_day = last_day - timedelta(days=nights)
    started, ended = _at(first_day, 7, 12, random), _at(last_day, 13, 18, random)
    facility = facility_for("group" if scenario.is_professional else "hospital", random)
    patient = make_patient(scenario, number, first_day, random)
    age = age_on(patient["birth_date"], first_day)
    providers = _providers(scenario, random)
    charges = _charges(scenario, facility, first_day, nights, number, random)
    encounter: Json = {
        "id": f"ENC-{day:%Y%m%d}-{number:04d}",
        "facility": _facility(facility),
        "patient": patient,
        "encounter_class": scenario.encounter_class,
        "specialty": scenario.specialty,
        "started_at": started.isoformat(),
        "ended_at": ended.isoformat(),
        "providers": providers,
        "coverages": make_coverages(scenario, patient, age, random),
        "documents": _documents(scenario, patient, age, nights, providers, ended, number),
        "charges": charges,
    }
    return Draft(scenario, encounter | _registration(scenario, first_day), _codes(scenario, first_day, charges))


def _facility(facility: SampleFacility) -> Json:
    return {"id": facility.id, "billing": billing_provider(facility)} | ({"ccn": facility.ccn} if facility.ccn else {})


def _at(day: date, earliest: int, latest: int, random: Random) -> datetime:
    return datetime.combine(day, time(random.randint(earliest, latest), random.randint(0, 59)), LOCAL)


def _registration(scenario: Scenario, first_day: date) -> Json:
    """What the registration desk and the billing office know of such a visit."""
    fields: Json = {
        "occurrences": [
            {"code": code, "date": (first_day + timedelta(days=offset)).isoformat()}
            for code, offset in scenario.occurrences.items()
        ],
        "values": [{"code": code, "amount": str(amount)} for code, amount in scenario.values.items()],
    }
    if scenario.admission:
        fields |= {"admission_type": scenario.admission.type, "admission_source": scenario.admission.source}
        if scenario.admission.diagnosis:
            fields["admitting_diagnosis"] = {"code": scenario.admission.diagnosis}
    if scenario.discharge_status:
        fields["discharge_status"] = scenario.discharge_status
    if scenario.place_of_service:
        fields["place_of_service"] = scenario.place_of_service
    return fields


def _providers(scenario: Scenario, random: Random) -> Json:
    doctor = random.choice(roster()[scenario.specialty])
    providers: Json = {"rendering" if scenario.is_professional else "attending": doctor}
    if not scenario.is_professional:
        if scenario.procedures or "operative_report" in scenario.notes:
            providers["operating"] = doctor
        return providers
    if scenario.referral:
        providers["referring"] = random.choice(roster()["family medicine"])
    if scenario.place_of_service in _HOSPITAL_PLACES:
        hospital = billing_provider(facility_for("hospital", random))
        providers["service_facility"] = {name: hospital[name] for name in ("organization", "npi", "address")}
    return providers


def _charges(
    scenario: Scenario, facility: SampleFacility, first_day: date, nights: int, number: int, random: Random
) -> list[Json]:
    lines: list[Json] = []
    remaining = nights
    for place, charge in enumerate(scenario.charges, 1):
        unit, units = _units(charge, nights, remaining, random)
        if unit == "DA":
            remaining -= units
        price = (charge.each * facility.price).quantize(Decimal("0.01"))
        line: Json = {
            "id": f"{number:04d}-{place:02d}",
            "service_date": (first_day + timedelta(days=charge.day)).isoformat(),
            "unit": unit,
            "units": str(units),
            "amount": str(price * units),
        }
        optional = {"revenue_code": charge.revenue, "procedure": charge.hcpcs, "modifiers": list(charge.modifiers)}
        line |= {name: value for name, value in optional.items() if value}
        if charge.drug:
            line["drug"] = charge.drug.model_dump(mode="json", exclude_none=True)
        lines.append(line)
    return lines


def _units(charge: ScenarioCharge, nights: int, remaining: int, random: Random) -> tuple[str, int]:
    match charge.per:
        case "night":
            return "DA", nights
        case "remaining-night":
            return "DA", remaining
        case None:
            units = charge.units if isinstance(charge.units, int) else random.randint(*charge.units)
            return charge.unit, units


def _documents(
    scenario: Scenario, patient: Json, age: int, nights: int, providers: Json, ended: datetime, number: int
) -> list[Json]:
    author = (providers.get("attending") or providers["rendering"])["person"]
    words = _words(patient["sex"], age, nights)
    return [
        {
            "id": f"DOC-{number:04d}-{place}",
            "kind": kind,
            "title": kind.replace("_", " ").capitalize(),
            "author": f"{author['first'].title()} {author['last'].title()}, MD",
            "written_at": ended.isoformat(),
            "text": text.format(**words),
        }
        for place, (kind, text) in enumerate(scenario.notes.items(), 1)
    ]


def _words(sex: str, age: int, nights: int) -> dict[str, Any]:
    child = age < 18
    if sex == "F":
        he, his, him, noun = "she", "her", "her", "girl" if child else "woman"
    else:
        he, his, him, noun = "he", "his", "him", "boy" if child else "man"
    return {"age": age, "sex": noun, "nights": nights, "he": he, "his": his, "him": him, "He": he.title()}


def _codes(scenario: Scenario, first_day: date, charges: list[Json]) -> Json:
    codes: Json = {
        "diagnoses": [_diagnosis(text) for text in scenario.diagnoses],
        "procedures": [_procedure(text, first_day) for text in scenario.procedures],
        "reasons_for_visit": [{"code": code} for code in scenario.reasons_for_visit],
        "external_causes": [{"code": code} for code in scenario.external_causes],
    }
    if scenario.encounter_class == "inpatient" and scenario.admission and scenario.admission.diagnosis:
        codes["admitting_diagnosis"] = {"code": scenario.admission.diagnosis}
    if scenario.is_professional:
        pairs = zip(charges, scenario.charges, strict=True)
        codes["lines"] = [{"charge_id": line["id"], "pointers": list(charge.pointers)} for line, charge in pairs]
    return codes


def _diagnosis(text: str) -> Json:
    code, _, poa = text.partition(" ")
    return {"code": code, "poa": poa} if poa else {"code": code}


def _procedure(text: str, first_day: date) -> Json:
    code, _, offset = text.partition(" +")
    return {"code": code, "date": (first_day + timedelta(days=int(offset or 0))).isoformat()}
