"""Which of the codes that a chart or claim holds are touched by a change of a table."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

CodeKind = Literal["diagnosis", "procedure", "service", "modifier", "revenue", "discharge", "drg"]
"""What a code says on a claim: ICD-10-CM, ICD-10-PCS, HCPCS and CPT, their modifiers, UB-04 revenue codes, discharge
statuses and MS-DRGs.

The same letters mean different things: J0120 is sinusitis in the one system and tetracycline in the other.
"""

_KIND_OF: Mapping[str, CodeKind] = {
    "coverage.article_procedures": "service",
    "coverage.lcd_procedures": "service",
    "cpt.codes": "service",
    "cpt.modifiers": "modifier",
    "hcc.diagnoses": "diagnosis",
    "hcc.procedures": "service",
    "hcpcs.codes": "service",
    "hcpcs.modifiers": "modifier",
    "icd10cm": "diagnosis",
    "icd10pcs": "procedure",
    "ioce.complexity_adjustments": "service",
    "ioce.composites": "service",
    "ioce.device_offsets": "service",
    "ioce.diagnoses": "diagnosis",
    "ioce.modifiers": "modifier",
    "ioce.procedures": "service",
    "ioce.revenue": "revenue",
    "ipps.drgs": "drg",
    "mce.diagnoses": "diagnosis",
    "mce.discharge_statuses": "discharge",
    "mce.procedures": "procedure",
    "mpfs.rvu": "service",
    "msdrg.diagnoses": "diagnosis",
    "msdrg.drgs": "drg",
    "msdrg.exclusion_principals": "diagnosis",
    "msdrg.procedures": "procedure",
    "ncci": "service",
    "opps.complexity_adjustments": "service",
    "opps.inpatient_only": "service",
    "opps.procedures": "service",
}
"""By table or family of tables."""

_BY_BEGINNING = frozenset({"icd10cm.tabular", "icd10cm.instructions"})
"""Tables in which what is said of a category holds for every code below it."""

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

    kind: CodeKind | None
    by_beginning: bool
    """A key touches the codes below it too."""
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
        return cls(
            kind_of(table),
            table in _BY_BEGINNING,
            frozenset(single),
            {code: frozenset(others) for code, others in partners.items()},
        )

    def found(self, held: Held) -> tuple[str, ...]:
        """The changed keys whose codes are all held, in their order; empty where the chart is not touched."""
        if self.kind is None:
            return ()
        return tuple(sorted(set(self._found(frozenset(held.get(self.kind, ()))))))

    def _found(self, codes: frozenset[str]) -> Iterator[str]:
        if self.by_beginning:
            yield from {code[:end] for code in codes for end in range(1, len(code) + 1)} & self.single
        else:
            yield from codes & self.single
        for first in codes & self.partners.keys():
            yield from (f"{first} {second}" for second in codes & self.partners[first])


def kind_of(table: str) -> CodeKind | None:
    """What the keys of a table are on charts and claims; None where they do not stand there, as an APC does not."""
    named = table
    while named:
        if kind := _KIND_OF.get(named):
            return kind
        named = named.rpartition(".")[0]
    return None
