"""The names of the codes of one code set, compiled: what each says, and which codes each word leads to.

Everything that a question touches lies in flat arrays, in the order of the codes, so that what is below a heading is a
range of them: whether a word is said anywhere below one is a search by halves in the list of the word's codes.
"""

from __future__ import annotations

import math
import re
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import msgspec

from services.encoder.domain.search.analysis import Analyzer, stem
from services.encoder.domain.search.marks import marks_of
from services.encoder.domain.terms.point import NamedSystem, Point, PointKind

_KINDS = tuple(PointKind)
_NUMBER: Literal["I"] = "I"
_WEIGHT: Literal["f"] = "f"
_TITLING = (PointKind.DESCRIPTION, PointKind.INCLUSION_TERM)
_NONESSENTIAL = re.compile(
    r"\([^)]*\)|, unspecified\b[^,]*|, [^,]* not specified\b|\bwithout (?:mention of )?complications?\b", re.IGNORECASE
)
"""What may be said or not: words in parentheses (ICD-10-CM Official Guidelines, I.A.7), what is said to be unspecified,
and that there is no complication."""


_HOLLOW_WORDS = (
    "abnormal anomaly condition disease disorder lesion noninflammatory noninfective not organ part problem sign "
    "symptom site syndrome state structure acquired"
)
"""What titles say where they name no more than the site: other noninflammatory disorders of testis."""
_HOLLOW = frozenset(map(stem, _HOLLOW_WORDS.split()))


class CompiledNames(msgspec.Struct, frozen=True):
    """The names of one code set as they are kept in a file. Numbers are of four bytes, of this machine."""

    system: NamedSystem
    codes: list[str]
    """With a name of their own, in order."""
    terms: list[str]
    names_of: bytes
    """For each code where its names begin, and one more for the end. A description goes before other names."""
    kinds: bytes
    """For each name, by its number in `PointKind`."""
    terms_of: bytes
    """For each name where its terms begin, and one more for the end."""
    essential_of: bytes
    """For each name how many of its terms are essential: they go before those of its nonessential modifiers."""
    name_terms: bytes
    codes_of: bytes
    """For each term where its codes begin, and one more for the end."""
    term_codes: bytes
    rarity: bytes
    """For each term how much it tells: its inverse document frequency over the codes. A number of four bytes."""
    essential_weight: bytes
    """For each name the rarity of its essential terms together."""
    lightest: bytes
    """For each code the least of the essential weights of its names."""
    marks: bytes
    """For each code, by `Marks`, of its description."""
    printed_of: bytes
    """For each name where it begins in `printed`, and one more for the end."""
    printed: bytes
    """Each name as MessagePack: its text, the way through the index, its source."""


class _Printed(msgspec.Struct, frozen=True, array_like=True):
    text: str
    path: tuple[str, ...]
    source: str


def compile_names(system: NamedSystem, points: Iterable[Point], analyzer: Analyzer) -> CompiledNames:
    """The names of one code set, each said once for its code."""
    by_code: dict[str, dict[str, Point]] = {}
    for point in points:
        by_code.setdefault(point.code, {}).setdefault(point.text.lower(), point)
    return _Compiler(system, analyzer).compiled(by_code)


