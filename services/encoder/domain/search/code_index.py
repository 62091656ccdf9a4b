"""The index of every name of every code: compiled from the names, and asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from operator import attrgetter

import msgspec

from services.encoder.domain.search.analysis import Analyzer
from services.encoder.domain.search.by_code import hits_by_code, is_code, looks_like_code
from services.encoder.domain.search.found import Found, hits_of
from services.encoder.domain.search.fusion import NearConcept, Similarities
from services.encoder.domain.search.hits import Filters, Hit
from services.encoder.domain.search.marks import marks_asked
from services.encoder.domain.search.names import CompiledNames, Names, compile_names
from services.encoder.domain.search.plain import with_plain_words
from services.encoder.domain.search.ranking import Ranking, weighed
from services.encoder.domain.search.readings import Reading, readings_of
from services.encoder.domain.search.retrieval import Question, retrieve
from services.encoder.domain.search.spelling import CompiledWords, KnownWords, compile_words
from services.encoder.domain.search.standing import is_carried
from services.encoder.domain.terms.point import NamedSystem, Point
from services.encoder.domain.terms.vocabulary import words_of
from shared.tables import Tables

_GUESSED, _RANKED = 200, 48
"""Codes that a reading of the question is guessed of, and those whose figures are taken."""
_GUESSED_OTHERWISE, _RANKED_OTHERWISE = 60, 15
"""Of another reading than the question as it is written: what it is right about stands before these."""


class CompiledIndex(msgspec.Struct, frozen=True):
    """The index as it is kept in a file."""

    names: list[CompiledNames]
    words: CompiledWords


def compile_index(points: Iterable[Point], analyzer: Analyzer) -> CompiledIndex:
    """The index of these names of codes."""
    by_system: dict[NamedSystem, list[Point]] = {}
    for point in with_plain_words(points, analyzer.vocabulary.compounds):
        by_system.setdefault(point.system, []).append(point)
    said = (analyzer.surface(point.text) for each in by_system.values() for point in each)
    words = compile_words(said, _own_words(analyzer))
    return CompiledIndex([compile_names(system, each, analyzer) for system, each in by_system.items()], words)


def _own_words(analyzer: Analyzer) -> Iterator[str]:
    vocabulary = analyzer.vocabulary
    for phrase in (*vocabulary.canonical_phrases, *vocabulary.readings_by_phrase):
        yield from phrase
    for surface in vocabulary.abbreviations.by_surface:
        yield from words_of(surface)


class CodeIndex:
    """Finds codes by their characters or by words. Safe to share between threads."""

    def __init__(self, compiled: CompiledIndex, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self._names = {each.system: Names(each) for each in compiled.names}
        self._known = KnownWords(compiled.words)

    def find(
        self,
        query: str,
        tables: Tables,
        filters: Filters,
        *,
        limit: int = 25,
        as_you_type: bool = False,
        near: Sequence[NearConcept] = (),
    ) -> tuple[Hit, ...]:
        """The codes that a query may mean, the likeliest first, each once.

        `as_you_type`: the last word may be the beginning of one, unless a space follows it. `near`: the concepts of
        ICD-10-CM nearest in meaning, the nearest first, where that is searched for too. Raises UnreadableTable.
        """
        carried = [each for each in filters.systems if is_carried(tables, each, filters.day)]
        by_code = tuple(islice(hits_by_code(query, tables, filters, carried), limit))
        if by_code or is_code(query) or self._is_no_word(query):
            return by_code
        names = [self._names[each] for each in carried if each in self._names]
        found = self.found(query, names, unfinished=as_you_type and query == query.rstrip(), near=near)
        return tuple(islice(hits_of(found, tables, filters), limit))

    def found(
        self, query: str, systems: Iterable[Names], *, unfinished: bool = False, near: Sequence[NearConcept] = ()
    ) -> list[Found]:
        """The codes that any reading of a query finds, the likeliest first, each once; on whatever day they stand."""
        readings = self._distinct(readings_of(query, self._analyzer, self._known, unfinished))
        best: dict[tuple[NamedSystem, int], Found] = {}
        for names in systems:
            similarities = Similarities(near if names.system == "icd10cm" else ())
            for reading in readings:
                if reading.wider and any(each.exact for each in best.values()):
                    continue  # the part has names of its own
                question = self._question(names, reading.text, unfinished)
                for each in _ranked(names, question, reading, similarities):
                    known = best.get((names.system, each.ranked.code))
                    if known is None or each.order < known.order:
                        best[names.system, each.ranked.code] = each
        return sorted(best.values(), key=attrgetter("order"))

    def _is_no_word(self, query: str) -> bool:
        """Whether it is a code of another day, or none: nothing that words or their meaning could find."""
        return looks_like_code(query) and not any(word in self._known for word in words_of(query))

    def names(self, system: NamedSystem) -> Names:
        """The names of a code set. Raises KeyError where the index has none."""
        return self._names[system]

    def _distinct(self, readings: Iterable[Reading]) -> Iterable[Reading]:
        """Those that ask for other words than the ones before."""
        by_terms: dict[frozenset[str], Reading] = {}
        for reading in readings:
            by_terms.setdefault(frozenset(self._analyzer.terms(reading.text)), reading)
        return by_terms.values()

    def _question(self, names: Names, text: str, unfinished: bool) -> Question:
        words, meant = _together(self._analyzer.terms(text))
        if unfinished and words:
            completed = self._known.beginning_with(self._analyzer.surface(text)[-1])
            meant[-1] = (words[-1], *(term for word in completed for term in self._analyzer.terms(word)[:1]))
        return Question.of(names, words, meant)


def _together(words: Sequence[str]) -> tuple[list[str], list[Iterable[str]]]:
    """Forms of one word that stand side by side are one (failure, failed), as main terms of the index have them."""
    kept: list[str] = []
    meant: list[Iterable[str]] = []
    for word in words:
        if kept and _is_form(kept[-1], word):
            meant[-1] = (*meant[-1], word)
        else:
            kept.append(word)
            meant.append((word,))
    return kept, meant


def _is_form(word: str, other: str) -> bool:
    shorter, longer = sorted((word, other), key=len)
    shared = next((place for place, letter in enumerate(shorter) if letter != longer[place]), len(shorter))
    return shared >= _SHORTEST_SHARED and len(longer) - shared <= _LONGEST_REST


_SHORTEST_SHARED, _LONGEST_REST = 4, 2
"""Letters that forms of one word share from the first on, and those in which they may differ."""


def _ranked(names: Names, question: Question, reading: Reading, similarities: Similarities) -> Iterator[Found]:
    near = () if reading.wider else similarities.codes()
    also = [number for code in near if (number := names.number_of(code)) is not None]
    ranking = Ranking(names, question, marks_asked(reading.text))
    guessed, ranked = _GUESSED, _RANKED
    if reading.read_as:
        guessed, ranked = _GUESSED_OTHERWISE, _RANKED_OTHERWISE
    for each in ranking.ranked(retrieve(names, question, guessed), also, ranked):
        figures = similarities.added(each.figures, names.codes[each.code])
        figures = figures._replace(read_otherwise=reading.reason is not None, read_wider=reading.wider)
        likelihood = weighed(figures, similarities.weights)
        yield Found(names, question, reading, each._replace(figures=figures), likelihood)
