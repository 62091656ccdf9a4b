"""What a guideline rule is and what it finds.

A rule is a pure function of the codes, the encounter's facts and the tables of the day. It is registered with its
metadata by `@guideline`, one function a rule, in a module of this package named for its subject; its cases stand in
the test module of the same name. Adding a rule touches one file and its test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from services.encoder.domain.coding import ChartCodes
from shared.claims import EncounterClass, Many, Model
from shared.tables import Tables

Severity = Literal["error", "warning", "info"]
"""error: the codes cannot stand together so. warning: a coder must look. info: worth knowing."""


class Fix(Model):
    """A change that would mend it, as JSON Patch operations (RFC 6902) on the codes."""

    title: str
    operations: Many[dict[str, object]]


class GuidelineFinding(Model):
    """What a rule found at one place."""

    rule: str
    version: int
    severity: Severity
    message: str
    """For a coder, in a sentence; holds nothing of the patient."""
    citation: str
    """The guideline's section, or the note of the tabular list with its release."""
    pointer: str
    """JSON pointer into the codes."""
    x12: str | None = None
    codes: Many[str] = ()
    """The codes that it is about."""
    fix: Fix | None = None


@dataclass(frozen=True, slots=True)
class CodedChart:
    """What a rule looks at."""

    codes: ChartCodes
    setting: EncounterClass
    day: date
    """The day whose code sets and guidelines apply: discharge or service."""
    age: int | None = None
    """In years on the first day."""
    sex: Literal["F", "M", "U"] | None = None
    discharge_status: str | None = None
    procedures_billed: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """HCPCS codes of the charges with their modifiers, in their order."""
    documented: frozenset[str] = frozenset()
    """Codes that reading the documents suggests: what a specific child is compared with."""
    uncertain: frozenset[str] = frozenset()
    """Codes of conditions that the documents name as uncertain only."""


Found = Iterator[GuidelineFinding]
Check = Callable[[CodedChart, Tables], Found]


@dataclass(frozen=True, slots=True)
class GuidelineRule:
    """A rule's metadata and its function."""

    id: str
    """Stable, dotted: `excludes1.pair`."""
    title: str
    citation: str
    effective: date
    through: date | None
    version: int
    check: Check = field(repr=False)

    def in_force(self, day: date) -> bool:
        return self.effective <= day and (self.through is None or day <= self.through)


RULES: dict[str, GuidelineRule] = {}
"""Every rule by its id; filled as the modules of this package are imported."""


def guideline(
    rule: str, title: str, *, citation: str, effective: date, through: date | None = None, version: int = 1
) -> Callable[[Check], Check]:
    """Register a rule. Raises ValueError where its id is taken."""

    def register(check: Check) -> Check:
        if rule in RULES:
            raise ValueError(f"two rules are called {rule}")
        RULES[rule] = GuidelineRule(rule, title, citation, effective, through, version, check)
        return check

    return register
