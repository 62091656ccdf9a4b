"""Procedures by their words: what `parameters/reading/procedures.yaml` says, ready to be looked for in a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from services.encoder.domain.reading.cues import one_of, word_list

_HOURS = re.compile(r"\b(\d+(?:\.\d+)?)[ -]*(hours?|hrs?|h|days?)\b")
_HOURS_OF_DAY = 24
_TIMES = re.compile(r"\b(?:x ?|times )(\d|one|two|three|four|five)\b|\b(single|double|triple|quadruple|quintuple)\b")
_NUMBERS = {
    **{word: number for number, word in enumerate(("one", "two", "three", "four", "five"), 1)},
    **{word: number for number, word in enumerate(("single", "double", "triple", "quadruple", "quintuple"), 1)},
}


class Said(NamedTuple):
    """A procedure where a sentence names it."""

    name: str
    text: str
    """The sentence in `plain` form."""
    start: int
    end: int
    report: str
    """The whole report, where the document is the report of a procedure, in `plain` form; else empty."""


@dataclass(frozen=True, slots=True)
class AxisWords:
    """What settles one character. Answers hold one string for each code that is meant, of the values it may have."""

    values: tuple[tuple[str, re.Pattern[str]], ...] = ()
    every: bool = False
    outranks: re.Pattern[str] | None = None
    hours: tuple[tuple[str, Decimal, Decimal], ...] = ()
    """First and last number of hours of each value."""
    counted: str = ""
    things: tuple[re.Pattern[str], ...] = ()
    less: tuple[re.Pattern[str], ...] = ()

    def said(self, said: Said) -> tuple[str, ...]:
        """The values that the words ask for; empty where they are silent."""
        if self.hours:
            return tuple(self._by_hours(said))
        if self.counted:
            return self._by_number(said.text)
        found = _whole(self._found(said.text))
        if self.every:
            return tuple(dict.fromkeys(value for value, _ in found))
        if found:
            value, _ = min(found, key=lambda one: (not self._outranks(one[1]), _distance(one[1], said)))
            return tuple(value)
        elsewhere = {value for value, _ in _whole(self._found(said.report))}
        return tuple(*elsewhere) if len(elsewhere) == 1 else ()

    def _outranks(self, match: re.Match[str]) -> bool:
        return self.outranks is not None and self.outranks.fullmatch(match[0]) is not None

    def _found(self, text: str) -> list[tuple[str, re.Match[str]]]:
        return [(value, match) for value, pattern in self.values for match in pattern.finditer(text)]

    def _by_hours(self, said: Said) -> Iterator[str]:
        match = _HOURS.search(said.text, said.end) or _HOURS.search(said.text)
        if match is not None:
            hours = Decimal(match[1]) * (_HOURS_OF_DAY if match[2].startswith("d") else 1)
            yield from (value for value, low, high in self.hours if low <= hours <= high)

    def _by_number(self, text: str) -> tuple[str, ...]:
        """By the number that is told, else by the things that are named; less those that another code tells."""
        told = _TIMES.search(text)
        number = sum(bool(thing.search(text)) for thing in self.things)
        if told is not None:
            word = told[1] or told[2]
            number = int(word) if word.isdigit() else _NUMBERS[word]
            number -= sum(bool(other.search(text)) for other in self.less)
        elif self.less:
            return ()
        return (self.counted[min(number, len(self.counted)) - 1],) if number > 0 else ()


@dataclass(frozen=True, slots=True)
class Kind:
    """One way in which a procedure is done, with its codes, ? for each open character."""

    when: re.Pattern[str] | None
    codes: tuple[str, ...]
    axes: Mapping[int, AxisWords]
    unsaid: Mapping[int, str]
    named: Mapping[str, Mapping[int, str]]


@dataclass(frozen=True, slots=True)
class Procedure:
    names: tuple[str, ...]
    kinds: tuple[Kind, ...]
    each: bool
    otherwise: Kind | None
    performs: frozenset[str]
    """Names that say by themselves that it was done."""

    def kinds_said(self, text: str) -> tuple[Kind, ...]:
        said = tuple(kind for kind in self.kinds if kind.when is None or kind.when.search(text))
        if said:
            return said if self.each else said[:1]
        return (self.otherwise,) if self.otherwise else ()


@dataclass(frozen=True, slots=True)
class ProcedureWords:
    """All of them."""

    by_name: Mapping[str, Procedure]
    names: re.Pattern[str]
    performed: re.Pattern[str]
    not_performed: re.Pattern[str]
    titles: Mapping[str, tuple[str, ...]]


@cache
def procedure_words() -> ProcedureWords:
    """As the file has them."""
    listed = word_list("procedures")
    shared = {name: _values(words) for name, words in listed["shared"].items() if isinstance(words, Mapping)}
    procedures = [_procedure(each, shared) for each in listed["procedures"]]
    by_name = {name: procedure for procedure in procedures for name in procedure.names}
    return ProcedureWords(
        by_name,
        one_of(by_name),
        one_of(listed["shared"]["performed"]),
        one_of(listed["shared"]["not_performed"]),
        {section: tuple(titles) for section, titles in listed["titles"].items()},
    )


def _procedure(listed: Mapping[str, Any], shared: Mapping[str, AxisWords]) -> Procedure:
    otherwise = listed.get("otherwise")
    return Procedure(
        tuple(listed["names"]),
        tuple(_kind(each, shared) for each in listed["kinds"]),
        listed.get("each", False),
        _kind(otherwise, shared) if otherwise else None,
        frozenset(listed.get("performs", ())),
    )


def _kind(listed: Mapping[str, Any], shared: Mapping[str, AxisWords]) -> Kind:
    return Kind(
        one_of(listed["when"]) if "when" in listed else None,
        tuple(listed["code"]),
        {
            place: shared[words] if isinstance(words, str) else _values(words)
            for place, words in listed.get("axes", {}).items()
        },
        listed.get("unsaid", {}),
        listed.get("named", {}),
    )


def _values(listed: Mapping[str, Any]) -> AxisWords:
    if "hours" in listed:
        return AxisWords(hours=tuple((value, *map(Decimal, ends)) for value, ends in listed["hours"].items()))
    if "count" in listed:
        return AxisWords(counted=listed["count"], things=_each(listed["of"]), less=_each(listed.get("less", ())))
    outranks = one_of(listed["outranks"]) if "outranks" in listed else None
    values = tuple((value, one_of(words)) for value, words in listed.items() if value not in ("every", "outranks"))
    return AxisWords(values, listed.get("every", False), outranks)


def _each(groups: Iterable[Iterable[str]]) -> tuple[re.Pattern[str], ...]:
    return tuple(one_of(group) for group in groups)


def _whole(found: list[tuple[str, re.Match[str]]]) -> list[tuple[str, re.Match[str]]]:
    """Without those that are part of a longer one: `drug-eluting stent` of `two drug-eluting stents`."""
    return [
        one
        for one in found
        if not any(
            other[1].start() <= one[1].start() and one[1].end() <= other[1].end() and other[1].span() != one[1].span()
            for other in found
        )
    ]


def _distance(match: re.Match[str], said: Said) -> int:
    if match.start() >= said.end:
        return match.start() - said.end
    return max(0, said.start - match.end())
