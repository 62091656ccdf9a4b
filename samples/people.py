"""The invented people of a day: patients with who insures them, and the physicians of the facilities."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Any

from samples.identifiers import make_member_id, make_npi
from samples.scenarios import PayerKind, SampleFacility, SamplePayer, Scenario, facilities, names, payers, specialties

Json = dict[str, Any]

_DOCTORS_PER_SPECIALTY = 3
_SHARE_SPOUSE = 0.15
_SHARE_SUPPLEMENT = 0.30
_SHARE_WORKING_AGED = 0.04


def make_person_name(sex: str, random: Random) -> Json:
    words = names()
    first = random.choice(words.female if sex == "F" else words.male)
    return {"last": random.choice(words.last), "first": first, "middle": random.choice(words.middle)}


def make_address(random: Random) -> Json:
    place = random.choice(names().place)
    return {
        "line1": f"{random.randint(2, 1980)} {random.choice(names().street)}",
        "city": place["city"],
        "state": place["state"],
        "zip_code": f"{place['zip']}{random.randint(1, 9989):04d}",
    }


def make_patient(scenario: Scenario, number: int, first_day: date, random: Random) -> Json:
    """A patient of the scenario's sex and age on `first_day`. A newborn is born on it."""
    sex = random.choice("FM") if scenario.patient.sex == "any" else scenario.patient.sex
    age = random.randint(*scenario.patient.ages)
    born = first_day if age == 0 else first_day - timedelta(days=age * 366 + random.randint(0, 350))
    return {
        "medical_record_number": f"MRN-{number:07d}",
        "name": make_person_name(sex, random),
        "birth_date": born.isoformat(),
        "sex": sex,
        "address": make_address(random),
    }


def age_on(birth_date: str, day: date) -> int:
    """Completed years."""
    born = date.fromisoformat(birth_date)
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def make_coverages(scenario: Scenario, patient: Json, age: int, random: Random) -> list[Json]:
    """Who pays, the primary payer first: Medicare from 65 on, with a supplement or behind an employer for a few."""
    kind = _payer_kind(scenario, age, random)
    if kind != "medicare":
        return [_coverage("P", _choose(kind, random), scenario, patient, age, random)]
    medicare = _choose("medicare", random)
    chance = random.random()
    if "commercial" in scenario.payers and chance < _SHARE_WORKING_AGED:
        employer = _coverage("P", _choose("commercial", random), scenario, patient, age, random)
        second = _coverage("S", medicare, scenario, patient, age, random)
        return [employer, second | {"insurance_type": "12"}]
    first = _coverage("P", medicare, scenario, patient, age, random)
    if chance < _SHARE_WORKING_AGED + _SHARE_SUPPLEMENT:
        return [first, _coverage("S", _choose("supplement", random), scenario, patient, age, random)]
    return [first]


def _payer_kind(scenario: Scenario, age: int, random: Random) -> PayerKind:
    if age >= 65:
        return "medicare"
    younger: tuple[PayerKind, ...] = ("commercial", "commercial", "medicaid")
    return random.choice([kind for kind in younger if kind in scenario.payers])


def _choose(kind: PayerKind, random: Random) -> SamplePayer:
    possible = [payer for payer in payers() if payer.kind == kind]
    return random.choices(possible, weights=[payer.weight for payer in possible])[0]


def _coverage(sequence: str, payer: SamplePayer, scenario: Scenario, patient: Json, age: int, random: Random) -> Json:
    claim_kind = "professional" if scenario.is_professional else "institutional"
    relationship, subscriber = _subscriber(payer, patient, age, random)
    coverage: Json = {
        "sequence": sequence,
        "payer": {"name": payer.name, "payer_id": payer.payer_id[claim_kind]},
        "subscriber": subscriber | {"member_id": make_member_id(payer.member, random)},
        "relationship": relationship,
        "filing_indicator": payer.filing[claim_kind],
    }
    if payer.group:
        coverage["group_number"] = make_member_id(payer.group, random)
    if payer.kind in scenario.authorization:
        coverage["prior_authorization"] = make_member_id("PA########", random)
    return coverage


def _subscriber(payer: SamplePayer, patient: Json, age: int, random: Random) -> tuple[str, Json]:
    """Relationship code and the holder: oneself, a parent, or at times a spouse. Public payers cover each alone."""
    if payer.kind == "commercial" and age < 18:
        return "19", _relative(patient, random, older_by=random.randint(24, 38))
    if payer.kind == "commercial" and 30 <= age < 65 and random.random() < _SHARE_SPOUSE:
        return "01", _relative(patient, random, older_by=random.randint(-4, 4))
    return "18", {"person": patient["name"]} | {name: patient[name] for name in ("birth_date", "sex", "address")}


def _relative(patient: Json, random: Random, *, older_by: int) -> Json:
    sex = "F" if patient["sex"] == "M" else "M"
    born = date.fromisoformat(patient["birth_date"]) - timedelta(days=older_by * 365 + random.randint(0, 300))
    person = make_person_name(sex, random) | {"last": patient["name"]["last"]}
    return {"person": person, "birth_date": born.isoformat(), "sex": sex, "address": patient["address"]}


@cache
def roster() -> dict[str, tuple[Json, ...]]:
    """The physicians, by specialty: the same on every day and for every seed."""
    random = Random("roster")
    numbers = iter(range(10_000, 20_000))
    return {
        specialty: tuple(_physician(next(numbers), taxonomy, random) for _ in range(_DOCTORS_PER_SPECIALTY))
        for specialty, taxonomy in specialties().items()
    }


def _physician(number: int, taxonomy: str, random: Random) -> Json:
    return {"person": make_person_name(random.choice("FM"), random), "npi": make_npi(number), "taxonomy": taxonomy}


def billing_provider(facility: SampleFacility) -> Json:
    return {
        "organization": facility.name,
        "npi": make_npi(facility.number),
        "taxonomy": facility.taxonomy,
        "tax_id": facility.tax_id,
        "address": dict(facility.address),
        "contact": dict(facility.contact),
    }


def facility_for(kind: str, random: Random) -> SampleFacility:
    """One of the hospitals or of the groups."""
    return random.choice([facility for facility in facilities() if facility.kind == kind])
