"""The ICD-10 code sets as one claim or request sees them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from shared.tables import icd10
from shared.tables.icd10 import CodeEntry, CodeSystem
from shared.tables.tables import Tables


@dataclass(frozen=True, slots=True)
class CodeSets:
    """A view of one snapshot of the tables. `code` is as `shared.claims.IcdCode` keeps it: capitals, no dot.

    Every method raises `NoRelease` for a day on which the code set is not carried.
    """

    tables: Tables

    def is_valid(self, system: CodeSystem, code: str, day: date) -> bool:
        """Whether the code may be reported on that day."""
        return icd10.is_billable(self.tables, system, code, day)

    def invalid(self, system: CodeSystem, codes: Iterable[str], day: date) -> list[int]:
        """Places, from 0, of the codes that may not be reported on that day."""
        return icd10.not_billable(self.tables, system, codes, day)

    def lookup(self, system: CodeSystem, code: str, day: date) -> CodeEntry | None:
        """The code or heading as of that day, or None where it does not stand then."""
        return icd10.entry(self.tables, system, code, day)

    def prefix(self, system: CodeSystem, prefix: str, day: date, limit: int) -> tuple[CodeEntry, ...]:
        """At most `limit` codes valid on that day that begin with `prefix`, in the order of the code set."""
        return icd10.starting_with(self.tables, system, prefix, day, limit=limit)

    def release(self, system: CodeSystem, day: date) -> str:
        """The name of the code set and of the release that answers for that day."""
        return f"{icd10.LABELS[system]} {self.tables.release(icd10.CODES[system], day).name}"
