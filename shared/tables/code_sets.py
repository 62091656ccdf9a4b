"""The ICD-10 code sets as one claim or request sees them: a view of one snapshot of the tables, cheap to ask often."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from shared.tables import icd10
from shared.tables.icd10 import CodeEntry, CodeSystem
from shared.tables.tables import Tables

_KEPT_LOOKUPS = 16_384
"""About what a hospital uses on a day; 2 MB."""
_KEPT_VIEWS = 4
"""Snapshots in use at the same time: while one is replaced, claims begun before still hold the other."""


class CodeSets:
    """Immutable and safe to share between threads. `code` is as `shared.claims.IcdCode` keeps it: capitals, no dot.

    Every method raises `NoRelease` for a day on which the code set is not carried.
    """

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self._is_valid = lru_cache(maxsize=_KEPT_LOOKUPS)(lambda *asked: icd10.is_billable(tables, *asked))
        self._lookup = lru_cache(maxsize=_KEPT_LOOKUPS)(lambda *asked: icd10.entry(tables, *asked))

    def is_valid(self, system: CodeSystem, code: str, day: date) -> bool:
        """Whether the code may be reported on that day."""
        return self._is_valid(system, code, day)

    def lookup(self, system: CodeSystem, code: str, day: date) -> CodeEntry | None:
        """The code or heading as of that day, or None where it does not stand then."""
        return self._lookup(system, code, day)

    def prefix(self, system: CodeSystem, prefix: str, day: date, limit: int) -> tuple[CodeEntry, ...]:
        """At most `limit` codes valid on that day that begin with `prefix`, in the order of the code set."""
        return icd10.starting_with(self.tables, system, prefix, day, limit=limit)

    def release(self, system: CodeSystem, day: date) -> str:
        """The name of the release that answers for that day."""
        return f"{icd10.LABELS[system]} {self.tables.release(icd10.CODES[system], day).name}"


@lru_cache(maxsize=_KEPT_VIEWS)
def code_sets_of(tables: Tables) -> CodeSets:
    """The code sets of a snapshot: one view for all who hold the same snapshot, with what they looked up of late."""
    return CodeSets(tables)
