"""A person under one model: the components of the raw score, and what is paid of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from services.grouper.domain.estimates import LeftOut
from services.grouper.domain.risk_adjustment.answers import (
    AdjustedScore,
    Component,
    ComponentKind,
    DroppedCategory,
    ModelScore,
    ScoredCategory,
)
from services.grouper.domain.risk_adjustment.case import Case
from services.grouper.domain.risk_adjustment.counting import Found, in_order
from services.grouper.domain.risk_adjustment.factors import Factors, factors_of
from services.grouper.domain.risk_adjustment.segments import Cells, cells_of

_THOUSANDTH = Decimal("0.001")
_ROUNDING = "Announcement of CY 2024 MA rates, calculation of risk scores: each step is rounded to three decimals"


def score_model(case: Case, model: str, found: Found) -> tuple[ModelScore, Factors | None]:
    """The score, without recapture, and the factors it was made of. Raises NoRelease."""
    cells = cells_of(model, case.person)
    factors = factors_of(case, model, cells)
    components = tuple(_components(case, model, cells, found, factors)) if factors else ()
    sums = _sums(case, model, cells, components, factors) if factors else {}
    scored = ModelScore(
        model=model,
        segment=cells.segment,
        hccs=tuple(_scored(case, model, cells, found, factors)),
        dropped=tuple(_dropped(case, model, found)),
        components=components,
        share=case.rules.shares.on(case.first_day).get(model) if not case.person.esrd else None,
        not_counted=found.not_counted,
        factors=factors.note if factors else None,
        left_out=tuple(_left_out(case, model, cells, found, sums)),
        **sums,
    )
    return scored, factors


def _scored(case: Case, model: str, cells: Cells, found: Found, factors: Factors | None) -> Iterator[ScoredCategory]:
    for category in in_order(found.kept):
        yield ScoredCategory(
            hcc=category,
            label=case.label(model, category),
            coefficient=factors.of(cells.of_hcc(category)) if factors and cells.counts_diagnoses else None,
            diagnoses=tuple(found.categories[category]),
        )


def _dropped(case: Case, model: str, found: Found) -> Iterator[DroppedCategory]:
    for category in in_order(frozenset(found.categories) - found.kept):
        yield DroppedCategory(
            hcc=category,
            label=case.label(model, category),
            dropped_by=found.dropped_by(category),
            diagnoses=tuple(found.categories[category]),
        )


def _components(case: Case, model: str, cells: Cells, found: Found, factors: Factors) -> Iterator[Component]:
    """Every variable that is true of the person and has a factor in the segment."""
    for variable in cells.variables:
        yield Component(kind="demographic", variable=variable, coefficient=_needed(factors, variable))
    if not cells.counts_diagnoses:
        return
    for category in in_order(found.kept):
        coefficient = factors.of(cells.of_hcc(category))
        if coefficient is not None:
            label = case.label(model, category)
            yield Component(kind="hcc", variable=cells.of_hcc(category), coefficient=coefficient, label=label)
    person = case.person
    for name in case.diseases.interactions(model, found.kept, person.age, disabled=person.disabled):
        coefficient = factors.of(cells.of(name))
        if coefficient is not None:
            yield Component(kind=_kind(name), variable=cells.of(name), coefficient=coefficient)


def _kind(name: str) -> ComponentKind:
    """D1 to D9 and D10P count the categories; all else combines them."""
    return "payment-hcc-count" if name[0] == "D" and name[1].isdigit() else "interaction"


def _needed(factors: Factors, variable: str) -> Decimal:
    """The factor of a demographic variable, which is there: `factors_of` sees to it."""
    coefficient = factors.of(variable)
    if coefficient is None:
        raise LookupError(f"{factors.model} has no factor {variable} in {factors.release}")
    return coefficient


def _sums(case: Case, model: str, cells: Cells, components: Sequence[Component], factors: Factors) -> dict[str, Any]:
    demographic = sum((one.coefficient for one in components if one.kind == "demographic"), Decimal(0))
    disease = sum((one.coefficient for one in components if one.kind != "demographic"), Decimal(0))
    raw = _rounded(demographic + disease)
    arithmetic = f"{_shown(demographic)} demographic + {_shown(disease)} disease = {raw}"
    if cells.divisor is not None:
        divisor = _needed(factors, cells.divisor)
        raw = _rounded((demographic + disease) / divisor)
        arithmetic = f"{_shown(demographic)} demographic ÷ {divisor} ({cells.divisor}) = {raw}"
    return {
        "demographic": _rounded(demographic),
        "disease": _rounded(disease),
        "raw": raw,
        "arithmetic": arithmetic,
        "adjusted": _adjusted(case, model, cells, raw),
    }


def _adjusted(case: Case, model: str, cells: Cells, raw: Decimal) -> AdjustedScore | None:
    edition = case.rules.normalization.edition_on(case.first_day)
    divisor = edition.value.get(model, {}).get(cells.group)
    if divisor is None:
        return None
    normalized = _rounded(raw / divisor)
    adjusted = AdjustedScore(
        normalization=divisor,
        normalized=normalized,
        arithmetic=f"{raw} ÷ {divisor} = {normalized}",
        sources=(edition.source, _ROUNDING),
    )
    coding = case.rules.coding_adjustment.edition_on(case.first_day)
    share = coding.value.get(model)
    if share is None:
        return adjusted
    score = _rounded(normalized * (1 - share))
    return adjusted.model_copy(
        update={
            "coding_adjustment": share,
            "score": score,
            "arithmetic": f"{adjusted.arithmetic}; {normalized} × (1 - {share}) = {score}",
            "sources": (*adjusted.sources, coding.source),
        }
    )


def _left_out(case: Case, model: str, cells: Cells, found: Found, sums: Mapping[str, Any]) -> Iterator[LeftOut]:
    """What would change the score and is not in it."""
    if not sums:
        yield _no_factors(case, model)
        return
    if not cells.counts_diagnoses and found.kept:
        yield LeftOut(what="diagnoses", reason="new enrollees and months of transplant are scored without diagnoses")
    adjusted = sums["adjusted"]
    if adjusted is None:
        reason = f"the normalization factor of {model} for payment year {case.payment_year} is not carried"
        yield LeftOut(what="normalization", reason=reason)
    if adjusted is None or adjusted.score is None:
        yield LeftOut(what="coding-adjustment", reason=f"no adjusted score of {model} can be said for the year")
    yield LeftOut(what="frailty", reason="the frailty factor of PACE and fully integrated plans is not added")


def _no_factors(case: Case, model: str) -> LeftOut:
    why = "CMS publishes several sets of them and the tables do not tell these apart" if model.startswith("Rx") else ""
    reason = f"no final relative factors of {model} are carried for payment year {case.payment_year}"
    return LeftOut(what="relative-factors", reason=f"{reason}: {why}" if why else reason)


def _rounded(score: Decimal) -> Decimal:
    return score.quantize(_THOUSANDTH, ROUND_HALF_UP)


def _shown(score: Decimal) -> str:
    return str(_rounded(score))
