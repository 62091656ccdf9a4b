"""How a code stands on a day: whether it may be reported, what it is called, and what a heading leads to by default."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from services.encoder.domain.search.marks import Marks
from services.encoder.domain.search.names import Names
from services.encoder.domain.terms.point import NamedSystem
from shared.tables import Tables, hcpcs, icd10, ioce

_SEVENTH = 6
_INITIAL = ("A", "0", "1")
"""Seventh characters for what is told when nothing is: initial encounter (for closed fracture), fetus or stage not
specified (ICD-10-CM Official Guidelines, I.C.19.a; chapter 15 of the tabular list)."""


class Standing(NamedTuple):
    """A code of a day."""

    code: str
    billable: bool
    title: str


def is_carried(tables: Tables, system: NamedSystem, day: date) -> bool:
    """Whether there is a code set to ask on the day."""
    if system == "hcpcs":
        return tables.carries(hcpcs.CODES, day) or tables.carries(ioce.PROCEDURES, day)
    if system == "cpt":
        return tables.carries(hcpcs.CPT_CODES, day)
    return tables.carries(icd10.CODES[system], day)


def standing(tables: Tables, system: NamedSystem, code: str, day: date) -> Standing | None:
    """A code or heading as of a day; None where it does not stand then. Raises NoRelease."""
    if system == "hcpcs" or system == "cpt":
        listed = hcpcs.code(tables, code, day)
        return Standing(code, True, listed.long or listed.short) if listed.valid else None
    entry = icd10.entry(tables, system, code, day)
    return None if entry is None else Standing(code, entry.billable, entry.description or "")


def default_of(tables: Tables, names: Names, heading: str, day: date) -> Standing | None:
    """The code that stands for a heading when nothing more is said: below it the one for what is not specified, and so
    down to one that may be reported; None where no order says which (ICD-10-PCS tables). Raises NoRelease."""
    if names.system != "icd10cm":
        return None
    for code in _in_order(names, heading):
        found = standing(tables, names.system, code, day)
        if found is not None:
            return found if found.billable else default_of(tables, names, code, day)
    return next(_completed(tables, names, heading, day), None)


def _completed(tables: Tables, names: Names, code: str, day: date) -> Iterator[Standing]:
    for seventh in _INITIAL:
        found = standing(tables, names.system, code.ljust(_SEVENTH, "X") + seventh, day)
        if found is not None and found.billable:
            yield found


def _in_order(names: Names, heading: str) -> list[str]:
    """What stands directly below a heading: first what adds nothing to it, or only what is not there, the rest by how
    little they add, `other` last."""
    first, end = names.below(heading)
    if first == end:
        return []
    place = first + (names.codes[first] == heading)
    children: list[int] = []
    while place < end:
        children.append(place)
        place = names.below(names.codes[place])[1]
    said = _described(names, first) + _NOTHING

    def preference(number: int) -> tuple[bool, bool, bool, float, str]:
        marks, weight = Marks(names.marks[number]), _described(names, number)
        adds = weight > said and Marks.WITHOUT not in marks
        other = Marks.OTHER in marks and Marks.UNSPECIFIED not in marks
        return other, adds, Marks.UNSPECIFIED not in marks, weight, names.codes[number]

    return [names.codes[number] for number in sorted(children, key=preference)]


_NOTHING = 0.01


def _described(names: Names, number: int) -> float:
    return names.essential_weight[names.names_of[number]]