class _Compiler:
    def __init__(self, system: NamedSystem, analyzer: Analyzer) -> None:
        self._system = system
        self._analyzer = analyzer
        self._numbers: dict[str, int] = {}
        self._term_codes: defaultdict[int, list[int]] = defaultdict(list)
        self._names_of, self._terms_of, self._printed_of = array(_NUMBER), array(_NUMBER), array(_NUMBER)
        self._essential_of, self._name_terms = array(_NUMBER), array(_NUMBER)
        self._kinds, self._marks, self._printed = bytearray(), bytearray(), bytearray()

    def compiled(self, by_code: dict[str, dict[str, Point]]) -> CompiledNames:
        codes = sorted(by_code)
        for number, code in enumerate(codes):
            self._names_of.append(len(self._kinds))
            names = sorted(by_code[code].values(), key=lambda point: _KINDS.index(point.kind))
            described = names[0].text if names[0].kind is PointKind.DESCRIPTION else ""
            self._marks.append(marks_of(described))
            said: dict[int, None] = {}
            for point in names:
                said.update(dict.fromkeys(self._add(point)))
            for term in said:
                self._term_codes[term].append(number)
        self._names_of.append(len(self._kinds))
        self._terms_of.append(len(self._name_terms))
        self._printed_of.append(len(self._printed))
        return self._frozen(codes)

    def _add(self, point: Point) -> Sequence[int]:
        """Adds a name; the numbers of its terms."""
        aside = _NONESSENTIAL.findall(point.text) if point.kind in _TITLING else ()
        essential = self._analyzer.terms(_NONESSENTIAL.sub(" ", point.text) if aside else point.text)
        optional = self._analyzer.terms(" ".join((*point.optional, *aside)))
        numbers = [self._number(term) for term in dict.fromkeys((*essential, *optional))]
        self._terms_of.append(len(self._name_terms))
        self._essential_of.append(len(essential))
        self._name_terms.extend(numbers)
        self._kinds.append(_KINDS.index(point.kind))
        self._printed_of.append(len(self._printed))
        self._printed += msgspec.msgpack.encode(_Printed(point.text, point.path, point.source))
        return numbers

    def _number(self, term: str) -> int:
        return self._numbers.setdefault(term, len(self._numbers))

    def _frozen(self, codes: list[str]) -> CompiledNames:
        codes_of, term_codes = array(_NUMBER), array(_NUMBER)
        for number in range(len(self._numbers)):
            codes_of.append(len(term_codes))
            term_codes.extend(self._term_codes[number])
        codes_of.append(len(term_codes))
        rarity = array(_WEIGHT, (_rarity(end - begin, len(codes)) for begin, end in pairwise(codes_of)))
        weights = array(_WEIGHT, self._essential_weights(rarity))
        return CompiledNames(
            system=self._system,
            codes=codes,
            terms=list(self._numbers),
            names_of=self._names_of.tobytes(),
            kinds=bytes(self._kinds),
            terms_of=self._terms_of.tobytes(),
            essential_of=self._essential_of.tobytes(),
            name_terms=self._name_terms.tobytes(),
            codes_of=codes_of.tobytes(),
            term_codes=term_codes.tobytes(),
            rarity=rarity.tobytes(),
            essential_weight=weights.tobytes(),
            lightest=array(_WEIGHT, (min(weights[first:end]) for first, end in pairwise(self._names_of))).tobytes(),
            marks=bytes(self._marks),
            printed_of=self._printed_of.tobytes(),
            printed=bytes(self._printed),
        )

    def _essential_weights(self, rarity: Sequence[float]) -> Iterator[float]:
        for begin, essential in zip(self._terms_of, self._essential_of, strict=False):
            yield math.fsum(rarity[term] for term in self._name_terms[begin : begin + essential])


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it is printed."""

    text: str
    kind: PointKind
    path: tuple[str, ...]
    source: str


class Names:
    """The compiled names of one code set, to be asked. Codes, names and terms are spoken of by their numbers."""

    def __init__(self, compiled: CompiledNames) -> None:
        self.system = compiled.system
        self.codes = compiled.codes
        self.marks = compiled.marks
        self.kinds = compiled.kinds
        self.numbers = {term: number for number, term in enumerate(compiled.terms)}
        self.hollow = frozenset(self.numbers[term] for term in _HOLLOW & self.numbers.keys())
        """Terms that say no more than that something is wrong somewhere."""
        self.names_of = _numbers(compiled.names_of)
        self.terms_of = _numbers(compiled.terms_of)
        self.essential_of = _numbers(compiled.essential_of)
        self.name_terms = _numbers(compiled.name_terms)
        self.codes_of = _numbers(compiled.codes_of)
        self.term_codes = _numbers(compiled.term_codes)
        self._printed_of, self._printed = _numbers(compiled.printed_of), compiled.printed
        self.rarity = _weights(compiled.rarity)
        self.essential_weight = _weights(compiled.essential_weight)
        self.lightest = _weights(compiled.lightest)

    @property
    def unknown_rarity(self) -> float:
        """That of a word that no name says."""
        return _rarity(0, len(self.codes))

    def number_of(self, code: str) -> int | None:
        """Of a code that has a name of its own."""
        place = bisect_left(self.codes, code)
        return place if place < len(self.codes) and self.codes[place] == code else None

    def below(self, beginning: str) -> tuple[int, int]:
        """The codes that begin so: the first, and the one after the last."""
        return bisect_left(self.codes, beginning), bisect_left(self.codes, beginning + "~")

    def name(self, number: int) -> Name:
        begin, end = self._printed_of[number], self._printed_of[number + 1]
        printed = msgspec.msgpack.decode(self._printed[begin:end], type=_Printed)
        return Name(printed.text, _KINDS[self.kinds[number]], printed.path, printed.source)


def _numbers(content: bytes) -> array[int]:
    numbers = array(_NUMBER)
    numbers.frombytes(content)
    return numbers


def _weights(content: bytes) -> array[float]:
    weights: array[float] = array(_WEIGHT)
    weights.frombytes(content)
    return weights


def _rarity(found_in: int, total: int) -> float:
    return math.log(1 + (total - found_in + 0.5) / (found_in + 0.5))
