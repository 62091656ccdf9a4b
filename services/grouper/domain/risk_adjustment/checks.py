"""What must be right about a question before anything is scored: a wrong fact would make a wrong score."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from services.grouper.domain.risk_adjustment.profiles import Person, RiskProfile
from services.grouper.domain.risk_adjustment.rules import RiskRules
from services.grouper.domain.risk_adjustment.segments import SCORED
from shared.claims import ReturnReason
from shared.tables import Tables, hcc

_AGE = "CMS risk adjustment model software: age on 1 February of the payment year"
_ENTITLEMENT = "42 CFR 406.10 to 406.13: entitlement by age, disability and end-stage renal disease"
_DUAL = "Announcement of CY 2017 MA rates: segments of the CMS-HCC model by dual status"
_MODELS = "CMS, ICD-10-CM mappings of the payment year; Announcement of MA rates of the payment year"

_Fault = tuple[str, str, str, str]  # code, message, pointer, source


def faults_of(profile: RiskProfile, rules: RiskRules, tables: Tables) -> tuple[ReturnReason, ...]:
    """Everything that keeps a profile from being scored; empty when it may be. Raises NoRelease."""
    if not rules.models_of(profile.payment_year):
        found: Iterator[_Fault] = iter([_year_unknown(profile)])
    else:
        found = (fault for part in (_person, _models, _last_year) for fault in part(profile, rules, tables))
    return tuple(
        ReturnReason(code=f"risk-{code}", message=message, pointer=pointer, source=source)
        for code, message, pointer, source in found
    )


def _year_unknown(profile: RiskProfile) -> _Fault:
    message = f"no risk adjustment model is carried for payment year {profile.payment_year}"
    return "payment-year-unknown", message, "/payment_year", _MODELS


def _person(profile: RiskProfile, rules: RiskRules, tables: Tables) -> Iterator[_Fault]:
    person = profile.person
    yield from _age(profile, rules)
    if person.sex == "U":
        yield "sex-unknown", "the models score women and men: the sex must be known", "/person/sex", _AGE
    if rules.benefit_of(person.dual_status, profile.payment_year) is None:
        yield "dual-status-unknown", "no model counts this dual status code", "/person/dual_status", _DUAL


def _age(profile: RiskProfile, rules: RiskRules) -> Iterator[_Fault]:
    person = profile.person
    age = person.age_in(profile.payment_year)
    if age is None:
        yield "age-unknown", "the age is not known: give it or the birth date", "/person/birth_date", _AGE
    elif age < 0:
        yield "birth-after-payment", "the birth is later than the payment year begins", "/person/birth_date", _AGE
    elif age > rules.highest_age.on(date(profile.payment_year, 1, 1)):
        yield "age-impossible", "nobody is as old as this", f"/person/{_given(person)}", _AGE
    elif person.birth_date is not None and person.model_copy(update={"age": None}).age_in(profile.payment_year) != age:
        yield "age-contradicts", "the age is not that of the birth date on 1 February", "/person/age", _AGE
    elif age < 65 and person.orec == "0" and not (age == 64 and person.new_enrollee):
        message = "one under 65 is entitled by disability or end-stage renal disease, not by age"
        yield "entitlement-contradicts-age", message, "/person/orec", _ENTITLEMENT


def _given(person: Person) -> str:
    return "age" if person.age is not None else "birth_date"


def _models(profile: RiskProfile, rules: RiskRules, tables: Tables) -> Iterator[_Fault]:
    of_year = rules.models_of(profile.payment_year)
    in_esrd = profile.person.esrd is not None
    for index, model in enumerate(profile.models):
        pointer = f"/models/{index}"
        if model not in SCORED or model not in of_year:
            message = f"no such model in payment year {profile.payment_year}; there are {', '.join(of_year)}"
            yield "model-unknown", message, pointer, _MODELS
        elif model in profile.models[:index]:
            yield "model-twice", "the model is asked for twice", pointer, _MODELS
        elif model.startswith("CMS-HCC ESRD") and not in_esrd:
            yield "esrd-missing", "this model is for people in ESRD status: give /person/esrd", pointer, _MODELS
        elif model.startswith("CMS-HCC V") and in_esrd:
            yield "esrd-given", "people in ESRD status are scored by the ESRD models", pointer, _MODELS


def _last_year(profile: RiskProfile, rules: RiskRules, tables: Tables) -> Iterator[_Fault]:
    known = profile.last_year.hccs if profile.last_year else ()
    asked, day = asked_models(profile, rules), date(profile.payment_year - 1, 12, 31)
    for index, category in enumerate(known):
        pointer = f"/last_year/hccs/{index}"
        if category.model not in asked:
            yield "model-not-asked", "the category is of a model that is not scored here", f"{pointer}/model", _MODELS
        elif tables.carries(hcc.LABELS, day) and hcc.label(tables, category.model, category.hcc, day) is None:
            yield "hcc-unknown", "the model has no such category", f"{pointer}/hcc", _MODELS


def asked_models(profile: RiskProfile, rules: RiskRules) -> tuple[str, ...]:
    """The models asked for, else those that pay for the person under Part C in the year."""
    if profile.models:
        return profile.models
    first = date(profile.payment_year, 1, 1)
    return tuple(rules.shares.on(first)) if profile.person.esrd is None else (rules.esrd_model.on(first),)
