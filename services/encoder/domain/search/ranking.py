"""How likely each found code is meant: a few figures of how its names and the question fit, weighed.

The weights are those under which the codes that the Alphabetic Index gives its terms are likeliest among the codes
found: terms left out of what is searched, alone, with all of their main term, and with all of the index (`python -m
bench.search_weights`). It is a conditional logit, so that the exponential of the sum is a probability but for its
scale.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from heapq import nlargest
from operator import mul
from typing import NamedTuple

from services.encoder.domain.search.chapters import ChapterFigures, chapter_figures, chapter_of
from services.encoder.domain.search.marks import Marks
from services.encoder.domain.search.names import Names
from services.encoder.domain.search.retrieval import Below, Question, mask_of, said_below
from services.encoder.domain.terms.point import PointKind

_SUBCATEGORY, _CATEGORY = 4, 3
_DESCRIBED = tuple(PointKind).index(PointKind.DESCRIPTION)
_INDEXED = tuple(PointKind).index(PointKind.INDEX_PATH)
_INCLUDED = tuple(PointKind).index(PointKind.INCLUSION_TERM)
_UNSPECIFIED, _OTHER, _SIDE, _OPEN_SIDE, _WITHOUT = map(int, Marks)
"""As numbers: each is asked of some thousand codes a second."""
_COMPLETE = 0.999
_MANY_NAMES = 4.0
_LONGEST_CODE = 7
_BY_CATEGORY, _BY_SHARE, _BY_BREVITY = 0.4, 0.3, 2.0
"""Of the first choice, before the figures: what a category's share of the question, and that one of the names is no
longer than the question, count beside what the code itself says."""


class Figures(NamedTuple):
    """How a code and a question fit; also the weights of these figures. Words count by their rarity."""

    said: float
    """The share of the question that the code's names say."""
    said_above: float
    """That they or those of the headings above the code say."""
    said_count: float
    """The same, each word for as much as any other."""
    said_by_headings: float
    said_by_subcategory: float
    """That any code of the same first four characters says."""
    subcategory_mass: float
    """The same, a word for the more the more of those codes say it."""
    said_by_category: float
    category_share: float
    """How much of the question's words is said in this category of all."""
    name_fit: float
    """Of the name that fits best: the harmonic mean of how much of the question it says and how much of it is asked."""
    name_both: float
    """The largest product of the two."""
    description_asked: float
    """The share of the description that is asked."""
    description_said: float
    """The share of the question that the description says."""
    specific_asked: float
    """The share of the description that is asked, but for words as hollow as disease and disorder."""
    residual: float
    """The same, of what is not specified or has no code of its own."""
    included: float
    """An inclusion term fits best."""
    indexed: float
    """An entry of the index does."""
    exact: float
    """A name says all of the question and nothing else."""
    often_named: float
    """How many entries of the index lead to it (logarithm)."""
    unspecified: float
    """For what is not specified, and the question asks for nothing specified."""
    default: float
    """For what is not specified, so far as the headings above it say what is asked."""
    other_asked: float
    """For what has no code of its own, and the question asks for that."""
    other: float
    """The same, and it does not."""
    side: float
    """Names a side that the question does not."""
    side_missed: float
    """Names no side, or says that it is not known, and the question names one."""
    without: float
    """Says that something is not there, and the question does not."""
    open_side: float
    """Says that the side is not known."""
    heading: float
    length: float
    """Characters of the code."""
    similarity: float
    """How near the meaning of a name is, by search by meaning; 0 without."""
    category_similarity: float
    """How near the nearest name of the category is."""
    read_otherwise: float
    """Found by another reading than the question's own words."""
    read_wider: float
    """Found for the whole of the part of the body that is asked for."""
    neoplasm: float
    """From here on `ChapterFigures`."""
    neoplasm_missed: float
    obstetric: float
    obstetric_missed: float
    perinatal: float
    perinatal_missed: float
    congenital: float
    congenital_missed: float
    injury: float
    injury_missed: float
    status: float
    status_missed: float
    external: float
    symptom: float


class Ranked(NamedTuple):
    """A code with its figures and the name that fits best."""

    code: int
    figures: Figures
    name: int
    mask: int
    """What it and the headings above it say of the question."""


class _Fit(NamedTuple):
    """How a name and the question fit."""

    fit: float
    name: int
    both: float
    """The largest product of any name of the code."""


class _Described(NamedTuple):
    """How a description and the question fit: shares of the description and of the question."""

    asked: float
    said: float
    specific: float


_UNDESCRIBED = _Described(0.0, 0.0, 0.0)


