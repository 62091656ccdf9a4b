"""Where a chart's documents, its codes and last year's codes disagree on what risk adjustment counts.

Nothing is invented: a gap is a code that the reading of the documents supports, or is said to have no evidence.
Sources: 42 CFR 422.310 (diagnoses count from the documentation of a face-to-face encounter of the year); ICD-10-CM
Official Guidelines IV.J (conditions that coexist and require or affect care are coded) and III.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from services.encoder.domain.hcc_gaps.answers import (
    AskedGaps,
    GapOptions,
    HccGaps,
    SupportedDiagnosis,
    SupportOfCode,
    UncapturedCategory,
    UncodedCategory,
)
from services.encoder.domain.hcc_gaps.categories import CategoriesOfDay
from services.encoder.domain.hcc_gaps.meat import DocumentedCare
from services.encoder.domain.reading.suggestions import Evidence, LeftOut, Reading, Suggestion
from services.encoder.domain.reading.traits import Trait
from services.encoder.parameters import parameter
from shared.claims import IcdCode
from shared.tables import Tables, hcc

_NAMES_IT = frozenset({Trait.PRESENT, Trait.POSSIBLE})


def model_of(asked: GapOptions, day: date) -> str:
    """The model asked for, or the one that CMS pays by on the day. Raises NoEdition for a day before the first."""
    if asked.model is not None:
        return asked.model
    paid_by: str = parameter("hcc/gap_model").on(day)
    return paid_by


def find_gaps(asked: AskedGaps, reading: Reading, tables: Tables) -> HccGaps:
    """The gaps of an encounter whose documents read so. Raises NoRelease where no mapping covers the day."""
    model = model_of(asked, asked.day)
    categories = CategoriesOfDay(tables, model, asked.day, asked.segment)
    named = [evidence for each in reading.suggestions for evidence in each.evidence]
    named += [evidence for each in reading.left_out for evidence in each.evidence]
    search = _Search(asked, reading, categories, DocumentedCare(asked.documents, named))
    supports = [search.support(code, category) for code in asked.codes for category in categories.of(code)]
    return HccGaps(
        model=model,
        service_date=asked.day,
        release=tables.release(hcc.DIAGNOSES, asked.day).name,
        uncoded=tuple(search.uncoded()),
        not_recaptured=tuple(search.not_recaptured()),
        without_support=tuple(each for each in supports if each.finding != "supported"),
        with_support=tuple(each for each in supports if each.finding == "supported"),
        releases=reading.releases,
    )


@dataclass(frozen=True)
class _Search:
    asked: AskedGaps
    reading: Reading
    categories: CategoriesOfDay
    care: DocumentedCare

    def uncoded(self) -> Iterator[UncodedCategory]:
        """Categories that suggestions count for and no code of the year does, nor one that is more severe."""
        found, covered = self._suggested(), self._covered()
        for category in covered.intersection(found):
            del found[category]
        drops = {category: self.categories.dropped(category) for category in found}
        for category, suggestions in found.items():
            yield UncodedCategory(
                category=self.categories.described(category),
                diagnoses=tuple(self._supported(each) for each in suggestions),
                drops=tuple(milder for milder in drops[category] if milder in covered),
                dropped_by=next((other for other, milder in drops.items() if category in milder), None),
            )

    def not_recaptured(self) -> Iterator[UncapturedCategory]:
        """Categories of last year that no code of this year counts for, nor one that is more severe."""
        covered, suggested = self._covered(), self._suggested()
        reported: dict[str, list[IcdCode]] = defaultdict(list)
        for code in self.asked.reported_last_year:
            for category in self.categories.of_last_year(code):
                reported[category].append(code)
        for category, codes in reported.items():
            if category not in covered:
                diagnoses = tuple(self._supported(each) for each in suggested.get(category, ()))
                yield UncapturedCategory(
                    category=self.categories.described(category),
                    reported=tuple(codes),
                    documented=bool(diagnoses),
                    diagnoses=diagnoses,
                    left_out=tuple(self._left_out(category)),
                )

    def support(self, code: IcdCode, category: str) -> SupportOfCode:
        """What the documents say of a coded diagnosis."""
        evidence = tuple(dict.fromkeys(self._mentions(code, category)))
        meat = self.care.of(code, evidence) if evidence else ()
        return SupportOfCode(
            code=code,
            category=self.categories.described(category),
            finding="supported" if meat else "mentioned" if evidence else "not_documented",
            evidence=evidence,
            meat=meat,
        )

    def _covered(self) -> frozenset[str]:
        return self.categories.covered((*self.asked.codes, *self.asked.reported_this_year))

    def _suggested(self) -> dict[str, list[Suggestion]]:
        """Suggestions by category, the likeliest first as reading has them."""
        found: dict[str, list[Suggestion]] = {}
        for suggestion in self.reading.suggestions:
            if suggestion.system == "icd10cm":
                for category in self.categories.of(suggestion.code):
                    found.setdefault(category, []).append(suggestion)
        return found

    def _supported(self, suggestion: Suggestion) -> SupportedDiagnosis:
        return SupportedDiagnosis(
            code=IcdCode(suggestion.code),
            description=suggestion.description,
            trait=suggestion.trait,
            confidence=suggestion.confidence,
            evidence=suggestion.evidence,
            meat=self.care.of(suggestion.code, suggestion.evidence),
        )

    def _left_out(self, category: str) -> Iterator[LeftOut]:
        """What names the category and was not suggested for how it is meant."""
        for each in self.reading.left_out:
            if each.trait not in _NAMES_IT and self._counts(each.codes, category):
                yield each

    def _mentions(self, code: str, category: str) -> Iterator[Evidence]:
        """Where the documents name a coded condition: by its code or one of its ICD-10 category and the same HCC.

        What was left out counts where it names the condition as there, such as what a combination code took up.
        """
        for suggestion in self.reading.suggestions:
            if self._is_like(suggestion.code, code, category):
                yield from suggestion.evidence
        for each in self.reading.left_out:
            if each.trait in _NAMES_IT and any(self._is_like(other, code, category) for other in each.codes):
                yield from each.evidence

    def _is_like(self, other: str, code: str, category: str) -> bool:
        return other == code or (other[:3] == code[:3] and category in self.categories.of(other))

    def _counts(self, codes: Iterable[str], category: str) -> bool:
        return any(category in self.categories.of(code) for code in codes)
