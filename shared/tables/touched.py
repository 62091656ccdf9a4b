"""Which of the codes that a chart or claim holds are touched by a change of a table."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

CodeKind = Literal["diagnosis", "procedure", "service", "modifier", "revenue"]
"""What a code says on a claim: ICD-10-CM, ICD-10-PCS, HCPCS and CPT, their modifiers, UB-04 revenue codes.

The same letters mean different things: J0120 is sinusitis in the one system and tetracycline in the other.
"""

KINDS: tuple[CodeKind, ...] = ("diagnosis", "procedure", "service", "modifier", "revenue")

_KIND_OF: Mapping[str, CodeKind] = {
    "cpt": "service",
    "cpt.modifiers": "modifier",
    "fees": "service",
    "hcc": "diagnosis",
    "hcpcs": "service",
    "hcpcs.modifiers": "modifier",
    "icd10cm": "diagnosis",
    "icd10pcs": "procedure",
    "ioce.diagnoses": "diagnosis",
    "ioce.modifiers": "modifier",
    "ioce.procedures": "service",
    "ioce.revenue": "revenue",
    "mce.diagnoses": "diagnosis",
    "mce.procedures": "procedure",
    "msdrg.diagnoses": "diagnosis",
    "msdrg.procedures": "procedure",
    "ncci": "service",
    "opps": "service",
}
"""By table or family of tables. A table that is not here is looked for among the codes of every kind."""

Held = Mapping[CodeKind, Collection[str]]
"""Codes of a chart or claim by kind, as tables keep them: capitals, without dots."""


@dataclass(frozen=True, slots=True)
class Period:
    """The days that a changed release answers for, both included; `last` is None where it has no end."""

    first: date
    last: date | None = None

    def meets(self, first: date, last: date) -> bool:
        """Whether any day of a stay, visit or line lies in it."""
        return last >= self.first and (self.last is None or first <= self.last)


@dataclass(frozen=True, slots=True)
class Touch:
    """The changed keys of one table, ready to be looked for on many charts."""

    kinds: tuple[CodeKind, ...]
    single: frozenset[str]
    partners: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """For the first code of a changed pair, the second ones: a pair touches whoever holds both."""

    @classmethod
    def of(cls, table: str, keys: Iterable[str]) -> Touch:
        """`keys` are codes, or pairs of codes parted by a space."""
        single: set[str] = set()
        partners: dict[str, set[str]] = {}
        for key in keys:
            first, _space, second = key.partition(" ")
            if second:
                partners.setdefault(first, set()).add(second)
            else:
                single.add(first)
        return cls(_kinds(table), frozenset(single), {code: frozenset(others) for code, others in partners.items()})

    def found(self, held: Held) -> tuple[str, ...]:
        """The changed keys whose codes are all held, in their order; empty where the chart is not touched."""
        return tuple(sorted({key for kind in self.kinds for key in self._found(frozenset(held.get(kind, ())))}))

    def _found(self, codes: frozenset[str]) -> Iterator[str]:
        yield from codes & self.single
        for first in codes & self.partners.keys():
            yield from (f"{first} {second}" for second in codes & self.partners[first])


def _kinds(table: str) -> tuple[CodeKind, ...]:
    named = table
    while named:
        if kind := _KIND_OF.get(named):
            return (kind,)
        named = named.rpartition(".")[0]
    return KINDS
