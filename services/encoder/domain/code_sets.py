"""What the encoder asks of the code sets: an interface, so that any table can stand behind it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal, Protocol

from shared.claims import Model

CodeSystem = Literal["icd10cm", "icd10pcs"]

Standing = Literal["billable", "category", "not_on_day", "unknown"]
"""What a code is on a day: it can be billed; it is a heading of more specific codes; it is valid, but on other days; no
edition at hand knows it."""


class CodeEntry(Model):
    """One code of a code set as it stood on a day."""

    system: CodeSystem
    code: str
    description: str | None = None
    billable: bool
    table: str
    """Which edition of which table said so."""


class CodeSets(Protocol):
    """The code sets in force on a day. Codes come and go without a dot."""

    def standing(self, system: CodeSystem, code: str, day: date) -> Standing: ...

    def search(self, system: CodeSystem, prefix: str, day: date, limit: int) -> Sequence[CodeEntry]:
        """The code itself where it exists, then what begins with it, in the order of the code set."""
        ...
