"""The risk scores of a person: every model asked for, what pays, and what has changed since last year."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from services.grouper.domain.estimates import UsedRelease
from services.grouper.domain.risk_adjustment.answers import BlendedScore, ModelScore, RiskScores
from services.grouper.domain.risk_adjustment.case import Case
from services.grouper.domain.risk_adjustment.checks import asked_models, faults_of
from services.grouper.domain.risk_adjustment.counting import found_in, reported
from services.grouper.domain.risk_adjustment.engine import DiseaseRules
from services.grouper.domain.risk_adjustment.factors import Factors
from services.grouper.domain.risk_adjustment.profiles import RiskProfile
from services.grouper.domain.risk_adjustment.recapture import recaptured
from services.grouper.domain.risk_adjustment.rules import RiskRules
from services.grouper.domain.risk_adjustment.scoring import score_model
from services.grouper.domain.risk_adjustment.segments import Beneficiary
from services.grouper.errors import NotScorable
from shared.tables import ReferenceTables, Tables, hcc, icd10
from shared.tables.table import Table

_READ: tuple[Table[Any], ...] = (
    icd10.CODES["icd10cm"],
    hcc.DIAGNOSES,
    hcc.LABELS,
    hcc.HIERARCHIES,
    hcc.PROCEDURES,
)


@dataclass(frozen=True)
class RiskScorer:
    """Scores people by the tables as they are when it is asked. Safe to share; quick enough for the event loop."""

    rules: RiskRules
    diseases: DiseaseRules
    tables: ReferenceTables

    def score(self, profile: RiskProfile) -> RiskScores:
        """Raises NotScorable, and NoRelease where the tables of the payment year are not carried."""
        tables = self.tables.current()
        faults = faults_of(profile, self.rules, tables)
        if faults:
            raise NotScorable(faults)
        case = Case(profile.payment_year, _beneficiary(profile, self.rules), self.rules, self.diseases, tables)
        given = reported(case, profile.diagnoses, "/diagnoses")
        last = profile.last_year
        last_given = (
            reported(case.year_before, last.diagnoses, "/last_year/diagnoses") if last and last.diagnoses else None
        )
        models: list[ModelScore] = []
        used: list[Factors | None] = []
        for model in asked_models(profile, self.rules):
            found = found_in(case, model, given)
            scored, factors = score_model(case, model, found)
            if last is not None:
                compared = recaptured(case, model, last, last_given, found)
                scored = scored.model_copy(update={"recapture": compared})
            models.append(scored)
            used.append(factors)
        return RiskScores(
            payment_year=case.payment_year,
            service_from=case.service_from,
            service_through=case.service_through,
            age=case.person.age,
            engine=self.diseases.name,
            models=tuple(models),
            blended=_blended(case, models),
            not_counted=(*given.not_counted, *(last_given.not_counted if last_given else ())),
            releases=tuple(_releases(case, used)),
        )


def _beneficiary(profile: RiskProfile, rules: RiskRules) -> Beneficiary:
    """The person in the models' terms. The facts are there and possible, as `faults_of` sees to."""
    person, age = profile.person, profile.person.age_in(profile.payment_year)
    benefit = rules.benefit_of(person.dual_status, profile.payment_year)
    if age is None or benefit is None or person.sex == "U":
        raise ValueError("the profile has not been checked")
    return Beneficiary(
        age=age,
        sex=person.sex,
        benefit=benefit,
        orec=person.orec,
        new_enrollee=person.new_enrollee,
        chronic_condition_snp=person.chronic_condition_snp,
        institutional=person.institutional,
        low_income=person.low_income,
        esrd=person.esrd is not None,
        months_since_transplant=person.esrd.months_since_transplant if person.esrd else None,
    )


def _blended(case: Case, models: Sequence[ModelScore]) -> BlendedScore | None:
    shares = case.rules.shares.edition_on(case.first_day)
    adjusted = {one.model: one.adjusted.score for one in models if one.adjusted is not None}
    parts = [(share, score) for model, share in shares.value.items() if (score := adjusted.get(model)) is not None]
    if case.person.esrd or len(parts) < len(shares.value):
        return None
    score = sum((Decimal(share) / 100 * part for share, part in parts), Decimal(0))
    shown = " + ".join(f"{share} % × {part}" for share, part in parts)
    return BlendedScore(score=score, arithmetic=f"{shown} = {score}", source=shares.source)


def _releases(case: Case, used: Iterable[Factors | None]) -> Iterator[UsedRelease]:
    yield from _read(case.tables, case.service_through)
    for release in dict.fromkeys(one.release for one in used if one is not None):
        yield UsedRelease(table=hcc.COEFFICIENTS.name, release=release)


@lru_cache(maxsize=8)
def _read(tables: Tables, day: date) -> tuple[UsedRelease, ...]:
    """The releases that every answer for a year of service is read from."""
    return tuple(
        UsedRelease(table=table.name, release=tables.release(table, day).name)
        for table in _READ
        if tables.carries(table, day)
    )
