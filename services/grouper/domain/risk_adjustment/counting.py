"""Which diagnoses count for a payment year, for which categories, and why the others do not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from services.grouper.domain.risk_adjustment.answers import Evidence, NotCounted, WhyNot
from services.grouper.domain.risk_adjustment.case import Case
from services.grouper.domain.risk_adjustment.profiles import ReportedDiagnosis
from shared.tables import CodeSets, hcc


@dataclass(frozen=True)
class Reported:
    """The diagnoses of a year of service that may count, and those that count in no model."""

    evidence: tuple[Evidence, ...]
    not_counted: tuple[NotCounted, ...]


@dataclass(frozen=True)
class Found:
    """What a model makes of the reported diagnoses."""

    categories: Mapping[str, Sequence[Evidence]]
    """Before hierarchies, each with the diagnoses that gave it."""
    drops: Mapping[str, frozenset[str]]
    """Which categories each of them drops."""
    kept: frozenset[str]
    """After hierarchies."""
    not_counted: tuple[NotCounted, ...]

    def dropped_by(self, category: str) -> tuple[str, ...]:
        """The more severe categories that count and drop this one."""
        return in_order(one for one in self.kept if category in self.drops[one])


def in_order(categories: Iterator[str] | frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(categories, key=int))


def reported(case: Case, diagnoses: Sequence[ReportedDiagnosis], place: str) -> Reported:
    """`place` is the pointer to the list. Raises NoRelease where the year's mapping is not carried."""
    case.tables.release(hcc.DIAGNOSES, case.service_through)
    evidence: list[Evidence] = []
    not_counted: list[NotCounted] = []
    for index, diagnosis in enumerate(diagnoses):
        one = Evidence(pointer=f"{place}/{index}/code", code=diagnosis.code, service_date=diagnosis.service_date)
        why = _why_not(case, diagnosis)
        if why is None:
            evidence.append(one)
        else:
            not_counted.append(_not_counted(one, *why))
    return Reported(tuple(evidence), tuple(not_counted))


def _why_not(case: Case, diagnosis: ReportedDiagnosis) -> tuple[WhyNot, str] | None:
    """Why no model counts a diagnosis; None where one may. Source: 42 CFR 422.310; CMS, diagnosis filtering logic."""
    day, claim = diagnosis.service_date, diagnosis.claim
    if day.year != case.service_through.year:
        return "service-outside-year", f"payment year {case.payment_year} counts services of {case.payment_year - 1}"
    if not CodeSets(case.tables).is_valid("icd10cm", diagnosis.code, day):
        return "code-invalid", f"not a complete ICD-10-CM code valid on {day}"
    if claim is None:
        return None
    if claim.facility_type is not None:
        kind = case.rules.bill_kind(claim.facility_type, day)
        if kind is None:
            return "bill-type-not-eligible", "diagnoses of this type of bill do not count"
        if kind == "inpatient":
            return None
    if not any(hcc.is_eligible(case.tables, procedure, day) for procedure in claim.procedures):
        return "procedure-not-eligible", "no procedure of the claim makes its diagnoses count"
    return None


def found_in(case: Case, model: str, given: Reported) -> Found:
    """The categories of a model, after its edits of age and sex and its hierarchies. Raises NoRelease."""
    categories: dict[str, list[Evidence]] = {}
    not_counted: list[NotCounted] = []
    for one in given.evidence:
        mapped = hcc.hccs(case.tables, one.code, model, case.service_through)
        counted = dict.fromkeys(_edited(case, model, one.code, mapped))
        for category in counted:
            categories.setdefault(category, []).append(one)
        if not counted:
            not_counted.append(_not_in_model(case, model, one, was_mapped=bool(mapped)))
    drops = {category: case.drops(model, category) for category in categories}
    kept = case.diseases.kept(model, frozenset(categories), drops)
    return Found(categories, drops, kept, tuple(not_counted))


def _edited(case: Case, model: str, code: str, mapped: Sequence[str]) -> Iterator[str]:
    for category in mapped:
        after = case.diseases.edited(model, code, category, case.person.age, case.person.sex)
        if after is not None:
            yield after


def _not_in_model(case: Case, model: str, one: Evidence, *, was_mapped: bool) -> NotCounted:
    if was_mapped:
        people = "women" if case.person.sex == "F" else "men"
        return _not_counted(one, "age-sex-edit", f"{model} does not count it for {people} of {case.person.age}")
    return _not_counted(one, "not-in-model", f"{model} has no category for it")


def _not_counted(one: Evidence, reason: WhyNot, message: str) -> NotCounted:
    return NotCounted(pointer=one.pointer, code=one.code, service_date=one.service_date, reason=reason, message=message)
