"""What has become of last year's categories. Nothing is named that was not known then or is not reported now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from services.grouper.domain.risk_adjustment.answers import Evidence, RecapturedCategory
from services.grouper.domain.risk_adjustment.case import Case
from services.grouper.domain.risk_adjustment.counting import Found, Reported, found_in, in_order
from services.grouper.domain.risk_adjustment.profiles import LastYear


def recaptured(
    case: Case, model: str, last_year: LastYear, last_given: Reported | None, found: Found
) -> tuple[RecapturedCategory, ...]:
    """Last year's categories of a model, then those of this year alone. Raises NoRelease."""
    before = found_in(case.year_before, model, last_given) if last_given is not None else None
    last = {category.hcc: () for category in last_year.hccs if category.model == model}
    evidence: dict[str, Sequence[Evidence]] = dict(last)
    if before is not None:
        evidence |= {category: before.categories[category] for category in before.kept}
    return tuple(_compared(case, model, evidence, found))


def _compared(
    case: Case, model: str, last: dict[str, Sequence[Evidence]], found: Found
) -> Iterator[RecapturedCategory]:
    for category in in_order(frozenset(last)):
        outranked_by = found.dropped_by(category)
        yield RecapturedCategory(
            hcc=category,
            label=case.label(model, category),
            outcome="kept" if category in found.kept else "outranked" if outranked_by else "not-yet-documented",
            outranked_by=outranked_by if category not in found.kept else (),
            last_diagnoses=tuple(last[category]),
        )
    for category in in_order(found.kept - last.keys()):
        yield RecapturedCategory(hcc=category, label=case.label(model, category), outcome="new")
