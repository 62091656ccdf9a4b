"""Code sets by date: which ICD-10 codes may stand on a claim of a given day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

CodeSystem = Literal["icd10cm", "icd10pcs"]


@dataclass(frozen=True, slots=True)
class CodeEntry:
    """One code as it stands on the day it was asked for."""

    system: CodeSystem
    code: str
    """Without a dot, in capitals."""
    billable: bool
    """A complete code, not a category."""
    valid_from: date
    valid_through: date | None
    """The last day of the code; None where the release knows no end."""
    description: str | None
    """None where the release carries no wording."""
    release: str


class CodeSets(Protocol):
    """Immutable and safe to share between threads. `code` is as `shared.claims.IcdCode` keeps it: capitals, no dot.

    Every method raises `NoRelease` for a day on which the code set is not carried.
    """

    def is_valid(self, system: CodeSystem, code: str, day: date) -> bool:
        """Whether the code may be reported on that day."""
        ...

    def lookup(self, system: CodeSystem, code: str, day: date) -> CodeEntry | None:
        """The code as of that day, or None where it is not valid then."""
        ...

    def prefix(self, system: CodeSystem, prefix: str, day: date, limit: int) -> tuple[CodeEntry, ...]:
        """At most `limit` codes valid on that day that begin with `prefix`, in the order of the code set."""
        ...

    def release(self, system: CodeSystem, day: date) -> str:
        """The name of the release that answers for that day."""
        ...