class Ranking:
    """Figures of the codes that were found for one question."""

    def __init__(self, names: Names, question: Question, asked: Marks) -> None:
        self._names = names
        self._question = question
        self._asked = int(asked)
        self._asked_weight = question.total
        self._words = frozenset(slot.word for slot in question.slots)
        self._below: dict[str, Below] = {}
        self._chapters: dict[str, ChapterFigures] = {}
        self._headings: dict[str, int] = {}

    def ranked(self, found: Mapping[int, int], also: Iterable[int], limit: int) -> list[Ranked]:
        """The figures of the `limit` codes that say most, and of those in `also`. `found`: codes with their masks."""
        worth = self._worth(found)
        codes = nlargest(limit, worth, key=worth.__getitem__)
        return [self._figured(code, found.get(code)) for code in dict.fromkeys((*codes, *also))]

    def _worth(self, found: Mapping[int, int]) -> dict[int, float]:
        """A first guess at each code, from what needs no look at its names."""
        codes, lightest, asked, weight = (
            self._names.codes,
            self._names.lightest,
            self._asked_weight,
            self._question.weight,
        )
        worth: dict[int, float] = {}
        for code, mask in found.items():
            category = self._said_below(codes[code][:_CATEGORY])
            brief = 1 + _BY_BREVITY * asked / (asked + lightest[code])
            worth[code] = weight(mask) * brief + _BY_CATEGORY * category.said + _BY_SHARE * category.share
        return worth

    def _figured(self, number: int, found: int | None) -> Ranked:
        names, question = self._names, self._question
        code = names.codes[number]
        mask = mask_of(names, question, number, number + 1) if found is None else found
        above = self._said_above(code[:-1])
        category, subcategory = self._said_below(code[:_CATEGORY]), self._said_below(code[:_SUBCATEGORY])
        fit, described = self._best(number), self._described(number)
        marks, asks_other = names.marks[number], self._asked & _OTHER
        other, unspecified = marks & _OTHER, marks & _UNSPECIFIED and not asks_other
        first, end = names.names_of[number], names.names_of[number + 1]
        by_headings = question.weight(above)
        figures = Figures(
            question.weight(mask),
            question.weight(mask | above),
            (mask | above).bit_count() / max(1, len(question.slots)),
            by_headings,
            subcategory.said,
            subcategory.mass,
            category.said,
            category.share,
            fit.fit,
            fit.both,
            described.asked,
            described.said,
            described.specific,
            described.specific if marks & (_OTHER | _UNSPECIFIED) else 0.0,
            names.kinds[fit.name] == _INCLUDED,
            names.kinds[fit.name] == _INDEXED,
            fit.fit > _COMPLETE and not (other and fit.name == first and not asks_other),
            math.log1p(names.kinds.count(_INDEXED, first, end)) / _MANY_NAMES,
            bool(unspecified),
            by_headings if unspecified else 0.0,
            bool(other and asks_other),
            bool(other and not asks_other),
            bool(marks & _SIDE and not self._asked & _SIDE),
            bool(self._asked & _SIDE and not marks & _SIDE),
            bool(marks & _WITHOUT and not self._asked & _WITHOUT),
            bool(marks & _OPEN_SIDE),
            number + 1 < len(names.codes) and names.codes[number + 1].startswith(code),
            len(code) / _LONGEST_CODE,
            *_NOT_YET_KNOWN,
            *self._of_chapter(chapter_of(code)),
        )
        return Ranked(number, figures, fit.name, mask | above)

    def _of_chapter(self, chapter: str) -> ChapterFigures:
        known = self._chapters.get(chapter)
        if known is None:
            known = self._chapters[chapter] = chapter_figures(chapter, self._words)
        return known

    def _said_below(self, beginning: str) -> Below:
        known = self._below.get(beginning)
        if known is None:
            first_and_end = self._names.below(beginning)
            known = self._below[beginning] = said_below(self._names, self._question, *first_and_end)
        return known

    def _said_above(self, beginning: str) -> int:
        """What the headings of this beginning, and of those it begins with, say."""
        if len(beginning) < _CATEGORY:
            return 0
        known = self._headings.get(beginning)
        if known is None:
            known = self._said_above(beginning[:-1])
            number = self._names.number_of(beginning)
            if number is not None:
                known |= mask_of(self._names, self._question, number, number + 1)
            self._headings[beginning] = known
        return known

    def _best(self, number: int) -> _Fit:
        names = self._names
        best, best_name, both = -1.0, names.names_of[number], 0.0
        for name in range(names.names_of[number], names.names_of[number + 1]):
            said, asked = self._overlap(name)
            if said > 0.0:
                fit, product = 2 * said * asked / (said + asked), said * asked
                if product > both:
                    both = product
                if fit > best:
                    best, best_name = fit, name
        return _Fit(max(best, 0.0), best_name, both)

    def _overlap(self, name: int) -> tuple[float, float]:
        """The share of the question that a name says, and the share of its essential terms that is asked."""
        names, bits = self._names, self._question.bits
        begin, essential = names.terms_of[name], names.essential_of[name]
        said, asked = 0, 0.0
        for place, term in enumerate(names.name_terms[begin : names.terms_of[name + 1]]):
            bit = bits.get(term)
            if bit is not None:
                said |= bit
                if place < essential:
                    asked += names.rarity[term]
        weight = names.essential_weight[name]
        return self._question.weight(said), asked / weight if weight else 0.0

    def _described(self, number: int) -> _Described:
        names, bits = self._names, self._question.bits
        name = names.names_of[number]
        if names.kinds[name] != _DESCRIBED:
            return _UNDESCRIBED
        begin = names.terms_of[name]
        first_optional = begin + names.essential_of[name]
        said, asked, specific, specific_asked = 0, 0.0, 0.0, 0.0
        for place in range(begin, names.terms_of[name + 1]):
            term = names.name_terms[place]
            bit = bits.get(term, 0)
            said |= bit
            if place < first_optional:
                rarity = names.rarity[term]
                asked += rarity if bit else 0.0
                if term not in names.hollow:
                    specific += rarity
                    specific_asked += rarity if bit else 0.0
        weight = names.essential_weight[name]
        return _Described(
            asked / weight if weight else 0.0,
            self._question.weight(said),
            specific_asked / specific if specific else 0.0,
        )


_NOT_YET_KNOWN = (0.0,) * 4
"""Of meaning, and of how the question was read: they are not the ranking's to know."""


def weighed(figures: Figures, weights: Figures) -> float:
    """The logarithm, but for a constant, of how likely it is meant."""
    return math.fsum(map(mul, figures, weights))
