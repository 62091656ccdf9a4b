"""The lists of codes that the guidelines name, dated, and which diagnoses of a chart are on them.

A list is an entry of `services/encoder/parameters/guidelines/<subject>.yaml`. It names codes and ranges as the
guidelines and the tabular list do (`E08-E13`, `N18.6`, `T36-T50 with fifth or sixth character 5`); a code stands for
everything below it (ICD-10-CM Official Guidelines I.A.6).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

from services.encoder.domain.guidelines.rules import Coded, CodedChart, Fix
from services.encoder.parameters import parameter
from shared.tables.icd10cm_references import CodeRange, ranges_in

_KEPT = 8192
"""Lists times the days of a month."""


@dataclass(frozen=True)
class CodeList:
    """Codes and ranges, less those excepted."""

    ranges: tuple[CodeRange, ...]
    excepted: tuple[CodeRange, ...] = ()

    def __contains__(self, code: str) -> bool:
        """`code` in capitals without its dot."""
        for named in self.by_letter.get(code[0], ()):
            if named.covers(code):
                return not any(exception.covers(code) for exception in self.excepted)
        return False

    @cached_property
    def by_letter(self) -> Mapping[str, tuple[CodeRange, ...]]:
        """The ranges that may hold a code, by its first letter: most codes are on none of most lists."""
        letters = {
            chr(letter) for named in self.ranges for letter in range(ord(named.first[0]), ord(named.last[0]) + 1)
        }
        return {
            letter: tuple(named for named in self.ranges if named.first[0] <= letter <= named.last[0])
            for letter in letters
        }


@dataclass(frozen=True, slots=True)
class ListRow:
    """Lists that belong together, by their role (`condition`, `obstetric`), and words about them."""

    lists: Mapping[str, CodeList]
    words: str

    def __getitem__(self, role: str) -> CodeList:
        return self.lists[role]


@dataclass(frozen=True, slots=True)
class CodeLists:
    """The lists of a subject."""

    subject: str

    def on(self, name: str, day: date) -> CodeList:
        """The list in force on a day. Raises NoEdition."""
        return _list(self.subject, name, day)

    def coded(self, chart: CodedChart, name: str) -> tuple[Coded, ...]:
        """The diagnoses and external causes of a chart that are on a list, in their order."""
        found = list(_on(self.on(name, chart.day), chart))
        found.sort(key=lambda coded: (coded.place == "external_causes", coded.index))
        return tuple(found)

    def holds(self, chart: CodedChart, name: str) -> bool:
        """Whether any diagnosis or external cause of a chart is on a list."""
        return next(_on(self.on(name, chart.day), chart), None) is not None

    def rows(self, name: str, day: date) -> tuple[ListRow, ...]:
        """A table of lists. Raises NoEdition."""
        return _rows(self.subject, name, day)


def _on(codes: CodeList, chart: CodedChart) -> Iterator[Coded]:
    """By first letters: a list has few, and a chart few codes of each."""
    for letter in codes.by_letter:
        for coded in chart.by_letter.get(letter, ()):
            if coded.code in codes:
                yield coded


@lru_cache(maxsize=_KEPT)
def _list(subject: str, name: str, day: date) -> CodeList:
    return _compiled(_value(subject, day)[name])


@lru_cache(maxsize=_KEPT)
def _rows(subject: str, name: str, day: date) -> tuple[ListRow, ...]:
    return tuple(
        ListRow({role: _compiled(codes) for role, codes in row.items() if role != "words"}, row.get("words", ""))
        for row in _value(subject, day)[name]
    )


def _value(subject: str, day: date) -> Mapping[str, Any]:
    value: Mapping[str, Any] = parameter(f"guidelines/{subject}").on(day)
    return value


def _compiled(written: Sequence[str] | Mapping[str, Sequence[str]]) -> CodeList:
    """A list as YAML has it: codes and ranges, or `{codes, except}`. Raises ValueError for one that is no code."""
    if isinstance(written, Mapping):
        return CodeList(_ranges(written["codes"]), _ranges(written["except"]))
    return CodeList(_ranges(written))


def _ranges(written: Sequence[str]) -> tuple[CodeRange, ...]:
    found: list[CodeRange] = []
    for text in written:
        ranges = ranges_in(text)
        if ranges is None:
            raise ValueError(f"{text} is no code or range of codes")
        found += ranges
    return tuple(found)


def before(one: Coded, other: Coded) -> bool:
    """Whether one diagnosis is sequenced ahead of another; external causes have a list of their own."""
    return one.place == other.place == "diagnoses" and one.index < other.index


def one_instead(kept: Coded, dropped: Coded, code: str) -> Fix:
    """A combination code in the place of the first of two."""
    operations: tuple[dict[str, object], ...] = (
        {"op": "replace", "path": f"{kept.pointer}/code", "value": code},
        {"op": "remove", "path": dropped.pointer},
    )
    return Fix(title=f"Replace {kept.code} and {dropped.code} by {code}", operations=operations)
